/* One tile of an enlarged picture: the network's residual (residual.h) on a cubic base, made to agree with the small
 * picture (back-project.h). */
#pragma once

#include <gio/gio.h>

#include "../image.h"
#include "axis.h"
#include "network.h"

#define TRIP_TILE_CONTRAST (2 / 255.0f) /* of the pixels around, from which on the network counts in full */

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
  float agreement;     /* 0..1: how much the result is made to agree with the small picture (back-project.h) */
  const TripImage *in; /* a part of the small picture, transparent pixels filled */
  int in_x, in_y;      /* where it begins */
  const TripAxis *x, *y; /* with agreement, of what TRIP_BACK_REACH small pixels around out hold as well */
  TripImage *out;
  int out_x, out_y; /* where it begins, in the pixels of x and y */
} TripBand;

/* How far beyond a tile the band's in must go, where the picture does. */
int trip_tile_margin (const TripNetwork *network, gboolean agreement);

/* Floats of arena that a tile takes of small_width x small_height px of the picture, scale_x and scale_y times as many
 * px of the result. */
gsize trip_tile_need (const TripNetwork *network, gboolean agreement, int small_width, int small_height, double scale_x,
                      double scale_y);

/* rect of the small picture and so many pixels around it, as far as there is a picture. */
TripRect trip_tile_grow (const TripBand *band, const TripRect *rect, int reach);

/* Those of the pixels of band->out, counted as band->x and band->y do, whose centres lie in rect of the small picture. */
TripRect trip_tile_pixels (const TripBand *band, const TripRect *rect);

/* Fills these. The arena is empty again afterwards. FALSE with TRIP_ERROR_NO_MEMORY or G_IO_ERROR_CANCELLED. */
gboolean trip_tile_run (const TripBand *band, const TripRect *rect, TripArena *arena,
                        GCancellable *cancellable, GError **error);
