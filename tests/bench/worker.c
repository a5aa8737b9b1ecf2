/* WEIGHTS ISA THREADS CHANNELS WIDTH HEIGHT TILE_WIDTH TILE_HEIGHT MARGIN TOGETHER: says what the engine uses, then
 * answers each line of its input with one of its output:
 *   run            milliseconds, and those of the processors
 *   memory         the most that the process has taken so far, MB
 *   features FILE  "done", with every SAMPLE-th row of the features in FILE */
#include "worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "image.h"
#include "rescale/network.h"
#include "run.h"

#define SAMPLE 7 /* px; so that rows near a tile's edge and in its middle are met */

typedef struct
{
  WorkerJob job;
  WorkerEngine engine;
  int width, height, tile_width, tile_height, margin; /* px */
  int n_across;                                       /* tiles */
  float *picture;
  float *rows; /* of features, or NULL */
} Worker;

/* Waves, edges and grain. */
static float *
make_picture (int width, int height)
{
  float *picture = g_new (float, (gsize) height *width *TRIP_NETWORK_INPUTS), *to = picture;
  g_autoptr (GRand) grain = g_rand_new_with_seed (1);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        for (int c = 0; c < 3; c++)
          *to++ = 0.25f * sinf (0.11f * x + 0.07f * y + c) + ((x / 16 + y / 16) % 2 ? 0.1f : -0.1f)
                  + g_rand_double_range (grain, -0.05, 0.05);
        *to++ = 0; /* no clean-up */
      }
  return picture;
}

typedef struct
{
  const Worker *worker;
  TripRect tile;
  int top, left; /* of the tile with its margin */
} Place;

static void
keep_rows (const WorkerFeatures *features, int first, int n, gpointer data)
{
  const Place *place = data;
  const Worker *self = place->worker;
  const TripRect *tile = &place->tile;
  const int n_channels = self->job.n_channels;

  for (int y = MAX (place->top + first, tile->y); y < MIN (place->top + first + n, tile->y + tile->height); y++)
    if (y % SAMPLE == 0)
      {
        const float *from = features->data + (y - place->top) * features->row;
        float *to = self->rows + ((gsize) y / SAMPLE * self->width + tile->x) * n_channels;

        for (int x = tile->x - place->left; x < tile->x - place->left + tile->width; x++)
          for (int c = 0; c < n_channels; c++)
            *to++ = from[x * features->column + c * features->channel];
      }
}

static gboolean
run_tile (gsize index, int at, gpointer data, GError **error)
{
  const Worker *self = data;
  const int x = index % self->n_across * self->tile_width, y = index / self->n_across * self->tile_height;
  const TripRect tile = { x, y, MIN (self->tile_width, self->width - x), MIN (self->tile_height, self->height - y) };
  const int left = MAX (x - self->margin, 0), right = MIN (x + tile.width + self->margin, self->width);
  const int top = MAX (y - self->margin, 0), bottom = MIN (y + tile.height + self->margin, self->height);
  Place place = { self, tile, top, left };

  worker_run (&self->job, self->picture + ((gsize) top * self->width + left) * TRIP_NETWORK_INPUTS,
              (gsize) self->width * TRIP_NETWORK_INPUTS, bottom - top, right - left, at,
              self->rows ? keep_rows : NULL, &place);
  return TRUE;
}

static double
now_ms (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static void
run_all (Worker *self, double *ms, double *processor_ms)
{
  const TripRun run = { .n_threads = self->engine.n_at_once, .to = 1 };
  const int n_down = (self->height + self->tile_height - 1) / self->tile_height;

  *ms = -now_ms (CLOCK_MONOTONIC);
  *processor_ms = -now_ms (CLOCK_PROCESS_CPUTIME_ID);
  trip_run_tiles (&run, (gsize) self->n_across * n_down, run_tile, self, NULL);
  *ms += now_ms (CLOCK_MONOTONIC);
  *processor_ms += now_ms (CLOCK_PROCESS_CPUTIME_ID);
}

static double
most_memory (void)
{
  g_autofree char *status = NULL;

  if (! g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    g_error ("/proc/self/status cannot be read");
  return atof (strstr (status, "VmHWM:") + strlen ("VmHWM:")) / 1024;
}

static void
write_features (Worker *self, const char *path)
{
  const gsize n = (gsize) ((self->height + SAMPLE - 1) / SAMPLE) * self->width * self->job.n_channels;
  g_autoptr (GError) error = NULL;
  double ms, processor_ms;

  self->rows = g_new (float, n);
  run_all (self, &ms, &processor_ms);
  if (! g_file_set_contents (path, (const char *) self->rows, n * sizeof (float), &error))
    g_error ("%s", error->message);
  g_clear_pointer (&self->rows, g_free);
}

int
main (int argc, char **argv)
{
  Worker self = { 0 };
  char line[4096];

  if (argc != 11)
    g_error ("10 arguments are needed");
  self.width = atoi (argv[5]);
  self.height = atoi (argv[6]);
  self.tile_width = atoi (argv[7]);
  self.tile_height = atoi (argv[8]);
  self.margin = atoi (argv[9]);
  self.n_across = (self.width + self.tile_width - 1) / self.tile_width;
  self.job = (WorkerJob) { argv[1], argv[2], atoi (argv[3]), atoi (argv[10]), atoi (argv[4]),
                           MIN (self.tile_height + 2 * self.margin, self.height),
                           MIN (self.tile_width + 2 * self.margin, self.width) };
  self.engine = worker_open (&self.job);
  self.picture = make_picture (self.width, self.height);
  printf ("%s\n", self.engine.uses);
  fflush (stdout);

  while (fgets (line, sizeof line, stdin))
    {
      g_strchomp (line);
      if (g_str_equal (line, "run"))
        {
          double ms, processor_ms;

          run_all (&self, &ms, &processor_ms);
          printf ("%.3f %.3f\n", ms, processor_ms);
        }
      else if (g_str_equal (line, "memory"))
        printf ("%.1f\n", most_memory ());
      else if (g_str_has_prefix (line, "features "))
        {
          write_features (&self, line + strlen ("features "));
          printf ("done\n");
        }
      else
        g_error ("%s is unknown", line);
      fflush (stdout);
    }
  return EXIT_SUCCESS;
}
