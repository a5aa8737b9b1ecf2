#include "run.h"

int
trip_run_threads (const TripRun *run)
{
  return run->n_threads > 0 ? run->n_threads : (int) g_get_num_processors ();
}

TripRun
trip_run_part (const TripRun *run, double from, double to)
{
  TripRun part = *run;

  part.from = run->from + (run->to - run->from) * from;
  part.to = run->from + (run->to - run->from) * to;
  return part;
}

TripRun
trip_run_alone (GCancellable *cancellable)
{
  return (TripRun) { .cancellable = cancellable, .n_threads = 1, .to = 1 };
}

gboolean
trip_run_step (const TripRun *run, double fraction, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (run->cancellable, error))
    return FALSE;
  if (run->progress)
    run->progress (run->from + (run->to - run->from) * fraction, run->progress_data);
  /* what is told of progress may cancel, even at the end */
  return ! g_cancellable_set_error_if_cancelled (run->cancellable, error);
}

typedef void (*WorkFunc) (int worker, gpointer data);

typedef struct
{
  WorkFunc func;
  gpointer data;
  int number;
} Worker;

static gpointer
start_worker (gpointer data)
{
  const Worker *self = data;

  self->func (self->number, self->data);
  return NULL;
}

/* The one place in core with threads. func shares the work out; the caller's thread is worker 0. */
static void
work_together (int n_workers, WorkFunc func, gpointer data)
{
  g_autofree Worker *workers = g_new (Worker, n_workers);
  g_autofree GThread **threads = g_new0 (GThread *, n_workers);

  for (int i = 1; i < n_workers; i++)
    {
      workers[i] = (Worker) { func, data, i };
      /* where no further thread can be had, the others do its share */
      threads[i] = g_thread_try_new ("triptych", start_worker, &workers[i], NULL);
    }
  func (0, data);
  for (int i = 1; i < n_workers; i++)
    if (threads[i])
      g_thread_join (threads[i]);
}

/* failure: the first one, which is handed on, or NULL. */
static gboolean
end_work (const TripRun *run, GError *failure, GError **error)
{
  if (! failure)
    return trip_run_step (run, 1.0, error);
  g_propagate_error (error, failure);
  return FALSE;
}

typedef struct
{
  const TripRun *run;
  TripTileFunc func;
  gpointer data;
  gsize n_tiles;
  gsize next, done; /* atomic */
  GError *error;    /* atomic: the first one */
} Tiles;

static void
work_on_tiles (int worker, gpointer data)
{
  Tiles *tiles = data;

  while (! g_atomic_pointer_get (&tiles->error))
    {
      g_autoptr (GError) error = NULL;
      gsize tile = g_atomic_pointer_add (&tiles->next, 1);

      if (tile >= tiles->n_tiles)
        break;
      if (! g_cancellable_set_error_if_cancelled (tiles->run->cancellable, &error)
          && tiles->func (tile, worker, tiles->data, &error))
        {
          gsize done = g_atomic_pointer_add (&tiles->done, 1) + 1;

          /* only the caller's thread may report */
          if (worker == 0)
            trip_run_step (tiles->run, (double) done / tiles->n_tiles, &error);
        }
      if (error && g_atomic_pointer_compare_and_exchange (&tiles->error, NULL, error))
        error = NULL; /* now the tiles' own */
    }
}

gboolean
trip_run_tiles (const TripRun *run, gsize n_tiles, TripTileFunc func, gpointer data, GError **error)
{
  Tiles tiles = { .run = run, .func = func, .data = data, .n_tiles = n_tiles };

  work_together (MIN ((gsize) trip_run_threads (run), MAX (n_tiles, 1)), work_on_tiles, &tiles);
  return end_work (run, tiles.error, error);
}

typedef struct
{
  const TripRun *run;
  TripLaneFunc func;
  gpointer data;
  int n_lanes, n_steps;
  GMutex mutex; /* of what follows; atomic as well, for sanitizers do not see GLib's mutexes */
  GCond changed;
  gint *done, *is_busy; /* of each lane: steps, whether it takes one */
  GError *error;        /* the first one */
} Lanes;

static gboolean
can_step (const Lanes *self, int lane)
{
  const int step = g_atomic_int_get (&self->done[lane]);
  gboolean can = ! g_atomic_int_get (&self->is_busy[lane]) && step < self->n_steps
                 && (lane == 0 || g_atomic_int_get (&self->done[lane - 1]) > step);

  for (int i = lane + 1; can && i < self->n_lanes; i++)
    can = g_atomic_int_get (&self->done[i]) >= step - (i - lane);
  return can;
}

/* The last one that can take a step, or -1. */
static int
choose_lane (const Lanes *self)
{
  int lane = self->n_lanes - 1;

  while (lane >= 0 && ! can_step (self, lane))
    lane--;
  return lane;
}

static void
work_on_lanes (int worker, gpointer data)
{
  Lanes *self = data;
  gint *last = &self->done[self->n_lanes - 1];

  g_mutex_lock (&self->mutex);
  while (! g_atomic_pointer_get (&self->error) && g_atomic_int_get (last) < self->n_steps)
    {
      const int lane = choose_lane (self);
      g_autoptr (GError) error = NULL;

      if (lane < 0)
        {
          g_cond_wait (&self->changed, &self->mutex);
          continue;
        }
      g_atomic_int_set (&self->is_busy[lane], TRUE);
      g_mutex_unlock (&self->mutex);
      if (self->func (lane, g_atomic_int_get (&self->done[lane]), worker, self->data, &error) && worker == 0)
        trip_run_step (self->run, (double) g_atomic_int_get (last) / self->n_steps, &error);
      g_mutex_lock (&self->mutex);
      g_atomic_int_inc (&self->done[lane]);
      g_atomic_int_set (&self->is_busy[lane], FALSE);
      if (error && g_atomic_pointer_compare_and_exchange (&self->error, NULL, error))
        error = NULL; /* now the lanes' own */
      g_cond_broadcast (&self->changed);
    }
  g_mutex_unlock (&self->mutex);
}

gboolean
trip_run_lanes (const TripRun *run, int n_lanes, int n_steps, TripLaneFunc func, gpointer data,
                GError **error)
{
  g_autofree int *done = g_new0 (int, n_lanes);
  g_autofree gboolean *is_busy = g_new0 (gboolean, n_lanes);
  Lanes lanes = { run, func, data, n_lanes, n_steps, .done = done, .is_busy = is_busy };

  g_mutex_init (&lanes.mutex);
  g_cond_init (&lanes.changed);
  work_together (MIN (trip_run_threads (run), n_lanes), work_on_lanes, &lanes);
  g_cond_clear (&lanes.changed);
  g_mutex_clear (&lanes.mutex);
  return end_work (run, lanes.error, error);
}
