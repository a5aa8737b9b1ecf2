/* An encoder and a decoder over halved sizes, of chains of 3x3 convolutions: the twin of core/train/pyramid.py.
 * "U-Net: Convolutional Networks for Biomedical Image Segmentation" (Ronneberger et al., 2015), with what encoder and
 * decoder share added. */
#pragma once

#include <gio/gio.h>

#include "kernels.h"
#include "tensor.h"
#include "weights.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripPyramid TripPyramid;

/* Loads the tensors whose names begin with prefix ("" or "net."); the sizes are those of the tensors. inputs: planes of
 * the input, as the file must have. kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripPyramid *trip_pyramid_new (const TripWeights *file, const char *prefix, int inputs, const TripKernels *kernels,
                               GError **error);
void trip_pyramid_free (TripPyramid *pyramid);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripPyramid, trip_pyramid_free)

int trip_pyramid_levels (const TripPyramid *pyramid);
int trip_pyramid_top (const TripPyramid *pyramid); /* the decoder ends at 1/2^top of the size */
int trip_pyramid_channels (const TripPyramid *pyramid, int level);

/* Floats of arena for inputs of height x width px, beside the input itself: features and scratch. */
gsize trip_pyramid_need (const TripPyramid *pyramid, int height, int width);

#define TRIP_MAX_LEVELS 8

/* input: of inputs planes, its sides multiples of 2^(levels - 1). features: one tensor for each level, taken from
 * arena, the largest first. FALSE with G_IO_ERROR_CANCELLED. */
gboolean trip_pyramid_encode (const TripPyramid *pyramid, const TripTensor *input, TripTensor *features,
                              TripArena *arena, GCancellable *cancellable, GError **error);

/* Replaces the features of the levels above the smallest, down to top, by the decoder's; the result is
 * features[top]. To decode twice, copy what encode () gave. */
gboolean trip_pyramid_decode (const TripPyramid *pyramid, TripTensor *features, TripArena *arena,
                              GCancellable *cancellable, GError **error);
