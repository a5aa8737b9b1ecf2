/* Our own engine, tile by tile as trip_upscale() runs it. */
#include <string.h>

#include "rescale/network.h"
#include "worker.h"

static TripNetwork *network;
static TripArena *arenas;

WorkerEngine
worker_open (const WorkerJob *job)
{
  const TripKernels *kernels = *job->isa ? trip_kernels_named (job->isa) : trip_kernels ();
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const int n_at_once = job->n_threads / job->n_together;
  gsize need;

  if (! kernels)
    g_error ("this processor has no %s", job->isa);
  file = g_mapped_file_new (job->weights, FALSE, &error);
  bytes = file ? g_mapped_file_get_bytes (file) : NULL;
  network = bytes ? trip_network_new (bytes, kernels, &error) : NULL;
  if (! network)
    g_error ("%s", error->message);
  need = trip_network_need (network, job->height, job->width, job->n_together);
  arenas = g_new0 (TripArena, n_at_once);
  for (int i = 0; i < n_at_once; i++)
    if (! trip_arena_init (&arenas[i], need, &error))
      g_error ("%s", error->message);
  return (WorkerEngine) { kernels->name, n_at_once };
}

typedef struct
{
  WorkerFunc func;
  gpointer data;
} Rows;

static void
pass_rows (const TripTensor *features, int first, int n, gpointer data)
{
  const Rows *rows = data;

  if (rows->func)
    rows->func (&(WorkerFeatures) { features->data, features->stride, features->channels, 1 }, first, n, rows->data);
}

void
worker_run (const WorkerJob *job, const float *in, gsize stride, int height, int width, int at, WorkerFunc func,
            gpointer data)
{
  TripArena *arena = &arenas[at];
  const TripRun run = { .n_threads = job->n_together, .to = 1 };
  TripTensor input;

  arena->used = 0;
  input = trip_tensor_take (arena, height, width, TRIP_NETWORK_INPUTS);
  for (int y = 0; y < height; y++)
    memcpy (input.data + y * input.stride, in + y * stride,
            (gsize) width * TRIP_NETWORK_INPUTS * sizeof (float));
  trip_network_trunk (network, &input, pass_rows, &(Rows) { func, data }, NULL, arena, &run, NULL);
}
