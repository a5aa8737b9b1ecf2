#include "gradient.h"

#include "../nn/pack.h"
#include "../nn/weights.h"

struct _TripGradient
{
  TripChain chain;   /* of the derivatives by the tail's output: tail, c2 and c1 of every block from the last, head */
  TripLayer *layers; /* the chain's; they own their weights */
  int n_blocks;
};

static const float zeros[TRIP_MAX_CHANNELS];

/* The convolution that gives the derivatives by the input from those by the output: its taps are turned by half a turn,
 * and its channels change places. */
static float *
turn (const TripWeights *file, const char *name, int in_channels, int out_channels, GError **error)
{
  const int padded = trip_pad_channels (in_channels);
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree float *weights
      = trip_weights_get (file, weight_name, 4, (gsize[]) { out_channels, in_channels, 3, 3 }, error);
  g_autofree float *turned = g_new0 (float, (gsize) padded * out_channels * 9);

  if (! weights)
    return NULL;
  for (int o = 0; o < out_channels; o++)
    for (int i = 0; i < in_channels; i++)
      for (int t = 0; t < 9; t++)
        turned[((gsize) i * out_channels + o) * 9 + t] = weights[((gsize) o * in_channels + i) * 9 + 8 - t];
  return trip_pack_winograd (turned, out_channels, padded);
}

static gboolean
add_layer (TripGradient *self, const TripWeights *file, const char *name, int in_channels, int added, int mask,
           GError **error)
{
  TripLayer *layer = &self->layers[self->chain.n_layers++];

  *layer = (TripLayer) { .channels = trip_pad_channels (in_channels),
                         .weights = turn (file, name, in_channels, self->chain.channels, error),
                         .bias = zeros,
                         .added = added,
                         .mask = mask };
  return layer->weights != NULL;
}

TripGradient *
trip_gradient_new (GBytes *bytes, const TripNetwork *network, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripGradient) self = g_new0 (TripGradient, 1);
  const int channels = trip_network_channels (network);
  int layer = 1;

  if (! file)
    return NULL;
  self->n_blocks = trip_network_masks (network) - 1;
  self->layers = g_new0 (TripLayer, 2 * self->n_blocks + 2);
  self->chain = (TripChain) { trip_network_kernels (network), channels, self->layers, 0 };
  if (! add_layer (self, file, "tail", channels, -1, -1, error))
    return NULL;
  for (int i = self->n_blocks - 1; i >= 0; i--, layer += 2)
    {
      g_autofree char *c1 = g_strdup_printf ("body.%d.c1", i), *c2 = g_strdup_printf ("body.%d.c2", i);

      if (! add_layer (self, file, c2, channels, -1, i, error)
          || ! add_layer (self, file, c1, channels, layer, -1, error))
        return NULL;
    }
  /* the tail adds the head's output, so that its derivatives go past the blocks as well */
  self->layers[self->chain.n_layers - 1].adds_input = TRUE;
  return add_layer (self, file, "head", TRIP_NETWORK_INPUTS, -1, -1, error) ? g_steal_pointer (&self) : NULL;
}

void
trip_gradient_free (TripGradient *self)
{
  if (! self)
    return;
  for (int i = 0; i < self->chain.n_layers; i++)
    g_free ((float *) self->layers[i].weights);
  g_free (self->layers);
  g_free (self);
}

gsize
trip_gradient_need (const TripGradient *self, int width)
{
  return trip_chain_need (&self->chain, width, 1);
}

typedef struct
{
  const TripGradient *gradient;
  const TripFieldTile *tile;
  const float *pixels;
  const TripMask *mask; /* of the tail */
  int width;
  float *result;
} Back;

static void
by_features (float *rows, gsize stride, int first, int n, gpointer data)
{
  const Back *self = data;
  const gsize n_row = (gsize) self->width * self->gradient->chain.channels;

  trip_field_rows_back (self->tile, self->pixels, first, n, rows, stride, self->width);
  for (int y = 0; y < n; y++)
    for (gsize i = 0; i < n_row; i++)
      if (! self->mask[(first + y) * n_row + i])
        rows[y * stride + i] = 0;
}

static void
by_input (const TripTensor *rows, int first, int n, gpointer data)
{
  const Back *self = data;

  for (int y = first; y < first + n; y++)
    for (int x = 0; x < self->width; x++)
      for (int c = 0; c < 3; c++)
        self->result[((gsize) y * self->width + x) * 3 + c]
            += rows->data[y * (gssize) rows->stride + (gsize) x * rows->channels + c];
}

gboolean
trip_gradient_run (const TripGradient *self, int height, int width, const TripFieldTile *tile, const float *pixels,
                   TripMask *const *masks, float *result, TripArena *arena, GCancellable *cancellable,
                   GError **error)
{
  const TripRun run = trip_run_alone (cancellable);
  Back back = { self, tile, pixels, masks[self->n_blocks], width, result };

  return trip_chain_run (&self->chain, height, width, by_features, by_input, &back, masks, arena, &run, error);
}
