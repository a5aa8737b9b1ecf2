#include "spread.h"

#include <string.h>

#include "../error.h"

#define OFTEN 4096 /* pixels between two looks at whether to go on */

/* The mean of the neighbours that are marked with 1..limit; FALSE where none is. */
static gboolean
mean_around (const TripImage *image, const guint32 *rings, gsize at, guint32 limit, float *mean)
{
  const int x = at % image->width, y = at / image->width, n_channels = image->n_channels;
  double sums[4] = { 0 };
  int n = 0;

  for (int j = MAX (y - 1, 0); j <= MIN (y + 1, image->height - 1); j++)
    for (int i = MAX (x - 1, 0); i <= MIN (x + 1, image->width - 1); i++)
      {
        const guint32 ring = rings[(gsize) j * image->width + i];

        if ((i == x && j == y) || ring == 0 || ring > limit)
          continue;
        for (int c = 0; c < n_channels; c++)
          sums[c] += trip_image_row (image, j)[i * n_channels + c];
        n++;
      }
  for (int c = 0; n && c < n_channels; c++)
    mean[c] = sums[c] / n;
  return n > 0;
}

static float *
pixel_at (const TripImage *image, gsize at)
{
  return trip_image_row (image, at / image->width) + at % image->width * image->n_channels;
}

/* Appends the unmarked neighbours of a pixel to order and marks them. */
static gsize
append (const TripImage *image, guint32 *rings, gsize at, guint32 ring, gsize *order, gsize n)
{
  const int x = at % image->width, y = at / image->width;

  for (int j = MAX (y - 1, 0); j <= MIN (y + 1, image->height - 1); j++)
    for (int i = MAX (x - 1, 0); i <= MIN (x + 1, image->width - 1); i++)
      {
        const gsize to = (gsize) j * image->width + i;

        if (rings[to])
          continue;
        rings[to] = ring;
        order[n++] = to;
      }
  return n;
}

gboolean
trip_spread (TripImage *image, const guint8 *known, int n_rounds, const TripRun *run, GError **error)
{
  const gsize n_pixels = (gsize) image->width * image->height;
  g_autofree guint32 *rings = g_try_malloc_n (n_pixels, sizeof (guint32)); /* 1: known */
  g_autofree gsize *order = g_try_malloc_n (n_pixels, sizeof (gsize));     /* of the hole, from its border inwards */
  gsize n = 0;

  if (! rings || ! order)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to spread colours");
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels; i++)
    rings[i] = known[i] ? 1 : 0;
  for (gsize i = 0; i < n_pixels; i++)
    if (known[i])
      n = append (image, rings, i, 2, order, n);
  for (gsize i = 0; i < n; i++)
    {
      if (i % OFTEN == 0 && ! trip_run_step (run, 0, error))
        return FALSE;
      mean_around (image, rings, order[i], rings[order[i]] - 1, pixel_at (image, order[i]));
      n = append (image, rings, order[i], rings[order[i]] + 1, order, n);
    }
  for (int round = 0; round < n_rounds; round++)
    for (gsize i = 0; i < n; i++)
      {
        const gsize at = order[round % 2 ? n - 1 - i : i];

        if (i % OFTEN == 0 && ! trip_run_step (run, (double) round / n_rounds, error))
          return FALSE;
        mean_around (image, rings, at, G_MAXUINT32, pixel_at (image, at));
      }
  return trip_run_step (run, 1, error);
}
