#include "matting.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../solve.h"
#include "band.h"

/* The variance of colours in a window that noise alone makes. */
#define NOISE 2e-7
#define ROUNDING 1e-10 /* and, of all variance, the share that keeps the covariance of huge values positive */
/* What the trimap's guess weighs where it is nearly certain, and what keeps alpha in place where all are equally
 * good; the affinities of a pixel sum up to 8. */
#define GUESS 0.03f
#define ANCHOR 1e-4f
/* Less coverage than this is noise. */
#define RESIDUE (2.0f / 255)
#define N_SLOTS 12 /* pixels within 2 px that come before one */
#define TOLERANCE 1e-4
#define MAX_STEPS 400
#define SMALL 4096 /* uncertain pixels that are solved at once; for more a smaller picture gives the first guess */

typedef struct
{
  int x[9], y[9];    /* row by row; past the picture's border its border pixels again */
  guint32 number[9]; /* in the band */
} Window;

/* Equation 12 of the paper, of all pairs j < i. The colours are first made uncorrelated and equally strong, by the
 * Cholesky factor of their covariance: the products of such keep the matrix positive whatever is rounded. */
static void
affinities (const TripImage *colours, const Window *window, float a[9][9])
{
  double d[9][3], mean[3] = { 0 }, s[3][3] = { { 0 } };
  double noise = NOISE, l00, l10, l11, l20, l21, l22;
  float u[9][3];

  for (int i = 0; i < 9; i++)
    {
      const float *c = trip_image_row (colours, window->y[i]) + 3 * (gsize) window->x[i];

      for (int k = 0; k < 3; k++)
        {
          d[i][k] = c[k];
          mean[k] += d[i][k] / 9;
        }
    }
  for (int i = 0; i < 9; i++)
    for (int k = 0; k < 3; k++)
      {
        d[i][k] -= mean[k];
        for (int m = 0; m <= k; m++)
          s[k][m] += d[i][k] * d[i][m] / 9;
      }
  noise += ROUNDING * (s[0][0] + s[1][1] + s[2][2]);
  l00 = sqrt (s[0][0] + noise);
  l10 = s[1][0] / l00;
  l11 = sqrt (s[1][1] + noise - l10 * l10);
  l20 = s[2][0] / l00;
  l21 = (s[2][1] - l20 * l10) / l11;
  l22 = sqrt (s[2][2] + noise - l20 * l20 - l21 * l21);
  for (int i = 0; i < 9; i++)
    {
      double first = d[i][0] / l00, second = (d[i][1] - l10 * first) / l11;

      u[i][0] = first;
      u[i][1] = second;
      u[i][2] = (d[i][2] - l20 * first - l21 * second) / l22;
      for (int j = 0; j < i; j++)
        a[i][j] = (1 + u[i][0] * u[j][0] + u[i][1] * u[j][1] + u[i][2] * u[j][2]) / 9;
    }
}

/* FALSE: all of it is known. */
static gboolean
place_window (Window *window, const TripBand *band, int x, int y)
{
  gboolean any = FALSE;

  for (int i = 0; i < 9; i++)
    {
      int u = CLAMP (x + i % 3 - 1, 0, band->width - 1), v = CLAMP (y + i / 3 - 1, 0, band->height - 1);

      window->x[i] = u;
      window->y[i] = v;
      window->number[i] = band->index[(gsize) v * band->width + u];
      any |= window->number[i] != TRIP_BAND_NONE;
    }
  return any;
}

/* i, j: where in the window; i's pixel comes after j's. */
static void
add_pair (TripSystem *system, const Window *window, int i, int j, float affinity, const TripImage *alpha)
{
  guint32 later = window->number[i], earlier = window->number[j];

  if (later != TRIP_BAND_NONE)
    system->diagonal[later] += affinity;
  if (earlier != TRIP_BAND_NONE)
    system->diagonal[earlier] += affinity;
  if (later != TRIP_BAND_NONE && earlier != TRIP_BAND_NONE)
    {
      int dx = window->x[j] - window->x[i], dy = window->y[j] - window->y[i];
      gsize at = (gsize) later * N_SLOTS + (dy + 2) * 5 + dx + 2;

      system->earlier[at] = earlier;
      system->coupling[at] -= affinity;
    }
  else if (later != TRIP_BAND_NONE)
    system->right[later] += affinity * trip_image_row (alpha, window->y[j])[window->x[j]];
  else if (earlier != TRIP_BAND_NONE)
    system->right[earlier] += affinity * trip_image_row (alpha, window->y[i])[window->x[i]];
}

static gboolean
add_windows (TripSystem *system, const TripBand *band, const TripImage *colours, const TripImage *alpha,
             const TripRun *run, GError **error)
{
  for (int y = 0; y < band->height; y++)
    {
      if (! trip_run_step (run, (double) y / band->height, error))
        return FALSE;
      for (int x = 0; x < band->width; x++)
        {
          Window window;
          float a[9][9];

          if (! place_window (&window, band, x, y))
            continue;
          affinities (colours, &window, a);
          for (int i = 1; i < 9; i++)
            for (int j = 0; j < i; j++)
              {
                /* at the border a window has pixels twice, and not all in order */
                int dx = window.x[i] - window.x[j], dy = window.y[i] - window.y[j];

                if (dy > 0 || (dy == 0 && dx > 0))
                  add_pair (system, &window, i, j, a[i][j], alpha);
                else if (dy < 0 || dx < 0)
                  add_pair (system, &window, j, i, a[i][j], alpha);
              }
        }
    }
  return TRUE;
}

