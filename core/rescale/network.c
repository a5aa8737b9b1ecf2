#include "network.h"

#include <string.h>

#include "../error.h"
#include "../nn/pack.h"
#include "../nn/weights.h"

#define FORMAT "triptych-upscaler-1"
#define MAX_CHANNELS 256
#define MAX_BLOCKS 64

/* A 3x3 convolution. */
typedef struct
{
  float *weights; /* as its kernel takes them */
  float *bias;
} Conv;

struct _TripNetwork
{
  const TripKernels *kernels;
  int channels, n_blocks;
  Conv head;
  Conv *layers; /* c1 and c2 of every block, then the tail */
  TripField *field;
};

static gboolean
load_conv (Conv *conv, const TripWeights *file, const char *name, int in_channels, int channels, GError **error)
{
  const gsize shape[] = { channels, in_channels, 3, 3 };
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias_name = g_strconcat (name, ".bias", NULL);
  g_autofree float *weights = trip_weights_get (file, weight_name, 4, shape, error);

  if (! weights || ! (conv->bias = trip_weights_get (file, bias_name, 1, shape, error)))
    return FALSE;
  conv->weights = in_channels == channels ? trip_pack_winograd (weights, channels, channels)
                                          : trip_pack_conv (weights, 3, in_channels, channels);
  return TRUE;
}

static void
clear_conv (Conv *conv)
{
  g_free (conv->weights);
  g_free (conv->bias);
}

static int
n_layers (const TripNetwork *self)
{
  return 2 * self->n_blocks + 1;
}

static gboolean
load_sizes (TripNetwork *self, const TripWeights *file, GError **error)
{
  const char *format = trip_weights_about (file, "format");
  gsize head[TRIP_MAX_DIMS], block[TRIP_MAX_DIMS];
  int n_blocks = 0;

  for (; n_blocks <= MAX_BLOCKS; n_blocks++)
    {
      g_autofree char *name = g_strdup_printf ("body.%d.c1.weight", n_blocks);
      if (trip_weights_shape (file, name, block) < 0)
        break;
    }
  if (g_strcmp0 (format, FORMAT) != 0 || trip_weights_shape (file, "head.bias", head) != 1 || head[0] < 1
      || head[0] > MAX_CHANNELS || head[0] % TRIP_LANES != 0 || n_blocks > MAX_BLOCKS)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of an upscaler");
      return FALSE;
    }
  self->channels = head[0];
  self->n_blocks = n_blocks;
  return TRUE;
}

