#include "matting.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "component.h"
#include "distance.h"
#include "holes.h"
#include "outline.h"
#include "search.h"

/* px in a picture of UNIT x UNIT px. The picture is looked at anew where the network sees the outline, AROUND px and
 * AROUND_SEEN of the pixels that it sees on either side, and where it is UNSURE. */
#define UNIT 665
#define AROUND 6
#define AROUND_SEEN 1.5f
#define UNSURE 0.1f
#define RING 40
/* A part of the selection is LIKELY as selected that is less deep than LEAST_SEEN of the pixels that the network sees,
 * or in whose core it sees nothing; all are, where those pixels are smaller than LEAST_SIZE px of the picture. */
#define LEAST_SEEN 5
#define LEAST_SIZE 0.2f
#define LIKELY 0.75f
/* A selection whose outline runs where the picture changes is meant to be exact: it is looked at anew from
 * EXACT_OUTSIDE it to EXACT_INSIDE. */
#define EXACT_OUTSIDE 3
#define EXACT_INSIDE 4
#define EXACT 1.6 /* times the change around it */
/* In each part of the selection what is deeper than CORE of its depth is certain, however small the part is, unless one
 * sees through the object. Specks, less deep than SPECK px, are no parts where there are others. */
#define CORE 0.5f
#define SPECK 2

/* Where less of what lies deeper than the band looks like the object, one sees through it: it is searched deeper. */
#define SOLID 0.98f
#define DEEPER 2 /* times as deep */
#define N_DEEPER 3
#define N_PASSES (N_DEEPER + 2)
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
      const float *likely = search->outline ? trip_image_row (search->outline, y) : NULL;
      float *t = trip_image_row (trimap, y);

      for (int x = 0; x < trimap->width; x++)
        if ((hole && hole[x] > 0) || (likely && fabsf (likely[x] - 0.5f) < 0.5f - UNSURE))
          t[x] = 0.5f;
        else if (likely && likely[x] >= 1)
          t[x] = 1;
        else
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

/* What a search has found. */
typedef struct
{
  TripBand *band;
  float *belief, solid;
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
  return trip_search (search, found->belief, &found->solid, found->odds, found->step, run, error);
}

/* A part of what is selected: n pixels, as y width + x, and how deep in it the deepest lies. */
typedef void (*TakePart) (const guint32 *pixels, gsize n, float depth, gpointer data);

/* Calls take for each of the parts that distance, which take may change, tells. */
static gboolean
take_parts (const TripImage *distance, TakePart take, gpointer data, GError **error)
{
  const TripRect all = { 0, 0, distance->width, distance->height };
  const gsize n_pixels = (gsize) distance->width * distance->height;
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
      take (part, n, depth, data);
    }
  return TRUE;
}

typedef struct
{
  TripImage *distance;
  float least, inside;
} Cores;

/* Makes the core of a part at least inside deep. */
static void
keep_core (const guint32 *pixels, gsize n, float depth, gpointer data)
{
  const Cores *self = data;
  float *distance = self->distance->data;

  for (gsize i = 0; i < n && depth >= self->least; i++)
    if (distance[pixels[i]] >= CORE * depth)
      distance[pixels[i]] = MAX (distance[pixels[i]], self->inside);
}

/* Makes a search look inside deep: at the cores of the selection's parts it ends there. */
static gboolean
look_inside (TripSearch *search, float inside, gboolean fixed, TripImage *distance, GError **error)
{
  Cores cores = { distance, MIN (trip_highest (distance), SPECK), inside };

  search->inside = inside;
  search->blur = MAX ((search->outside + inside) / 7, 0.5f);
  return fixed || take_parts (distance, keep_core, &cores, error);
}

/* Searches the band, then with the holes that show in the object, then a deeper one while one sees through it, and
 * marks what was found. */
static gboolean
find_out (TripSearch *search, gboolean fixed, float unit, TripImage *trimap, const TripRun *run, GError **error)
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
      if (! fixed && ! search->holes
          && ! trip_holes (found.odds, step, trimap->width, trimap->height, &found.holes, error))
        return FALSE;
      if (found.holes && ! search->holes)
        search->holes = found.holes;
      else if (! fixed && found.solid < SOLID && n_deeper++ < N_DEEPER)
        search->inside *= DEEPER; /* cores as well: one sees through them */
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

typedef struct
{
  TripImage *outline;
  const TripImage *distance;
  float speck, least; /* px: how deep a part is at least, and how deep for the network to see it */
} Unseen;

/* Makes a part likely, and its core certain, that the network cannot see or in whose core it sees nothing. */
static void
keep_unseen (const guint32 *pixels, gsize n, float depth, gpointer data)
{
  const Unseen *self = data;
  const float *distance = self->distance->data;
  float *outline = self->outline->data, most = 0;

  for (gsize i = 0; i < n; i++)
    most = MAX (most, distance[pixels[i]] >= CORE * depth ? outline[pixels[i]] : 0);
  for (gsize i = 0; i < n && depth >= self->speck && (depth < self->least || most < 0.5f); i++)
    outline[pixels[i]] = MAX (outline[pixels[i]], distance[pixels[i]] >= CORE * depth ? 1 : LIKELY);
}

