#include "holes.h"

#include <string.h>

#include "../error.h"
#include "component.h"

/* Pixels of odds: a patch has at least so many whose means over 3 x 3 are above LIKELY, and on average odds of CLEAR;
 * what is within RIM of them belongs to it. */
#define FEWEST 12
#define LIKELY 1.0f
#define CLEAR 2.0f
#define RIM 3

static TripImage *
smooth (const TripImage *odds, GError **error)
{
  TripImage *mean = trip_image_new (odds->width, odds->height, 1, error);

  for (int y = 0; mean && y < odds->height; y++)
    for (int x = 0; x < odds->width; x++)
      {
        float sum = 0;

        for (int v = MAX (y - 1, 0); v <= MIN (y + 1, odds->height - 1); v++)
          for (int u = MAX (x - 1, 0); u <= MIN (x + 1, odds->width - 1); u++)
            sum += trip_image_row (odds, v)[u];
        trip_image_row (mean, y)[x] = sum / 9;
      }
  return mean;
}

static gboolean
is_clear (const TripImage *odds, const guint32 *patch, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += odds->data[patch[i]];
  return n >= FEWEST && sum >= CLEAR * n;
}

static void
add_patch (TripImage *holes, int step, const guint32 *patch, gsize n, int width)
{
  for (gsize i = 0; i < n; i++)
    {
      const int x = patch[i] % width, y = patch[i] / width;

      for (int v = MAX (y - RIM, 0) * step; v < MIN ((y + RIM + 1) * step, holes->height); v++)
        for (int u = MAX (x - RIM, 0) * step; u < MIN ((x + RIM + 1) * step, holes->width); u++)
          trip_image_row (holes, v)[u] = 1;
    }
}

gboolean
trip_holes (const TripImage *odds, int step, int width, int height, TripImage **holes, GError **error)
{
  const gsize n_pixels = (gsize) odds->width * odds->height;
  g_autoptr (TripImage) mean = smooth (odds, error);
  g_autofree guint32 *stack = g_try_new (guint32, n_pixels);

  *holes = NULL;
  if (! mean)
    return FALSE;
  if (! stack)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %zu pixels", n_pixels);
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels; i++)
    {
      gsize n;

      if (mean->data[i] <= LIKELY)
        continue;
      n = trip_component_take (mean, LIKELY, i, stack);
      if (! is_clear (odds, stack, n))
        continue;
      if (! *holes)
        {
          *holes = trip_image_new (width, height, 1, error);
          if (! *holes)
            return FALSE;
          memset ((*holes)->data, 0, (*holes)->stride * height * sizeof (float));
        }
      add_patch (*holes, step, stack, n, odds->width);
    }
  return TRUE;
}
