#include "effects-network.h"

#include "../error.h"
#include "../nn/pyramid.h"

#include <math.h>

#define FORMAT "triptych-effects-1"
#define MOST_GAIN 1.5f /* of the logarithm */

struct _TripEffectsNetwork
{
  TripPyramid *net;
  int channels;
  float *weights, *bias; /* of the 1x1 convolution out: TRIP_EFFECTS_OUTPUTS x channels */
};

TripEffectsNetwork *
trip_effects_network_new (GBytes *bytes, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripEffectsNetwork) self = g_new0 (TripEffectsNetwork, 1);

  if (! file)
    return NULL;
  if (g_strcmp0 (trip_weights_about (file, "format"), FORMAT) != 0)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of the effects network");
      return NULL;
    }
  self->net = trip_pyramid_new (file, "net.", TRIP_EFFECTS_INPUTS, kernels, error);
  if (! self->net)
    return NULL;
  self->channels = trip_pyramid_channels (self->net, 0);
  self->weights = trip_weights_get (file, "out.weight", 4,
                                    (gsize[]) { TRIP_EFFECTS_OUTPUTS, self->channels, 1, 1 }, error);
  self->bias = self->weights ? trip_weights_get (file, "out.bias", 1, (gsize[]) { TRIP_EFFECTS_OUTPUTS }, error) : NULL;
  if (! self->bias)
    return NULL;
  if (trip_pyramid_top (self->net) != 0)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "the effects network ends at a smaller size");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
trip_effects_network_free (TripEffectsNetwork *self)
{
  if (! self)
    return;
  trip_pyramid_free (self->net);
  g_free (self->weights);
  g_free (self->bias);
  g_free (self);
}

int
trip_effects_network_multiple (const TripEffectsNetwork *self)
{
  return 1 << (trip_pyramid_levels (self->net) - 1);
}

gsize
trip_effects_network_need (const TripEffectsNetwork *self, int height, int width)
{
  return trip_pyramid_need (self->net, height, width);
}

static void
run_out (const TripEffectsNetwork *self, const float *features, float *out)
{
  for (int i = 0; i < TRIP_EFFECTS_OUTPUTS; i++)
    {
      float sum = self->bias[i];

      for (int c = 0; c < self->channels; c++)
        sum += self->weights[i * self->channels + c] * features[c];
      out[i] = i < 3 ? expf (CLAMP (sum, -MOST_GAIN, MOST_GAIN)) : sum;
    }
}

gboolean
trip_effects_network_run (const TripEffectsNetwork *self, const TripTensor *input, float *out, TripArena *arena,
                          GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used;
  TripTensor features[TRIP_MAX_LEVELS];

  if (! trip_pyramid_encode (self->net, input, features, arena, cancellable, error)
      || ! trip_pyramid_decode (self->net, features, arena, cancellable, error))
    return FALSE;
  for (int y = 0; y < input->height; y++)
    for (int x = 0; x < input->width; x++, out += TRIP_EFFECTS_OUTPUTS)
      run_out (self, features[0].data + y * features[0].stride + (gsize) x * self->channels, out);
  arena->used = used;
  return TRUE;
}
