/* One tile of shrink.h: Adam over the small picture's pixels, through the network. */
#pragma once

#include "gradient.h"
#include "shrink.h"
#include "tile.h"

#define TRIP_SHRINK_TILE 192 /* px of the small picture, at most */
#define TRIP_SHRINK_MARGIN 32 /* px beyond a tile that its result depends on */

/* What the tiles that are in work at the same time share: some rows of tiles. */
typedef struct
{
  const TripNetwork *network;
  const TripGradient *gradient;
  const TripShrinkOptions *options;
  const TripSource *source;
  int tile_width, tile_height; /* px; the last ones may be smaller */
  int n_across;
  int y, n_rows;        /* of the small picture */
  TripImage *small;     /* its rows with the margin, and all columns */
  int small_y;
  TripImage *picture;   /* the rows of the picture that count for these, and all columns */
  int picture_y;
  TripImage *out;       /* the n_rows rows */
  TripArena *arenas;    /* of the workers */
  TripRun run;          /* which is told of each step */
  int n_steps;          /* of all tiles */
  gint n_done;          /* atomic */
} TripShrinkBand;

/* An axis of a tile: begin, end of what is computed, and of what counts, in px of the small picture; and the pixels of
 * the picture in the latter. */
typedef struct
{
  int begin, end, first, last;
  TripAxis axis;
} TripShrinkSpan;

/* Of the n small pixels from begin on, of length that come from result. The caller clears its axis. */
TripShrinkSpan trip_shrink_span (int length, int result, int begin, int n);

/* How often the network is run there and back. */
int trip_shrink_steps (const TripShrinkOptions *options);

/* Floats of arena that a tile takes. */
gsize trip_shrink_tile_need (const TripShrinkBand *band);

/* A TripTileFunc of a TripShrinkBand: tile is counted from the left. */
gboolean trip_shrink_tile_run (gsize tile, int worker, gpointer data, GError **error);
