/* How a result is cut into bands of tiles: small enough for memory, and enough of them for the threads. */
#pragma once

#include "network.h"
#include "upscale.h"

typedef struct
{
  TripRect region;          /* of the result */
  int width, height;        /* of the small picture: the source's, less on an axis that shrinks */
  gboolean network;         /* or only a source to copy */
  float agreement;          /* of the result with the small picture: 0..1 */
  TripRect small;           /* the pixels of the small picture that region lies in */
  /* trip_tiling_choose (): */
  gboolean mirrored;        /* as in TripTileBand */
  int tile_width, tile_height;
  int n_across, n_down;     /* tiles of a band that are worked on at once; it is n_down high */
  int n_workers;            /* that have one of them */
  int n_together;           /* threads of a worker */
} TripTiling;

/* Of a source of width x height px; agrees: whether the result is made to agree with it. */
TripTiling trip_tiling_new (int width, int height, gboolean agrees, const TripUpscaleOptions *options);

void trip_tiling_choose (TripTiling *tiling, const TripNetwork *network, gboolean mirrored, int n_channels,
                         const TripUpscaleOptions *options, int n_threads);

/* The most floats of arena that a tile of so many small pixels takes. */
gsize trip_tiling_tile_need (const TripTiling *tiling, const TripNetwork *network, const TripUpscaleOptions *options,
                             int width, int height, int n_together);

/* How far around a part of the small picture has to be read. */
int trip_tiling_margin (const TripTiling *tiling, const TripNetwork *network, int n_channels);

/* Of a pixel of the small picture while its transparent pixels are filled. */
double trip_tiling_part_bytes (int n_channels);
