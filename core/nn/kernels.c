/* Compiled several times: TRIP_ISA is the name, and the compiler's flags set the width of a vector. */
#include "kernels.h"

#if defined(__AVX512F__)
#define WIDTH 16
#define PIXELS 12 /* with 2 vectors each, 24 of 32 registers hold sums */
#elif defined(__AVX2__)
#define WIDTH 8
#define PIXELS 6 /* 12 of 16 registers */
#elif defined(__aarch64__)
#define WIDTH 4
#define PIXELS 12
#else
#define WIDTH 4
#define PIXELS 6
#endif

typedef float Vec __attribute__ ((vector_size (WIDTH * sizeof (float)), aligned (4)));

#define INLINE static inline __attribute__ ((always_inline))

/* n_pixels neighbouring output pixels and n_vectors * WIDTH of their channels, from channel o on. */
INLINE void
conv_block (const TripConv *c, int y, int x, int o, const int n_pixels, const int n_vectors)
{
  const int n_in = c->in_channels, n_out = c->out_channels;
  const float *weights = c->weights + o;
  Vec sum[PIXELS][2];

  for (int p = 0; p < n_pixels; p++)
    for (int v = 0; v < n_vectors; v++)
      sum[p][v] = *(const Vec *) (c->bias + o + v * WIDTH);

  for (int ty = 0; ty < c->taps; ty++)
    {
      const float *in = c->in + (y + ty) * c->in_stride + (gsize) x * n_in;

      /* the taps of one row and their channels lie side by side, in pictures as in weights */
      for (int i = 0; i < c->taps * n_in; i++, weights += n_out)
        {
          Vec w[2];

          for (int v = 0; v < n_vectors; v++)
            w[v] = *(const Vec *) (weights + v * WIDTH);
          for (int p = 0; p < n_pixels; p++)
            for (int v = 0; v < n_vectors; v++)
              sum[p][v] += in[p * n_in + i] * w[v];
        }
    }

  for (int p = 0; p < n_pixels; p++)
    for (int v = 0; v < n_vectors; v++)
      {
        const gsize at = y * c->out_stride + (gsize) (x + p) * n_out + o + v * WIDTH;
        Vec r = sum[p][v];

        if (c->residual)
          r += *(const Vec *) (c->residual + at);
        if (c->relu)
          for (int lane = 0; lane < WIDTH; lane++)
            r[lane] = r[lane] > 0 ? r[lane] : 0;
        *(Vec *) (c->out + at) = r;
      }
}

INLINE void
conv_row (const TripConv *c, int y, int o, const int n_vectors)
{
  int x = 0;

  for (; x + PIXELS <= c->width; x += PIXELS)
    conv_block (c, y, x, o, PIXELS, n_vectors);
  for (; x + 3 <= c->width; x += 3)
    conv_block (c, y, x, o, 3, n_vectors);
  for (; x < c->width; x++)
    conv_block (c, y, x, o, 1, n_vectors);
}

static void
conv (const TripConv *c)
{
  for (int y = 0; y < c->height; y++)
    {
      int o = 0;

      for (; o + 2 * WIDTH <= c->out_channels; o += 2 * WIDTH)
        conv_row (c, y, o, 2);
      for (; o < c->out_channels; o += WIDTH)
        conv_row (c, y, o, 1);
    }
}

static void
field_row (const TripFieldRow *r)
{
  const int n = r->n_frequencies;

  for (int x = 0; x < r->n_small; x++)
    for (int colour = 0; colour < 3; colour++)
      {
        const float *a = r->series + x * r->series_stride + colour * 2 * n, *b = a + n;
        float *e = r->combined + ((gsize) x * 3 + colour) * 2 * n, *f = e + n;

        for (int k = 0; k < n; k++)
          {
            e[k] = a[k] * r->cos_y[k] + b[k] * r->sin_y[k];
            f[k] = b[k] * r->cos_y[k] - a[k] * r->sin_y[k];
          }
      }

  for (int x = 0; x < r->n_columns; x++)
    {
      const float *e = r->combined + (gsize) r->index[x] * 6 * n;
      const float *cos_x = r->cos_x + (gsize) x * n, *sin_x = r->sin_x + (gsize) x * n;
      float *out = r->out + x * r->out_step;

      for (int colour = 0; colour < 3; colour++, e += 2 * n)
        {
          float sum = 0;

          for (int k = 0; k < n; k++)
            sum += cos_x[k] * e[k] + sin_x[k] * e[n + k];
          out[colour] += r->weight * sum;
        }
    }
}

#define NAME_(isa) trip_kernels_##isa
#define NAME(isa) NAME_ (isa)
#define TEXT_(isa) #isa
#define TEXT(isa) TEXT_ (isa)

extern const TripKernels NAME (TRIP_ISA);
const TripKernels NAME (TRIP_ISA) = { TEXT (TRIP_ISA), conv, field_row };
