#include "matting.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "component.h"
#include "distance.h"
#include "holes.h"
#include "search.h"

/* px in a picture of UNIT x UNIT px; in larger ones hurried hands are off by more. A selection is looked at anew from
 * OUTSIDE its outline to INSIDE it: most users draw around an object. */
#define UNIT 665
#define OUTSIDE 6
#define INSIDE 16
#define RING 40
/* Where the share of the object rises less than that inside, the outline was drawn loosely, and is looked at DEEPER
 * times as deep, as far as the cores of its parts let it. */
#define LOOSE 0.46f
#define DEEPER 2
/* The same for a selection whose outline runs where the picture changes, which is meant to be exact. */
#define EXACT_OUTSIDE 3
#define EXACT_INSIDE 4
#define EXACT 1.6 /* times the change around it */
/* In each part of the selection what is deeper than CORE of its depth is certain, however small the part is. Specks,
 * less deep than SPECK px, are no parts where there are others. */
#define CORE 0.5f
#define SPECK 2

/* Where less of what lies deeper than INSIDE looks like the object, one sees through it: it is searched deeper. */
#define SOLID 0.98f
#define N_DEEPER 3
#define N_PASSES (N_DEEPER + 3)
#define ODDS_STEP 2 /* px: holes are looked for in one pixel of so many in each direction */

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
      const float *hole = search->holes ? trip_image_row (search->holes, y) : NULL;
      float *t = trip_image_row (trimap, y);

      for (int x = 0; x < trimap->width; x++)
        t[x] = d[x] < -search->outside ? 0 : d[x] >= search->inside && ! (hole && hole[x] > 0) ? 1 : 0.5f;
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

/* What a search has found. */
typedef struct
{
  TripBand *band;
  float *belief;
  TripSearchResult result;
  TripImage *odds, *holes;
  int step; /* px of the picture for one of odds */
} Found;

static void
found_clear (Found *found)
{
  trip_band_free (found->band);
  g_free (found->belief);
  trip_image_free (found->odds);
  trip_image_free (found->holes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static gboolean
search_band (TripSearch *search, TripImage *trimap, Found *found, const TripRun *run, GError **error)
{
  mark_band (search, trimap);
  g_clear_pointer (&found->band, trip_band_free);
  g_clear_pointer (&found->belief, g_free);
  search->band = found->band = trip_band_new (trimap, error);
  if (! found->band)
    return FALSE;
  found->belief = g_try_new (float, (gsize) found->band->n + 1);
  if (! found->belief)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u uncertain pixels", found->band->n);
      return FALSE;
    }
  for (guint32 i = 0; i < found->band->n; i++)
    found->belief[i] = 0.5f;
  return trip_search (search, found->belief, &found->result, found->odds, found->step, run, error);
}

/* Makes the core of each part of the selection at least inside deep. */
static gboolean
keep_cores (TripImage *distance, float inside, GError **error)
{
  const TripRect all = { 0, 0, distance->width, distance->height };
  const gsize n_pixels = (gsize) distance->width * distance->height;
  const float least = MIN (trip_highest (distance), SPECK);
  g_autoptr (TripImage) left = trip_part (distance, &all, 1, error);
  g_autofree guint32 *part = left ? g_try_new (guint32, n_pixels) : NULL;

  if (! left)
    return FALSE;
  if (! part)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %zu pixels", n_pixels);
      return FALSE;
    }
  for (gsize i = 0; i < n_pixels; i++)
    {
      float depth = 0;
      gsize n;

      if (left->data[i] <= 0)
        continue;
      n = trip_component_take (left, 0, i, part);
      for (gsize j = 0; j < n; j++)
        depth = MAX (depth, distance->data[part[j]]);
      for (gsize j = 0; j < n && depth >= least; j++)
        if (distance->data[part[j]] >= CORE * depth)
          distance->data[part[j]] = MAX (distance->data[part[j]], inside);
    }
  return TRUE;
}

/* Makes a search look inside deep: at the cores of the selection's parts it ends there. */
static gboolean
look_inside (TripSearch *search, float inside, gboolean fixed, TripImage *distance, GError **error)
{
  search->inside = inside;
  search->blur = MAX ((search->outside + inside) / 7, 0.5f);
  return fixed || keep_cores (distance, inside, error);
}

/* Searches the band, a deeper one if the outline was drawn loosely, then with the holes that show in the object, then a
 * deeper one while one sees through it, and marks what was found. */
static gboolean
find_out (TripSearch *search, gboolean fixed, float unit, TripImage *distance, TripImage *trimap, const TripRun *run,
          GError **error)
{
  const int step = roundf (ODDS_STEP * unit);
  const TripRun marking = trip_run_part (run, 0.95, 1);
  g_auto (Found) found = { .step = step };
  int n_deeper = 0;

  found.odds = trip_image_new (trip_divide_up (trimap->width, step), trip_divide_up (trimap->height, step), 1, error);
  for (int pass = 0; found.odds; pass++)
    {
      const TripRun part = trip_run_part (run, 0.95 * pass / N_PASSES, 0.95 * (pass + 1) / N_PASSES);

      if (! search_band (search, trimap, &found, &part, error))
        return FALSE;
      if (pass == 0 && ! fixed && search->middle > 0 && found.result.rise < LOOSE)
        {
          if (! look_inside (search, DEEPER * search->inside, fixed, distance, error))
            return FALSE;
          continue;
        }
      if (! fixed && ! search->holes
          && ! trip_holes (found.odds, step, trimap->width, trimap->height, &found.holes, error))
        return FALSE;
      if (found.holes && ! search->holes)
        search->holes = found.holes;
      else if (! fixed && found.result.solid < SOLID && n_deeper++ < N_DEEPER)
        search->inside *= DEEPER;
      else
        return mark_belief (found.band, found.belief, fixed, unit, trimap, &marking, error);
    }
  return FALSE;
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
  if (! look_inside (&search, search.inside, edge > 0, distance, error)
      || ! find_out (&search, edge > 0, unit, distance, trimap, &rest, error))
    return NULL;
  return paste (trimap, &rect, picture->width, picture->height, error);
}
