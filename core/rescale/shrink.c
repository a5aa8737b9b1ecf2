#include "shrink.h"

#include <math.h>

#include "../error.h"
#include "fill.h"
#include "reduce.h"
#include "shrink-tile.h"

struct _TripShrinker
{
  TripNetwork *network;
  TripGradient *gradient;
};

TripShrinker *
trip_shrinker_new (TripModel model, GError **error)
{
  g_autoptr (GBytes) weights = trip_model_weights (model, error);
  g_autoptr (TripShrinker) self = g_new0 (TripShrinker, 1);

  if (! weights || ! (self->network = trip_network_new (weights, NULL, error))
      || ! (self->gradient = trip_gradient_new (weights, self->network, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
trip_shrinker_free (TripShrinker *self)
{
  if (! self)
    return;
  trip_network_free (self->network);
  trip_gradient_free (self->gradient);
  g_free (self);
}

void
trip_shrink_options_init (TripShrinkOptions *options)
{
  *options = (TripShrinkOptions) { .strength = 1, .rounded = TRUE };
}

static gboolean
check (const TripSource *source, const TripShrinkOptions *o, GError **error)
{
  const char *wrong = NULL;

  if (source->width < 1 || source->height < 1 || source->n_channels < 1 || source->n_channels > 4)
    wrong = "the picture is empty";
  else if (o->width < 1 || o->height < 1 || o->width > source->width || o->height > source->height)
    wrong = "the small picture's size is out of range";
  else if (! (o->strength >= 0 && o->strength <= 1))
    wrong = "the strength is not in 0..1";
  if (wrong)
    g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, wrong);
  return ! wrong;
}

/* Tiles of about the same size, however many threads there are: the result depends on them. */
static TripShrinkBand
band_of (const TripShrinker *self, const TripSource *source, const TripShrinkOptions *o)
{
  TripShrinkBand band = { self->network, self->gradient, o, source };
  const int n_down = trip_divide_up (o->height, TRIP_SHRINK_TILE);

  band.n_across = trip_divide_up (o->width, TRIP_SHRINK_TILE);
  band.tile_width = trip_divide_up (o->width, band.n_across);
  band.tile_height = trip_divide_up (o->height, n_down);
  return band;
}

/* How many rows of tiles give all threads something to do, as far as there are so many. */
static int
rows_at_once (const TripShrinkBand *band, int n_threads)
{
  const int n_down = trip_divide_up (band->options->height, band->tile_height);

  return MIN (trip_divide_up (n_threads, band->n_across), n_down);
}

/* What has to be read for a band: of the small picture, and of the picture. */
static gboolean
read_band (TripShrinkBand *band, const TripSource *reduced, GError **error)
{
  const TripShrinkOptions *o = band->options;
  TripShrinkSpan span = trip_shrink_span (o->height, band->source->height, band->y, band->n_rows);
  const TripRect small = { 0, span.begin, o->width, span.end - span.begin };
  const TripRect picture = { 0, span.axis.first, band->source->width, span.axis.grid.n };
  TripImage *read = NULL;

  trip_axis_clear (&span.axis);
  band->small_y = small.y;
  band->picture_y = picture.y;
  band->small = trip_source_read (reduced, &small, error);
  if (band->small
      && (! trip_has_alpha (reduced->n_channels) || trip_fill_transparent (band->small, band->run.cancellable, error)))
    read = trip_source_read (band->source, &picture, error);
  band->picture = read;
  band->out = read ? trip_image_new (o->width, band->n_rows, reduced->n_channels, error) : NULL;
  return band->out != NULL;
}

static gboolean
run_band (TripShrinkBand *band, const TripSource *reduced, const TripSink *sink, const TripRun *run, GError **error)
{
  const int n_tiles = band->n_across * trip_divide_up (band->n_rows, band->tile_height);
  TripRun tiles = *run;
  gboolean done;

  tiles.progress = NULL; /* a tile takes long */
  band->run = *run;
  band->n_steps = n_tiles * trip_shrink_steps (band->options);
  band->n_done = 0;
  done = read_band (band, reduced, error) && trip_run_tiles (&tiles, n_tiles, trip_shrink_tile_run, band, error)
         && sink->write (band->out, band->y, sink->data, error) && trip_run_step (run, 1, error);

  g_clear_pointer (&band->small, trip_image_free);
  g_clear_pointer (&band->picture, trip_image_free);
  g_clear_pointer (&band->out, trip_image_free);
  return done;
}

TripUpscaleCost
trip_shrink_cost (const TripShrinker *self, const TripSource *source, const TripShrinkOptions *o, int n_threads)
{
  const TripRun run = { .n_threads = n_threads };
  const TripShrinkBand band = band_of (self, source, o);
  const int n_all = trip_run_threads (&run), n_together = band.n_across * rows_at_once (&band, n_all);
  const double n_down = ceil ((double) o->height / band.tile_height), n_tiles = band.n_across * n_down;
  const double n_pixels = (double) MIN (band.tile_width + 2 * TRIP_SHRINK_MARGIN, o->width)
                          * MIN (band.tile_height + 2 * TRIP_SHRINK_MARGIN, o->height);
  const double rows = MIN (band.tile_height * rows_at_once (&band, n_all) + 2 * TRIP_SHRINK_MARGIN, o->height);

  return (TripUpscaleCost) {
    .bytes = sizeof (float) * ((double) MIN (n_all, n_together) * trip_shrink_tile_need (&band)
                               + source->n_channels * rows
                                 * (2.0 * o->width + source->width * (double) source->height / o->height))
             + TRIP_REDUCE_BYTES,
    /* there and back take about the same */
    .macs = 2 * trip_shrink_steps (o) * trip_network_macs (self->network) * n_pixels * n_tiles / n_together
            * ceil ((double) n_together / n_all) * n_all
  };
}

gboolean
trip_shrink (const TripShrinker *self, const TripSource *source, const TripShrinkOptions *options, const TripSink *sink,
             const TripRun *run, GError **error)
{
  g_autoptr (TripReduced) reduced = NULL;
  g_autofree TripArena *arenas = NULL;
  TripShrinkBand band;
  gboolean done = TRUE;
  int n_down, n_workers;

  if (! check (source, options, error) || ! trip_run_step (run, 0, error))
    return FALSE;
  reduced = trip_reduced_new (source, options->width, options->height, run->cancellable);
  band = band_of (self, source, options);
  n_down = rows_at_once (&band, trip_run_threads (run));
  n_workers = MIN (trip_run_threads (run), band.n_across * n_down);
  band.arenas = arenas = g_new0 (TripArena, n_workers);
  for (int i = 0; done && i < n_workers; i++)
    done = trip_arena_init (&arenas[i], trip_shrink_tile_need (&band), error);
  for (; done && band.y < options->height; band.y += band.n_rows)
    {
      TripRun part;

      band.n_rows = MIN (band.tile_height * n_down, options->height - band.y);
      part = trip_run_part (run, (double) band.y / options->height, (double) (band.y + band.n_rows) / options->height);
      done = run_band (&band, trip_reduced_source (reduced), sink, &part, error);
    }
  for (int i = 0; i < n_workers; i++)
    trip_arena_clear (&arenas[i]);
  return done;
}
