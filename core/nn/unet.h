/* A pyramid that ends at the size of its input, and a 1x1 convolution of what it gives. */
#pragma once

#include <gio/gio.h>

#include "kernels.h"
#include "tensor.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripUnet TripUnet;

/* Loads a weights file that says of itself that it has that format, with a pyramid "net." and a convolution "out", of
 * as many inputs and outputs. kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripUnet *trip_unet_new (GBytes *bytes, const char *format, int inputs, int outputs, const TripKernels *kernels,
                         GError **error);
void trip_unet_free (TripUnet *unet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripUnet, trip_unet_free)

/* The sides of its inputs are multiples of this. */
int trip_unet_multiple (const TripUnet *unet);

/* Floats of arena for inputs of height x width px, beside the input itself. */
gsize trip_unet_need (const TripUnet *unet, int height, int width);

/* out: height * width pixels of the outputs. FALSE with G_IO_ERROR_CANCELLED. */
gboolean trip_unet_run (const TripUnet *unet, const TripTensor *input, float *out, TripArena *arena,
                        GCancellable *cancellable, GError **error);
