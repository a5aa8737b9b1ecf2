#include "network.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../nn/weights.h"

#define FORMAT "triptych-upscaler-1"
#define MAX_CHANNELS 256
#define MAX_BLOCKS 64
#define MAX_FREQUENCIES 128

typedef struct
{
  int taps, in_channels, out_channels;
  float *weights; /* taps, taps, in_channels, out_channels; see TripConv */
  float *bias;
} Conv;

typedef struct
{
  Conv c1, c2;
} Block;

struct _TripNetwork
{
  const TripKernels *kernels;
  int channels, n_blocks, n_frequencies;
  Conv head, tail, coef;
  Block *body;
  float *nu; /* n_frequencies, 2: (y, x) in radians a small pixel */
  float kappa;
};

/* PyTorch keeps (out, in, taps, taps). Output channels are filled up with zeros to whole vectors. */
static gboolean
load_conv (Conv *conv, const TripWeights *file, const char *name, int taps, int in_channels,
           int out_channels, GError **error)
{
  const gsize shape[] = { out_channels, in_channels, taps, taps };
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias_name = g_strconcat (name, ".bias", NULL);
  g_autofree float *weights = trip_weights_get (file, weight_name, 4, shape, error);
  g_autofree float *bias = weights ? trip_weights_get (file, bias_name, 1, shape, error) : NULL;
  const int padded = trip_pad_channels (out_channels);

  if (! bias)
    return FALSE;
  *conv = (Conv) { taps, in_channels, padded, NULL, g_new0 (float, padded) };
  conv->weights = g_new0 (float, (gsize) taps * taps * in_channels * padded);
  memcpy (conv->bias, bias, out_channels * sizeof (float));
  for (int o = 0; o < out_channels; o++)
    for (int i = 0; i < in_channels; i++)
      for (int t = 0; t < taps * taps; t++)
        conv->weights[((gsize) t * in_channels + i) * padded + o]
            = weights[((gsize) o * in_channels + i) * taps * taps + t];
  return TRUE;
}

static void
clear_conv (Conv *conv)
{
  g_free (conv->weights);
  g_free (conv->bias);
}

static gboolean
load_sizes (TripNetwork *self, const TripWeights *file, GError **error)
{
  const char *format = trip_weights_about (file, "format");
  gsize head[TRIP_MAX_DIMS], nu[TRIP_MAX_DIMS], block[TRIP_MAX_DIMS];
  int n_blocks = 0;

  for (; n_blocks <= MAX_BLOCKS; n_blocks++)
    {
      g_autofree char *name = g_strdup_printf ("body.%d.c1.weight", n_blocks);
      if (trip_weights_shape (file, name, block) < 0)
        break;
    }
  if (g_strcmp0 (format, FORMAT) != 0 || trip_weights_shape (file, "head.bias", head) != 1
      || trip_weights_shape (file, "field.nu", nu) != 2 || head[0] < 1 || head[0] > MAX_CHANNELS
      || head[0] % TRIP_LANES != 0 || nu[0] < 1 || nu[0] > MAX_FREQUENCIES || n_blocks > MAX_BLOCKS)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of an upscaler");
      return FALSE;
    }
  self->channels = head[0];
  self->n_frequencies = nu[0];
  self->n_blocks = n_blocks;
  return TRUE;
}

static gboolean
load_field (TripNetwork *self, const TripWeights *file, GError **error)
{
  const gsize shape[] = { self->n_frequencies, 2 };
  g_autofree float *kappa = NULL;

  self->nu = trip_weights_get (file, "field.nu", 2, shape, error);
  if (! self->nu || ! (kappa = trip_weights_get (file, "field.k", 0, NULL, error)))
    return FALSE;
  self->kappa = fabsf (*kappa);
  return load_conv (&self->coef, file, "field.coef", 1, self->channels, 6 * self->n_frequencies, error);
}

TripNetwork *
trip_network_new (GBytes *bytes, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripNetwork) self = g_new0 (TripNetwork, 1);
  int c;

  if (! file || ! load_sizes (self, file, error))
    return NULL;
  c = self->channels;
  self->kernels = kernels ? kernels : trip_kernels ();
  self->body = g_new0 (Block, self->n_blocks);
  if (! load_conv (&self->head, file, "head", 3, TRIP_NETWORK_INPUTS, c, error)
      || ! load_conv (&self->tail, file, "tail", 3, c, c, error) || ! load_field (self, file, error))
    return NULL;
  for (int i = 0; i < self->n_blocks; i++)
    {
      g_autofree char *c1 = g_strdup_printf ("body.%d.c1", i), *c2 = g_strdup_printf ("body.%d.c2", i);
      if (! load_conv (&self->body[i].c1, file, c1, 3, c, c, error)
          || ! load_conv (&self->body[i].c2, file, c2, 3, c, c, error))
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
  clear_conv (&self->tail);
  clear_conv (&self->coef);
  for (int i = 0; self->body && i < self->n_blocks; i++)
    {
      clear_conv (&self->body[i].c1);
      clear_conv (&self->body[i].c2);
    }
  g_free (self->body);
  g_free (self->nu);
  g_free (self);
}

int
trip_network_reach (const TripNetwork *self)
{
  return 2 + 2 * self->n_blocks; /* one for each 3x3 convolution */
}

double
trip_network_macs (const TripNetwork *self)
{
  const double c = self->channels;

  return 9 * c * TRIP_NETWORK_INPUTS + (2 * self->n_blocks + 1) * 9 * c * c + c * self->coef.out_channels;
}

/* Floats of the field's tables for n places along an axis, and for a row of small pixels. */
static gsize
grid_need (const TripNetwork *self, gsize n)
{
  return 2 * trip_arena_need (n * self->n_frequencies);
}

