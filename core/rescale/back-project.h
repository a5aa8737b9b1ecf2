/* Makes an enlarged picture agree with the small one: what it lacks of that when it is reduced again is enlarged and
 * added. One step of iterative back-projection ("Improving Resolution by Image Registration",
 * Irani and Peleg, 1991). */
#pragma once

#include "cubic.h"
#include "reduce.h"
#include "tile-band.h"

#define TRIP_BACK_REACH 4 /* small px around a pixel of the result from which others change it */

/* The pixels of a tile, in which rows come one after the other. */
typedef struct
{
  const TripTileBand *band;
  const TripImage *pixels; /* 1 or 3 channels of the result */
  TripRect place;          /* of pixels in the result */
  TripRect near, inner;    /* what of the small picture is compared; the pixels that are written */
  int first_channel;       /* of band->out */
  TripReduction *reduction;
  float *between;          /* a row of pixels that is reduced */
  TripImage missing;       /* at near */
  int n_missing, n_written; /* rows that are done */
  TripCubic cubic;
  float *wide[TRIP_CUBIC_TAPS]; /* rows of missing, as wide as inner: each of the last few that a row takes, and */
  int held[TRIP_CUBIC_TAPS];    /* which they are, or -1 */
} TripBackProjection;

/* Floats of arena for so many small pixels and columns of the result. */
gsize trip_back_projection_need (int small_width, int small_height, int n_columns);

/* pixels, which have to stay, are those of the result at place, which holds the small pixels of rect and
 * TRIP_BACK_REACH around them, as far as there is a picture. */
TripBackProjection trip_back_projection_new (const TripTileBand *band, const TripImage *pixels, const TripRect *place,
                                             const TripRect *rect, int first_channel, TripArena *arena);
void trip_back_projection_clear (TripBackProjection *self);

/* With n_rows rows of pixels complete, writes as many rows as that allows of those that lie in rect to the channels of
 * band->out. Stops when it is cancelled. */
void trip_back_projection_run (TripBackProjection *self, int n_rows, GCancellable *cancellable);
