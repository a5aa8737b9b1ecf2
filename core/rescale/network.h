/* The network of the upscaler, one function for each module of core/train/model.py: mathematics only.
 *
 * A trunk of residual 3x3 convolutions at the small size gives each small pixel a short Fourier series
 * over a learned bank of frequencies nu; an output pixel is that series averaged over the pixel's own
 * area, an attenuation by exp (-kappa |nu / scale|^2) for each axis. After "Thera: Aliasing-Free
 * Arbitrary-Scale Super-Resolution with Neural Heat Fields" (Becker et al., 2023, eq. 4 to 8). */
#pragma once

#include <gio/gio.h>

#include "../nn/kernels.h"
#include "../nn/tensor.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripNetwork TripNetwork;

/* Reads a safetensors file; the sizes of the network are those of its tensors. NULL with
 * TRIP_ERROR_BAD_WEIGHTS. The caller owns it. kernels NULL: the fastest. */
TripNetwork *trip_network_new (GBytes *file, const TripKernels *kernels, GError **error);
void trip_network_free (TripNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripNetwork, trip_network_free)

/* How far away, in small pixels, a pixel can change the features at a place. */
int trip_network_reach (const TripNetwork *network);

/* Multiply-adds of trunk and coefficients for one small pixel. */
double trip_network_macs (const TripNetwork *network);

/* Floats that trip_network_trunk() and trip_network_field() take from an arena for an input of
 * height x width px, with at most n_columns columns asked of the field; the input included. */
gsize trip_network_need (const TripNetwork *network, int height, int width, int n_columns);

#define TRIP_NETWORK_INPUTS 4 /* red, green, blue (0..1, less 0.5) and clean-up (0..1) */

/* The features of input (TRIP_NETWORK_INPUTS channels), in *features, which lies in the arena. FALSE with
 * G_IO_ERROR_CANCELLED. */
gboolean trip_network_trunk (const TripNetwork *network, const TripTensor *input, TripArena *arena,
                             GCancellable *cancellable, TripTensor *features, GError **error);

/* Where the output's rows or columns lie along one axis of the small picture. */
typedef struct
{
  int n;
  double scale;  /* output px for one small px */
  int *index;    /* n: the small pixel that holds the output pixel's centre, in the features' count */
  float *offset; /* n: of that centre from the small pixel's, in small px, -0.5..0.5 */
} TripGrid;

/* Adds weight times the field, at all rows x columns, to out: 3 values at out + row * row_step
 * + column * column_step (floats). */
void trip_network_field (const TripNetwork *network, const TripTensor *features, const TripGrid *rows,
                         const TripGrid *columns, float weight, TripArena *arena, float *out,
                         gsize row_step, gsize column_step);