/* Bilinear, at x, y of a picture twice as large. */
static float
sample_half (const TripImage *half, int x, int y)
{
  float u = CLAMP (x / 2.0f - 0.25f, 0, half->width - 1), v = CLAMP (y / 2.0f - 0.25f, 0, half->height - 1);
  int i = u, j = v, next_i = MIN (i + 1, half->width - 1), next_j = MIN (j + 1, half->height - 1);
  const float *a = trip_image_row (half, j), *b = trip_image_row (half, next_j);

  u -= i;
  v -= j;
  return (1 - v) * ((1 - u) * a[i] + u * a[next_i]) + v * ((1 - u) * b[i] + u * b[next_i]);
}

static gboolean solve (const TripImage *colours, const TripImage *trimap, TripImage *alpha, const TripRun *run,
                       GError **error);

/* What the same makes of a picture half as large. */
static gboolean
guess (const TripBand *band, const TripImage *colours, const TripImage *trimap, const TripImage *alpha, float *x,
       const TripRun *run, GError **error)
{
  g_autoptr (TripImage) half = trip_halve (colours, error), half_trimap = half ? trip_halve (trimap, error) : NULL;
  g_autoptr (TripImage) half_alpha = half_trimap ? trip_halve (alpha, error) : NULL;

  if (! half_alpha || ! solve (half, half_trimap, half_alpha, run, error))
    return FALSE;
  for (guint32 i = 0; i < band->n; i++)
    x[i] = sample_half (half_alpha, band->at[i] % band->width, band->at[i] / band->width);
  return TRUE;
}

/* alpha: on entry the trimap, or where that is certain anything that is known. */
static gboolean
solve (const TripImage *colours, const TripImage *trimap, TripImage *alpha, const TripRun *run, GError **error)
{
  TripRun first = trip_run_part (run, 0, 0.3), second = trip_run_part (run, 0.3, 0.5);
  TripRun third = trip_run_part (run, 0.5, 1);
  g_autoptr (TripBand) band = trip_band_new (trimap, error);
  g_autoptr (TripSystem) system = NULL;
  g_autofree float *x = NULL;

  if (! band || ! trip_run_step (run, 0, error) || ! (system = trip_system_new (band->n, N_SLOTS, error)))
    return FALSE;
  x = g_try_new (float, (gsize) band->n + 1);
  if (! x)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u uncertain pixels", band->n);
      return FALSE;
    }
  for (guint32 i = 0; i < band->n; i++)
    {
      float t = trip_image_row (alpha, band->at[i] / band->width)[band->at[i] % band->width];
      float weight = GUESS * (2 * t - 1) * (2 * t - 1) + ANCHOR;

      x[i] = t;
      system->diagonal[i] = weight;
      system->right[i] = weight * t;
    }
  if ((band->n > SMALL && ! guess (band, colours, trimap, alpha, x, &first, error))
      || ! add_windows (system, band, colours, alpha, &second, error)
      || ! trip_system_solve (system, x, TOLERANCE, MAX_STEPS, &third, error))
    return FALSE;
  for (guint32 i = 0; i < band->n; i++)
    trip_image_row (alpha, band->at[i] / band->width)[band->at[i] % band->width] = CLAMP (x[i], 0, 1);
  return TRUE;
}

static float
without_residue (float alpha)
{
  return alpha < RESIDUE ? 0 : alpha > 1 - RESIDUE ? 1 : alpha;
}

/* Solves what of trimap lies in part. alpha: on entry the trimap there and what is known elsewhere. */
static gboolean
solve_part (const TripImage *picture, const TripImage *trimap, const TripRect *part, TripImage *alpha,
            const TripRun *run, GError **error)
{
  g_autoptr (TripImage) unknown = trip_image_new (trimap->width, trimap->height, 1, error);
  g_autoptr (TripImage) colours = NULL, there = NULL, found = NULL;
  TripRect rect;

  if (! unknown)
    return FALSE;
  memset (unknown->data, 0, unknown->stride * unknown->height * sizeof (float));
  for (int y = part->y; y < part->y + part->height; y++)
    memcpy (trip_image_row (unknown, y) + part->x, trip_image_row (trimap, y) + part->x, part->width * sizeof (float));
  /* what is known two pixels away counts */
  if (! trip_bounds (unknown, 0, 1, 2, &rect))
    return TRUE;
  colours = trip_part (picture, &rect, 3, error);
  there = colours ? trip_part (unknown, &rect, 1, error) : NULL;
  found = there ? trip_part (alpha, &rect, 1, error) : NULL;
  if (! found || ! trip_run_step (run, 0, error) || ! solve (colours, there, found, run, error))
    return FALSE;
  for (int y = 0; y < rect.height; y++)
    for (int x = 0; x < rect.width; x++)
      trip_image_row (alpha, rect.y + y)[rect.x + x] = without_residue (trip_image_row (found, y)[x]);
  return TRUE;
}

TripImage *
trip_matting (const TripImage *picture, const TripImage *trimap, const TripRun *run, GError **error)
{
  const TripRect all = { 0, 0, trimap->width, trimap->height };
  g_autoptr (TripImage) alpha = trip_part (trimap, &all, 1, error);

  return alpha && solve_part (picture, trimap, &all, alpha, run, error) ? g_steal_pointer (&alpha) : NULL;
}

TripImage *
trip_matting_again (const TripImage *picture, const TripImage *trimap, const TripImage *earlier, const TripRect *part,
                    const TripRun *run, GError **error)
{
  const TripRect all = { 0, 0, trimap->width, trimap->height };
  g_autoptr (TripImage) alpha = trip_part (earlier, &all, 1, error);

  for (int y = part->y; alpha && y < part->y + part->height; y++)
    memcpy (trip_image_row (alpha, y) + part->x, trip_image_row (trimap, y) + part->x, part->width * sizeof (float));
  return alpha && solve_part (picture, trimap, part, alpha, run, error) ? g_steal_pointer (&alpha) : NULL;
}
