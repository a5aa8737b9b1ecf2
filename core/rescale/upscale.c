#include "upscale.h"

#include <math.h>

#include "../error.h"
#include "back-project.h"
#include "fill.h"
#include "reduce.h"
#include "tile.h"
#include "tiling.h"

#define COPY_ROWS 64               /* rows of a result that needs no network */
#define COPY_BYTES (16 << 20)      /* of a result that needs no network, or one row */
#define WRITE_BYTES (2 << 20)      /* handed to the sink at once, or one row: cancelling waits for it */

struct _TripUpscaler
{
  TripNetwork *network;
  gboolean mirrored;    /* as in TripTileBand */
  gboolean is_restorer; /* pictures depend on what it makes of small ones that are its own */
};

TripUpscaler *
trip_upscaler_new (TripModel model, GError **error)
{
  g_autoptr (GBytes) bytes = trip_model_weights (model, error);
  TripNetwork *network = bytes ? trip_network_new (bytes, NULL, error) : NULL;
  TripUpscaler *self;

  if (! network)
    return NULL;
  self = g_new (TripUpscaler, 1);
  *self = (TripUpscaler) { network, trip_model_is_mirrored (model), model >= TRIP_N_CHOICES };
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
  else if (o->tile < 0 || o->tile > TRIP_MAX_SIZE)
    wrong = "the tile's side is out of range";
  if (wrong)
    g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, wrong);
  return ! wrong;
}

/* The deepest network decides, so that the answer holds for every model. */
#define MAX_MARGIN (35 + TRIP_BACK_REACH + TRIP_FILL_REACH)

/* Multiply-adds of a convolution that take as long as a pixel of the result does: measured at factors that are not
 * whole, where they are most. */
#define RESULT_MACS 8000.0

TripRect
trip_upscale_needs (int width, int height, const TripUpscaleOptions *options)
{
  const TripTiling plan = trip_tiling_new (width, height, TRUE, options);
  TripRect rect = plan.network ? trip_rect_grown (&plan.small, MAX_MARGIN, plan.width, plan.height) : plan.region;

  return trip_reduced_needs (width, height, plan.width, plan.height, &rect);
}

static int
copied_rows (const TripTiling *plan, int n_channels)
{
  const double row_bytes = (double) plan->region.width * n_channels * sizeof (float);

  return MIN (CLAMP (COPY_BYTES / row_bytes, 1, COPY_ROWS), plan->region.height);
}

/* What reading the reduced source takes: at most that, or what one pixel is made from. */
static double
reduce_bytes (const TripSource *source, int width, int height)
{
  const TripRect one = { width / 2, height / 2, 1, 1 };
  const TripRect from = trip_reduced_needs (source->width, source->height, width, height, &one);

  return MAX (TRIP_REDUCE_BYTES, from.width * (from.height + 1.0) * source->n_channels * sizeof (float));
}

