/* One tile of an enlarged picture: the network's residual on a cubic base.
 *
 * The residual may be the mean of those of the picture and its mirror images, whose mistakes differ: the geometric
 * self-ensemble of "Enhanced Deep Residual Networks for Single Image Super-Resolution" (Lim et al., 2017). */
#pragma once

#include <gio/gio.h>

#include "../image.h"
#include "network.h"

#define TRIP_TILE_CONTRAST (2 / 255.0f) /* of the pixels around, from which on the network counts in full */

/* For each pixel of the result along an axis, where its centre lies in the small picture. */
typedef struct
{
  int length;    /* of the whole small picture, px */
  int first;     /* of the result's pixels that are covered here */
  TripGrid grid; /* index counts from the small picture's begin; not decreasing */
} TripAxis;

void trip_axis_init (TripAxis *axis, int length, int result, int first, int n);
void trip_axis_clear (TripAxis *axis);

/* The factor of an axis up to which the field is asked for every pixel. Beyond it the residual of this factor is
 * interpolated: at the borders of the small pixels that is smoother than the field. */
#define TRIP_TILE_FINEST 4

/* What all tiles of a band of the result share. */
typedef struct
{
  const TripNetwork *network;
  gboolean mirrored; /* the mean over four mirror images */
  int finest; /* TRIP_TILE_FINEST, or more where pictures depend on the field alone */
  float clean_up;
  const TripImage *in; /* a part of the small picture, transparent pixels filled */
  int in_x, in_y;      /* where it begins */
  const TripAxis *x, *y;
  TripImage *out; /* all columns of x, and rows of y from out_row on */
  int out_row;
} TripBand;

/* How far beyond a tile the band's in must go, where the picture does. */
int trip_tile_margin (const TripNetwork *network);

/* Floats of arena that a tile takes: small_width x small_height px of the picture, n_rows x n_columns px of
 * the result. */
gsize trip_tile_need (const TripNetwork *network, int small_width, int small_height, int n_columns,
                      int n_rows);

/* Fills the pixels of band->out whose centres lie in the small pixels of rect. The arena is empty again
 * afterwards. FALSE with G_IO_ERROR_CANCELLED. */
gboolean trip_tile_run (const TripBand *band, const TripRect *rect, TripArena *arena,
                        GCancellable *cancellable, GError **error);
