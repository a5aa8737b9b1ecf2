#include "effects-network.h"

#include <math.h>

#define FORMAT "triptych-effects-1"
#define MOST_GAIN 1.5f /* of the logarithm */

TripUnet *
trip_effects_network_new (GBytes *file, const TripKernels *kernels, GError **error)
{
  return trip_unet_new (file, FORMAT, TRIP_EFFECTS_INPUTS, TRIP_EFFECTS_OUTPUTS, kernels, error);
}

gboolean
trip_effects_network_run (const TripUnet *network, const TripTensor *input, float *out, TripArena *arena,
                          GCancellable *cancellable, GError **error)
{
  const gsize n = (gsize) input->height * input->width;

  if (! trip_unet_run (network, input, out, arena, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n; i++, out += TRIP_EFFECTS_OUTPUTS)
    for (int c = 0; c < 3; c++)
      out[c] = expf (CLAMP (out[c], -MOST_GAIN, MOST_GAIN));
  return TRUE;
}
