#include "mirror.h"

#include "band.h"
#include "mirror-view.h"

#include <math.h>
#include <stdlib.h>

#define RIM 3               /* px around the box that may be covered, too */
#define AXES_APART (1 / 32.0f) /* of mirrors to begin with, of which */
#define STARTS 10           /* mirrors that are looked at closer, */
#define APART 0.12f         /* which differ by so much, */
#define KEPT 4              /* and those that are looked at closer still */
#define HALVINGS 3
#define GAIN 1.001f         /* of what is explained, for which a mirror is moved */

static const int SIDES[] = { 48, TRIP_MIRROR_SIDE }; /* px, of the object's longer side, one after the other */
static const TripMirror LEAST = { -0.6f, 0.7f, -0.15f, 0.85f, -0.35f }, MOST = { 0.15f, 1.2f, 0.15f, 1.15f, 0.35f };
/* By how many px of the object's longer side a mirror is moved, in both directions: by each number alone, by its axis
 * as its end stays, and by its lean as its middle stays. */
static const TripMirror MOVES[] = {
  { 1.2f, 0, 0, 0, 0 },     { 0, 1.2f, 0, 0, 0 }, { 0, 0, 1.2f, 0, 0 },    { 0, 0, 0, 1.2f, 0 },
  { 1.2f, -1.2f, 0, 0, 0 }, { 0, 0, 0, 0, 1.8f }, { 0, 0, 0.9f, 0, 1.8f },
};
#define N_MOVES (2 * (int) G_N_ELEMENTS (MOVES))

gboolean
trip_mirror_row (const TripMirror *mirror, const TripMirrorBox *box, int y, TripMirrorRow *row)
{
  const float width = box->right - box->left, height = box->bottom - box->top;
  const float middle = 0.5f * (box->left + box->right), axis = box->bottom + mirror->axis * height;
  const float below = y + 0.5f - axis;

  if (below < 0)
    return FALSE;
  row->step = 1 / mirror->wide;
  row->source_y = axis - below / mirror->tall;
  row->source_x = middle + (0.5f - middle - mirror->across * width) * row->step + mirror->lean * width * below / height;
  return TRUE;
}

TripRect
trip_mirror_reach (const TripMirror *mirror, const TripMirrorBox *box, int width, int height)
{
  const float own_width = box->right - box->left, own_height = box->bottom - box->top;
  const float middle = 0.5f * (box->left + box->right) + mirror->across * own_width;
  const float half = 0.5f * own_width * mirror->wide + RIM;
  const float lean = mirror->lean * own_width * mirror->tall * mirror->wide;
  const float axis = box->bottom + mirror->axis * own_height;
  const int x = CLAMP ((int) floorf (middle - half - MAX (lean, 0)), 0, width);
  const int y = CLAMP ((int) floorf (axis) - 1, 0, height);
  const int right = CLAMP ((int) ceilf (middle + half - MIN (lean, 0)), x, width);
  const int bottom = CLAMP ((int) ceilf (axis + own_height * mirror->tall) + RIM, y, height);

  return (TripRect) { x, y, right - x, bottom - y };
}

float
trip_mirror_sample (const float *plane, int width, int height, gsize stride, float x, float y)
{
  const int left = floorf (x - 0.5f), top = floorf (y - 0.5f);
  const float across = x - 0.5f - left, down = y - 0.5f - top;
  float sum = 0;

  for (int i = 0; i < 4; i++)
    {
      const int column = left + i % 2, row = top + i / 2;

      if (column >= 0 && row >= 0 && column < width && row < height)
        sum += (i % 2 ? across : 1 - across) * (i / 2 ? down : 1 - down) * plane[row * stride + column];
    }
  return sum;
}

typedef struct
{
  TripMirror mirror;
  float score;
} Found;

/* The mirror moved by so much of a move, within limits. */
static TripMirror
move (const TripMirror *mirror, const TripMirror *by, float share)
{
  return (TripMirror) {
    CLAMP (mirror->axis + share * by->axis, LEAST.axis, MOST.axis),
    CLAMP (mirror->tall + share * by->tall, LEAST.tall, MOST.tall),
    CLAMP (mirror->across + share * by->across, LEAST.across, MOST.across),
    CLAMP (mirror->wide + share * by->wide, LEAST.wide, MOST.wide),
    CLAMP (mirror->lean + share * by->lean, LEAST.lean, MOST.lean),
  };
}

