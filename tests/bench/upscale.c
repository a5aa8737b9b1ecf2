/* MODEL WIDTH HEIGHT THREADS: enlarges a picture twice. Says the tiles it used, their margin and the threads that work
 * together at one, "WIDTH HEIGHT MARGIN TOGETHER" (px); then for each line of its input "MILLISECONDS OUTSIDE FIELD",
 * the shares of the threads' time that were spent outside of the trunk, and there in the field.
 *
 * The linker puts the functions __wrap_ of this file into the places of those they measure (see meson.build), so that
 * the operation is measured as it is, whatever tiles it chooses. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../support/pictures.h"
#include "rescale/tile.h"

gboolean __real_trip_network_trunk (const TripNetwork *, const TripTensor *, TripChainSink, gpointer, TripMask *const *,
                                    TripArena *, const TripRun *, GError **);
gboolean __wrap_trip_network_trunk (const TripNetwork *, const TripTensor *, TripChainSink, gpointer, TripMask *const *,
                                    TripArena *, const TripRun *, GError **);

gboolean __real_trip_tile_run (const TripTileBand *, const TripRect *, TripArena *, const TripRun *, GError **);
gboolean __wrap_trip_tile_run (const TripTileBand *, const TripRect *, TripArena *, const TripRun *, GError **);

void __real_trip_field_rows (const TripFieldTile *, const TripTensor *, int, int, float *);
void __wrap_trip_field_rows (const TripFieldTile *, const TripTensor *, int, int, float *);

static gsize trunk_ns, field_ns; /* atomic */
static TripRect tile;  /* the first one, which is a whole one */
static int margin, together;

typedef struct
{
  TripChainSink sink;
  gpointer data;
  gint64 outside_ns;
} Sink;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static void
run_sink (const TripTensor *features, int first, int n, gpointer data)
{
  Sink *self = data;
  const gint64 start = now_ns ();

  self->sink (features, first, n, self->data);
  self->outside_ns += now_ns () - start;
}

gboolean
__wrap_trip_network_trunk (const TripNetwork *network, const TripTensor *input, TripChainSink sink, gpointer data,
                           TripMask *const *masks, TripArena *arena, const TripRun *run, GError **error)
{
  Sink outside = { sink, data, 0 };
  const gint64 start = now_ns ();
  gboolean done = __real_trip_network_trunk (network, input, run_sink, &outside, masks, arena, run, error);

  g_atomic_pointer_add (&trunk_ns, (now_ns () - start) * trip_run_threads (run) - outside.outside_ns);
  return done;
}

gboolean
__wrap_trip_tile_run (const TripTileBand *band, const TripRect *rect, TripArena *arena, const TripRun *run,
                      GError **error)
{
  if (rect->x == 0 && rect->y == 0)
    {
      tile = *rect;
      margin = trip_tile_margin (band->network, band->agreement > 0);
      together = run->n_threads;
    }
  return __real_trip_tile_run (band, rect, arena, run, error);
}

void
__wrap_trip_field_rows (const TripFieldTile *field, const TripTensor *features, int first, int n, float *out)
{
  const gint64 start = now_ns ();

  __real_trip_field_rows (field, features, first, n, out);
  g_atomic_pointer_add (&field_ns, now_ns () - start);
}

int
main (int argc, char **argv)
{
  TripRun run = TRIP_RUN_INIT;
  TripUpscaleOptions options;
  TripModel model;
  g_autoptr (GError) error = NULL;
  g_autoptr (TripUpscaler) upscaler = NULL;
  g_autoptr (TripImage) picture = NULL, result = NULL;
  TripImagePart part = { 0 };
  TripSource source;
  TripSink sink;
  char line[64];

  if (argc != 5 || ! trip_model_from_name (argv[1], &model))
    g_error ("a model and 3 numbers are needed");
  trip_upscale_options_init (&options);
  picture = picture_new (atoi (argv[2]), atoi (argv[3]), 3);
  options.width = 2 * picture->width;
  options.height = 2 * picture->height;
  result = trip_image_new (options.width, options.height, 3, &error);
  part.image = picture;
  source = trip_source_from_part (&part, picture->width, picture->height);
  sink = trip_sink_to_image (result);
  run.n_threads = atoi (argv[4]);
  upscaler = trip_upscaler_new (model, &error);
  if (! upscaler || ! trip_upscale (upscaler, &source, &options, &sink, &run, &error))
    g_error ("%s", error->message);
  printf ("%d %d %d %d\n", tile.width, tile.height, margin, together);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin))
    {
      gint64 start = now_ns (), spent;

      trunk_ns = field_ns = 0;
      trip_upscale (upscaler, &source, &options, &sink, &run, NULL);
      spent = now_ns () - start;
      printf ("%.3f %.4f %.4f\n", spent / 1e6, 1 - (double) trunk_ns / run.n_threads / spent,
              (double) field_ns / run.n_threads / spent);
      fflush (stdout);
    }
  return EXIT_SUCCESS;
}
