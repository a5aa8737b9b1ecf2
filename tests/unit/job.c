/* The worker behind a preview: the newest request wins, and nothing is lost or used too late. */
#include "job.h"

#define FOREVER 0 /* a request that runs until it is cancelled */
#define BAD 13    /* one that fails */

static gint started, finished, results, requests_freed, results_freed; /* atomic */
static gint64 cancelled_at; /* µs; written before cancelling */
static double latency;      /* s, of the last cancelled request */

typedef struct
{
  int n, last;
  gboolean failed;
  GThread *thread;
} Seen;

static gpointer
run (gpointer request, GCancellable *cancellable, GError **error)
{
  const int number = *(int *) request;

  g_atomic_int_inc (&started);
  while (number == FOREVER && ! g_cancellable_is_cancelled (cancellable))
    g_usleep (200);
  if (number == FOREVER)
    latency = (g_get_monotonic_time () - cancelled_at) / (double) G_USEC_PER_SEC;
  g_atomic_int_inc (&finished);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (number == BAD)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "bad");
      return NULL;
    }
  g_atomic_int_inc (&results);
  return g_memdup2 (&number, sizeof number);
}

static void
done (gpointer result, const GError *error, gpointer data)
{
  Seen *seen = data;

  g_assert_true ((result == NULL) == (error != NULL));
  seen->n++;
  seen->last = result ? *(int *) result : -1;
  seen->failed = error != NULL;
  seen->thread = g_thread_self ();
}

static void
request_free (gpointer request)
{
  g_atomic_int_inc (&requests_freed);
  g_free (request);
}

static void
result_free (gpointer result)
{
  g_atomic_int_inc (&results_freed);
  g_free (result);
}

static UiJob *
new_job (Seen *seen)
{
  started = finished = results = requests_freed = results_freed = 0;
  *seen = (Seen) { 0 };
  return ui_job_new (&(UiJobClass) { run, done, request_free, result_free, seen });
}

static void
start (UiJob *job, int number)
{
  ui_job_start (job, g_memdup2 (&number, sizeof number));
}

static void
wait_for (gint *counter, int n)
{
  while (g_atomic_int_get (counter) < n)
    g_usleep (200);
}

static void
wait_for_done (const Seen *seen, int n)
{
  while (seen->n < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_result (void)
{
  Seen seen;
  UiJob *job = new_job (&seen);

  start (job, 5);
  wait_for_done (&seen, 1);
  g_assert_cmpint (seen.last, ==, 5);
  g_assert_true (seen.thread == g_thread_self ());
  start (job, BAD);
  wait_for_done (&seen, 2);
  g_assert_true (seen.failed);
  ui_job_free (job);
  g_assert_cmpint (requests_freed, ==, 2);
  g_assert_cmpint (results_freed, ==, 1);
}

static void
test_newest_wins (void)
{
  Seen seen;
  UiJob *job = new_job (&seen);

  start (job, FOREVER);
  wait_for (&started, 1);
  for (int i = 100; i < 200; i++)
    start (job, i);
  wait_for_done (&seen, 1);
  drain ();
  g_assert_cmpint (seen.n, ==, 1);
  g_assert_cmpint (seen.last, ==, 199);
  ui_job_free (job);
  g_assert_cmpint (requests_freed, ==, 101);
}

/* A result that nobody has seen yet does not come any more once there is a newer request. */
static void
test_overtaken_result (void)
{
  Seen seen;
  UiJob *job = new_job (&seen);

  for (int i = 1; i <= 50; i++)
    {
      start (job, i);
      wait_for (&finished, i);
      if (i % 2)
        g_usleep (300); /* the result waits for the main loop */
    }
  wait_for_done (&seen, 1);
  drain ();
  g_assert_cmpint (seen.n, ==, 1);
  g_assert_cmpint (seen.last, ==, 50);
  ui_job_free (job);
  g_assert_cmpint (results_freed, ==, results);
  g_assert_cmpint (requests_freed, ==, 50);
}

static void
test_cancel (void)
{
  Seen seen;
  UiJob *job = new_job (&seen);

  start (job, FOREVER);
  wait_for (&started, 1);
  cancelled_at = g_get_monotonic_time ();
  ui_job_cancel (job);
  wait_for (&finished, 1);
  g_test_message ("cancelled after %.1f ms", 1e3 * latency);
  drain ();
  g_assert_cmpint (seen.n, ==, 0);
  start (job, 3); /* still usable */
  wait_for_done (&seen, 1);
  g_assert_cmpint (seen.last, ==, 3);
  ui_job_free (job);
}

static void
test_free_while_running (void)
{
  for (int i = 0; i < 100; i++)
    {
      Seen seen;
      UiJob *job = new_job (&seen);

      start (job, i % 3 == 0 ? FOREVER : i + 20);
      if (i % 2)
        wait_for (&started, 1);
      ui_job_free (job);
      drain ();
      g_assert_cmpint (seen.n, ==, 0);
      g_assert_cmpint (requests_freed, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/result", test_result);
  g_test_add_func ("/job/newest-wins", test_newest_wins);
  g_test_add_func ("/job/overtaken-result", test_overtaken_result);
  g_test_add_func ("/job/cancel", test_cancel);
  g_test_add_func ("/job/free-while-running", test_free_while_running);
  return g_test_run ();
}
