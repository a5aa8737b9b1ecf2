#include "band.h"

#include <math.h>

#include "../error.h"

TripBand *
trip_band_new (const TripImage *trimap, GError **error)
{
  g_autoptr (TripBand) band = g_new0 (TripBand, 1);
  const gsize n_pixels = (gsize) trimap->width * trimap->height;
  guint32 n = 0;

  band->width = trimap->width;
  band->height = trimap->height;
  band->index = n_pixels < TRIP_BAND_NONE ? g_try_new (guint32, n_pixels) : NULL;
  for (int y = 0; band->index && y < trimap->height; y++)
    for (int x = 0; x < trimap->width; x++)
      {
        float value = trip_image_row (trimap, y)[x];

        band->index[(gsize) y * trimap->width + x] = value > 0 && value < 1 ? n++ : TRIP_BAND_NONE;
      }
  band->at = band->index ? g_try_new (guint32, (gsize) n + 1) : NULL;
  if (! band->at)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u uncertain pixels", n);
      return NULL;
    }
  for (gsize i = 0; i < n_pixels; i++)
    if (band->index[i] != TRIP_BAND_NONE)
      band->at[band->n++] = i;
  return g_steal_pointer (&band);
}

void
trip_band_free (TripBand *band)
{
  if (! band)
    return;
  g_free (band->index);
  g_free (band->at);
  g_free (band);
}

TripImage *
trip_part (const TripImage *image, const TripRect *rect, int n_channels, GError **error)
{
  const int n = image->n_channels;
  TripImage *part = trip_image_new (rect->width, rect->height, n_channels, error);

  for (int y = 0; part && y < rect->height; y++)
    {
      const float *from = trip_image_row (image, rect->y + y) + (gsize) rect->x * n;
      float *to = trip_image_row (part, y);

      for (int x = 0; x < rect->width; x++, from += n, to += n_channels)
        for (int c = 0; c < n_channels; c++)
          {
            float value = from[n < 3 ? 0 : c];

            to[c] = isfinite (value) ? value : 0;
          }
    }
  return part;
}

TripImage *
trip_halve (const TripImage *image, GError **error)
{
  const int n = image->n_channels;
  TripImage *half = trip_image_new ((image->width + 1) / 2, (image->height + 1) / 2, n, error);

  for (int y = 0; half && y < half->height; y++)
    {
      const float *a = trip_image_row (image, 2 * y), *b = trip_image_row (image, MIN (2 * y + 1, image->height - 1));
      float *to = trip_image_row (half, y);

      for (int x = 0; x < half->width; x++)
        for (int c = 0; c < n; c++)
          {
            gsize i = (gsize) 2 * x * n + c, j = (gsize) MIN (2 * x + 1, image->width - 1) * n + c;

            to[(gsize) x * n + c] = (a[i] + a[j] + b[i] + b[j]) / 4;
          }
    }
  return half;
}

gboolean
trip_bounds (const TripImage *image, float low, float high, int margin, TripRect *rect)
{
  int left = image->width, right = -1, top = image->height, bottom = -1;

  for (int y = 0; y < image->height; y++)
    {
      const float *p = trip_image_row (image, y);

      for (int x = 0; x < image->width; x++)
        if (p[(gsize) x * image->n_channels] > low && p[(gsize) x * image->n_channels] < high)
          {
            left = MIN (left, x);
            right = MAX (right, x);
            top = MIN (top, y);
            bottom = y;
          }
    }
  if (bottom < 0)
    return FALSE;
  left = MAX (left - margin, 0);
  top = MAX (top - margin, 0);
  *rect = (TripRect) { left, top, MIN (right + margin, image->width - 1) - left + 1,
                       MIN (bottom + margin, image->height - 1) - top + 1 };
  return TRUE;
}

float
trip_highest (const TripImage *image)
{
  float most = 0;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        const float value = trip_image_row (image, y)[(gsize) x * image->n_channels];

        if (isfinite (value) && value > most)
          most = value;
      }
  return most;
}
