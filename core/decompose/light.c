#include "light.h"

#include <math.h>
#include <string.h>

#include "band.h"
#include "extend.h"
#include "foreground.h"

#define MIN_GAIN 0.3f /* what was darker by more has lost too much to be lit again */
#define ALIKE 0.01    /* colours of the object and around it that are so near tell nothing of its coverage */

typedef struct
{
  const TripImage *picture, *relit;
  TripImage *lost;
} Losing;

/* A TripTileFunc: a row. */
static gboolean
find_lost (gsize y, int worker, gpointer data, GError **error)
{
  const Losing *self = data;
  const int n = self->picture->n_channels, n_colours = n - trip_has_alpha (n);
  const float *dark = trip_image_row (self->picture, y), *lit = trip_image_row (self->relit, y);
  float *to = trip_image_row (self->lost, y);

  for (int x = 0; x < self->lost->width; x++, dark += n, lit += n)
    {
      to[x] = 0;
      for (int c = 0; c < n_colours; c++)
        if (MAX (dark[c], 0) + TRIP_LIGHT_BLACK < MIN_GAIN * (MAX (lit[c], 0) + TRIP_LIGHT_BLACK))
          to[x] = 1;
    }
  return TRUE;
}

TripImage *
trip_light_lost (const TripImage *picture, const TripImage *relit, const TripRun *run, GError **error)
{
  g_autoptr (TripImage) lost = trip_image_new (picture->width, picture->height, 1, error);
  Losing losing = { picture, relit, lost };

  return lost && trip_run_tiles (run, lost->height, find_lost, &losing, error) ? g_steal_pointer (&lost) : NULL;
}

/* Where nothing tells of the light it is as it was. */
static void
leave_light (TripImage *gains)
{
  for (int y = 0; y < gains->height; y++)
    for (float *gain = trip_image_row (gains, y), *end = gain + gains->width * gains->n_channels; gain < end; gain++)
      *gain = 1;
}

TripImage *
trip_light_gains (const TripImage *picture, const TripImage *relit, const TripImage *alpha, const TripImage *hole,
                  const TripRect *rect, GError **error)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n), n_gains = n_colours + 1;
  g_autoptr (TripImage) gains = trip_image_new (rect->width, rect->height, n_gains, error);
  gboolean any = FALSE;

  for (int y = 0; gains && y < rect->height; y++)
    {
      const float *seen = trip_image_row (picture, rect->y + y) + (gsize) rect->x * n;
      const float *lit = trip_image_row (relit, rect->y + y) + (gsize) rect->x * n;
      const float *covered = trip_image_row (alpha, rect->y + y) + rect->x;
      const float *missing = trip_image_row (hole, rect->y + y) + rect->x;
      float *to = trip_image_row (gains, y);

      for (int x = 0; x < rect->width; x++, seen += n, lit += n, to += n_gains)
        {
          for (int c = 0; c < n_colours; c++)
            to[c] = (MAX (seen[c], 0) + TRIP_LIGHT_BLACK) / (MAX (lit[c], 0) + TRIP_LIGHT_BLACK);
          to[n_colours] = covered[x] <= 0 && missing[x] <= 0;
          any = any || to[n_colours] > 0;
        }
    }
  if (gains && ! any)
    leave_light (gains);
  return gains && trip_extend (gains, error) ? g_steal_pointer (&gains) : NULL;
}

/* The colours of what the object leaves free, and on the object those around it. */
static TripImage *
find_around (const TripImage *picture, const TripImage *alpha, GError **error)
{
  const int n = picture->n_channels;
  g_autoptr (TripImage) around = trip_image_new (picture->width, picture->height, n + 1, error);

  for (int y = 0; around && y < picture->height; y++)
    {
      const float *from = trip_image_row (picture, y), *covered = trip_image_row (alpha, y);
      float *to = trip_image_row (around, y);

      for (int x = 0; x < picture->width; x++, from += n, to += n + 1)
        {
          memcpy (to, from, n * sizeof (float));
          to[n] = covered[x] <= 0;
        }
    }
  return around && trip_extend (around, error) ? g_steal_pointer (&around) : NULL;
}

/* The coverage, at most covered, by which a mixture of the object's own colours and those around comes closest to what
 * is seen. */
static float
coverage_seen (const float *seen, const float *own, const float *around, int n_colours, float covered)
{
  double along = 0, square = ALIKE * ALIKE;

  for (int c = 0; c < n_colours; c++)
    {
      along += (seen[c] - around[c]) * (own[c] - around[c]);
      square += (own[c] - around[c]) * (own[c] - around[c]);
    }
  return CLAMP (along / square, 0, covered);
}

static void
unmix_pixel (const float *seen, const float *own, const float *around, const float *gain, float covered, int n_colours,
             float *to)
{
  const float share = coverage_seen (seen, own, around, n_colours, covered);

  for (int c = 0; c < n_colours; c++)
    {
      const float left = (seen[c] - share * own[c]) / (1 - share);

      to[c] = (CLAMP (left, MIN (seen[c], 0), MAX (seen[c], 1)) + TRIP_LIGHT_BLACK) / gain[c] - TRIP_LIGHT_BLACK;
    }
}

gboolean
trip_light_unmix (const TripImage *picture, const TripImage *alpha, const TripImage *hole, const TripImage *gains,
                  const TripRect *rect, const TripRun *run, TripImage *background, GError **error)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  g_autoptr (TripImage) part = trip_part (picture, rect, n_colours, error), colours = NULL;
  g_autoptr (TripImage) coverage = part ? trip_part (alpha, rect, 1, error) : NULL;
  g_autoptr (TripImage) around = coverage ? find_around (part, coverage, error) : NULL;

  if (! around || ! trip_foreground (part, coverage, run, &colours, NULL, error))
    return FALSE;
  for (int y = 0; y < rect->height; y++)
    {
      const float *covered = trip_image_row (coverage, y), *missing = trip_image_row (hole, rect->y + y) + rect->x;
      const float *seen = trip_image_row (part, y), *own = trip_image_row (colours, y);
      const float *gain = trip_image_row (gains, y), *behind = trip_image_row (around, y);
      float *to = trip_image_row (background, rect->y + y) + (gsize) rect->x * n;

      for (int x = 0; x < rect->width; x++)
        if (covered[x] > 0 && missing[x] <= 0)
          unmix_pixel (seen + x * n_colours, own + x * n_colours, behind + x * (n_colours + 1),
                       gain + x * (n_colours + 1), covered[x], n_colours, to + (gsize) x * n);
    }
  return TRUE;
}

TripImage *
trip_light_behind (const TripImage *picture, const TripImage *alpha, const TripImage *background,
                   const TripImage *gains, const TripRect *rect, GError **error)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  TripImage *behind = trip_image_copy (picture, error);

  for (int y = 0; behind && y < rect->height; y++)
    {
      const float *covered = trip_image_row (alpha, rect->y + y) + rect->x;
      const float *from = trip_image_row (background, rect->y + y) + (gsize) rect->x * n;
      const float *gain = trip_image_row (gains, y);
      float *to = trip_image_row (behind, rect->y + y) + (gsize) rect->x * n;

      for (int x = 0; x < rect->width; x++, from += n, to += n, gain += n_colours + 1)
        if (covered[x] > 0)
          {
            memcpy (to, from, n * sizeof (float));
            for (int c = 0; c < n_colours; c++)
              to[c] = MAX ((from[c] + TRIP_LIGHT_BLACK) * gain[c] - TRIP_LIGHT_BLACK, MIN (from[c], 0));
          }
    }
  return behind;
}
