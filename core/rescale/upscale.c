#include "upscale.h"

#include <math.h>

#include "../error.h"
#include "fill.h"
#include "reduce.h"
#include "tile.h"

#define TILE 288     /* px: the margins of a wider one cost little, and its rows stay in the cache */
#define TALLER 3     /* times that high it may be: only rows have to stay there */
#define MIN_TILE 32  /* px; below, the margins cost more than more threads give */
#define COPY_ROWS 64 /* rows of a result that needs no network */
/* Where tiles need not become smaller than MIN_TILE for it: */
#define TILES_BYTES (144 << 20) /* of the tiles of all threads */
#define THREAD_BYTES (34 << 20) /* of each of many: in less the margins cost more than the threads give */
#define BAND_BYTES (128 << 20)  /* of the result held at once */
/* In any case, so that memory does not grow with the picture: */
#define MAX_BAND_BYTES (192 << 20) /* or what one row of small pixels makes */
#define PART_BYTES (16 << 20)      /* of the small picture held at once, or one tile for each thread */
#define COPY_BYTES (16 << 20)      /* of a result that needs no network, or one row */
#define WRITE_BYTES (2 << 20)      /* handed to the sink at once, or one row: cancelling waits for it */

struct _TripUpscaler
{
  TripNetwork *network;
  int n_images, finest; /* of its tiles */
};

/* How a result is cut into bands of tiles. */
typedef struct
{
  TripRect region;          /* of the result */
  int width, height;        /* of the small picture: the source's, less on an axis that shrinks */
  gboolean network;         /* or only a source to copy */
  TripRect small;           /* the pixels of the small picture that region lies in */
  int tile_width, tile_height;
  int n_across, n_down;     /* tiles of a band that are worked on at once; it is n_down high */
  int n_workers;            /* threads that have one of them */
} Plan;

TripUpscaler *
trip_upscaler_new (TripModel model, GError **error)
{
  g_autoptr (GBytes) bytes = trip_model_weights (model, error);
  TripNetwork *network = bytes ? trip_network_new (bytes, NULL, error) : NULL;
  TripUpscaler *self;

  if (! network)
    return NULL;
  self = g_new (TripUpscaler, 1);
  *self = (TripUpscaler) { network, trip_model_images (model),
                           model < TRIP_N_CHOICES ? TRIP_TILE_FINEST : TRIP_MAX_SIZE };
  return self;
}

void
trip_upscaler_free (TripUpscaler *self)
{
  if (! self)
    return;
  trip_network_free (self->network);
  g_free (self);
}

void
trip_upscale_options_init (TripUpscaleOptions *options)
{
  *options = (TripUpscaleOptions) { 0 };
}

static gboolean
check (const TripSource *source, const TripUpscaleOptions *o, GError **error)
{
  const TripRect *r = &o->region;
  const char *wrong = NULL;

  if (source->width < 1 || source->height < 1 || source->n_channels < 1 || source->n_channels > 4)
    wrong = "the picture is empty";
  else if (o->width < 1 || o->height < 1 || o->width > TRIP_MAX_SIZE || o->height > TRIP_MAX_SIZE)
    wrong = "the result's size is out of range";
  else if (r->width != 0
           && (r->x < 0 || r->y < 0 || r->width < 1 || r->height < 1 || r->width > o->width - r->x
               || r->height > o->height - r->y))
    wrong = "the region is not in the result";
  else if (! (o->clean_up >= 0 && o->clean_up <= 1))
    wrong = "clean-up is not in 0..1";
  else if (o->tile < 0)
    wrong = "the tile's side is negative";
  if (wrong)
    g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, wrong);
  return ! wrong;
}

/* The small pixels that n pixels of a result lie in. */
static void
cover (int length, int result, int first, int n, int *begin, int *count)
{
  const double scale = (double) result / length;

  *begin = MIN ((int) ((first + 0.5) / scale), length - 1);
  *count = MIN ((int) ((first + n - 0.5) / scale), length - 1) + 1 - *begin;
}

static int
divide_up (int a, int b)
{
  return (a + b - 1) / b;
}

static Plan
make_plan (int width, int height, const TripUpscaleOptions *o)
{
  Plan plan = { .region = o->region };

  if (plan.region.width == 0)
    plan.region = (TripRect) { 0, 0, o->width, o->height };
  plan.width = MIN (width, o->width);
  plan.height = MIN (height, o->height);
  plan.network = o->width > plan.width || o->height > plan.height || o->clean_up > 0;
  cover (plan.width, o->width, plan.region.x, plan.region.width, &plan.small.x, &plan.small.width);
  cover (plan.height, o->height, plan.region.y, plan.region.height, &plan.small.y, &plan.small.height);
  return plan;
}

