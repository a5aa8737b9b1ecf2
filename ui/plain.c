#include "plain.h"

#include <math.h>

#define N 4 /* channels */

/* The pixels of a part that make one pixel of the result along an axis, and their weights. */
typedef struct
{
  int first, n;
  float *weights;
} Taps;

/* Catmull-Rom. */
static double
cubic (double x)
{
  x = fabs (x);
  if (x < 1)
    return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0;
}

/* For n pixels of a result from begin on: length px became result px; the part has pixels offset ..
 * offset + available - 1. */
static Taps *
taps_new (int length, int result, int begin, int n, int offset, int available)
{
  const double step = (double) length / result, width = MAX (step, 1);
  const int room = (int) ceil (4 * width) + 1;
  Taps *taps = g_new (Taps, n);
  float *weights = g_new (float, (gsize) n * room);

  for (int i = 0; i < n; i++)
    {
      const double centre = (begin + i + 0.5) * step - 0.5 - offset;
      const int first = (int) ceil (centre - 2 * width), last = (int) floor (centre + 2 * width);
      double sum = 0;

      taps[i] = (Taps) { CLAMP (first, 0, available - 1), 0, weights + (gsize) i * room };
      taps[i].n = CLAMP (last, 0, available - 1) - taps[i].first + 1;
      for (int t = 0; t < taps[i].n; t++)
        taps[i].weights[t] = 0;
      /* pixels beyond the border repeat those at it */
      for (int t = first; t <= last; t++)
        {
          double weight = cubic ((t - centre) / width);

          taps[i].weights[CLAMP (t, 0, available - 1) - taps[i].first] += weight;
          sum += weight;
        }
      for (int t = 0; t < taps[i].n; t++)
        taps[i].weights[t] /= sum;
    }
  return taps;
}

static void
taps_free (Taps *taps)
{
  g_free (taps[0].weights);
  g_free (taps);
}

/* One pixel from the taps of in, each stride floats from the next. */
static void
gather (const Taps *taps, const float *in, gsize stride, float *out)
{
  float sum[N] = { 0 };

  for (int t = 0; t < taps->n; t++)
    for (int c = 0; c < N; c++)
      sum[c] += taps->weights[t] * in[(taps->first + t) * stride + c];
  for (int c = 0; c < N; c++)
    out[c] = sum[c];
}

TripImage *
ui_plain_scale (const TripImagePart *part, const Babl *format, int picture_width,
                int picture_height, int width, int height, const TripRect *region,
                const Babl **plain_format, GError **error)
{
  const TripImage *in = part->image;
  g_autoptr (TripImage) wide = trip_image_new (region->width, in->height, N, error);
  g_autoptr (TripImage) out
    = wide ? trip_image_new (region->width, region->height, N, error) : NULL;
  g_autofree float *row = g_new (float, (gsize) N * in->width);
  const Babl *to_linear;
  Taps *across, *down;

  if (! out)
    return NULL;
  *plain_format = babl_format ("RaGaBaA float");
  to_linear = babl_fish (format, *plain_format);
  across = taps_new (picture_width, width, region->x, region->width, part->x, in->width);
  down = taps_new (picture_height, height, region->y, region->height, part->y, in->height);
  for (int y = 0; y < in->height; y++)
    {
      babl_process (to_linear, trip_image_row (in, y), row, in->width);
      for (int x = 0; x < region->width; x++)
        gather (&across[x], row, N, trip_image_row (wide, y) + N * x);
    }
  for (int y = 0; y < region->height; y++)
    for (int x = 0; x < region->width; x++)
      gather (&down[y], wide->data + N * x, wide->stride, trip_image_row (out, y) + N * x);
  taps_free (across);
  taps_free (down);
  return g_steal_pointer (&out);
}
