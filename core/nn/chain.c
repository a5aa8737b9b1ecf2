#include "chain.h"

#include <string.h>

#include "../image.h"

/* Each layer is a row behind the one before: as soon as that has made its rows of a turn, it can make as many of its
 * own. With several threads the layers are divided into lanes, each a turn or more behind the one before. */

/* Rows of a turn: more where a layer's weights are too many to stay in the cache while other layers are made, and still
 * more, by doubling, of narrow pictures where no thread waits for another's turn. */
#define FEW_ROWS TRIP_STRIP
#define MANY_ROWS (4 * TRIP_STRIP)
#define MOST_ROWS (16 * TRIP_STRIP)
#define MANY_CHANNELS 64
#define TURN_PIXELS 5632

#define N_SHARED 3 /* a layer's, its input's, and what is added to it, which is the input's input */
#define LANES 2    /* for each thread, so that none waits for one that has more to do */

/* The rows of a layer's output that are still needed. What only its own lane reads, and no later turn, lies in memory
 * that all layers share. */
typedef struct
{
  int channels;
  gsize stride;
  int n_kept;     /* the last rows of a turn, which the next one needs */
  float *kept[2]; /* those of even and of odd turns */
  int n_ring;     /* or all of them, row y at y + layer modulo that: of the input, and where another lane reads it */
  float *ring;
} Rows;

typedef struct
{
  const TripChain *chain;
  int height, width;
  TripMask *const *masks;
  int n_rows;  /* of a turn */
  int n_lanes;
  Rows *rows; /* of the input, then of each layer */
  const float *zeros;
  TripChainSource source;
  TripChainSink sink;
  gpointer data;
  GCancellable *cancellable;
  float *(*shared)[N_SHARED]; /* of each thread */
  float **scratch;            /* of each thread */
} Run;

static int
layer_channels (const TripChain *self, int layer)
{
  return layer == 0 ? self->channels : self->layers[layer - 1].channels;
}

static int
most_channels (const TripChain *self)
{
  int most = self->channels;

  for (int i = 0; i < self->n_layers; i++)
    most = MAX (most, self->layers[i].channels);
  return most;
}

static int
turn_rows (const TripChain *self, int width, int n_threads)
{
  int n = MANY_ROWS;

  if (most_channels (self) < MANY_CHANNELS)
    return FEW_ROWS;
  while (n_threads == 1 && n < MOST_ROWS && 2 * n * width <= TURN_PIXELS)
    n *= 2;
  return n;
}

static int
count_lanes (const TripChain *self, int n_threads)
{
  return n_threads > 1 ? MIN (LANES * n_threads, self->n_layers) : 1;
}

static int
lane_of (const TripChain *self, int layer, int n_lanes)
{
  return layer > 0 ? (layer - 1) * n_lanes / self->n_layers : 0;
}

static gboolean
reads (const TripChain *self, int layer, int from)
{
  const TripLayer *l = &self->layers[layer - 1];

  return from == layer - 1 || from == l->added || (from == 0 && l->adds_input);
}

static gsize
row_floats (int width, int channels)
{
  return (gsize) (trip_strip_width (width) + 2) * channels;
}

/* How a layer's rows are held; memory is to be taken. */
static Rows
plan_rows (const TripChain *self, int layer, int n_rows, int width, int n_lanes)
{
  const int channels = layer_channels (self, layer);
  const int last_reader = layer == 0 ? self->n_layers : MIN (layer + 2, self->n_layers);
  Rows rows = { channels, row_floats (width, channels) };
  int n_before = 0, distance = 0;

  for (int i = layer + 1; i <= last_reader; i++)
    if (reads (self, i, layer))
      {
        n_before = MAX (n_before, MAX (i - layer, 2));
        distance = lane_of (self, i, n_lanes) - lane_of (self, layer, n_lanes);
      }
  if (layer == 0) /* the rows of a turn side by side */
    n_before = trip_divide_up (n_before, n_rows) * n_rows;
  if (layer == 0 || distance > 0)
    rows.n_ring = n_before + (distance + 1) * n_rows;
  else
    rows.n_kept = n_before;
  return rows;
}