/* The most floats of arena that a tile of so many small pixels takes. */
static gsize
tile_need (const TripUpscaler *self, const Plan *plan, const TripUpscaleOptions *o, int width, int height)
{
  const int columns = ceil ((double) o->width / plan->width * width) + 1;
  const int rows = ceil ((double) o->height / plan->height * height) + 1;

  return trip_tile_need (self->network, width, height, columns, rows);
}

/* The deepest network decides, so that the answer holds for every model. */
#define MAX_MARGIN (35 + TRIP_FILL_REACH)

static int
read_margin (const TripUpscaler *self, int n_channels)
{
  return trip_tile_margin (self->network) + (trip_has_alpha (n_channels) ? TRIP_FILL_REACH : 0);
}

/* Of a pixel of the small picture while its transparent pixels are filled. */
static double
part_bytes (int n_channels)
{
  return n_channels * sizeof (float) * (trip_has_alpha (n_channels) ? TRIP_FILL_COPIES : 1);
}

/* Tiles small enough for memory, and enough of them for the threads. */
static void
plan_tiles (const TripUpscaler *self, Plan *plan, int n_channels, const TripUpscaleOptions *o, int n_threads)
{
  const double row_bytes = (double) plan->region.width * o->height / plan->height * n_channels * sizeof (float);
  const int most_rows = CLAMP (MAX_BAND_BYTES / row_bytes, 1, plan->small.height);
  const gsize most_floats = MAX (TILES_BYTES / n_threads, THREAD_BYTES) / sizeof (float);
  const int margins = 2 * read_margin (self, n_channels);
  int side = o->tile > 0 ? o->tile : TILE, width, height, across, down, at_once;
  double tile_bytes;

  if (o->tile == 0)
    while (side > MIN_TILE && tile_need (self, plan, o, side, side) > most_floats)
      side -= MIN_TILE;
  across = divide_up (plan->small.width, side);
  /* whole shares for every thread */
  if (o->tile == 0 && across > 1 && across % n_threads
      && plan->small.width / (across + n_threads) >= MAX (MIN_TILE, margins))
    across += n_threads - across % n_threads;
  width = divide_up (plan->small.width, across);
  height = side;
  while (o->tile == 0 && height < TALLER * TILE && tile_need (self, plan, o, width, height + side) <= most_floats
         && (height + side + margins) * width * part_bytes (n_channels) * n_threads <= PART_BYTES)
    height += side;
  down = divide_up (plan->small.height, height);
  while (o->tile == 0 && across * down < n_threads
         && MAX (plan->small.width / across, plan->small.height / down) >= 2 * MIN_TILE)
    if (plan->small.width / across >= plan->small.height / down)
      across++;
    else
      down++;
  plan->tile_width = divide_up (plan->small.width, across);
  plan->tile_height = divide_up (plan->small.height, down);

  if (o->tile == 0)
    plan->tile_height = CLAMP ((int) (BAND_BYTES / row_bytes), MIN (MIN (MIN_TILE, most_rows), plan->tile_height),
                               plan->tile_height);
  across = divide_up (plan->small.width, plan->tile_width);
  down = divide_up (plan->small.height, plan->tile_height);
  plan->n_down = MIN (divide_up (n_threads, across), MIN (down, MAX (most_rows / plan->tile_height, 1)));

  tile_bytes = (plan->tile_height * plan->n_down + margins) * plan->tile_width * part_bytes (n_channels);
  at_once = PART_BYTES / tile_bytes;
  plan->n_across = MIN (across, MAX (at_once - at_once % n_threads, n_threads));
  plan->n_workers = MIN (n_threads, plan->n_across * plan->n_down);
}

/* Multiply-adds of a convolution that take as long as a pixel of the result does: measured at factors that are not
 * whole, where they are most. */
#define RESULT_MACS 4000.0

/* What has to be read of the small picture: rect with all that its pixels depend on. */
static TripRect
with_margin (const Plan *plan, int margin, const TripRect *rect)
{
  int left = MAX (rect->x - margin, 0), top = MAX (rect->y - margin, 0);
  int right = MIN (rect->x + rect->width + margin, plan->width);
  int bottom = MIN (rect->y + rect->height + margin, plan->height);

  return (TripRect) { left, top, right - left, bottom - top };
}

TripRect
trip_upscale_needs (int width, int height, const TripUpscaleOptions *options)
{
  const Plan plan = make_plan (width, height, options);
  TripRect rect = plan.network ? with_margin (&plan, MAX_MARGIN, &plan.small) : plan.region;

  return trip_reduced_needs (width, height, plan.width, plan.height, &rect);
}

