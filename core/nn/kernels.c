#include "vector.h"

#include <string.h>

#include "colours.h"

typedef struct
{
  const TripConv *conv;
  int y;
} Row;

INLINE void
conv_block (const void *data, int x, int o, const int n_pixels, const int n_vectors)
{
  const Row *row = data;
  const TripConv *c = row->conv;
  const int n_row = c->taps * c->in_channels; /* the taps of one row and their channels lie side by side */
  const float *in = c->in + row->y * c->in_stride + (gsize) x * c->in_channels, *weights = c->weights + o;
  Vec sum[MAX_PIXELS][3];

  for (int p = 0; p < n_pixels; p++)
    for (int v = 0; v < n_vectors; v++)
      sum[p][v] = load (c->bias + o + v * WIDTH);
  for (int ty = 0; ty < c->taps; ty++, in += c->in_stride, weights += (gsize) n_row * c->out_channels)
    multiply (in, c->in_channels, weights, c->out_channels, n_row, n_pixels, n_vectors, sum);
  for (int p = 0; p < n_pixels; p++)
    for (int v = 0; v < n_vectors; v++)
      store (c->out + row->y * c->out_stride + (gsize) (x + p) * c->out_channels + o + v * WIDTH, sum[p][v]);
}

static void
conv (const TripConv *c)
{
  for (int y = 0; y < c->height; y++)
    in_blocks (conv_block, &(Row) { c, y }, c->width, c->out_channels);
}

static void
field_row (const TripFieldRow *r)
{
  const int n = r->n_frequencies;

  for (int x = 0; x < r->n_small; x++)
    {
      const float *a = r->series + x * r->series_stride, *b = a + 3 * n;
      float *e = r->combined + (gsize) x * 6 * n, *f = e + 3 * n;

      for (int k = 0; k < n; k++)
        for (int i = 3 * k; i < 3 * k + 3; i++)
          {
            e[i] = a[i] * r->cos_y[k] + b[i] * r->sin_y[k];
            f[i] = b[i] * r->cos_y[k] - a[i] * r->sin_y[k];
          }
    }

  for (int x = 0; x < r->n_columns; x++)
    {
      const float *e = r->combined + r->place[x], *f = e + 3 * n;
      const float *cos_x = r->cos_x + (gsize) x * n, *sin_x = r->sin_x + (gsize) x * n;
      float *out = r->out + 3 * x;
      TripColours sum[4] = { 0 }; /* several, since an addition has to wait for the one before */
      int k = 0;

      for (; k + 2 <= n; k += 2)
        for (int i = 0; i < 2; i++)
          {
            sum[i] += cos_x[k + i] * trip_colours_load (e + 3 * (k + i));
            sum[2 + i] += sin_x[k + i] * trip_colours_load (f + 3 * (k + i));
          }
      if (k < n)
        sum[0] += cos_x[k] * trip_colours_load (e + 3 * k) + sin_x[k] * trip_colours_load (f + 3 * k);
      sum[0] += sum[1] + (sum[2] + sum[3]);
      for (int colour = 0; colour < 3; colour++)
        out[colour] += sum[0][colour];
    }
}

static void
field_row_back (const TripFieldRow *r)
{
  const int n = r->n_frequencies;

  memset (r->combined, 0, ((gsize) r->n_small * 6 * n + 1) * sizeof (float));
  for (int x = 0; x < r->n_columns; x++)
    {
      float *e = r->combined + r->place[x], *f = e + 3 * n;
      const float *cos_x = r->cos_x + (gsize) x * n, *sin_x = r->sin_x + (gsize) x * n;
      const float *out = r->out + 3 * x;
      const TripColours d = { out[0], out[1], out[2], 0 };

      for (int k = 0; k < n; k++)
        {
          *(TripColours *) (e + 3 * k) += cos_x[k] * d;
          *(TripColours *) (f + 3 * k) += sin_x[k] * d;
        }
    }
  for (int x = 0; x < r->n_small; x++)
    {
      const float *e = r->combined + (gsize) x * 6 * n, *f = e + 3 * n;
      float *a = r->series + x * r->series_stride, *b = a + 3 * n;

      for (int k = 0; k < n; k++)
        for (int i = 3 * k; i < 3 * k + 3; i++)
          {
            a[i] += e[i] * r->cos_y[k] - f[i] * r->sin_y[k];
            b[i] += e[i] * r->sin_y[k] + f[i] * r->cos_y[k];
          }
    }
}

#define TEXT_(isa) #isa
#define TEXT(isa) TEXT_ (isa)

extern const TripKernels NAME (kernels, TRIP_ISA);
const TripKernels NAME (kernels, TRIP_ISA) = { TEXT (TRIP_ISA), conv, NAME (winograd, TRIP_ISA), field_row,
                                              field_row_back };
