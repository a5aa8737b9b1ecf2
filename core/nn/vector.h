/* What the kernels of all instruction sets share: each .c file that includes this is compiled several times,
 * TRIP_ISA is the name, and the compiler's flags set the width of a vector. */
#pragma once

#include "kernels.h"

#if defined(__AVX512F__)
#define WIDTH 16
#define REGISTERS 32
#elif defined(__AVX2__)
#define WIDTH 8
#define REGISTERS 16
#elif defined(__aarch64__)
#define WIDTH 4
#define REGISTERS 32
#else
#define WIDTH 4
#define REGISTERS 16
#endif

/* How many pixels are multiplied at once, with 2 vectors of channels each or with 3: their sums stay in
 * registers, and there is room for the weights. */
#define PIXELS_OF_2 (REGISTERS / 16 * 6)
#define PIXELS_OF_3 (REGISTERS / 16 * 4)
#define MAX_PIXELS PIXELS_OF_2

typedef float Vec __attribute__ ((vector_size (WIDTH * sizeof (float)), aligned (4), may_alias));
typedef int Mask __attribute__ ((vector_size (WIDTH * sizeof (int))));

#define INLINE static inline __attribute__ ((always_inline))

INLINE Vec
load (const float *from)
{
  return *(const Vec *) from;
}

INLINE void
store (float *to, Vec v)
{
  *(Vec *) to = v;
}

INLINE Vec
relu (Vec v)
{
  return (Vec) ((Mask) v & (v > 0));
}

/* sum[p][v] += in[p * in_step + i] * weights[i * weights_step + v * WIDTH ...] over all i < n */
INLINE void
multiply (const float *in, gsize in_step, const float *weights, gsize weights_step, int n,
          const int n_pixels, const int n_vectors, Vec sum[MAX_PIXELS][3])
{
  for (int i = 0; i < n; i++, in++, weights += weights_step)
    {
      Vec w[3];

      for (int v = 0; v < n_vectors; v++)
        w[v] = load (weights + v * WIDTH);
      for (int p = 0; p < n_pixels; p++)
        for (int v = 0; v < n_vectors; v++)
          sum[p][v] += in[p * in_step] * w[v];
    }
}

/* A piece of a row: n_pixels from x on, n_vectors vectors of channels from channel o on. */
typedef void (*Block) (const void *data, int x, int o, const int n_pixels, const int n_vectors);

INLINE void
row_in_blocks (Block block, const void *data, int width, int o, const int n_vectors)
{
  const int most = n_vectors == 3 ? PIXELS_OF_3 : PIXELS_OF_2;
  int x = 0;

  for (; x + most <= width; x += most)
    block (data, x, o, most, n_vectors);
  for (; x + 3 <= width; x += 3)
    block (data, x, o, 3, n_vectors);
  for (; x < width; x++)
    block (data, x, o, 1, n_vectors);
}

/* Calls block, which is inlined for each of its sizes, for all of a row. */
INLINE void
in_blocks (Block block, const void *data, int width, int n_channels)
{
  int o = 0;

  if (n_channels / WIDTH % 2 && n_channels / WIDTH >= 3)
    {
      row_in_blocks (block, data, width, o, 3);
      o = 3 * WIDTH;
    }
  for (; o + 2 * WIDTH <= n_channels; o += 2 * WIDTH)
    row_in_blocks (block, data, width, o, 2);
  for (; o < n_channels; o += WIDTH)
    row_in_blocks (block, data, width, o, 1);
}

#define NAME_(name, isa) trip_##name##_##isa
#define NAME(name, isa) NAME_ (name, isa)

void NAME (winograd, TRIP_ISA) (const TripWinograd *strip);