/* Moves a mirror until none beside it explains more. */
static gboolean
climb (const TripMirrorView *view, int side, Found *found, const TripRun *run, GError **error)
{
  float share = 1.0f / side;

  if (! trip_mirror_view_score (view, &found->mirror, 1, &found->score, run, error))
    return FALSE;
  for (int halving = 0; halving < HALVINGS;)
    {
      TripMirror moved[N_MOVES];
      float scores[N_MOVES];
      int best = 0;

      for (int i = 0; i < N_MOVES; i++)
        moved[i] = move (&found->mirror, MOVES + i / 2, i % 2 ? -share : share);
      if (! trip_mirror_view_score (view, moved, N_MOVES, scores, run, error))
        return FALSE;
      for (int i = 1; i < N_MOVES; i++)
        if (scores[i] > scores[best])
          best = i;
      if (scores[best] > found->score * GAIN)
        *found = (Found) { moved[best], scores[best] };
      else
        {
          share /= 2;
          halving++;
        }
    }
  return TRUE;
}

/* Mirrors to begin with; an array that the caller frees. */
static TripMirror *
coarse_mirrors (const TripRect *box, gsize *n)
{
  static const float talls[] = { 0.8f, 0.9f, 1, 1.1f }, acrosses[] = { -0.1f, -0.05f, 0, 0.05f, 0.1f };
  static const float wides[] = { 0.92f, 1, 1.08f }, leans[] = { -0.12f, 0, 0.12f };
  const float deepest = -MIN (0.5f, 0.5f * box->width / box->height), highest = 0.1f;
  const int n_axes = ceilf ((highest - deepest) / AXES_APART);
  TripMirror *mirrors = g_new (TripMirror, n_axes * G_N_ELEMENTS (talls) * G_N_ELEMENTS (acrosses)
                                             * G_N_ELEMENTS (wides) * G_N_ELEMENTS (leans));

  *n = 0;
  for (int i = 0; i < n_axes; i++)
    for (guint t = 0; t < G_N_ELEMENTS (talls); t++)
      for (guint a = 0; a < G_N_ELEMENTS (acrosses); a++)
        for (guint w = 0; w < G_N_ELEMENTS (wides); w++)
          for (guint l = 0; l < G_N_ELEMENTS (leans); l++)
            mirrors[(*n)++]
              = (TripMirror) { deepest + i * AXES_APART, talls[t], acrosses[a], wides[w], leans[l] };
  return mirrors;
}

static gboolean
is_apart (const TripMirror *mirror, const Found *others, int n)
{
  for (int i = 0; i < n; i++)
    if (fabsf (mirror->axis - others[i].mirror.axis) + fabsf (mirror->tall - others[i].mirror.tall)
          + fabsf (mirror->across - others[i].mirror.across) <= APART)
      return FALSE;
  return TRUE;
}

/* The best of all coarse mirrors that are apart from each other; returns how many, 1 to STARTS. */
static int
choose_starts (const TripMirror *mirrors, const float *scores, gsize n, Found starts[STARTS])
{
  int n_starts = 0;

  while (n_starts < STARTS)
    {
      gsize best = n;

      for (gsize i = 0; i < n; i++)
        if ((best == n || scores[i] > scores[best]) && is_apart (mirrors + i, starts, n_starts))
          best = i;
      if (best == n)
        break;
      starts[n_starts++] = (Found) { mirrors[best], scores[best] };
    }
  return n_starts;
}

static gboolean
find_starts (const TripMirrorView *view, const TripRect *box, Found starts[STARTS], int *n_starts,
             const TripRun *run, GError **error)
{
  gsize n;
  g_autofree TripMirror *mirrors = coarse_mirrors (box, &n);
  g_autofree float *scores = g_new (float, n);

  if (! trip_mirror_view_score (view, mirrors, n, scores, run, error))
    return FALSE;
  *n_starts = choose_starts (mirrors, scores, n, starts);
  return TRUE;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *one = a, *other = b;

  return (one->score < other->score) - (one->score > other->score);
}

gboolean
trip_mirror_find (const TripImage *picture, const TripImage *alpha, TripMirror *mirror, const TripRun *run,
                  GError **error)
{
  const int n_sides = G_N_ELEMENTS (SIDES);
  Found found[STARTS];
  int n_found = 0;
  gboolean done = TRUE;
  TripRect box;

  *mirror = (TripMirror) { 0, 1, 0, 1, 0 };
  if (! trip_bounds (alpha, 0.5f, INFINITY, 0, &box))
    return TRUE;
  for (int i = 0; done && i < n_sides; i++)
    {
      const TripRun part = trip_run_part (run, (double) i / n_sides, (i + 1.0) / n_sides);
      const TripRun quiet = { run->cancellable, .n_threads = run->n_threads, .to = 1 };
      TripMirrorView view;

      done = trip_mirror_view_init (&view, picture, alpha, &box, SIDES[i], &part, error)
             && (i > 0 || find_starts (&view, &box, found, &n_found, &quiet, error));
      for (int k = 0; done && k < n_found; k++)
        done = climb (&view, SIDES[i], found + k, &quiet, error);
      trip_mirror_view_clear (&view);
      qsort (found, n_found, sizeof (Found), compare_found);
      n_found = MIN (n_found, KEPT);
    }
  if (done)
    *mirror = found[0].mirror;
  return done;
}