TripNetwork *
trip_network_new (GBytes *bytes, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripNetwork) self = g_new0 (TripNetwork, 1);

  self->kernels = kernels ? kernels : trip_kernels ();
  if (! file || ! load_sizes (self, file, error)
      || ! load_conv (&self->head, file, "head", TRIP_NETWORK_INPUTS, self->channels, error)
      || ! (self->field = trip_field_new (file, self->channels, self->kernels, error)))
    return NULL;
  self->layers = g_new0 (Conv, n_layers (self));
  for (int i = 0; i < n_layers (self); i++)
    {
      g_autofree char *name = i == 2 * self->n_blocks ? g_strdup ("tail")
                                                      : g_strdup_printf ("body.%d.c%d", i / 2, i % 2 + 1);

      if (! load_conv (&self->layers[i], file, name, self->channels, self->channels, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
trip_network_free (TripNetwork *self)
{
  if (! self)
    return;
  clear_conv (&self->head);
  for (int i = 0; self->layers && i < n_layers (self); i++)
    clear_conv (&self->layers[i]);
  g_free (self->layers);
  trip_field_free (self->field);
  g_free (self);
}

int
trip_network_reach (const TripNetwork *self)
{
  return 1 + n_layers (self); /* one for each 3x3 convolution */
}

double
trip_network_macs (const TripNetwork *self)
{
  const double c = self->channels;

  return 9 * c * TRIP_NETWORK_INPUTS + n_layers (self) * 9 * c * c + trip_field_macs (self->field);
}

const TripField *
trip_network_field (const TripNetwork *self)
{
  return self->field;
}

/* The last rows of a layer's output, in turn: row y lies at y modulo the number of rows. */
typedef struct
{
  int n_rows;
  gsize stride;
  float *data; /* of pixel 0; the zero beside it lies before it */
} Ring;

/* Enough for the next layer and, where the layer after that adds it, for that one. */
#define RING_ROWS (3 * TRIP_STRIP)

/* What the head gives is added by the tail, when the layers between have caught up. */
static int
ring_rows (const TripNetwork *self, int layer)
{
  return layer == 0 ? (n_layers (self) + 1) * TRIP_STRIP : RING_ROWS;
}

static gsize
row_floats (const TripNetwork *self, int width)
{
  return (gsize) (trip_strip_width (width) + 2) * self->channels;
}

gsize
trip_network_need (const TripNetwork *self, int height, int width)
{
  gsize need = trip_tensor_need (height, width, TRIP_NETWORK_INPUTS)
               + trip_arena_need (trip_winograd_scratch (self->channels, self->channels))
               + trip_arena_need (row_floats (self, width));

  for (int i = 0; i <= n_layers (self); i++)
    need += trip_arena_need (ring_rows (self, i) * row_floats (self, width));
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
  return ring->data + y % ring->n_rows * ring->stride;
}

typedef struct
{
  const TripNetwork *network;
  const TripTensor *input;
  Ring *rings; /* the head's output, then each layer's */
  const float *zeros;
  float *scratch;
} Trunk;

static void
run_head (const Trunk *self, int y, int n_rows)
{
  const TripTensor *in = self->input;

  self->network->kernels->conv (&(TripConv) {
      .height = n_rows,
      .width = in->width,
      .taps = 3,
      .in_channels = in->channels,
      .out_channels = self->network->channels,
      .in = in->data + (y - 1) * (gssize) in->stride - in->channels,
      .in_stride = in->stride,
      .weights = self->network->head.weights,
      .bias = self->network->head.bias,
      .out = ring_row (&self->rings[0], y),
      .out_stride = self->rings[0].stride,
  });
}

/* Of a block x + c2 (relu (c1 (x))), and of the tail relu (head + tail (x)). */
static void
run_layer (const Trunk *self, int layer, int y, int n_rows)
{
  const TripNetwork *network = self->network;
  const Conv *conv = &network->layers[layer - 1];
  const gboolean is_tail = layer == n_layers (network), adds = is_tail || layer % 2 == 0;
  const Ring *in = &self->rings[layer - 1], *out = &self->rings[layer];
  const Ring *added = is_tail ? &self->rings[0] : &self->rings[MAX (layer - 2, 0)];
  TripWinograd strip = { n_rows, self->input->width, network->channels, network->channels,
                         .weights = conv->weights, .bias = conv->bias, .relu = is_tail || layer % 2 == 1,
                         .scratch = self->scratch };

  for (int i = -1; i <= TRIP_STRIP; i++)
    strip.in[i + 1] = y + i < 0 || y + i >= self->input->height ? self->zeros : ring_row (in, y + i);
  for (int i = 0; i < n_rows; i++)
    {
      strip.out[i] = ring_row (out, y + i);
      strip.residual[i] = adds ? ring_row (added, y + i) : NULL;
    }
  network->kernels->winograd (&strip);
}

gboolean
trip_network_trunk (const TripNetwork *self, const TripTensor *input, TripFeaturesFunc func, gpointer data,
                    TripArena *arena, GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used, stride = row_floats (self, input->width);
  const int last = n_layers (self), n_strips = (input->height + TRIP_STRIP - 1) / TRIP_STRIP;
  g_autofree Ring *rings = g_new (Ring, last + 1);
  Trunk trunk = { self, input, rings, take_zeros (arena, stride) + self->channels,
                  trip_arena_take (arena, trip_winograd_scratch (self->channels, self->channels)) };

  for (int i = 0; i <= last; i++)
    {
      const int n_rows = ring_rows (self, i);

      rings[i] = (Ring) { n_rows, stride, take_zeros (arena, n_rows * stride) + self->channels };
    }
  /* each layer is a strip behind the one before */
  for (int step = 0; step < n_strips + last; step++)
    for (int layer = MAX (0, step - n_strips + 1); layer <= MIN (step, last); layer++)
      {
        const int y = (step - layer) * TRIP_STRIP, n_rows = MIN (TRIP_STRIP, input->height - y);

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return FALSE;
        if (layer == 0)
          run_head (&trunk, y, n_rows);
        else
          run_layer (&trunk, layer, y, n_rows);
        if (layer == last)
          func (&(TripTensor) { input->height, input->width, self->channels, stride,
                                ring_row (&rings[last], y) - y * stride },
                y, n_rows, data);
      }
  arena->used = used;
  return TRUE;
}
