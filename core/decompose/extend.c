#include "extend.h"

/* Sums of four pixels, weighted; the sum of the weights becomes the weight, at most 1. */
static TripImage *
halve (const TripImage *image, GError **error)
{
  const int n = image->n_channels;
  TripImage *half = trip_image_new ((image->width + 1) / 2, (image->height + 1) / 2, n, error);

  for (int y = 0; half && y < half->height; y++)
    for (int x = 0; x < half->width; x++)
      {
        float *to = trip_image_row (half, y) + (gsize) x * n, sum[4] = { 0 };

        for (int i = 0; i < 4; i++)
          {
            const int from_x = 2 * x + i % 2, from_y = 2 * y + i / 2;
            const float *from;

            if (from_x >= image->width || from_y >= image->height)
              continue;
            from = trip_image_row (image, from_y) + (gsize) from_x * n;
            for (int c = 0; c < n - 1; c++)
              sum[c] += from[c] * from[n - 1];
            sum[n - 1] += from[n - 1];
          }
        for (int c = 0; c < n - 1; c++)
          to[c] = sum[n - 1] > 0 ? sum[c] / sum[n - 1] : 0;
        to[n - 1] = MIN (sum[n - 1], 1);
      }
  return half;
}

/* Blends what image lacks from half, linearly between its pixels. */
static void
fill_from (TripImage *image, const TripImage *half)
{
  const int n = image->n_channels;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        float *to = trip_image_row (image, y) + (gsize) x * n;
        const float missing = 1 - to[n - 1];
        const int near_x = x / 2, near_y = y / 2;
        const int far_x = CLAMP (near_x + (x % 2 ? 1 : -1), 0, half->width - 1);
        const int far_y = CLAMP (near_y + (y % 2 ? 1 : -1), 0, half->height - 1);
        const float *a = trip_image_row (half, near_y), *b = trip_image_row (half, far_y);

        if (missing <= 0)
          continue;
        for (int c = 0; c < n - 1; c++)
          to[c] = to[c] * to[n - 1]
                  + missing / 16
                        * (9 * a[near_x * n + c] + 3 * a[far_x * n + c] + 3 * b[near_x * n + c] + b[far_x * n + c]);
        to[n - 1] = 1;
      }
}

gboolean
trip_extend (TripImage *image, GError **error)
{
  g_autoptr (TripImage) half = NULL;

  if (image->width == 1 && image->height == 1)
    return TRUE;
  half = halve (image, error);
  if (! half || ! trip_extend (half, error))
    return FALSE;
  fill_from (image, half);
  return TRUE;
}
