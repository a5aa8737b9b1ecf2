/* The inner loops, compiled once for each instruction set and chosen at run time. */
#pragma once

#include <glib.h>

#define TRIP_LANES 16 /* output channels come in multiples of this: trip_pad_channels () */

/* One convolution over a picture, in plain multiplications: out = bias + weights * in. For few channels, or single
 * pixels. */
typedef struct
{
  int height, width;             /* of the output, px */
  int taps;                      /* 1 or 3: the kernel is taps x taps */
  int in_channels, out_channels; /* out_channels a multiple of TRIP_LANES */
  const float *in;               /* under the kernel's top left tap of output pixel 0, 0 */
  gsize in_stride;               /* floats from one row to the next */
  const float *weights;          /* of trip_pack_conv () */
  const float *bias;             /* out_channels */
  float *out;
  gsize out_stride;
} TripConv;

#define TRIP_MAX_CHANNELS 256
#define TRIP_STRIP 4 /* rows of a strip */

/* A strip of a 3x3 convolution with zeros beyond the picture, by Winograd's minimal filtering F(4x4, 3x3): a
 * quarter of the multiplications. After "Fast Algorithms for Convolutional Neural Networks" (Lavin and Gray,
 * 2015). out = relu (bias + weights * in) or out = residual + bias + weights * in. */
typedef struct
{
  int n_rows, width;             /* of the output, px: 1..TRIP_STRIP rows */
  int in_channels, out_channels; /* multiples of TRIP_LANES */
  const float *in[TRIP_STRIP + 2]; /* at pixel 0 of the rows -1 .. TRIP_STRIP of the strip. Pixel -1 and those
                                      from width to trip_strip_width () are read as well: zeros. */
  const float *weights;          /* of trip_pack_winograd () */
  const float *bias;             /* out_channels */
  const float *residual[TRIP_STRIP]; /* n_rows rows, or NULL in all; none of them is in out */
  gboolean relu;
  float *out[TRIP_STRIP]; /* n_rows rows; none of them is in in */
  float *scratch;         /* trip_winograd_scratch () floats */
} TripWinograd;

#define TRIP_WINOGRAD_SIDE 6   /* px of an input tile, which gives 4 x 4 px */
#define TRIP_WINOGRAD_POINTS 36
#define TRIP_WINOGRAD_TILES 24 /* transformed at once: they and the weights fit into a core's cache */

static inline int
trip_strip_width (int width)
{
  return (width + TRIP_STRIP - 1) / TRIP_STRIP * TRIP_STRIP;
}

/* Floats from one point of the transformed tiles to the next: no power of two, whose lines would displace each other
 * in the cache. */
static inline gsize
trip_winograd_step (int channels)
{
  return (gsize) TRIP_WINOGRAD_TILES * channels + TRIP_LANES;
}

static inline gsize
trip_winograd_scratch (int in_channels, int out_channels)
{
  return TRIP_WINOGRAD_POINTS * (trip_winograd_step (in_channels) + trip_winograd_step (out_channels));
}

/* One output row of the heat field (see rescale/field.h). field_row () adds, for each column, to out
 * weight * sum_k cos_x[k] e[k] + sin_x[k] f[k], where e = a cos_y + b sin_y and f = b cos_y - a sin_y.
 * field_row_back () goes the other way: it adds the derivatives by the series to series, from those by the row's pixels
 * in out. */
typedef struct
{
  int n_frequencies;
  int n_columns;
  const int *place; /* n_columns: the column's small pixel times 6 n_frequencies */
  const float *cos_x, *sin_x; /* n_columns, n_frequencies */
  const float *cos_y, *sin_y; /* n_frequencies */
  int n_small;
  float *series; /* n_small, series_stride: a, then b, each n_frequencies, 3 colours */
  gsize series_stride;
  float *combined; /* scratch: n_small, 6 n_frequencies, and one float more */
  float *out;      /* n_columns, 3 colours */
} TripFieldRow;

typedef struct
{
  const char *name;
  void (*conv) (const TripConv *conv);
  void (*winograd) (const TripWinograd *strip);
  void (*field_row) (const TripFieldRow *row);
  void (*field_row_back) (const TripFieldRow *row);
} TripKernels;

/* The fastest the processor can run; the others are for tests, which may ask for them by name ("avx512",
 * "avx2", "neon", "plain"; NULL if the processor or the build lacks it). */
const TripKernels *trip_kernels (void);
const TripKernels *trip_kernels_named (const char *name);
