#include "trust.h"

#include <math.h>
#include <string.h>

#include "band.h"

#define RADIUS 2              /* px, of the windows */
#define N 25                  /* pixels in one */
#define NOISE (1.5f / 255)    /* of colours */
#define CELL 8                /* px: trust is one for each square of so many, */
#define UNIT 665              /* in a picture of UNIT x UNIT px, larger in larger ones */
#define MARGIN 24             /* px around the selection that are looked at, likewise */
#define LEAST 1e-4f           /* the mean variance in a cell's windows that says something */

#define STEPS 65535.0f /* of a selection: what differs less is the same, however it was stored */

/* Of the selection's variance colours have to explain GOOD for it to be trusted, and nothing under POOR; of what they
 * leave, alpha has to leave less than a CLOSE-th for it not to be trusted wholly, a FAR-th not at all. */
#define POOR 0.5f
#define GOOD 0.65f
#define CLOSE 2.3f
#define FAR 4.0f

typedef enum
{
  SELECTED, /* variance of the selection, */
  SELECTED_LEFT, /* what colours do not explain of it, */
  FOUND, /* and the same of alpha */
  FOUND_LEFT,
  N_SUMS
} Sums;

typedef struct
{
  const TripImage *colours, *selection, *alpha; /* of the same part */
  TripImage *cells;                             /* of N_SUMS channels */
  int size;                                     /* px of a cell */
} Work;

/* Solves c x = v for the symmetric c, lower triangle; returns v x. */
static float
explained (const float c[6], const float v[3])
{
  const float l00 = sqrtf (c[0]), l10 = c[1] / l00, l11 = sqrtf (MAX (c[2] - l10 * l10, 1e-9f)), l20 = c[3] / l00;
  const float l21 = (c[4] - l20 * l10) / l11, l22 = sqrtf (MAX (c[5] - l20 * l20 - l21 * l21, 1e-9f));
  const float a = v[0] / l00, b = (v[1] - l10 * a) / l11, d = (v[2] - l20 * a - l21 * b) / l22;

  return a * a + b * b + d * d;
}

/* Pixel i of the window around x, y; at the border the nearest one. */
static const float *
in_window (const TripImage *image, int x, int y, int i)
{
  const int u = CLAMP (x + i % 5 - RADIUS, 0, image->width - 1);
  const int v = CLAMP (y + i / 5 - RADIUS, 0, image->height - 1);

  return trip_image_row (image, v) + (gsize) u * image->n_channels;
}

/* The values in the window around x, y less their mean; FALSE: all are the same. */
static gboolean
take_values (const TripImage *image, int x, int y, float values[N])
{
  float mean = 0, least = INFINITY, most = -INFINITY;

  for (int i = 0; i < N; i++)
    {
      values[i] = *in_window (image, x, y, i);
      mean += values[i] / N;
      least = MIN (least, values[i]);
      most = MAX (most, values[i]);
    }
  for (int i = 0; i < N; i++)
    values[i] -= mean;
  return most > least;
}

static void
take_colours (const TripImage *image, int x, int y, float colours[N][3], float covariance[6])
{
  float mean[3] = { 0 };

  for (int i = 0; i < N; i++)
    {
      memcpy (colours[i], in_window (image, x, y, i), sizeof colours[i]);
      for (int c = 0; c < 3; c++)
        mean[c] += colours[i][c] / N;
    }
  memset (covariance, 0, 6 * sizeof (float));
  for (int i = 0; i < N; i++)
    for (int c = 0, k = 0; c < 3; c++)
      {
        colours[i][c] -= mean[c];
        for (int d = 0; d <= c; d++, k++)
          covariance[k] += colours[i][c] * colours[i][d] / N;
      }
  for (int c = 0; c < 3; c++)
    covariance[c * (c + 3) / 2] += NOISE * NOISE;
}

static void
add_window (const Work *self, int x, int y, float sums[N_SUMS])
{
  float values[2][N], colours[N][3], covariance[6];
  const gboolean varies[2] = { take_values (self->selection, x, y, values[0]),
                               take_values (self->alpha, x, y, values[1]) };

  if (! varies[0] && ! varies[1])
    return;
  take_colours (self->colours, x, y, colours, covariance);
  for (int k = 0; k < 2; k++)
    {
      float along[3] = { 0 }, variance = 0;

      for (int i = 0; i < N; i++)
        {
          variance += values[k][i] * values[k][i] / N;
          for (int c = 0; c < 3; c++)
            along[c] += values[k][i] * colours[i][c] / N;
        }
      sums[2 * k] += variance;
      sums[2 * k + 1] += MAX (variance - explained (covariance, along), 0);
    }
}

static gboolean
sum_cells (gsize tile, int worker, gpointer data, GError **error)
{
  const Work *self = data;
  const int width = self->colours->width, end = MIN (((int) tile + 1) * self->size, self->colours->height);
  float *cells = trip_image_row (self->cells, tile);

  memset (cells, 0, self->cells->stride * sizeof (float));
  for (int y = tile * self->size; y < end; y++)
    for (int x = 0; x < width; x++)
      add_window (self, x, y, cells + x / self->size * N_SUMS);
  return TRUE;
}