TripUpscaleCost
trip_upscale_cost (const TripUpscaler *self, const TripSource *source, const TripUpscaleOptions *options,
                   int n_threads)
{
  const TripRun run = { .n_threads = n_threads };
  TripTiling plan = trip_tiling_new (source->width, source->height, ! self->is_restorer, options);
  const double n = source->n_channels * sizeof (float);
  const int margin = trip_tile_margin (self->network, plan.agreement > 0);
  TripUpscaleCost cost = { 0, 0 };
  TripRect part, read;
  double band;
  int around;

  if (plan.width < source->width || plan.height < source->height)
    cost.bytes += reduce_bytes (source, MIN (plan.width, source->width), MIN (plan.height, source->height));
  if (! plan.network)
    {
      cost.bytes += n * plan.region.width * copied_rows (&plan, source->n_channels);
      return cost;
    }
  trip_tiling_choose (&plan, self->network, self->mirrored, source->n_channels, options, trip_run_threads (&run));
  band = MIN ((double) plan.tile_height * plan.n_down, plan.small.height);
  part = plan.small;
  part.width = MIN (part.width, plan.tile_width * plan.n_across);
  part.height = band;
  part.x += (plan.small.width - part.width) / 2; /* with margins on all sides, if there are any */
  part.y += (plan.small.height - part.height) / 2;
  around = trip_tiling_margin (&plan, self->network, source->n_channels);
  read = trip_rect_grown (&part, around, plan.width, plan.height);
  cost.bytes += trip_tiling_part_bytes (source->n_channels) * read.width * read.height
                + n * plan.region.width * (band * options->height / plan.height + 1)
                + (double) plan.n_workers * sizeof (float)
                    * trip_tiling_tile_need (&plan, self->network, options, plan.tile_width, plan.tile_height,
                                             plan.n_together)
                + (sizeof (int) + sizeof (float)) * ((double) plan.region.width + plan.region.height);
  read = trip_rect_grown (&plan.small, margin, plan.width, plan.height);
  cost.macs = trip_network_macs (self->network) * (self->mirrored ? TRIP_MIRROR_IMAGES : 1)
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
  const TripTiling *plan;
  const TripUpscaleOptions *options;
  const TripSource *source;
  TripAxis x, y;
  int first_x, first_y; /* of their pixels in the region */
  TripArena *arenas; /* one for each worker */
  TripImage *out;    /* the pixels of a band, whose rows may be fewer */
} Bands;

/* What the tiles share that are worked on at once. */
typedef struct
{
  const TripTiling *plan;
  const TripRect *rect; /* of the small picture: theirs together */
  const TripTileBand *band;
  TripArena *arenas;
  TripRun run; /* of all tiles, but with the threads of one; progress where they come one after the other */
  int n_tiles;
} Part;

static gboolean
run_tile (gsize tile, int worker, gpointer data, GError **error)
{
  const Part *self = data;
  const TripRect *part = self->rect;
  const int width = self->plan->tile_width, height = self->plan->tile_height;
  const int n_across = trip_divide_up (part->width, width);
  const int x = tile % n_across * width, y = tile / n_across * height;
  const TripRect rect = { part->x + x, part->y + y, MIN (width, part->width - x), MIN (height, part->height - y) };
  const TripRun run = trip_run_part (&self->run, (double) tile / self->n_tiles, (tile + 1.0) / self->n_tiles);

  return trip_tile_run (self->band, &rect, &self->arenas[worker], &run, error);
}

/* The pixels of out, whose first row is out_row of the region, that lie in rect of the small picture. */
static gboolean
run_part (const Bands *self, const TripRect *rect, TripImage *out, int out_row, const TripRun *run, GError **error)
{
  const TripTiling *plan = self->plan;
  const TripUpscaleOptions *o = self->options;
  const TripUpscaler *upscaler = self->upscaler;
  const int margin = trip_tiling_margin (plan, upscaler->network, out->n_channels);
  const TripRect read = trip_rect_grown (rect, margin, plan->width, plan->height);
  g_autoptr (TripImage) in = trip_source_read (self->source, &read, error);
  const TripTileBand band = {
    .network = upscaler->network,
    .mirrored = plan->mirrored,
    .finest = upscaler->is_restorer ? TRIP_MAX_SIZE : TRIP_TILE_FINEST,
    .clean_up = o->clean_up,
    .agreement = plan->agreement,
    .in = in,
    .in_x = read.x,
    .in_y = read.y,
    .x = &self->x,
    .y = &self->y,
    .out = out,
    .out_x = self->first_x,
    .out_y = self->first_y + out_row,
  };
  const int n_tiles = trip_divide_up (rect->width, plan->tile_width) * trip_divide_up (rect->height, plan->tile_height);
  Part part = { plan, rect, &band, self->arenas, *run, n_tiles };
  TripRun tiles = *run;

  tiles.n_threads = plan->n_workers;
  part.run.n_threads = plan->n_together;
  if (plan->n_workers > 1)
    part.run.progress = NULL;
  return in
         && (! trip_has_alpha (in->n_channels) || trip_fill_transparent (in, run->cancellable, error))
         && trip_run_tiles (&tiles, n_tiles, run_tile, &part, error);
}

