/* A run that is cancelled at any moment returns soon. How soon depends on the machine and on what
 * else it does, so the times are printed and decide nothing; only a run that goes on until it is
 * done fails. */
#include <math.h>
#include <time.h>

#include "support/synthetic.h"

#define N_MOMENTS 4
#define LATEST 400 /* ms */

static const struct
{
  const char *what;
  int width, height, n_channels;
  double scale_x, scale_y, clean_up;
  gboolean is_short; /* may be done before it is cancelled */
} runs[] = {
  { "x2", 20000, 20000, 3, 2, 2, 0 },
  { "x2, clean-up, alpha", 20000, 20000, 4, 2, 2, 0.5 },
  { "x1.7, gray", 20000, 20000, 1, 1.7, 1.7, 0 },
  { "x1.1 x 3.3, gray with alpha", 20000, 20000, 2, 1.1, 3.3, 0 },
  { "x4", 20000, 20000, 3, 4, 4, 0 },
  { "x32", 16000, 16000, 3, 32, 32, 0 },
  { "x32, alpha", 2000, 2000, 4, 32, 32, 0 },
  { "x31.7", 300, 300, 3, 31.7, 31.7, 0 },
  { "one row, x32", 16000, 1, 3, 32, 32, 0, TRUE },
  { "one column, x32", 1, 16000, 4, 32, 32, 0, TRUE },
  { "long row, x2", 262000, 1, 3, 2, 2, 0, TRUE },
  { "x32 x 0.05", 16000, 500000, 3, 32, 0.05, 0 },
  { "x0.05 x 32", 500000, 16000, 4, 0.05, 32, 0 },
  { "x0.05, clean-up", 500000, 500000, 4, 0.05, 0.05, 1 },
  { "x0.05", 500000, 500000, 3, 0.05, 0.05, 0 },
  { "x0.05, alpha", 500000, 500000, 4, 0.05, 0.05, 0 },
  { "x0.9", 500000, 500000, 4, 0.9, 0.9, 0 },
  { "a copy", 500000, 500000, 4, 1, 1, 0 },
};

typedef struct
{
  const TripUpscaler *upscaler;
  TripSource source;
  TripUpscaleOptions options;
  TripRun run;
  GError *error;
} Job;

static gpointer
work (gpointer data)
{
  Job *self = data;
  const TripSink sink = synthetic_sink ();

  trip_upscale (self->upscaler, &self->source, &self->options, &sink, &self->run, &self->error);
  return NULL;
}

static double
cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return 1e3 * time.tv_sec + 1e-6 * time.tv_nsec;
}

/* Milliseconds, and of them what each thread worked on average. */
typedef struct
{
  double wall, work;
} Delay;

static Delay
cancel_after (const TripUpscaler *upscaler, int i, int n_threads, double ms)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Job job = { upscaler, synthetic_source (runs[i].width, runs[i].height, runs[i].n_channels) };
  Delay delay;
  GThread *thread;
  gint64 start;
  double start_work;

  trip_upscale_options_init (&job.options);
  job.options.width = runs[i].width * runs[i].scale_x;
  job.options.height = MAX (runs[i].height * runs[i].scale_y, 1);
  job.options.clean_up = runs[i].clean_up;
  job.run = (TripRun) { .cancellable = cancellable, .n_threads = n_threads, .to = 1 };
  thread = g_thread_new ("run", work, &job);
  g_usleep (1000 * ms);
  start = g_get_monotonic_time ();
  start_work = cpu_time ();
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  delay
      = (Delay) { 1e-3 * (g_get_monotonic_time () - start), (cpu_time () - start_work) / n_threads };
  if (job.error || ! runs[i].is_short)
    g_assert_error (job.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&job.error);
  return delay;
}

static void
test_model (gconstpointer data)
{
  const TripModel model = GPOINTER_TO_INT (data);
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (model, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (30 + model);

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      const int n_threads = 1 + i % 2;
      Delay most = { 0, 0 };

      for (int j = 0; j < N_MOMENTS; j++)
        {
          const Delay delay = cancel_after (upscaler, i, n_threads,
                                            exp (g_rand_double_range (rand, 0, log (LATEST))));

          most.wall = MAX (most.wall, delay.wall);
          most.work = MAX (most.work, delay.work);
        }
      g_test_message ("%s, %d thread(s): %.0f ms after cancelling, of them %.0f ms of work",
                      runs[i].what, n_threads, most.wall, most.work);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int model = 0; model < TRIP_N_CHOICES; model++)
    {
      g_autofree char *path = g_strconcat ("/cancel/", trip_model_name (model), NULL);

      g_test_add_data_func (path, GINT_TO_POINTER (model), test_model);
    }
  return g_test_run ();
}
