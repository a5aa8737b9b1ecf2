/* Where a glossy floor shows an object upside down.
 *
 * Seen from above, a reflection is somewhat shorter than the object, lies in a line with it and the point where
 * verticals meet, and begins where the object stands, which for a body with depth is above its lowest row. So it is
 * searched: the mirror in which the object's outline explains most of the steps in the picture's light, each weighted
 * by the energy of those around it (a matched filter), from coarse to fine. */
#pragma once

#include "../image.h"
#include "../run.h"

/* In heights and widths of the object's box. */
typedef struct
{
  float axis;   /* heights that the axis lies below the box */
  float tall;   /* the reflection's height for the object's */
  float across; /* widths that it lies to the right */
  float wide;   /* its width for the object's */
  float lean;   /* widths by which what it shows lies to the right, a height below the axis */
} TripMirror;

/* A box in pixels of any size of the picture. */
typedef struct
{
  float left, top, right, bottom;
} TripMirrorBox;

/* What a row of pixels shows: those at source_y and source_x + x * step, where pixel i reaches from i to i + 1. */
typedef struct
{
  float source_y, source_x, step;
} TripMirrorRow;

/* The longer side, in px, at which an object is looked at last. */
#define TRIP_MIRROR_SIDE 112

/* FALSE where row y, by the middle of its pixels, is above the axis. */
gboolean trip_mirror_row (const TripMirror *mirror, const TripMirrorBox *box, int y, TripMirrorRow *row);

/* The part of a picture of width x height px in which the mirror shows what the box, and a few px around it, hold. */
TripRect trip_mirror_reach (const TripMirror *mirror, const TripMirrorBox *box, int width, int height);

/* plane, of width x height values and stride floats from one row to the next, between its pixels; 0 outside. */
float trip_mirror_sample (const float *plane, int width, int height, gsize stride, float x, float y);

/* The mirror that explains most, also where nothing is reflected. picture: 1 to 4 channels, perceptual; alpha: the
 * object's coverage, 1 channel of its size, somewhere above a half. FALSE with NO_MEMORY or cancelled. */
gboolean trip_mirror_find (const TripImage *picture, const TripImage *alpha, TripMirror *mirror, const TripRun *run,
                           GError **error);
