#include "sharpness.h"

#include <math.h>
#include <string.h>

#include "../blur.h"

#define AGAIN 1.0f       /* px: the other blur */
#define OPAQUE 0.95f
#define MARGIN 3         /* px around an edge that must be opaque */
#define WEAK 0.02f       /* a gradient that is no edge, */
#define N_EDGES 24       /* and so few edges that they say nothing */
#define SHARPER 0.75     /* the share of edges that are softer than the one that counts */
#define SHARPEST 0.3     /* px: less cannot be told apart */
#define SOFTEST 6.0

/* Brightness, and 1 where it is opaque; gradients next to what is not do not count. */
static TripImage *
brightness (const TripImage *image)
{
  const int n = image->n_channels;
  TripImage *out = trip_image_new (image->width, image->height, 2, NULL);

  for (int y = 0; out && y < image->height; y++)
    {
      const float *p = trip_image_row (image, y);
      float *to = trip_image_row (out, y);

      for (int x = 0; x < image->width; x++, p += n, to += 2)
        {
          to[0] = n > 2 ? 0.2126f * p[0] + 0.7152f * p[1] + 0.0722f * p[2] : p[0];
          to[1] = ! trip_has_alpha (n) || p[n - 1] >= OPAQUE;
        }
    }
  return out;
}

/* Half of the difference of the px on both sides, and its square summed over both directions. */
static float
gradient (const TripImage *image, int x, int y, gboolean *is_across)
{
  const float *p = trip_image_row (image, y) + 2 * x;
  const float dx = 0.5f * (p[2] - p[-2]), dy = 0.5f * (p[image->stride] - p[-(gssize) image->stride]);

  if (is_across)
    *is_across = fabsf (dx) > fabsf (dy);
  return hypotf (dx, dy);
}

static gboolean
is_opaque (const TripImage *image, int x, int y)
{
  for (int i = -MARGIN; i <= MARGIN; i++)
    {
      const float *row = trip_image_row (image, y + i);

      for (int k = -MARGIN; k <= MARGIN; k++)
        if (row[2 * (x + k) + 1] == 0)
          return FALSE;
    }
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const float first = *(const float *) a, second = *(const float *) b;

  return (first > second) - (first < second);
}

/* The standard deviation of the blur that image seems to have; negative if it has no edges. */
static double
softness (const TripImage *image)
{
  g_autoptr (TripImage) light = brightness (image), soft = light ? brightness (image) : NULL;
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (float));
  float ratio;

  if (! soft)
    return -1;
  trip_blur (soft, AGAIN, AGAIN);
  for (int y = MARGIN; y < image->height - MARGIN; y++)
    for (int x = MARGIN; x < image->width - MARGIN; x++)
      {
        gboolean across;
        const float edge = gradient (light, x, y, &across);
        const int dx = across, dy = ! across;

        if (edge < WEAK || edge < gradient (light, x - dx, y - dy, NULL)
            || edge < gradient (light, x + dx, y + dy, NULL) || ! is_opaque (light, x, y))
          continue;
        ratio = edge / MAX (gradient (soft, x, y, NULL), 1e-6f);
        g_array_append_val (ratios, ratio);
      }
  if (ratios->len < N_EDGES)
    return -1;
  g_array_sort (ratios, compare);
  ratio = g_array_index (ratios, float, (guint) (SHARPER * (ratios->len - 1)));
  return CLAMP (AGAIN / sqrt (MAX (ratio * ratio - 1, 1e-3)), SHARPEST, SOFTEST);
}

double
trip_sharpness_blur (const TripImage *around, const TripImage *object)
{
  const double there = softness (around), own = there > 0 ? softness (object) : -1;

  return own > 0 && there > own ? sqrt (there * there - own * own) : 0;
}
