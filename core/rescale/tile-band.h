/* A band of tiles of the result, side by side or above each other. */
#pragma once

#include "../image.h"
#include "axis.h"
#include "network.h"

/* The factor of an axis up to which the field is asked for every pixel. Beyond it the residual of this factor is
 * interpolated: at the borders of the small pixels that is smoother than the field. */
#define TRIP_TILE_FINEST 4

#define TRIP_MIRROR_IMAGES 4

/* What all tiles of a band of the result share. */
typedef struct
{
  const TripNetwork *network;
  gboolean mirrored; /* the mean over TRIP_MIRROR_IMAGES of the picture, itself one of them */
  int finest; /* TRIP_TILE_FINEST, or more where pictures depend on the field alone */
  float clean_up;
  float agreement;     /* 0..1: how much the result is made to agree with the small picture (back-project.h) */
  const TripImage *in; /* a part of the small picture, transparent pixels filled */
  int in_x, in_y;      /* where it begins */
  const TripAxis *x, *y; /* with agreement, of what TRIP_BACK_REACH small pixels around out hold as well */
  TripImage *out;
  int out_x, out_y; /* where it begins, in the pixels of x and y */
} TripTileBand;

/* Those of the pixels of band->out, counted as band->x and band->y do, whose centres lie in rect of the small
 * picture. */
TripRect trip_tile_band_pixels (const TripTileBand *band, const TripRect *rect);
