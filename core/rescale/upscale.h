/* Any picture to any size: the network for each axis that grows, an antialiased cubic for each that
 * shrinks.
 *
 * Tiles overlap by what the network can see, so a tiled result equals the untiled one. Colour under
 * transparent pixels does not reach visible ones. */
#pragma once

#include "../image.h"
#include "../run.h"
#include "model.h"

/* A model that is ready to run: immutable, may be used by several threads at once. */
typedef struct _TripUpscaler TripUpscaler;

/* NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripUpscaler *trip_upscaler_new (TripModel model, GError **error);
void trip_upscaler_free (TripUpscaler *upscaler);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripUpscaler, trip_upscaler_free)

#define TRIP_MAX_SIZE 524288 /* px on a side, as in GIMP */

typedef struct
{
  int width, height; /* of the whole result, 1..TRIP_MAX_SIZE px */
  TripRect region;   /* part of the result to compute; width 0: all of it */
  double clean_up;   /* 0..1: how much noise and JPEG damage to remove */
  int tile;          /* side of a tile in px of the picture, up to TRIP_MAX_SIZE; 0: chosen for the machine */
} TripUpscaleOptions;

void trip_upscale_options_init (TripUpscaleOptions *options);

/* The part of a picture of width x height px that the result's region depends on. A source needs to
 * offer no more than this. */
TripRect trip_upscale_needs (int width, int height, const TripUpscaleOptions *options);

/* What the operation will cost: bytes it allocates, beside the picture and the result, with n_threads
 * (0: one a processor), and multiply-adds of the network, with as many more as all else takes as long. */
typedef struct
{
  double bytes;
  double macs;
} TripUpscaleCost;

TripUpscaleCost trip_upscale_cost (const TripUpscaler *upscaler, const TripSource *source,
                                   const TripUpscaleOptions *options, int n_threads);

/* Writes the result, or its region, to sink; channels are those of source. Errors: INVALID_ARGUMENT,
 * NO_MEMORY, G_IO_ERROR_CANCELLED, and whatever source and sink return. */
gboolean trip_upscale (const TripUpscaler *upscaler, const TripSource *source,
                       const TripUpscaleOptions *options, const TripSink *sink, const TripRun *run,
                       GError **error);
