#include "tiling.h"

#include <math.h>

#include "back-project.h"
#include "fill.h"
#include "tile.h"

#define TILE 288     /* px: the margins of a wider one cost little, and its rows stay in the cache */
#define TALLER 3     /* times that high it may be: only rows have to stay there */
#define MIN_TILE 32  /* px; below, the margins cost more than more threads give */
/* Where tiles need not become smaller than MIN_TILE for it: */
#define TILES_BYTES (144 << 20) /* of the tiles of all threads */
#define THREAD_BYTES (34 << 20) /* of each of many: in less the margins cost more than the threads give */
#define BAND_BYTES (128 << 20)  /* of the result held at once */
/* In any case, so that memory does not grow with the picture: */
#define MAX_BAND_BYTES (192 << 20) /* or what one row of small pixels makes */
#define PART_BYTES (16 << 20)      /* of the small picture held at once, or one tile for each thread */

/* Where the result need not agree with the small picture: */
#define NO_AGREEMENT 0.1  /* from that clean-up on, as damage that is to go must not come back, */
#define MOST_AGREEING 8.0 /* and beyond that factor, where the pixels around a tile are too many */

/* The small pixels that n pixels of a result lie in. */
static void
cover (int length, int result, int first, int n, int *begin, int *count)
{
  const double scale = (double) result / length;

  *begin = MIN ((int) ((first + 0.5) / scale), length - 1);
  *count = MIN ((int) ((first + n - 0.5) / scale), length - 1) + 1 - *begin;
}

/* How much the result shall agree with the small picture. */
static float
agreement (const TripTiling *self, const TripUpscaleOptions *o)
{
  const double scale = MAX ((double) o->width / self->width, (double) o->height / self->height);

  return scale > 1 && scale <= MOST_AGREEING ? MAX (1 - o->clean_up / NO_AGREEMENT, 0) : 0;
}

TripTiling
trip_tiling_new (int width, int height, gboolean agrees, const TripUpscaleOptions *o)
{
  TripTiling self = { .region = o->region, .width = MIN (width, o->width), .height = MIN (height, o->height) };

  if (self.region.width == 0)
    self.region = (TripRect) { 0, 0, o->width, o->height };
  self.network = o->width > self.width || o->height > self.height || o->clean_up > 0;
  self.agreement = agrees ? agreement (&self, o) : 0;
  cover (self.width, o->width, self.region.x, self.region.width, &self.small.x, &self.small.width);
  cover (self.height, o->height, self.region.y, self.region.height, &self.small.y, &self.small.height);
  return self;
}

gsize
trip_tiling_tile_need (const TripTiling *self, const TripNetwork *network, const TripUpscaleOptions *o, int width,
                       int height)
{
  return trip_tile_need (network, self->agreement > 0, width, height, (double) o->width / self->width,
                         (double) o->height / self->height);
}

int
trip_tiling_margin (const TripTiling *self, const TripNetwork *network, int n_channels)
{
  return trip_tile_margin (network, self->agreement > 0) + (trip_has_alpha (n_channels) ? TRIP_FILL_REACH : 0);
}

double
trip_tiling_part_bytes (int n_channels)
{
  return n_channels * sizeof (float) * (trip_has_alpha (n_channels) ? TRIP_FILL_COPIES : 1);
}

void
trip_tiling_choose (TripTiling *self, const TripNetwork *network, int n_channels, const TripUpscaleOptions *o,
                    int n_threads)
{
  const double row_bytes = (double) self->region.width * o->height / self->height * n_channels * sizeof (float);
  const int most_rows = CLAMP (MAX_BAND_BYTES / row_bytes, 1, self->small.height);
  const gsize most_floats = MAX (TILES_BYTES / n_threads, THREAD_BYTES) / sizeof (float);
  const int margins = 2 * trip_tiling_margin (self, network, n_channels);
  int side = o->tile > 0 ? o->tile : TILE, width, height, across, down, at_once;
  double tile_bytes;

  if (o->tile == 0)
    while (side > MIN_TILE && trip_tiling_tile_need (self, network, o, side, side) > most_floats)
      side -= MIN_TILE;
  across = trip_divide_up (self->small.width, side);
  /* whole shares for every thread */
  if (o->tile == 0 && across > 1 && across % n_threads
      && self->small.width / (across + n_threads) >= MAX (MIN_TILE, margins))
    across += n_threads - across % n_threads;
  width = trip_divide_up (self->small.width, across);
  height = side;
  while (o->tile == 0 && height < TALLER * TILE
         && trip_tiling_tile_need (self, network, o, width, height + side) <= most_floats
         && (height + side + margins) * width * trip_tiling_part_bytes (n_channels) * n_threads <= PART_BYTES)
    height += side;
  down = trip_divide_up (self->small.height, height);
  while (o->tile == 0 && across * down < n_threads
         && MAX (self->small.width / across, self->small.height / down) >= 2 * MIN_TILE)
    if (self->small.width / across >= self->small.height / down)
      across++;
    else
      down++;
  self->tile_width = trip_divide_up (self->small.width, across);
  self->tile_height = trip_divide_up (self->small.height, down);

  if (o->tile == 0)
    self->tile_height = CLAMP ((int) (BAND_BYTES / row_bytes), MIN (MIN (MIN_TILE, most_rows), self->tile_height),
                               self->tile_height);
  across = trip_divide_up (self->small.width, self->tile_width);
  down = trip_divide_up (self->small.height, self->tile_height);
  self->n_down = MIN (MIN (trip_divide_up (n_threads, across), down), MAX (most_rows / self->tile_height, 1));

  tile_bytes = (self->tile_height * self->n_down + margins) * self->tile_width * trip_tiling_part_bytes (n_channels);
  at_once = PART_BYTES / tile_bytes;
  self->n_across = MIN (across, MAX (at_once - at_once % n_threads, n_threads));
  self->n_workers = MIN (n_threads, self->n_across * self->n_down);
}
