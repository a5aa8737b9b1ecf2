/* The worker of the dialogs: the newest request wins, the older give way. */
#include "job.h"

#define LONG_TIME 30 /* s, after which something hangs */

typedef struct
{
  UiJob *job;
  GMainLoop *loop;
  GPtrArray *seen; /* results, in order */
  gboolean failed;

  GMutex lock;
  GCond change;
  int running, cancelled; /* requests that have begun, and of them those that saw the cancel */
  int n_requests, n_results; /* that exist */
} Fixture;

typedef struct
{
  Fixture *fixture;
  int number;
  gboolean endless; /* until cancelled */
  gboolean fail;
} Request;

static void
count (Fixture *fixture, int *counter, int by)
{
  g_mutex_lock (&fixture->lock);
  *counter += by;
  g_cond_broadcast (&fixture->change);
  g_mutex_unlock (&fixture->lock);
}

static int
get_count (Fixture *fixture, int *counter)
{
  int value;

  g_mutex_lock (&fixture->lock);
  value = *counter;
  g_mutex_unlock (&fixture->lock);
  return value;
}

static void
await (Fixture *fixture, int *counter, int at_least)
{
  const gint64 end = g_get_monotonic_time () + LONG_TIME * G_TIME_SPAN_SECOND;

  g_mutex_lock (&fixture->lock);
  while (*counter < at_least)
    g_assert_true (g_cond_wait_until (&fixture->change, &fixture->lock, end));
  g_mutex_unlock (&fixture->lock);
}

static gpointer
run (gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;
  Fixture *fixture = request->fixture;
  Request *result;

  count (fixture, &fixture->running, 1);
  if (request->endless)
    {
      while (! g_cancellable_is_cancelled (cancellable))
        g_usleep (1000);
      count (fixture, &fixture->cancelled, 1);
    }
  if (request->fail || g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      if (request->fail)
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "as asked");
      return NULL;
    }
  result = g_memdup2 (request, sizeof *request);
  count (fixture, &fixture->n_results, 1);
  return result;
}

static void
done (gpointer data, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;
  Request *result = data;

  g_assert_true ((result != NULL) != (error != NULL));
  if (result)
    g_ptr_array_add (fixture->seen, GINT_TO_POINTER (result->number));
  else
    fixture->failed = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_main_loop_quit (fixture->loop);
}

static void
free_request (gpointer data)
{
  Request *request = data;

  count (request->fixture, &request->fixture->n_requests, -1);
  g_free (request);
}

static void
free_result (gpointer data)
{
  Request *result = data;

  count (result->fixture, &result->fixture->n_results, -1);
  g_free (result);
}

static void
start (Fixture *fixture, Request request)
{
  request.fixture = fixture;
  count (fixture, &fixture->n_requests, 1);
  ui_job_start (fixture->job, g_memdup2 (&request, sizeof request));
}

static gboolean
hang (gpointer data)
{
  g_error ("no result after %d s", LONG_TIME);
}

static void
wait_for_done (Fixture *fixture)
{
  const guint timeout = g_timeout_add_seconds (LONG_TIME, hang, NULL);

  g_main_loop_run (fixture->loop);
  g_source_remove (timeout);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const UiJobClass klass = { run, done, free_request, free_result, fixture };

  g_mutex_init (&fixture->lock);
  g_cond_init (&fixture->change);
  fixture->seen = g_ptr_array_new ();
  fixture->loop = g_main_loop_new (NULL, FALSE);
  fixture->job = ui_job_new (&klass);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_job_free (fixture->job);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (fixture->n_requests, ==, 0);
  g_assert_cmpint (fixture->n_results, ==, 0);
  g_main_loop_unref (fixture->loop);
  g_ptr_array_unref (fixture->seen);
  g_cond_clear (&fixture->change);
  g_mutex_clear (&fixture->lock);
}

static void
assert_seen (Fixture *fixture, guint n, int last)
{
  g_assert_cmpuint (fixture->seen->len, ==, n);
  if (n > 0)
    g_assert_cmpint (GPOINTER_TO_INT (fixture->seen->pdata[n - 1]), ==, last);
}

