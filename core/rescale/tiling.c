#include "tiling.h"

#include <math.h>

#include "back-project.h"
#include "fill.h"
#include "residual.h"
#include "tile.h"

#define TILE 352     /* px: the margins of a wider one cost little, and its rows stay in the cache, or */
#define MARGINS 7    /* times its margins, if that is more */
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
                       int height, int n_together)
{
  return trip_tile_need (network, self->mirrored, self->agreement > 0, width, height, (double) o->width / self->width,
                         (double) o->height / self->height, n_together);
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

/* What tiles must not be larger than. */
typedef struct
{
  int side, margins; /* px of the small picture, along an axis: what the network computes around them */
  double row_bytes;  /* of the result that a row of small pixels makes */
  gsize tile_floats; /* for each thread */
  double part_bytes; /* of the small picture, for each thread */
} Limits;

/* How high tiles can be, of which so many lie above each other in a band, and of the same height in all bands. */
static int
highest (const TripTiling *self, const TripNetwork *network, int n_channels, const TripUpscaleOptions *o,
         const Limits *limits, int width, int down, int n_together)
{
  const double pixel_bytes = trip_tiling_part_bytes (n_channels);
  const int around = 2 * trip_tiling_margin (self, network, n_channels);
  const int rows = MAX (BAND_BYTES / limits->row_bytes / down, 1), most = trip_divide_up (self->small.height, down);
  int height = MIN (MIN (TALLER * limits->side, MAX (rows, MIN_TILE)), most);

  while (height > MIN_TILE
         && (trip_tiling_tile_need (self, network, o, width, height, n_together) > n_together * limits->tile_floats
             || (height + around) * width * pixel_bytes > n_together * limits->part_bytes))
    height = MAX (height - MIN_TILE, MIN_TILE);
  height = MIN (height, MAX (MAX_BAND_BYTES / limits->row_bytes / down, 1));
  return trip_divide_up (self->small.height, trip_divide_up (self->small.height, height * down) * down);
}

/* What the network computes along an axis for each of tiles of such a length: beyond the picture there is nothing. */
static double
computed (int length, int whole, int margins)
{
  const int n = trip_divide_up (whole, length);

  return MIN (length + (double) margins * (n - 1) / n, whole);
}

/* Side by side and above each other as it takes least time, if that is less than *least: what the margins cost, and
 * workers that wait for others. */
static void
try_tiles (TripTiling *self, const TripNetwork *network, int n_channels, const TripUpscaleOptions *o,
           const Limits *limits, int n_workers, int n_together, double *least)
{
  const TripRect *small = &self->small;
  const int fewest = trip_divide_up (small->width, limits->side);
  const int most_rows = CLAMP (MAX_BAND_BYTES / limits->row_bytes, 1, small->height);

  for (int across = fewest; across < fewest + n_workers; across++)
    for (int down = 1; down <= MIN (n_workers, most_rows); down++)
      {
        const int width = trip_divide_up (small->width, across);
        const int height = highest (self, network, n_channels, o, limits, width, down, n_together);
        const double rows = computed (height, small->height, limits->margins);
        const double columns = computed (width, small->width, limits->margins);
        const double time = trip_divide_up (across * down, n_workers) * columns * rows / down / height
                            / trip_residual_speedup (network, self->mirrored, rows, columns, n_together);
        const gboolean is_small = (across > fewest && width < MIN_TILE) || (down > 1 && height < MIN_TILE);

        if (time < *least && ! is_small)
          {
            *least = time;
            self->tile_width = width;
            self->tile_height = height;
            self->n_down = down;
            self->n_together = n_together;
          }
      }
}

/* Every way to divide the threads up: one worker for each, or several threads together at a tile. */
static void
choose_tiles (TripTiling *self, const TripNetwork *network, int n_channels, const TripUpscaleOptions *o,
              const Limits *limits, int n_threads)
{
  double least = G_MAXDOUBLE;

  for (int n_together = 1; n_together <= n_threads; n_together++)
    if (n_threads % n_together == 0)
      try_tiles (self, network, n_channels, o, limits, n_threads / n_together, n_together, &least);
}

void
trip_tiling_choose (TripTiling *self, const TripNetwork *network, gboolean mirrored, int n_channels,
                    const TripUpscaleOptions *o, int n_threads)
{
  const int margins = 2 * trip_tile_margin (network, self->agreement > 0);
  const int around = 2 * trip_tiling_margin (self, network, n_channels);
  Limits limits = { MAX (TILE, MARGINS * margins), margins,
                    (double) self->region.width * o->height / self->height * n_channels * sizeof (float),
                    MAX (TILES_BYTES / n_threads, THREAD_BYTES) / sizeof (float), PART_BYTES / n_threads };
  int across, at_once, n_workers;
  double tile_bytes;

  self->mirrored = mirrored;
  if (o->tile > 0)
    {
      self->n_together = 1;
      self->tile_width = trip_divide_up (self->small.width, trip_divide_up (self->small.width, o->tile));
      self->tile_height = trip_divide_up (self->small.height, trip_divide_up (self->small.height, o->tile));
      across = trip_divide_up (self->small.width, self->tile_width);
      self->n_down = MIN (trip_divide_up (n_threads, across), trip_divide_up (self->small.height, self->tile_height));
    }
  else
    {
      while (limits.side > MIN_TILE
             && trip_tiling_tile_need (self, network, o, limits.side, limits.side, 1) > limits.tile_floats)
        limits.side -= MIN_TILE;
      choose_tiles (self, network, n_channels, o, &limits, n_threads);
    }

  across = trip_divide_up (self->small.width, self->tile_width);
  tile_bytes = ((double) self->tile_height * self->n_down + around) * self->tile_width
               * trip_tiling_part_bytes (n_channels);
  at_once = PART_BYTES / tile_bytes;
  n_workers = n_threads / self->n_together;
  self->n_across = MIN (across, MAX (at_once - at_once % n_workers, n_workers));
  self->n_workers = MIN (n_workers, self->n_across * self->n_down);
}