static gsize
row_need (const TripNetwork *self, gsize width)
{
  return trip_arena_need (width * self->coef.out_channels) + trip_arena_need (width * 6 * self->n_frequencies);
}

gsize
trip_network_need (const TripNetwork *self, int height, int width, int n_columns)
{
  return trip_tensor_need (height, width, TRIP_NETWORK_INPUTS)
         + 4 * trip_tensor_need (height, width, self->channels) + grid_need (self, n_columns)
         + grid_need (self, 1) + row_need (self, width) + trip_arena_need (n_columns);
}

typedef enum
{
  PLAIN,
  RELU
} Activation;

/* out = activation (conv (in)), or residual + conv (in) */
static gboolean
run_conv (const TripNetwork *self, const Conv *conv, const TripTensor *in, const TripTensor *residual,
          Activation activation, const TripTensor *out, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  self->kernels->conv (&(TripConv) {
      .height = in->height,
      .width = in->width,
      .taps = conv->taps,
      .in_channels = conv->in_channels,
      .out_channels = conv->out_channels,
      .in = in->data - (conv->taps / 2) * (in->stride + in->channels),
      .in_stride = in->stride,
      .weights = conv->weights,
      .bias = conv->bias,
      .residual = residual ? residual->data : NULL,
      .relu = activation == RELU,
      .out = out->data,
      .out_stride = out->stride,
  });
  return TRUE;
}

gboolean
trip_network_trunk (const TripNetwork *self, const TripTensor *input, TripArena *arena,
                    GCancellable *cancellable, TripTensor *features, GError **error)
{
  TripTensor first = trip_tensor_take (arena, input->height, input->width, self->channels);
  TripTensor inner = trip_tensor_take (arena, input->height, input->width, self->channels);
  TripTensor a = trip_tensor_take (arena, input->height, input->width, self->channels);
  TripTensor b = trip_tensor_take (arena, input->height, input->width, self->channels);
  TripTensor x = first;

  if (! run_conv (self, &self->head, input, NULL, PLAIN, &first, cancellable, error))
    return FALSE;
  for (int i = 0; i < self->n_blocks; i++)
    {
      TripTensor next = i % 2 ? b : a;

      if (! run_conv (self, &self->body[i].c1, &x, NULL, RELU, &inner, cancellable, error)
          || ! run_conv (self, &self->body[i].c2, &inner, &x, PLAIN, &next, cancellable, error))
        return FALSE;
      x = next;
    }
  *features = self->n_blocks % 2 ? b : a;
  return run_conv (self, &self->tail, &x, &first, RELU, features, cancellable, error);
}

/* cos and sin of frequency times offset for each place; axis 0 is y. */
static void
fill_tables (const TripNetwork *self, int axis, const float *offset, int n, float *cosine, float *sine)
{
  for (int i = 0; i < n; i++)
    for (int k = 0; k < self->n_frequencies; k++)
      {
        float phase = self->nu[2 * k + axis] * offset[i];

        *cosine++ = cosf (phase);
        *sine++ = sinf (phase);
      }
}

void
trip_network_field (const TripNetwork *self, const TripTensor *features, const TripGrid *rows,
                    const TripGrid *columns, float weight, TripArena *arena, float *out, gsize row_step,
                    gsize column_step)
{
  const int n = self->n_frequencies;
  const gsize used = arena->used;
  int left = columns->index[0], right = columns->index[0], at = -1;
  float *cos_x = trip_arena_take (arena, (gsize) columns->n * n);
  float *sin_x = trip_arena_take (arena, (gsize) columns->n * n);
  float *cos_y = trip_arena_take (arena, n), *sin_y = trip_arena_take (arena, n);
  int *index = (int *) trip_arena_take (arena, columns->n);
  float *series, *combined;

  for (int i = 0; i < columns->n; i++)
    {
      left = MIN (left, columns->index[i]);
      right = MAX (right, columns->index[i]);
    }
  for (int i = 0; i < columns->n; i++)
    index[i] = columns->index[i] - left;
  series = trip_arena_take (arena, (gsize) (right - left + 1) * self->coef.out_channels);
  combined = trip_arena_take (arena, (gsize) (right - left + 1) * 6 * n);
  fill_tables (self, 1, columns->offset, columns->n, cos_x, sin_x);

  for (int y = 0; y < rows->n; y++)
    {
      if (rows->index[y] != at)
        {
          at = rows->index[y];
          self->kernels->conv (&(TripConv) {
              .height = 1,
              .width = right - left + 1,
              .taps = 1,
              .in_channels = self->coef.in_channels,
              .out_channels = self->coef.out_channels,
              .in = features->data + at * features->stride + (gsize) left * features->channels,
              .weights = self->coef.weights,
              .bias = self->coef.bias,
              .out = series,
          });
        }
      fill_tables (self, 0, rows->offset + y, 1, cos_y, sin_y);
      for (int k = 0; k < n; k++)
        {
          double ny = self->nu[2 * k] / rows->scale, nx = self->nu[2 * k + 1] / columns->scale;
          float heat = exp (-self->kappa * (ny * ny + nx * nx));

          cos_y[k] *= heat;
          sin_y[k] *= heat;
        }
      self->kernels->field_row (&(TripFieldRow) {
          .n_frequencies = n,
          .n_columns = columns->n,
          .index = index,
          .cos_x = cos_x,
          .sin_x = sin_x,
          .cos_y = cos_y,
          .sin_y = sin_y,
          .n_small = right - left + 1,
          .series = series,
          .series_stride = self->coef.out_channels,
          .combined = combined,
          .weight = weight,
          .out = out + y * row_step,
          .out_step = column_step,
      });
    }
  arena->used = used;
}