static gsize
need_of_turns (const TripChain *self, int n_rows, int width, int n_threads)
{
  const int most = most_channels (self), n_lanes = count_lanes (self, n_threads);
  gsize need = trip_arena_need (row_floats (width, most))
               + n_threads * (trip_arena_need (trip_winograd_scratch (most, most))
                              + N_SHARED * trip_arena_need (n_rows * row_floats (width, most)));

  for (int i = 0; i <= self->n_layers; i++)
    {
      const Rows rows = plan_rows (self, i, n_rows, width, n_lanes);

      need += trip_arena_need (rows.n_ring * rows.stride) + 2 * trip_arena_need (rows.n_kept * rows.stride);
    }
  return need;
}

/* A narrower picture, of which more rows are taken, may need more. */
gsize
trip_chain_need (const TripChain *self, int width, int n_threads)
{
  const int n_rows = turn_rows (self, width, n_threads);
  gsize need = need_of_turns (self, n_rows, width, n_threads);

  for (int n = 2 * n_rows; n_threads == 1 && n_rows > FEW_ROWS && n <= MOST_ROWS; n *= 2)
    need = MAX (need, need_of_turns (self, n, TURN_PIXELS / n, n_threads));
  return need;
}

/* The longest lane holds all others up, and at the first and the last turns they wait for it. */
double
trip_chain_speedup (const TripChain *self, int height, int width, int n_threads)
{
  const int n_turns = trip_divide_up (height + self->n_layers, turn_rows (self, width, n_threads));
  const int longest = trip_divide_up (self->n_layers, count_lanes (self, n_threads)); /* lane, of layers */
  const double alone = n_turns * self->n_layers;

  return alone / (alone / MIN (n_threads, (double) self->n_layers / longest) + (n_threads - 1) * longest);
}

/* A lane at work. */
typedef struct
{
  const Run *run;
  int turn, worker;
} Turn;

static int
first_row (const Turn *self, int layer)
{
  return self->turn * self->run->n_rows - layer;
}

/* Row y of a layer, without the zero beside it, of this turn or before. */
static float *
row_at (const Turn *self, int layer, int y)
{
  const Rows *rows = &self->run->rows[layer];
  const int i = y - first_row (self, layer), n_shared = self->run->n_rows - rows->n_kept;
  float *row;

  if (rows->n_ring > 0)
    row = rows->ring + (y + layer) % rows->n_ring * rows->stride;
  else if (i < 0)
    row = rows->kept[! (self->turn & 1)] + (rows->n_kept + i) * rows->stride;
  else if (i < n_shared)
    row = self->run->shared[self->worker][layer % N_SHARED] + i * rows->stride;
  else
    row = rows->kept[self->turn & 1] + (i - n_shared) * rows->stride;
  return row + rows->channels;
}

/* The pixels beside the picture. */
static void
clear_ends (const Run *self, float *row, int channels)
{
  const int n_after = trip_strip_width (self->width) + 1 - self->width;

  memset (row - channels, 0, channels * sizeof (float));
  memset (row + (gsize) self->width * channels, 0, n_after * channels * sizeof (float));
}

static void
apply_mask (const Run *self, const TripLayer *layer, float *row, int y)
{
  const gsize n = (gsize) self->width * layer->channels;
  TripMask *mask = self->masks[layer->mask] + y * n;

  if (layer->relu)
    for (gsize i = 0; i < n; i++)
      mask[i] = row[i] > 0;
  else
    for (gsize i = 0; i < n; i++)
      row[i] = mask[i] ? row[i] : 0;
}

static void
add_row (float *to, const float *row, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] += row[i];
}

static void
run_strip (const Turn *self, int index, int y, int n_rows)
{
  const Run *run = self->run;
  const TripLayer *layer = &run->chain->layers[index - 1];
  TripWinograd strip = { n_rows, run->width, run->rows[index - 1].channels, layer->channels,
                         .weights = layer->weights, .bias = layer->bias, .relu = layer->relu,
                         .scratch = run->scratch[self->worker] };

  for (int i = -1; i <= TRIP_STRIP; i++)
    strip.in[i + 1] = i > n_rows || y + i < 0 || y + i >= run->height ? run->zeros : row_at (self, index - 1, y + i);
  for (int i = 0; i < n_rows; i++)
    {
      strip.out[i] = row_at (self, index, y + i);
      strip.residual[i] = layer->added >= 0 ? row_at (self, layer->added, y + i) : NULL;
    }
  run->chain->kernels->winograd (&strip);
  for (int i = 0; i < n_rows; i++)
    {
      clear_ends (run, strip.out[i], layer->channels);
      if (run->masks && layer->mask >= 0)
        apply_mask (run, layer, strip.out[i], y + i);
      if (layer->adds_input)
        add_row (strip.out[i], row_at (self, 0, y + i), (gsize) run->width * layer->channels);
    }
}

