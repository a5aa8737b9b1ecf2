#include "synthetic.h"

static TripImage *
read_pixels (const TripRect *rect, gpointer data, GError **error)
{
  const int n = GPOINTER_TO_INT (data);
  TripImage *image = trip_image_new (rect->width, rect->height, n, error);

  for (int y = 0; image && y < rect->height; y++)
    {
      float *p = trip_image_row (image, y);

      for (int x = 0; x < rect->width; x++, p += n)
        {
          const guint mixed = (rect->x + x) * 2654435761u ^ (rect->y + y) * 2246822519u;

          for (int c = 0; c < n; c++)
            p[c] = (mixed >> (8 + 4 * c) & 255) / 255.0f;
          if (trip_has_alpha (n))
            p[n - 1] = MAX (2 * p[n - 1] - 1, 0);
        }
    }
  return image;
}

TripSource
synthetic_source (int width, int height, int n_channels)
{
  return (TripSource) { width, height, n_channels, read_pixels, GINT_TO_POINTER (n_channels) };
}

static gboolean
forget (const TripImage *part, int y, gpointer data, GError **error)
{
  return TRUE;
}

TripSink
synthetic_sink (void)
{
  return (TripSink) { forget, NULL };
}
