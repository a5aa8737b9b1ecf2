/* The inner loops, compiled once for each instruction set from kernels.c and chosen at run time. */
#pragma once

#include <glib.h>

#define TRIP_LANES 16 /* output channels come in multiples of this; see trip_pad_channels() */

/* One convolution over a picture, fused with what follows it:
 * out = relu (bias + weights * in) or out = residual + bias + weights * in. */
typedef struct
{
  int height, width;             /* of the output, px */
  int taps;                      /* 1 or 3: the kernel is taps x taps */
  int in_channels, out_channels; /* out_channels a multiple of TRIP_LANES */
  const float *in;               /* under the kernel's top left tap of output pixel 0, 0 */
  gsize in_stride;               /* floats from one row to the next */
  const float *weights;          /* taps, taps, in_channels, out_channels */
  const float *bias;             /* out_channels */
  const float *residual;         /* or NULL; shaped and strided as out, and not out itself */
  gboolean relu;
  float *out;
  gsize out_stride;
} TripConv;

/* One output row of the heat field (see rescale/network.h): for each column, adds to out
 * weight * sum_k cos_x[k] e[k] + sin_x[k] f[k], where e = a cos_y + b sin_y and f = b cos_y - a sin_y. */
typedef struct
{
  int n_frequencies;
  int n_columns;
  const int *index;          /* n_columns: the small pixel of each column, counted in series */
  const float *cos_x, *sin_x; /* n_columns, n_frequencies */
  const float *cos_y, *sin_y; /* n_frequencies */
  int n_small;
  const float *series; /* n_small, series_stride: per colour n_frequencies a, then as many b */
  gsize series_stride;
  float *combined; /* scratch: n_small, 3, 2, n_frequencies */
  float weight;
  float *out;      /* 3 colours a column */
  gsize out_step;  /* floats from one column to the next */
} TripFieldRow;

typedef struct
{
  const char *name;
  void (*conv) (const TripConv *conv);
  void (*field_row) (const TripFieldRow *row);
} TripKernels;

/* The fastest the processor can run; the others are for tests, which may ask for them by name ("avx512",
 * "avx2", "plain"; NULL if the processor or the build lacks it). */
const TripKernels *trip_kernels (void);
const TripKernels *trip_kernels_named (const char *name);

static inline int
trip_pad_channels (int channels)
{
  return (channels + TRIP_LANES - 1) / TRIP_LANES * TRIP_LANES;
}