/* One band of tiles: n_rows rows of the small picture from y on, and *out_row onwards of the region. */
static gboolean
run_band (const Bands *self, int y, int n_rows, int *out_row, const TripSink *sink, const TripRun *run,
          GError **error)
{
  const TripRect *small = &self->plan->small;
  const int width = self->plan->tile_width * self->plan->n_across;
  TripImage out = *self->out;
  int end = *out_row;

  while (end < self->plan->region.height && self->y.grid.index[self->first_y + end] < y + n_rows)
    end++;
  if (end == *out_row)
    return TRUE;
  out.height = end - *out_row;
  for (int x = 0; x < small->width; x += width)
    {
      const TripRect rect = { small->x + x, y, MIN (width, small->width - x), n_rows };
      const TripRun part = trip_run_part (run, (double) x / small->width,
                                          (double) (x + rect.width) / small->width);

      if (! run_part (self, &rect, &out, *out_row, &part, error))
        return FALSE;
    }
  if (! write_rows (&out, *out_row, sink, run, error))
    return FALSE;
  *out_row = end;
  return TRUE;
}

/* Of n pixels of the result from first on, and of those of so many small pixels around them. Returns which of them is
 * first. */
static int
init_axis (TripAxis *axis, int length, int result, int first, int n, int around)
{
  const int more = around ? ceil ((around + 1) * (double) result / length) : 0, begin = MAX (first - more, 0);

  trip_axis_init (axis, length, result, begin, MIN (first + n + more, result) - begin);
  return first - begin;
}

static gboolean
run_network (const TripUpscaler *self, const TripTiling *plan, const TripSource *source,
             const TripUpscaleOptions *o, const TripSink *sink, const TripRun *run, GError **error)
{
  const int height = plan->tile_height * plan->n_down, around = plan->agreement > 0 ? TRIP_BACK_REACH : 0;
  const gsize need = trip_tiling_tile_need (plan, self->network, o, plan->tile_width, plan->tile_height,
                                            plan->n_together);
  const TripRect *region = &plan->region;
  const int most_rows = ceil ((double) height * o->height / plan->height) + 1;
  g_autoptr (TripImage) out = trip_image_new (region->width, MIN (most_rows, region->height), source->n_channels,
                                              error);
  g_autofree TripArena *arenas = g_new0 (TripArena, plan->n_workers);
  Bands bands = { self, plan, o, source, .arenas = arenas, .out = out };
  gboolean done = out != NULL;
  int out_row = 0;

  bands.first_x = init_axis (&bands.x, plan->width, o->width, region->x, region->width, around);
  bands.first_y = init_axis (&bands.y, plan->height, o->height, region->y, region->height, around);
  for (int i = 0; done && i < plan->n_workers; i++)
    done = trip_arena_init (&arenas[i], need, error);
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
copy_rows (const TripTiling *plan, const TripSource *source, const TripSink *sink, const TripRun *run,
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
  TripTiling plan;

  if (! check (source, options, error) || ! trip_run_step (run, 0, error))
    return FALSE;
  plan = trip_tiling_new (source->width, source->height, ! self->is_restorer, options);
  if (plan.width < source->width || plan.height < source->height)
    {
      reduced = trip_reduced_new (source, plan.width, plan.height, run->cancellable);
      source = trip_reduced_source (reduced);
    }
  if (! plan.network)
    return copy_rows (&plan, source, sink, run, error);
  trip_tiling_choose (&plan, self->network, self->mirrored, source->n_channels, options, trip_run_threads (run));
  return run_network (self, &plan, source, options, sink, run, error);
}
