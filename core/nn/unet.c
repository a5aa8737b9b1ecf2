#include "unet.h"

#include "../error.h"
#include "pyramid.h"

struct _TripUnet
{
  TripPyramid *net;
  int channels, outputs;
  float *weights, *bias; /* of the 1x1 convolution: outputs x channels */
};

TripUnet *
trip_unet_new (GBytes *bytes, const char *format, int inputs, int outputs, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripUnet) self = g_new0 (TripUnet, 1);

  if (! file)
    return NULL;
  if (g_strcmp0 (trip_weights_about (file, "format"), format) != 0)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not weights of the format %s", format);
      return NULL;
    }
  self->net = trip_pyramid_new (file, "net.", inputs, kernels, error);
  if (! self->net)
    return NULL;
  self->outputs = outputs;
  self->channels = trip_pyramid_channels (self->net, 0);
  self->weights = trip_weights_get (file, "out.weight", 4, (gsize[]) { outputs, self->channels, 1, 1 }, error);
  self->bias = self->weights ? trip_weights_get (file, "out.bias", 1, (gsize[]) { outputs }, error) : NULL;
  if (! self->bias)
    return NULL;
  if (trip_pyramid_top (self->net) != 0)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "a network of the format %s ends at a smaller size",
                   format);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
trip_unet_free (TripUnet *self)
{
  if (! self)
    return;
  trip_pyramid_free (self->net);
  g_free (self->weights);
  g_free (self->bias);
  g_free (self);
}

int
trip_unet_multiple (const TripUnet *self)
{
  return 1 << (trip_pyramid_levels (self->net) - 1);
}

gsize
trip_unet_need (const TripUnet *self, int height, int width)
{
  return trip_pyramid_need (self->net, height, width);
}

gboolean
trip_unet_run (const TripUnet *self, const TripTensor *input, float *out, TripArena *arena, GCancellable *cancellable,
               GError **error)
{
  const gsize used = arena->used;
  TripTensor features[TRIP_MAX_LEVELS];

  if (! trip_pyramid_encode (self->net, input, features, arena, cancellable, error)
      || ! trip_pyramid_decode (self->net, features, arena, cancellable, error))
    return FALSE;
  for (int y = 0; y < input->height; y++)
    for (int x = 0; x < input->width; x++)
      for (int i = 0; i < self->outputs; i++)
        {
          const float *feature = features[0].data + y * features[0].stride + (gsize) x * self->channels;
          float sum = self->bias[i];

          for (int c = 0; c < self->channels; c++)
            sum += self->weights[i * self->channels + c] * feature[c];
          *out++ = sum;
        }
  arena->used = used;
  return TRUE;
}