static void
test_one_after_the_other (Fixture *fixture, gconstpointer data)
{
  for (int i = 1; i <= 100; i++)
    {
      start (fixture, (Request) { .number = i });
      wait_for_done (fixture);
      assert_seen (fixture, i, i);
    }
}

static void
test_newest_wins (Fixture *fixture, gconstpointer data)
{
  start (fixture, (Request) { .number = 1, .endless = TRUE });
  await (fixture, &fixture->running, 1);
  for (int i = 2; i <= 50; i++)
    start (fixture, (Request) { .number = i, .endless = i < 50 });
  wait_for_done (fixture);
  assert_seen (fixture, 1, 50);
  g_assert_cmpint (get_count (fixture, &fixture->cancelled), >=, 1);
}

/* A result that waits for the main loop is overtaken as well. */
static void
test_delivery_overtaken (Fixture *fixture, gconstpointer data)
{
  start (fixture, (Request) { .number = 1 });
  await (fixture, &fixture->n_results, 1);
  g_usleep (20000);
  start (fixture, (Request) { .number = 2 });
  wait_for_done (fixture);
  assert_seen (fixture, 1, 2);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  start (fixture, (Request) { .number = 1, .fail = TRUE });
  wait_for_done (fixture);
  g_assert_true (fixture->failed);
  start (fixture, (Request) { .number = 2 });
  wait_for_done (fixture);
  assert_seen (fixture, 1, 2);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  gint64 begin;

  start (fixture, (Request) { .number = 1, .endless = TRUE });
  await (fixture, &fixture->running, 1);
  begin = g_get_monotonic_time ();
  ui_job_cancel (fixture->job);
  await (fixture, &fixture->cancelled, 1);
  g_test_message ("cancelled after %.1f ms", 1e-3 * (g_get_monotonic_time () - begin));

  /* nothing of it arrives, and the job still works */
  start (fixture, (Request) { .number = 2 });
  wait_for_done (fixture);
  assert_seen (fixture, 1, 2);
  g_assert_false (fixture->failed);
  ui_job_cancel (fixture->job);
}

/* tear_down frees the job while a request runs, and another waits or a result is on its way. */
static void
test_free_while_running (Fixture *fixture, gconstpointer data)
{
  start (fixture, (Request) { .number = 1, .endless = TRUE });
  await (fixture, &fixture->running, 1);
  if (data)
    start (fixture, (Request) { .number = 2, .endless = TRUE });
}

static void
test_free_before_delivery (Fixture *fixture, gconstpointer data)
{
  start (fixture, (Request) { .number = 1 });
  await (fixture, &fixture->n_results, 1);
  g_usleep (20000);
}

/* At every moment of a request's life. */
static void
test_overtake_at_random (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  int last;

  for (int i = 1; i <= 2000; i++)
    {
      start (fixture, (Request) { .number = i });
      if (i % 16 == 0)
        ui_job_cancel (fixture->job);
      g_usleep (g_rand_int_range (random, 0, 100));
      g_main_context_iteration (NULL, FALSE);
    }
  start (fixture, (Request) { .number = 2001 });
  do
    {
      wait_for_done (fixture);
      last = GPOINTER_TO_INT (fixture->seen->pdata[fixture->seen->len - 1]);
    }
  while (last < 2001);
  for (guint i = 1; i < fixture->seen->len; i++)
    g_assert_cmpint (GPOINTER_TO_INT (fixture->seen->pdata[i - 1]), <,
                     GPOINTER_TO_INT (fixture->seen->pdata[i]));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
    gconstpointer data;
  } cases[] = {
    { "/job/one-after-the-other", test_one_after_the_other },
    { "/job/newest-wins", test_newest_wins },
    { "/job/delivery-overtaken", test_delivery_overtaken },
    { "/job/failure", test_failure },
    { "/job/cancel", test_cancel },
    { "/job/free-while-running", test_free_while_running },
    { "/job/free-with-one-waiting", test_free_while_running, "waiting" },
    { "/job/free-before-delivery", test_free_before_delivery },
    { "/job/overtake-at-random", test_overtake_at_random },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add (cases[i].path, Fixture, cases[i].data, set_up, cases[i].func, tear_down);
  return g_test_run ();
}