static gboolean
run_layer (const Turn *self, int layer, GError **error)
{
  const Run *run = self->run;
  const gsize stride = run->rows[layer].stride;
  const int begin = first_row (self, layer), first = MAX (begin, 0), end = MIN (begin + run->n_rows, run->height);

  if (end <= first)
    return TRUE;
  if (layer == 0)
    {
      run->source (row_at (self, 0, first), stride, first, end - first, run->data);
      for (int y = first; y < end; y++)
        clear_ends (run, row_at (self, 0, y), run->chain->channels);
    }
  /* the same strips, whichever turn they belong to */
  for (int y = begin + (first - begin) / TRIP_STRIP * TRIP_STRIP; layer > 0 && y < end; y += TRIP_STRIP)
    {
      const int top = MAX (y, 0);

      if (g_cancellable_set_error_if_cancelled (run->cancellable, error))
        return FALSE;
      run_strip (self, layer, top, MIN (y + TRIP_STRIP, end) - top);
    }
  if (layer == run->chain->n_layers)
    {
      const TripTensor rows = { run->height, run->width, run->rows[layer].channels, stride,
                                row_at (self, layer, first) - first * stride };

      run->sink (&rows, first, end - first, run->data);
    }
  return TRUE;
}

static gboolean
run_turn (int lane, int turn, int worker, gpointer data, GError **error)
{
  const Run *run = data;
  const Turn self = { run, turn, worker };
  gboolean done = TRUE;

  for (int layer = 0; done && layer <= run->chain->n_layers; layer++)
    if (lane_of (run->chain, layer, run->n_lanes) == lane)
      done = run_layer (&self, layer, error);
  return done;
}

static float *
take_zeros (TripArena *arena, gsize n)
{
  float *zeros = trip_arena_take (arena, n);

  memset (zeros, 0, n * sizeof (float));
  return zeros;
}

gboolean
trip_chain_run (const TripChain *self, int height, int width, TripChainSource source, TripChainSink sink, gpointer data,
                TripMask *const *masks, TripArena *arena, const TripRun *run, GError **error)
{
  const gsize used = arena->used;
  const int n_threads = trip_run_threads (run), n_rows = turn_rows (self, width, n_threads);
  const int most = most_channels (self);
  const int n_lanes = count_lanes (self, n_threads);
  g_autofree Rows *rows = g_new (Rows, self->n_layers + 1);
  g_autofree float **scratch = g_new (float *, n_threads);
  g_autofree float *(*shared)[N_SHARED] = g_malloc (n_threads * sizeof *shared);
  Run all = { self, height, width, masks, n_rows, n_lanes, rows, take_zeros (arena, row_floats (width, most)) + most,
              source, sink, data, run->cancellable, shared, scratch };
  gboolean done;

  for (int i = 0; i < n_threads; i++)
    {
      scratch[i] = trip_arena_take (arena, trip_winograd_scratch (most, most));
      for (int j = 0; j < N_SHARED; j++)
        shared[i][j] = trip_arena_take (arena, n_rows * row_floats (width, most));
    }
  for (int i = 0; i <= self->n_layers; i++)
    {
      rows[i] = plan_rows (self, i, n_rows, width, n_lanes);
      rows[i].ring = trip_arena_take (arena, rows[i].n_ring * rows[i].stride);
      for (int j = 0; j < 2; j++)
        rows[i].kept[j] = trip_arena_take (arena, rows[i].n_kept * rows[i].stride);
    }
  done = trip_run_lanes (run, n_lanes, trip_divide_up (height + self->n_layers, n_rows), run_turn, &all, error);
  arena->used = used;
  return done;
}
