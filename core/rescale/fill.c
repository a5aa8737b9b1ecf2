#include "fill.h"

#include <string.h>

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

/* Sums over 2 radius + 1 px along a row. */
static void
sum_along (const float *in, float *out, int n, int n_channels, int radius)
{
  for (int i = 0; i < n; i++)
    for (int c = 0; c < n_channels; c++)
      {
        float sum = 0;

        for (int j = MAX (i - radius, 0); j <= MIN (i + radius, n - 1); j++)
          sum += in[j * n_channels + c];
        out[i * n_channels + c] = sum;
      }
}

/* Sums over the rows around y. */
static void
sum_down (const TripImage *rows, float *out, int y, int radius)
{
  memset (out, 0, rows->stride * sizeof (float));
  for (int i = MAX (y - radius, 0); i <= MIN (y + radius, rows->height - 1); i++)
    {
      const float *row = trip_image_row (rows, i);

      for (gsize j = 0; j < rows->stride; j++)
        out[j] += row[j];
    }
}

static gboolean
is_opaque (const TripImage *image)
{
  const int n = image->n_channels;

  for (int y = 0; y < image->height; y++)
    for (const float *p = trip_image_row (image, y), *end = p + image->stride; p < end; p += n)
      if (p[n - 1] <= 0)
        return FALSE;
  return TRUE;
}

gboolean
trip_fill_transparent (TripImage *image, GCancellable *cancellable, GError **error)
{
  const int n = image->n_channels;
  g_autoptr (TripImage) weighted = NULL, rows = NULL;
  g_autofree float *sum = NULL;

  if (is_opaque (image))
    return TRUE;
  weighted = weighted_by_alpha (image, error);
  rows = weighted ? trip_image_new (image->width, image->height, n, error) : NULL;
  if (! rows)
    return FALSE;
  sum = g_new (float, image->stride);
  for (guint r = 0; r < G_N_ELEMENTS (radii); r++)
    {
      for (int y = 0; y < image->height; y++)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          sum_along (trip_image_row (weighted, y), trip_image_row (rows, y), image->width, n, radii[r]);
        }
      for (int y = 0; y < image->height; y++)
        {
          float *p = trip_image_row (image, y);

          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          sum_down (rows, sum, y, radii[r]);
          for (gsize i = 0; i < image->stride; i += n)
            if (p[i + n - 1] <= 0 && (sum[i + n - 1] > 0 || r == 0))
              for (int c = 0; c < n - 1; c++)
                p[i + c] = sum[i + n - 1] > 0 ? sum[i + c] / sum[i + n - 1] : 0;
        }
    }
  return TRUE;
}
