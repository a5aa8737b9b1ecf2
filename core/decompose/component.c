#include "component.h"

gsize
trip_component_take (TripImage *image, float level, guint32 first, guint32 *pixels)
{
  const int width = image->width;
  const float taken = MIN (level, 0);
  gsize n = 1;

  pixels[0] = first;
  trip_image_row (image, first / width)[first % width] = taken;
  for (gsize i = 0; i < n; i++)
    for (int k = 0; k < 4; k++)
      {
        const int x = (int) (pixels[i] % width) + (k == 0) - (k == 1),
                  y = (int) (pixels[i] / width) + (k == 2) - (k == 3);

        if (x < 0 || x >= width || y < 0 || y >= image->height || trip_image_row (image, y)[x] <= level)
          continue;
        trip_image_row (image, y)[x] = taken;
        pixels[n++] = (guint32) y * width + x;
      }
  return n;
}
