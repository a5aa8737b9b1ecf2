#include "fill.h"

/* of the windows whose mean a pixel gets; the smallest that holds a visible pixel counts */
static const int radii[] = { TRIP_FILL_REACH, 4, 1 };

static TripImage *
weighted_by_alpha (const TripImage *image, GError **error)
{
  const int n = image->n_channels;
  TripImage *weighted = trip_image_new (image->width, image->height, n, error);

  for (int y = 0; weighted && y < image->height; y++)
    {
      const float *p = trip_image_row (image, y);
      float *to = trip_image_row (weighted, y);

      for (gsize i = 0; i < image->stride; i += n)
        {
          for (int c = 0; c < n - 1; c++)
            to[i + c] = p[i + c] * MAX (p[i + n - 1], 0);
          to[i + n - 1] = MAX (p[i + n - 1], 0);
        }
    }
  return weighted;
}

/* Sums over 2 radius + 1 px along one line of n pixels. */
static void
sum_windows (const float *in, float *out, int n, gsize step, int n_channels, int radius)
{
  for (int i = 0; i < n; i++)
    for (int c = 0; c < n_channels; c++)
      {
        float sum = 0;

        for (int j = MAX (i - radius, 0); j <= MIN (i + radius, n - 1); j++)
          sum += in[j * step + c];
        out[i * step + c] = sum;
      }
}

gboolean
trip_fill_transparent (TripImage *image, GError **error)
{
  const int n = image->n_channels;
  g_autoptr (TripImage) weighted = weighted_by_alpha (image, error);
  g_autoptr (TripImage) rows = weighted ? trip_image_new (image->width, image->height, n, error) : NULL;
  g_autoptr (TripImage) sums = rows ? trip_image_new (image->width, image->height, n, error) : NULL;

  if (! sums)
    return FALSE;
  for (guint r = 0; r < G_N_ELEMENTS (radii); r++)
    {
      for (int y = 0; y < image->height; y++)
        sum_windows (trip_image_row (weighted, y), trip_image_row (rows, y), image->width, n, n, radii[r]);
      for (int x = 0; x < image->width; x++)
        sum_windows (rows->data + (gsize) x * n, sums->data + (gsize) x * n, image->height, sums->stride, n,
                     radii[r]);

      for (int y = 0; y < image->height; y++)
        {
          float *p = trip_image_row (image, y);
          const float *sum = trip_image_row (sums, y);

          for (gsize i = 0; i < image->stride; i += n)
            if (p[i + n - 1] <= 0 && (sum[i + n - 1] > 0 || r == 0))
              for (int c = 0; c < n - 1; c++)
                p[i + c] = sum[i + n - 1] > 0 ? sum[i + c] / sum[i + n - 1] : 0;
        }
    }
  return TRUE;
}