static int
copied_rows (const Plan *plan, int n_channels)
{
  const double row_bytes = (double) plan->region.width * n_channels * sizeof (float);

  return MIN (CLAMP (COPY_BYTES / row_bytes, 1, COPY_ROWS), plan->region.height);
}

TripUpscaleCost
trip_upscale_cost (const TripUpscaler *self, const TripSource *source, const TripUpscaleOptions *options,
                   int n_threads)
{
  const TripRun run = { .n_threads = n_threads };
  Plan plan = make_plan (source->width, source->height, options);
  const double n = source->n_channels * sizeof (float);
  const int margin = trip_tile_margin (self->network);
  TripUpscaleCost cost = { 0, 0 };
  TripRect part, read;
  double band;

  if (plan.width < source->width || plan.height < source->height)
    cost.bytes += TRIP_REDUCE_BYTES;
  if (! plan.network)
    {
      cost.bytes += n * plan.region.width * copied_rows (&plan, source->n_channels);
      return cost;
    }
  plan_tiles (self, &plan, source->n_channels, options, trip_run_threads (&run));
  band = MIN ((double) plan.tile_height * plan.n_down, plan.small.height);
  part = plan.small;
  part.width = MIN (part.width, plan.tile_width * plan.n_across);
  part.height = band;
  part.x += (plan.small.width - part.width) / 2; /* with margins on all sides, if there are any */
  part.y += (plan.small.height - part.height) / 2;
  read = with_margin (&plan, read_margin (self, source->n_channels), &part);
  cost.bytes += part_bytes (source->n_channels) * read.width * read.height
                + n * plan.region.width * (band * options->height / plan.height + 1)
                + (double) plan.n_workers * sizeof (float)
                    * tile_need (self, &plan, options, plan.tile_width, plan.tile_height)
                + (sizeof (int) + sizeof (float)) * ((double) plan.region.width + plan.region.height);
  read = with_margin (&plan, margin, &plan.small);
  cost.macs = trip_network_macs (self->network) * self->n_images
                * (read.width + 2.0 * margin * ((plan.small.width - 1) / plan.tile_width))
                * (read.height + 2.0 * margin * ((plan.small.height - 1) / plan.tile_height))
              + RESULT_MACS * plan.region.width * plan.region.height;
  return cost;
}

/* Few rows at a time, so that a slow sink does not keep a cancelled run. */
static gboolean
write_rows (const TripImage *rows, int y, const TripSink *sink, const TripRun *run, GError **error)
{
  const int n_rows = MAX (WRITE_BYTES / (rows->stride * sizeof (float)), 1);
  TripImage part = *rows;

  for (int first = 0; first < rows->height; first += n_rows)
    {
      part.height = MIN (n_rows, rows->height - first);
      part.data = trip_image_row (rows, first);
      if (g_cancellable_set_error_if_cancelled (run->cancellable, error)
          || ! sink->write (&part, y + first, sink->data, error))
        return FALSE;
    }
  return TRUE;
}

/* What all bands share. */
typedef struct
{
  const TripUpscaler *upscaler;
  const Plan *plan;
  const TripSource *source;
  double clean_up;
  TripAxis x, y;
  TripArena *arenas; /* one for each worker */
} Bands;

/* What the tiles share that are worked on at once. */
typedef struct
{
  const Plan *plan;
  const TripRect *rect; /* of the small picture: theirs together */
  const TripBand *band;
  TripArena *arenas;
  GCancellable *cancellable;
} Part;

static gboolean
run_tile (gsize tile, int worker, gpointer data, GError **error)
{
  const Part *self = data;
  const TripRect *part = self->rect;
  const int width = self->plan->tile_width, height = self->plan->tile_height;
  const int n_across = divide_up (part->width, width);
  const int x = tile % n_across * width, y = tile / n_across * height;
  const TripRect rect = { part->x + x, part->y + y, MIN (width, part->width - x), MIN (height, part->height - y) };

  return trip_tile_run (self->band, &rect, &self->arenas[worker], self->cancellable, error);
}

