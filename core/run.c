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

gboolean
trip_run_step (const TripRun *run, double fraction, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (run->cancellable, error))
    return FALSE;
  if (run->progress)
    run->progress (run->from + (run->to - run->from) * fraction, run->progress_data);
  return TRUE;
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

typedef struct
{
  Tiles *tiles;
  int worker;
} Worker;

static gpointer
work (gpointer data)
{
  const Worker *self = data;
  Tiles *tiles = self->tiles;

  while (! g_atomic_pointer_get (&tiles->error))
    {
      g_autoptr (GError) error = NULL;
      gsize tile = g_atomic_pointer_add (&tiles->next, 1);

      if (tile >= tiles->n_tiles)
        break;
      if (! g_cancellable_set_error_if_cancelled (tiles->run->cancellable, &error)
          && tiles->func (tile, self->worker, tiles->data, &error))
        {
          gsize done = g_atomic_pointer_add (&tiles->done, 1) + 1;

          /* only the caller's thread may report */
          if (self->worker == 0)
            trip_run_step (tiles->run, (double) done / tiles->n_tiles, &error);
        }
      if (error && g_atomic_pointer_compare_and_exchange (&tiles->error, NULL, error))
        error = NULL; /* now the tiles' own */
    }
  return NULL;
}

gboolean
trip_run_tiles (const TripRun *run, gsize n_tiles, TripTileFunc func, gpointer data, GError **error)
{
  Tiles tiles = { .run = run, .func = func, .data = data, .n_tiles = n_tiles };
  int n_workers = MIN ((gsize) trip_run_threads (run), MAX (n_tiles, 1));
  g_autofree Worker *workers = g_new (Worker, n_workers);
  g_autofree GThread **threads = g_new0 (GThread *, n_workers);

  for (int i = 0; i < n_workers; i++)
    {
      workers[i] = (Worker) { &tiles, i };
      /* where no further thread can be had, the others do its share */
      if (i > 0)
        threads[i] = g_thread_try_new ("triptych", work, &workers[i], NULL);
    }
  work (&workers[0]);
  for (int i = 1; i < n_workers; i++)
    if (threads[i])
      g_thread_join (threads[i]);

  if (tiles.error)
    {
      g_propagate_error (error, tiles.error);
      return FALSE;
    }
  return trip_run_step (run, 1.0, error);
}
