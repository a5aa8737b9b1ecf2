/* The pixels of a part of a picture that are to be found out, numbered row by row. */
#pragma once

#include "../image.h"

#define TRIP_BAND_NONE G_MAXUINT32

typedef struct
{
  int width, height;
  guint32 n;      /* pixels to be found out */
  guint32 *index; /* width x height: their numbers, TRIP_BAND_NONE: not to be found out */
  guint32 *at;    /* n: where they are, y width + x */
} TripBand;

/* Where trimap (1 channel) is between 0 and 1. NULL with NO_MEMORY. The caller owns it. */
TripBand *trip_band_new (const TripImage *trimap, GError **error);
void trip_band_free (TripBand *band);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripBand, trip_band_free)

/* rect of image in n_channels, 1 or 3: gray becomes three equal ones, and alpha is left out. NULL with NO_MEMORY. The
 * caller owns it. */
TripImage *trip_part (const TripImage *image, const TripRect *rect, int n_channels, GError **error);

/* Means of 2 x 2 px; of an odd last row or column of what is there. NULL with NO_MEMORY. The caller owns it. */
TripImage *trip_halve (const TripImage *image, GError **error);

/* The smallest rectangle with all pixels of image's first channel above low and below high, grown by margin within the
 * picture; FALSE: there is none. */
gboolean trip_bounds (const TripImage *image, float low, float high, int margin, TripRect *rect);

/* The highest finite value of image's first channel, at least 0. */
float trip_highest (const TripImage *image);