/* The pixels of out, whose first row is out_row of the region, that lie in rect of the small picture. */
static gboolean
run_part (const Bands *self, const TripRect *rect, TripImage *out, int out_row, const TripRun *run, GError **error)
{
  const Plan *plan = self->plan;
  const TripUpscaler *upscaler = self->upscaler;
  const TripRect read = with_margin (plan, read_margin (upscaler, out->n_channels), rect);
  g_autoptr (TripImage) in = trip_source_read (self->source, &read, error);
  const TripBand band = { upscaler->network, upscaler->n_images > 1, upscaler->finest, self->clean_up, in, read.x, read.y,
                          &self->x, &self->y, out, out_row };
  Part part = { plan, rect, &band, self->arenas, run->cancellable };

  return in
         && (! trip_has_alpha (in->n_channels) || trip_fill_transparent (in, run->cancellable, error))
         && trip_run_tiles (run, (gsize) divide_up (rect->width, plan->tile_width)
                                   * divide_up (rect->height, plan->tile_height),
                            run_tile, &part, error);
}

/* One band of tiles: n_rows rows of the small picture from y on, and *out_row onwards of the region. */
static gboolean
run_band (const Bands *self, int y, int n_rows, int *out_row, const TripSink *sink, const TripRun *run,
          GError **error)
{
  const TripRect *small = &self->plan->small;
  const int width = self->plan->tile_width * self->plan->n_across;
  g_autoptr (TripImage) out = NULL;
  int end = *out_row;

  while (end < self->y.grid.n && self->y.grid.index[end] < y + n_rows)
    end++;
  if (end == *out_row)
    return TRUE;
  out = trip_image_new (self->plan->region.width, end - *out_row, self->source->n_channels, error);
  if (! out)
    return FALSE;
  for (int x = 0; x < small->width; x += width)
    {
      const TripRect rect = { small->x + x, y, MIN (width, small->width - x), n_rows };
      const TripRun part = trip_run_part (run, (double) x / small->width,
                                          (double) (x + rect.width) / small->width);

      if (! run_part (self, &rect, out, *out_row, &part, error))
        return FALSE;
    }
  if (! write_rows (out, *out_row, sink, run, error))
    return FALSE;
  *out_row = end;
  return TRUE;
}

static gboolean
run_network (const TripUpscaler *self, const Plan *plan, const TripSource *source,
             const TripUpscaleOptions *o, const TripSink *sink, const TripRun *run, GError **error)
{
  const int height = plan->tile_height * plan->n_down;
  g_autofree TripArena *arenas = g_new0 (TripArena, plan->n_workers);
  Bands bands = { self, plan, source, o->clean_up, .arenas = arenas };
  gboolean done = TRUE;
  int out_row = 0;

  trip_axis_init (&bands.x, plan->width, o->width, plan->region.x, plan->region.width);
  trip_axis_init (&bands.y, plan->height, o->height, plan->region.y, plan->region.height);
  for (int i = 0; done && i < plan->n_workers; i++)
    done = trip_arena_init (&arenas[i], tile_need (self, plan, o, plan->tile_width, plan->tile_height), error);
  for (int y = 0; done && y < plan->small.height; y += height)
    {
      int n_rows = MIN (height, plan->small.height - y);
      TripRun part = trip_run_part (run, (double) y / plan->small.height,
                                    (double) (y + n_rows) / plan->small.height);

      done = run_band (&bands, plan->small.y + y, n_rows, &out_row, sink, &part, error);
    }
  for (int i = 0; i < plan->n_workers; i++)
    trip_arena_clear (&arenas[i]);
  trip_axis_clear (&bands.x);
  trip_axis_clear (&bands.y);
  return done;
}

static gboolean
copy_rows (const Plan *plan, const TripSource *source, const TripSink *sink, const TripRun *run,
           GError **error)
{
  const int most = copied_rows (plan, source->n_channels);

  for (int y = 0; y < plan->region.height; y += most)
    {
      int n_rows = MIN (most, plan->region.height - y);
      TripRect rect = { plan->region.x, plan->region.y + y, plan->region.width, n_rows };
      g_autoptr (TripImage) rows = trip_source_read (source, &rect, error);

      if (! rows || ! write_rows (rows, y, sink, run, error)
          || ! trip_run_step (run, (double) (y + n_rows) / plan->region.height, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trip_upscale (const TripUpscaler *self, const TripSource *source, const TripUpscaleOptions *options,
              const TripSink *sink, const TripRun *run, GError **error)
{
  g_autoptr (TripReduced) reduced = NULL;
  Plan plan;

  if (! check (source, options, error) || ! trip_run_step (run, 0, error))
    return FALSE;
  plan = make_plan (source->width, source->height, options);
  if (plan.width < source->width || plan.height < source->height)
    {
      reduced = trip_reduced_new (source, plan.width, plan.height, run->cancellable);
      source = trip_reduced_source (reduced);
    }
  if (! plan.network)
    return copy_rows (&plan, source, sink, run, error);
  plan_tiles (self, &plan, source->n_channels, options, trip_run_threads (run));
  return run_network (self, &plan, source, options, sink, run, error);
}
