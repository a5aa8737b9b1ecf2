#include "load.h"

#include "../error.h"
#include "pack.h"

static gboolean
load_conv (const TripWeights *file, const char *name, int in_channels, int channels, float **weights, float **bias,
           GError **error)
{
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias_name = g_strconcat (name, ".bias", NULL);

  *weights = trip_weights_get (file, weight_name, 4, (gsize[]) { channels, in_channels, 3, 3 }, error);
  return *weights && (*bias = trip_weights_get (file, bias_name, 1, (gsize[]) { channels }, error));
}

gboolean
trip_layer_load (TripLayer *layer, const TripWeights *file, const char *name, int in_channels, GError **error)
{
  g_autofree float *weights = NULL;
  float *bias = NULL;

  if (! load_conv (file, name, in_channels, layer->channels, &weights, &bias, error))
    return FALSE;
  layer->weights = trip_pack_winograd (weights, in_channels, layer->channels);
  layer->bias = bias;
  return TRUE;
}

void
trip_layers_free (TripLayer *layers, int n_layers)
{
  for (int i = 0; layers && i < n_layers; i++)
    {
      g_free ((float *) layers[i].weights);
      g_free ((float *) layers[i].bias);
    }
  g_free (layers);
}

gboolean
trip_head_load (TripHead *head, const TripWeights *file, const char *name, int inputs, GError **error)
{
  g_autofree char *bias_name = g_strconcat (name, ".bias", NULL);
  g_autofree float *weights = NULL;
  gsize shape[TRIP_MAX_DIMS];

  if (trip_weights_shape (file, bias_name, shape) != 1 || shape[0] < 1 || shape[0] > TRIP_MAX_CHANNELS
      || shape[0] % TRIP_LANES != 0)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "%s does not have the channels it should", name);
      return FALSE;
    }
  head->inputs = inputs;
  head->channels = shape[0];
  if (! load_conv (file, name, inputs, head->channels, &weights, &head->bias, error))
    return FALSE;
  head->weights = trip_pack_conv (weights, 3, inputs, head->channels);
  return TRUE;
}

void
trip_head_clear (TripHead *head)
{
  g_free (head->weights);
  g_free (head->bias);
}

void
trip_head_run (const TripHead *self, const TripKernels *kernels, const TripTensor *input, float *rows, gsize stride,
               int first, int n)
{
  kernels->conv (&(TripConv) {
      .height = n,
      .width = input->width,
      .taps = 3,
      .in_channels = self->inputs,
      .out_channels = self->channels,
      .in = input->data + (first - 1) * (gssize) input->stride - input->channels,
      .in_stride = input->stride,
      .weights = self->weights,
      .bias = self->bias,
      .out = rows,
      .out_stride = stride,
  });
}
