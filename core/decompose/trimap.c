#include "matting.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "distance.h"
#include "search.h"

/* px in a picture of UNIT x UNIT px; in larger ones hurried hands are off by more. A selection is looked at anew from
 * OUTSIDE its outline to INSIDE it: most users draw around an object. */
#define UNIT 665
#define OUTSIDE 6
#define INSIDE 16
#define RING 40
/* The same for a selection whose outline runs where the picture changes, which is meant to be exact. */
#define EXACT_OUTSIDE 3
#define EXACT_INSIDE 4
#define EXACT 1.6 /* times the change around it */

/* Where less of what lies deeper than INSIDE looks like the object, one sees through it: it is searched deeper. */
#define SOLID 0.98f
#define N_DEEPER 3

/* What this near to where belief turns stays uncertain, and what is believed less. */
#define TURN 3
#define DOUBT 0.25f
#define SHARPEN 4

/* How much more the picture changes along the outline than beside it. */
static double
exactness (const TripImage *colours, const TripImage *distance, float unit)
{
  double sum[2] = { 0 };
  gsize n[2] = { 0 };

  for (int y = 1; y < colours->height - 1; y++)
    for (int x = 1; x < colours->width - 1; x++)
      {
        float d = fabsf (trip_image_row (distance, y)[x]), change = 0;
        const float *c = trip_image_row (colours, y) + 3 * (gsize) x;

        if (d >= 9 * unit || (d > 1.2f && d < 2.5f))
          continue;
        for (int k = 0; k < 3; k++)
          {
            float across = c[k + 3] - c[k - 3], down = c[k + colours->stride] - c[k - (gssize) colours->stride];

            change += across * across + down * down;
          }
        sum[d > 2] += sqrtf (change);
        n[d > 2]++;
      }
  return n[0] && n[1] && sum[1] > 0 ? sum[0] / n[0] / (sum[1] / n[1]) : 0;
}

/* 0.5 where search looks, else 0 or 1. */
static void
mark_band (const TripSearch *search, TripImage *trimap)
{
  for (int y = 0; y < trimap->height; y++)
    {
      const float *d = trip_image_row (search->distance, y);
      float *t = trip_image_row (trimap, y);

      for (int x = 0; x < trimap->width; x++)
        t[x] = d[x] < -search->outside ? 0 : d[x] >= search->inside ? 1 : 0.5f;
    }
}

static gboolean
mark_belief (const TripBand *band, const float *belief, gboolean keep, float unit, TripImage *trimap,
             const TripRun *run, GError **error)
{
  g_autoptr (TripImage) turn = NULL;

  for (guint32 i = 0; i < band->n; i++)
    trip_image_row (trimap, band->at[i] / band->width)[band->at[i] % band->width] = belief[i];
  turn = trip_distance (trimap, 0.5f, run, error);
  for (guint32 i = 0; turn && i < band->n; i++)
    {
      const int x = band->at[i] % band->width, y = band->at[i] / band->width;
      float p = CLAMP (belief[i], 0.01f, 0.99f), odds = powf (p / (1 - p), SHARPEN);
      gboolean certain = ! keep && fabsf (trip_image_row (turn, y)[x]) > TURN * unit && fabsf (p - 0.5f) > 0.5f - DOUBT;

      trip_image_row (trimap, y)[x] = certain ? p > 0.5f : CLAMP (odds / (1 + odds), 0.01f, 0.99f);
    }
  return turn != NULL;
}

/* Searches the band, a wider one where one sees through the object, until that is found, and marks it. */
static gboolean
find_out (TripSearch *search, gboolean fixed, float unit, TripImage *trimap, const TripRun *run, GError **error)
{
  for (int pass = 0;; pass++)
    {
      TripRun part = trip_run_part (run, pass / (N_DEEPER + 1.0), (pass + 0.9) / (N_DEEPER + 1));
      TripRun rest = trip_run_part (run, (pass + 0.9) / (N_DEEPER + 1), 1);
      g_autoptr (TripBand) band = NULL;
      g_autofree float *belief = NULL;
      float solid;

      mark_band (search, trimap);
      band = trip_band_new (trimap, error);
      if (! band)
        return FALSE;
      search->band = band;
      belief = g_try_new (float, (gsize) band->n + 1);
      if (! belief)
        {
          g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u uncertain pixels", band->n);
          return FALSE;
        }
      for (guint32 i = 0; i < band->n; i++)
        belief[i] = 0.5f;
      if (! trip_search (search, belief, &solid, &part, error))
        return FALSE;
      if (fixed || solid >= SOLID || pass == N_DEEPER)
        return mark_belief (band, belief, fixed, unit, trimap, &rest, error);
      search->inside *= 2;
    }
}

static TripImage *
paste (const TripImage *part, const TripRect *rect, int width, int height, GError **error)
{
  TripImage *whole = trip_image_new (width, height, 1, error);

  for (int y = 0; whole && y < height; y++)
    {
      memset (trip_image_row (whole, y), 0, width * sizeof (float));
      if (y >= rect->y && y < rect->y + rect->height)
        memcpy (trip_image_row (whole, y) + rect->x, trip_image_row (part, y - rect->y), rect->width * sizeof (float));
    }
  return whole;
}

TripImage *
trip_trimap (const TripImage *picture, const TripImage *selection, double edge, const TripRun *run, GError **error)
{
  const float unit = CLAMP (sqrt ((double) picture->width * picture->height) / UNIT, 1, 4);
  const float most = trip_highest (selection);
  TripSearch search = { .outside = edge > 0 ? edge / 2 : OUTSIDE * unit, .inside = edge > 0 ? edge / 2 : INSIDE * unit,
                        .ring = RING * unit, .middle = edge > 0 ? 0 : 4 * unit };
  TripRun first = trip_run_part (run, 0, 0.1), rest = trip_run_part (run, 0.1, 1);
  TripRect rect;
  g_autoptr (TripImage) colours = NULL, selected = NULL, distance = NULL, trimap = NULL;

  if (! trip_bounds (selection, 0, INFINITY, ceilf (search.outside + search.ring) + 1, &rect))
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing is selected");
      return NULL;
    }
  selected = trip_part (selection, &rect, 1, error);
  distance = selected ? trip_distance (selected, most / 2, &first, error) : NULL;
  colours = distance ? trip_part (picture, &rect, 3, error) : NULL;
  trimap = colours ? trip_image_new (rect.width, rect.height, 1, error) : NULL;
  if (! trimap)
    return NULL;
  g_clear_pointer (&selected, trip_image_free);
  search.colours = colours;
  search.distance = distance;
  if (edge <= 0 && exactness (colours, distance, unit) > EXACT)
    {
      search.outside = EXACT_OUTSIDE * unit;
      search.inside = EXACT_INSIDE * unit;
      search.middle = 0;
    }
  search.blur = MAX ((search.outside + search.inside) / 7, 0.5f);
  if (! find_out (&search, edge > 0, unit, trimap, &rest, error))
    return NULL;
  return paste (trimap, &rect, picture->width, picture->height, error);
}