static float
smooth_step (float value, float from, float to)
{
  const float t = CLAMP ((value - from) / (to - from), 0, 1);

  return t * t * (3 - 2 * t);
}

static float
trust_of (const float sums[N_SUMS], float n_pixels)
{
  const float least = LEAST * n_pixels;
  float left, found_left;

  if (sums[SELECTED] < least)
    return 0;
  left = sums[SELECTED_LEFT] / sums[SELECTED];
  found_left = (sums[FOUND_LEFT] + least) / (sums[FOUND] + 10 * least);
  return smooth_step (1 - left, POOR, GOOD) * (1 - smooth_step (left / found_left, CLOSE, FAR));
}

/* One channel: the trust in each cell, from it and those around it, which count 1/2 and 1/4. */
static TripImage *
judge_cells (const TripImage *cells, int size, GError **error)
{
  TripImage *trust = trip_image_new (cells->width, cells->height, 1, error);

  for (int y = 0; trust && y < cells->height; y++)
    for (int x = 0; x < cells->width; x++)
      {
        float sums[N_SUMS] = { 0 };

        for (int v = MAX (y - 1, 0); v <= MIN (y + 1, cells->height - 1); v++)
          for (int u = MAX (x - 1, 0); u <= MIN (x + 1, cells->width - 1); u++)
            for (int k = 0; k < N_SUMS; k++)
              sums[k] += trip_image_row (cells, v)[u * N_SUMS + k] / ((1 + ABS (u - x)) * (1 + ABS (v - y)));
        trip_image_row (trust, y)[x] = trust_of (sums, 4 * size * size);
      }
  return trust;
}

/* Bilinear, at a pixel in cells of size px. */
static float
trust_at (const TripImage *trust, int size, int x, int y)
{
  const float u = CLAMP ((x + 0.5f) / size - 0.5f, 0, trust->width - 1);
  const float v = CLAMP ((y + 0.5f) / size - 0.5f, 0, trust->height - 1);
  const int i = u, j = v, next_i = MIN (i + 1, trust->width - 1), next_j = MIN (j + 1, trust->height - 1);
  const float *a = trip_image_row (trust, j), *b = trip_image_row (trust, next_j);
  const float upper = a[i] + (u - i) * (a[next_i] - a[i]), lower = b[i] + (u - i) * (b[next_i] - b[i]);

  return upper + (v - j) * (lower - upper);
}

/* selection in rect, so that the most that is selected anywhere is 1. */
static TripImage *
take_selection (const TripImage *selection, const TripRect *rect, GError **error)
{
  const float most = trip_highest (selection);
  TripImage *part = trip_part (selection, rect, 1, error);

  for (int y = 0; part && y < part->height; y++)
    for (float *p = trip_image_row (part, y), *end = p + part->width; p < end; p++)
      *p = roundf (CLAMP (*p / most, 0, 1) * STEPS) / STEPS;
  return part;
}

gboolean
trip_trust (const TripImage *picture, const TripImage *selection, TripImage *trimap, TripImage *alpha,
            const TripRun *run, GError **error)
{
  const float unit = CLAMP (sqrt ((double) picture->width * picture->height) / UNIT, 1, 4);
  const int size = roundf (CELL * unit);
  g_autoptr (TripImage) colours = NULL, selected = NULL, found = NULL, cells = NULL, trust = NULL;
  TripRect rect;
  Work work;

  if (! trip_bounds (selection, 0, INFINITY, MARGIN * unit, &rect))
    return TRUE;
  /* the same cells, however far the selection reaches */
  rect.width += rect.x % size;
  rect.height += rect.y % size;
  rect.x -= rect.x % size;
  rect.y -= rect.y % size;
  if (! (colours = trip_part (picture, &rect, 3, error)) || ! (selected = take_selection (selection, &rect, error))
      || ! (found = trip_part (alpha, &rect, 1, error))
      || ! (cells = trip_image_new (trip_divide_up (rect.width, size), trip_divide_up (rect.height, size), N_SUMS,
                                    error)))
    return FALSE;
  work = (Work) { colours, selected, found, cells, size };
  if (! trip_run_tiles (run, cells->height, sum_cells, &work, error) || ! (trust = judge_cells (cells, size, error)))
    return FALSE;
  for (int y = 0; y < rect.height; y++)
    {
      float *a = trip_image_row (alpha, rect.y + y) + rect.x, *t = trip_image_row (trimap, rect.y + y) + rect.x;
      const float *s = trip_image_row (selected, y);

      for (int x = 0; x < rect.width; x++)
        {
          const float weight = trust_at (trust, size, x, y);

          a[x] += weight * (s[x] - a[x]);
          if (weight >= 1)
            {
              a[x] = s[x];
              t[x] = s[x] <= 0 || s[x] >= 1 ? s[x] : t[x] <= 0 || t[x] >= 1 ? 0.5f : t[x];
            }
        }
    }
  return TRUE;
}
