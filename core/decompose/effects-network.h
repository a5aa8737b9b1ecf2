/* The network that finds shadow and reflection: mathematics only, the twin of core/train/effects/model.py. */
#pragma once

#include "../nn/unet.h"

/* Red, green and blue less 0.5; the object's coverage; the place, in x and in y, counted from the middle of the lower
 * edge of the object's box in units of twice its longer side, -1..1; what a mirror along that edge would show of the
 * object, its colours times its coverage, and its coverage. */
#define TRIP_EFFECTS_INPUTS 10
#define TRIP_EFFECTS_PLACE_X 4 /* which of them is the place in x */
/* For each colour a gain, then for each an offset: clean = gain picture + offset. */
#define TRIP_EFFECTS_OUTPUTS 6

/* kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripUnet *trip_effects_network_new (GBytes *file, const TripKernels *kernels, GError **error);

/* input: of TRIP_EFFECTS_INPUTS planes. out: height * width pixels of TRIP_EFFECTS_OUTPUTS. FALSE with
 * G_IO_ERROR_CANCELLED. */
gboolean trip_effects_network_run (const TripUnet *network, const TripTensor *input, float *out, TripArena *arena,
                                   GCancellable *cancellable, GError **error);
