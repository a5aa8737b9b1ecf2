/* Shrinking so that the picture can be brought back: the small picture is changed, by amounts hardly to be seen, until
 * the upscaler, whose weights stay as they are, makes of it what it was made from.
 *
 * Minimises |enlarge (small) - picture|^2 + lambda |small - reduced|^2 over the small picture, by Adam through the
 * network, after "Hierarchical Collaborative Downscaling" (Xu et al., 2022), within TRIP_SHRINK_LIKENESS of the plain
 * reduction. Rounding to 8 bits is part of it, its gradient taken as that of no rounding. Tiles with overlap are
 * independent, so that memory grows with a row of them only: the picture's width times the factor. */
#pragma once

#include "upscale.h"

#define TRIP_SHRINK_LIKENESS 40.3 /* dB, PSNR of each tile's colours against the plain reduction */

/* Immutable, may be used by several threads at once. */
typedef struct _TripShrinker TripShrinker;

/* For pictures that this model is to bring back. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripShrinker *trip_shrinker_new (TripModel model, GError **error);
void trip_shrinker_free (TripShrinker *shrinker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripShrinker, trip_shrinker_free)

typedef struct
{
  int width, height; /* of the small picture: at most the picture's */
  double strength;   /* 0 (a plain reduction) .. 1: how long each pixel is worked on */
  gboolean rounded;  /* to 8 bits */
} TripShrinkOptions;

void trip_shrink_options_init (TripShrinkOptions *options);

/* Writes the small picture to sink; channels are those of source. Alpha is reduced plainly. Errors: INVALID_ARGUMENT,
 * NO_MEMORY, G_IO_ERROR_CANCELLED, and whatever source and sink return. */
gboolean trip_shrink (const TripShrinker *shrinker, const TripSource *source, const TripShrinkOptions *options,
                      const TripSink *sink, const TripRun *run, GError **error);

/* About how much memory trip_shrink () allocates, beside picture and result, and the multiply-adds of the network:
 * those too that idle threads could do where there are fewer tiles, so that they tell how long it takes. */
TripUpscaleCost trip_shrink_cost (const TripShrinker *shrinker, const TripSource *source,
                                  const TripShrinkOptions *options, int n_threads);
