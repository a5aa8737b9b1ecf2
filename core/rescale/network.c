#include "network.h"

#include "../error.h"
#include "../nn/load.h"

#define FORMAT "triptych-upscaler-1"
#define MAX_BLOCKS 64

struct _TripNetwork
{
  TripChain chain;   /* of the head's output: c1 and c2 of every block, then the tail */
  TripLayer *layers; /* the chain's; they own weights and bias */
  int n_blocks;
  TripHead head;
  TripField *field;
};

static gboolean
load_sizes (TripNetwork *self, const TripWeights *file, GError **error)
{
  const char *format = trip_weights_about (file, "format");
  gsize block[TRIP_MAX_DIMS];
  int n_blocks = 0;

  for (; n_blocks <= MAX_BLOCKS; n_blocks++)
    {
      g_autofree char *name = g_strdup_printf ("body.%d.c1.weight", n_blocks);
      if (trip_weights_shape (file, name, block) < 0)
        break;
    }
  if (g_strcmp0 (format, FORMAT) != 0 || n_blocks > MAX_BLOCKS)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of an upscaler");
      return FALSE;
    }
  self->n_blocks = n_blocks;
  return TRUE;
}

/* Of a block x + c2 (relu (c1 (x))), and the tail relu (head + tail (x)). */
static gboolean
load_layer (TripNetwork *self, int index, const TripWeights *file, GError **error)
{
  const gboolean is_tail = index == 2 * self->n_blocks + 1, adds = is_tail || index % 2 == 0;
  g_autofree char *name = is_tail ? g_strdup ("tail") : g_strdup_printf ("body.%d.c%d", (index - 1) / 2, 2 - index % 2);

  self->layers[index - 1] = (TripLayer) { .channels = self->chain.channels,
                                          .added = is_tail ? 0 : adds ? index - 2 : -1,
                                          .relu = is_tail || ! adds,
                                          .mask = is_tail || ! adds ? index / 2 : -1 };
  return trip_layer_load (&self->layers[index - 1], file, name, self->chain.channels, error);
}

TripNetwork *
trip_network_new (GBytes *bytes, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripNetwork) self = g_new0 (TripNetwork, 1);

  self->chain.kernels = kernels ? kernels : trip_kernels ();
  if (! file || ! load_sizes (self, file, error)
      || ! trip_head_load (&self->head, file, "head", TRIP_NETWORK_INPUTS, error)
      || ! (self->field = trip_field_new (file, self->head.channels, self->chain.kernels, error)))
    return NULL;
  self->chain.channels = self->head.channels;
  self->chain.n_layers = 2 * self->n_blocks + 1;
  self->chain.layers = self->layers = g_new0 (TripLayer, self->chain.n_layers);
  for (int i = 1; i <= self->chain.n_layers; i++)
    if (! load_layer (self, i, file, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
trip_network_free (TripNetwork *self)
{
  if (! self)
    return;
  trip_head_clear (&self->head);
  trip_layers_free (self->layers, self->chain.n_layers);
  trip_field_free (self->field);
  g_free (self);
}

int
trip_network_reach (const TripNetwork *self)
{
  return 1 + self->chain.n_layers; /* one for each 3x3 convolution */
}

double
trip_network_macs (const TripNetwork *self)
{
  const double c = self->chain.channels;

  return 9 * c * TRIP_NETWORK_INPUTS + self->chain.n_layers * 9 * c * c + trip_field_macs (self->field);
}

int
trip_network_masks (const TripNetwork *self)
{
  return self->n_blocks + 1;
}

int
trip_network_channels (const TripNetwork *self)
{
  return self->chain.channels;
}

const TripKernels *
trip_network_kernels (const TripNetwork *self)
{
  return self->chain.kernels;
}

const TripField *
trip_network_field (const TripNetwork *self)
{
  return self->field;
}

gsize
trip_network_need (const TripNetwork *self, int height, int width, int n_threads)
{
  return trip_tensor_need (height, width, TRIP_NETWORK_INPUTS) + trip_chain_need (&self->chain, width, n_threads);
}

double
trip_network_speedup (const TripNetwork *self, int height, int width, int n_threads)
{
  return trip_chain_speedup (&self->chain, height, width, n_threads);
}

typedef struct
{
  const TripNetwork *network;
  const TripTensor *input;
  TripChainSink sink;
  gpointer data;
} Trunk;

static void
run_head (float *rows, gsize stride, int first, int n, gpointer data)
{
  const Trunk *self = data;

  trip_head_run (&self->network->head, self->network->chain.kernels, self->input, rows, stride, first, n);
}

static void
pass_on (const TripTensor *rows, int first, int n, gpointer data)
{
  const Trunk *self = data;

  self->sink (rows, first, n, self->data);
}

gboolean
trip_network_trunk (const TripNetwork *self, const TripTensor *input, TripChainSink sink, gpointer data,
                    TripMask *const *masks, TripArena *arena, const TripRun *run, GError **error)
{
  Trunk trunk = { self, input, sink, data };

  return trip_chain_run (&self->chain, input->height, input->width, run_head, pass_on, &trunk, masks, arena,
                         run, error);
}
