#include "distance.h"

#include <math.h>

/* Lower envelope of the parabolas with height f[i] at i, evaluated at each i. centre and from have room for n and
 * n + 1. */
static void
envelope (const float *f, float *to, int n, int *centre, double *from)
{
  int top = 0;

  centre[0] = 0;
  from[0] = -INFINITY;
  for (int i = 1; i < n; i++)
    {
      double meet;

      for (;; top--)
        {
          int j = centre[top];

          meet = ((double) f[i] - f[j] + ((double) i * i - (double) j * j)) / (2.0 * (i - j));
          if (meet > from[top])
            break;
        }
      centre[++top] = i;
      from[top] = meet;
    }
  from[top + 1] = INFINITY;
  for (int i = 0, k = 0; i < n; i++)
    {
      while (from[k + 1] < i)
        k++;
      to[i] = f[centre[k]] + (float) (i - centre[k]) * (i - centre[k]);
    }
}

/* Distances to the column's nearest pixel that is inside, or that is not. */
static void
along_columns (const TripImage *mask, float level, gboolean inside, TripImage *to)
{
  const float far = TRIP_DISTANCE_FAR;

  for (int down = 0; down < 2; down++)
    for (int i = 0; i < mask->height; i++)
      {
        int y = down ? mask->height - 1 - i : i, before = down ? y + 1 : y - 1;
        const float *m = trip_image_row (mask, y);
        const float *last = i ? trip_image_row (to, before) : NULL;
        float *d = trip_image_row (to, y);

        for (int x = 0; x < mask->width; x++)
          {
            float next = last ? MIN (last[x] + 1, far) : far;

            if ((m[x] >= level) == inside)
              next = 0;
            d[x] = down ? MIN (d[x], next) : next;
          }
      }
}

typedef struct
{
  TripImage *distance;
  gboolean inside;
  TripImage *sum;
} Rows;

static gboolean
along_row (gsize tile, int worker, gpointer data, GError **error)
{
  const Rows *rows = data;
  const int n = rows->distance->width;
  const float *d = trip_image_row (rows->distance, tile);
  float *sum = trip_image_row (rows->sum, tile);
  g_autofree float *squares = g_new (float, n), *to = g_new (float, n);
  g_autofree double *from = g_new (double, n + 1);
  g_autofree int *centre = g_new (int, n);

  for (int x = 0; x < n; x++)
    squares[x] = d[x] * d[x];
  envelope (squares, to, n, centre, from);
  for (int x = 0; x < n; x++)
    if (to[x] > 0)
      sum[x] = MIN (sqrtf (to[x]) - 0.5f, TRIP_DISTANCE_FAR) * (rows->inside ? -1 : 1);
  return TRUE;
}

TripImage *
trip_distance (const TripImage *mask, float level, const TripRun *run, GError **error)
{
  g_autoptr (TripImage) sum = trip_image_new (mask->width, mask->height, 1, error);
  g_autoptr (TripImage) distance = sum ? trip_image_new (mask->width, mask->height, 1, error) : NULL;

  if (! distance)
    return NULL;
  for (int inside = 0; inside < 2; inside++)
    {
      TripRun part = trip_run_part (run, inside / 2.0, (inside + 1) / 2.0);
      Rows rows = { distance, inside, sum };

      along_columns (mask, level, inside, distance);
      if (! trip_run_tiles (&part, mask->height, along_row, &rows, error))
        return NULL;
    }
  return g_steal_pointer (&sum);
}