/* How likely each pixel is the object: as the network sees it, or as selected, distance px deep. selected becomes 1
 * from level on, else 0. */
static TripImage *
find_outline (const TripImage *colours, TripImage *selected, float level, const TripImage *distance, float *size,
              const TripRun *run, GError **error)
{
  g_autoptr (TripImage) outline = NULL;
  Unseen unseen;

  for (int y = 0; y < selected->height; y++)
    for (int x = 0; x < selected->width; x++)
      trip_image_row (selected, y)[x] = trip_image_row (selected, y)[x] >= level;
  outline = trip_outline (colours, selected, size, run, error);
  if (! outline)
    return NULL;
  unseen = (Unseen) { outline, distance, MIN (trip_highest (distance), SPECK),
                      *size < LEAST_SIZE ? INFINITY : LEAST_SEEN * *size };
  return take_parts (distance, keep_unseen, &unseen, error) ? g_steal_pointer (&outline) : NULL;
}

/* The colours of a part, within 0..1: a highlight far beyond would outweigh all other differences. */
static TripImage *
take_colours (const TripImage *picture, const TripRect *rect, GError **error)
{
  TripImage *colours = trip_part (picture, rect, 3, error);

  for (int y = 0; colours && y < colours->height; y++)
    for (float *value = trip_image_row (colours, y), *end = value + 3 * (gsize) colours->width; value < end; value++)
      *value = CLAMP (*value, 0, 1);
  return colours;
}

/* What trip_trimap () works on: the part of the picture around the selection. */
typedef struct
{
  TripImage *colours, *selected, *distance, *outline, *trimap;
} Held;

static void
held_clear (Held *held)
{
  trip_image_free (held->colours);
  trip_image_free (held->selected);
  trip_image_free (held->distance);
  trip_image_free (held->outline);
  trip_image_free (held->trimap);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Held, held_clear)

/* Where the outline is to be searched: near that of the selection if the user gives a width, or if it runs where the
 * picture changes or is none, else near the one that the network sees. */
static gboolean
find_band (Held *held, float level, double edge, float unit, TripSearch *search, const TripRun *run, GError **error)
{
  const TripRun seeing = trip_run_part (run, 0, 0.8), measuring = trip_run_part (run, 0.8, 1);
  const gboolean has_outline = trip_bounds (held->distance, -INFINITY, 0, 0, &(TripRect) { 0 });
  float size;

  search->outside = search->inside = edge / 2;
  if (edge <= 0 && (! has_outline || exactness (held->colours, held->distance, unit) > EXACT))
    {
      search->outside = EXACT_OUTSIDE * unit;
      search->inside = EXACT_INSIDE * unit;
    }
  else if (edge <= 0)
    {
      held->outline = find_outline (held->colours, held->selected, level, held->distance, &size, &seeing, error);
      if (! held->outline)
        return FALSE;
      g_clear_pointer (&held->distance, trip_image_free);
      held->distance = trip_distance (held->outline, 0.5f, &measuring, error);
      search->outside = search->inside = AROUND * unit + AROUND_SEEN * size;
    }
  g_clear_pointer (&held->selected, trip_image_free);
  search->distance = held->distance;
  search->outline = held->outline;
  return held->distance && look_inside (search, search->inside, edge > 0, held->distance, error);
}

TripImage *
trip_trimap (const TripImage *picture, const TripImage *selection, double edge, const TripRun *run, GError **error)
{
  const float unit = CLAMP (sqrt ((double) picture->width * picture->height) / UNIT, 1, 4);
  const float level = trip_highest (selection) / 2;
  const TripRun measuring = trip_run_part (run, 0, 0.05), looking = trip_run_part (run, 0.05, 0.2);
  const TripRun searching = trip_run_part (run, 0.2, 1);
  TripSearch search = { .ring = RING * unit };
  g_auto (Held) held = { NULL };
  TripRect rect;
  float margin;

  if (! trip_bounds (selection, 0, INFINITY, 0, &rect))
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing is selected");
      return NULL;
    }
  margin = edge > 0 ? edge / 2 : TRIP_OUTLINE_MARGIN * MAX (rect.width, rect.height) + AROUND * unit;
  rect = trip_rect_grown (&rect, ceilf (margin + search.ring) + 1, picture->width, picture->height);
  if (! (held.selected = trip_part (selection, &rect, 1, error))
      || ! (held.distance = trip_distance (held.selected, level, &measuring, error))
      || ! (held.colours = take_colours (picture, &rect, error))
      || ! (held.trimap = trip_image_new (rect.width, rect.height, 1, error)))
    return NULL;
  search.colours = held.colours;
  if (! find_band (&held, level, edge, unit, &search, &looking, error)
      || ! find_out (&search, edge > 0, unit, held.trimap, &searching, error))
    return NULL;
  return paste (held.trimap, &rect, picture->width, picture->height, error);
}
