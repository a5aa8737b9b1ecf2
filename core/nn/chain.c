#include "chain.h"

#include <string.h>

/* Each layer is a row behind the one before: as soon as there is a strip of that, it can make one of its own. */

/* The last rows of a layer's output, in turn: row y lies at first_row + y modulo n_rows. */
typedef struct
{
  int n_rows, first_row, channels;
  gsize stride;
  float *data; /* of pixel 0; the zero beside it lies before it */
} Ring;

static int
layer_channels (const TripChain *self, int layer)
{
  return layer == 0 ? self->channels : self->layers[layer - 1].channels;
}

/* A strip, and those before it that layers which use them have not yet come to. Source and sink have theirs side by
 * side. */
static int
ring_rows (const TripChain *self, int layer)
{
  int n_before = layer < self->n_layers ? 2 : 0;

  for (int i = layer + 1; i <= self->n_layers; i++)
    if (self->layers[i - 1].added == layer || (layer == 0 && self->layers[i - 1].adds_input))
      n_before = MAX (n_before, i - layer);
  return TRIP_STRIP + (layer == 0 ? trip_strip_width (n_before) : n_before);
}

static gsize
row_floats (int width, int channels)
{
  return (gsize) (trip_strip_width (width) + 2) * channels;
}

static int
most_channels (const TripChain *self)
{
  int most = self->channels;

  for (int i = 0; i < self->n_layers; i++)
    most = MAX (most, self->layers[i].channels);
  return most;
}

gsize
trip_chain_need (const TripChain *self, int width)
{
  const int most = most_channels (self);
  gsize need = trip_arena_need (trip_winograd_scratch (most, most)) + trip_arena_need (row_floats (width, most));

  for (int i = 0; i <= self->n_layers; i++)
    need += trip_arena_need (ring_rows (self, i) * row_floats (width, layer_channels (self, i)));
  return need;
}

static float *
take_zeros (TripArena *arena, gsize n)
{
  float *zeros = trip_arena_take (arena, n);

  memset (zeros, 0, n * sizeof (float));
  return zeros;
}

static float *
ring_row (const Ring *ring, int y)
{
  return ring->data + (ring->first_row + y) % ring->n_rows * ring->stride;
}

typedef struct
{
  const TripChain *chain;
  int height, width;
  TripMask *const *masks;
  Ring *rings; /* of the input, then of each layer */
  const float *zeros;
  float *scratch;
} Run;

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
run_layer (const Run *self, int index, int y, int n_rows)
{
  const TripLayer *layer = &self->chain->layers[index - 1];
  const Ring *in = &self->rings[index - 1], *out = &self->rings[index];
  TripWinograd strip = { n_rows, self->width, in->channels, layer->channels, .weights = layer->weights,
                         .bias = layer->bias, .relu = layer->relu, .scratch = self->scratch };

  for (int i = -1; i <= TRIP_STRIP; i++)
    strip.in[i + 1] = i > n_rows || y + i < 0 || y + i >= self->height ? self->zeros : ring_row (in, y + i);
  for (int i = 0; i < n_rows; i++)
    {
      strip.out[i] = ring_row (out, y + i);
      strip.residual[i] = layer->added >= 0 ? ring_row (&self->rings[layer->added], y + i) : NULL;
    }
  self->chain->kernels->winograd (&strip);
  for (int i = 0; i < n_rows; i++)
    {
      if (self->masks && layer->mask >= 0)
        apply_mask (self, layer, strip.out[i], y + i);
      if (layer->adds_input)
        add_row (strip.out[i], ring_row (&self->rings[0], y + i), (gsize) self->width * layer->channels);
    }
}

gboolean
trip_chain_run (const TripChain *self, int height, int width, TripChainSource source, TripChainSink sink,
                gpointer data, TripMask *const *masks, TripArena *arena, GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used;
  const int last = self->n_layers, most = most_channels (self);
  g_autofree Ring *rings = g_new (Ring, last + 1);
  Run run = { self, height, width, masks, rings, take_zeros (arena, row_floats (width, most)) + most,
              trip_arena_take (arena, trip_winograd_scratch (most, most)) };

  for (int i = 0; i <= last; i++)
    {
      const int n_rows = ring_rows (self, i), channels = layer_channels (self, i);
      const gsize stride = row_floats (width, channels);

      rings[i] = (Ring) { n_rows, i, channels, stride, take_zeros (arena, n_rows * stride) + channels };
    }
  for (int begin = 0; begin < height + last; begin += TRIP_STRIP)
    for (int layer = 0; layer <= last; layer++)
      {
        const int y = MAX (begin - layer, 0), n_rows = MIN (begin - layer + TRIP_STRIP, height) - y;
        const Ring *ring = &rings[layer];

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return FALSE;
        if (n_rows <= 0)
          continue;
        if (layer == 0)
          source (ring_row (ring, y), ring->stride, y, n_rows, data);
        else
          run_layer (&run, layer, y, n_rows);
        if (layer == last)
          sink (&(TripTensor) { height, width, ring->channels, ring->stride, ring_row (ring, y) - y * ring->stride }, y,
                n_rows, data);
      }
  arena->used = used;
  return TRUE;
}
