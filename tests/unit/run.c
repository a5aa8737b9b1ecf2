/* Progress, cancelling and threads. */
#include "trip.h"

typedef struct
{
  int calls[1000];
  gint working[8];
  gsize fail_at;
  GCancellable *cancel_at_half;
} Work;

static gboolean
work (gsize tile, int worker, gpointer data, GError **error)
{
  Work *self = data;

  g_assert_cmpint (g_atomic_int_add (&self->working[worker], 1), ==, 0);
  g_atomic_int_inc (&self->calls[tile]);
  if (self->cancel_at_half && tile == 500)
    g_cancellable_cancel (self->cancel_at_half);
  while (self->cancel_at_half && tile > 500 && ! g_cancellable_is_cancelled (self->cancel_at_half))
    g_thread_yield ();
  g_atomic_int_add (&self->working[worker], -1);
  if (tile == self->fail_at)
    g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "tile");
  return tile != self->fail_at;
}

typedef struct
{
  double last;
  GThread *thread;
  gboolean rises;
} Seen;

static void
see (double fraction, gpointer data)
{
  Seen *seen = data;

  seen->rises = seen->rises && fraction >= seen->last;
  seen->last = fraction;
  g_assert_true (g_thread_self () == seen->thread);
}

static void
test_every_tile_once (void)
{
  for (int n_threads = 1; n_threads <= 8; n_threads++)
    {
      Work data = { .fail_at = G_MAXSIZE };
      Seen seen = { 0, g_thread_self (), TRUE };
      TripRun run = { .progress = see, .progress_data = &seen, .n_threads = n_threads, .from = 0.25, .to = 0.75 };
      g_autoptr (GError) error = NULL;

      g_assert_true (trip_run_tiles (&run, 1000, work, &data, &error));
      g_assert_no_error (error);
      for (int i = 0; i < 1000; i++)
        g_assert_cmpint (data.calls[i], ==, 1);
      g_assert_true (seen.rises);
      g_assert_cmpfloat (seen.last, ==, 0.75);
    }
}

static void
test_failure (void)
{
  Work data = { .fail_at = 10 };
  TripRun run = { .n_threads = 4, .to = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_false (trip_run_tiles (&run, 1000, work, &data, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY);
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Work data = { .fail_at = G_MAXSIZE, .cancel_at_half = cancellable };
  TripRun run = { .cancellable = cancellable, .n_threads = 2, .to = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_false (trip_run_tiles (&run, 1000, work, &data, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (data.calls[999], ==, 0);
}

static void
cancel_at_end (double fraction, gpointer cancellable)
{
  if (fraction == 1)
    g_cancellable_cancel (cancellable);
}

static void
test_cancel_at_end (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Work data = { .fail_at = G_MAXSIZE };
  TripRun run = { cancellable, cancel_at_end, cancellable, .n_threads = 2, .to = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_false (trip_run_tiles (&run, 1000, work, &data, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define N_LANES 5
#define N_STEPS 200

typedef struct
{
  gint done[N_LANES], working[8];
  int fail_at; /* step of the middle lane, or -1 */
  gboolean in_order;
} Steps;

static gboolean
take_step (int lane, int step, int worker, gpointer data, GError **error)
{
  Steps *self = data;

  if (g_atomic_int_add (&self->working[worker], 1) != 0 || g_atomic_int_get (&self->done[lane]) != step
      || (lane > 0 && g_atomic_int_get (&self->done[lane - 1]) <= step))
    self->in_order = FALSE;
  for (int i = lane + 1; i < N_LANES; i++)
    if (g_atomic_int_get (&self->done[i]) < step - (i - lane))
      self->in_order = FALSE;
  g_atomic_int_inc (&self->done[lane]);
  g_atomic_int_add (&self->working[worker], -1);
  if (lane == N_LANES / 2 && step == self->fail_at)
    g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "step");
  return lane != N_LANES / 2 || step != self->fail_at;
}

/* A step comes after those that it needs, and before what it needs is written over. */
static void
test_lanes (void)
{
  for (int n_threads = 1; n_threads <= 8; n_threads++)
    {
      Seen seen = { 0, g_thread_self (), TRUE };
      const TripRun run = { .progress = see, .progress_data = &seen, .n_threads = n_threads, .from = 0.25, .to = 0.75 };
      Steps steps = { .fail_at = -1, .in_order = TRUE };
      g_autoptr (GError) error = NULL;

      g_assert_true (trip_run_lanes (&run, N_LANES, N_STEPS, take_step, &steps, &error));
      g_assert_no_error (error);
      g_assert_true (steps.in_order);
      g_assert_true (seen.rises);
      g_assert_cmpfloat (seen.last, ==, 0.75);
      for (int i = 0; i < N_LANES; i++)
        g_assert_cmpint (steps.done[i], ==, N_STEPS);

      steps = (Steps) { .fail_at = N_STEPS / 2, .in_order = TRUE };
      g_assert_false (trip_run_lanes (&run, N_LANES, N_STEPS, take_step, &steps, &error));
      g_assert_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY);
      g_assert_cmpint (steps.done[N_LANES - 1], <, N_STEPS);
    }
}

static void
test_parts (void)
{
  TripRun run = { .from = 0.2, .to = 0.6 }, part = trip_run_part (&run, 0.5, 1);

  g_assert_cmpfloat_with_epsilon (part.from, 0.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (part.to, 0.6, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/every-tile-once", test_every_tile_once);
  g_test_add_func ("/run/failure", test_failure);
  g_test_add_func ("/run/cancel", test_cancel);
  g_test_add_func ("/run/cancel-at-end", test_cancel_at_end);
  g_test_add_func ("/run/lanes", test_lanes);
  g_test_add_func ("/run/parts", test_parts);
  return g_test_run ();
}
