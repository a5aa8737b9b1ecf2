#include "mirror.h"

#include "band.h"
#include "mirror-view.h"

#include <math.h>
#include <stdlib.h>

#define RIM 3                  /* px around the box that may be covered, too */
#define AXES_APART (1 / 32.0f) /* heights, of mirrors to begin with */
#define STARTS 10              /* so many of them are looked at closer, */
#define APART 0.12f            /* which differ by so much, */
#define KEPT 4                 /* and so many closer still */
#define HALVINGS 3             /* of how far a mirror is moved, */
#define GAIN 1.001f            /* for so much more that is explained */

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

typedef struct
{
  const TripMirrorView *view;
  int side;
  GCancellable *cancellable;
  Found *found; /* one for each tile */
} Searching;

/* Moves a mirror until none beside it explains more. */
static gboolean
climb (gsize tile, int worker, gpointer data, GError **error)
{
  const Searching *self = data;
  Found *found = self->found + tile;
  float share = 1.0f / self->side;

  found->score = trip_mirror_view_score (self->view, &found->mirror, worker);
  for (int halving = 0; halving < HALVINGS;)
    {
      Found best = *found;

      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      for (int i = 0; i < N_MOVES; i++)
        {
          const TripMirror moved = move (&found->mirror, MOVES + i / 2, i % 2 ? -share : share);
          const float score = trip_mirror_view_score (self->view, &moved, worker);

          if (score > best.score)
            best = (Found) { moved, score };
        }
      if (best.score > found->score * GAIN)
        *found = best;
      else
        {
          share /= 2;
          halving++;
        }
    }
  return TRUE;
}

static gboolean
score (gsize tile, int worker, gpointer data, GError **error)
{
  const Searching *self = data;

  self->found[tile].score = trip_mirror_view_score (self->view, &self->found[tile].mirror, worker);
  return TRUE;
}

/* Mirrors to begin with; an array that the caller frees. */
static Found *
coarse_mirrors (const TripRect *box, gsize *n)
{
  static const float talls[] = { 0.8f, 0.9f, 1, 1.1f }, acrosses[] = { -0.1f, -0.05f, 0, 0.05f, 0.1f };
  static const float wides[] = { 0.92f, 1, 1.08f }, leans[] = { -0.12f, 0, 0.12f };
  const gsize n_leans = G_N_ELEMENTS (leans), n_wides = n_leans * G_N_ELEMENTS (wides);
  const gsize n_acrosses = n_wides * G_N_ELEMENTS (acrosses), n_talls = n_acrosses * G_N_ELEMENTS (talls);
  const float deepest = -MIN (0.5f, 0.5f * box->width / box->height), highest = 0.1f;
  Found *found;

  *n = ceilf ((highest - deepest) / AXES_APART) * n_talls;
  found = g_new (Found, *n);
  for (gsize i = 0; i < *n; i++)
    found[i].mirror = (TripMirror) { deepest + i / n_talls * AXES_APART, talls[i % n_talls / n_acrosses],
                                     acrosses[i % n_acrosses / n_wides], wides[i % n_wides / n_leans],
                                     leans[i % n_leans] };
  return found;
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
choose_starts (const Found *coarse, gsize n, Found starts[STARTS])
{
  int n_starts = 0;

  while (n_starts < STARTS)
    {
      const Found *best = NULL;

      for (gsize i = 0; i < n; i++)
        if ((! best || coarse[i].score > best->score) && is_apart (&coarse[i].mirror, starts, n_starts))
          best = coarse + i;
      if (! best)
        break;
      starts[n_starts++] = *best;
    }
  return n_starts;
}

static gboolean
find_starts (const TripMirrorView *view, const TripRect *box, Found starts[STARTS], int *n_starts,
             const TripRun *run, GError **error)
{
  gsize n;
  g_autofree Found *coarse = coarse_mirrors (box, &n);
  Searching searching = { view, .found = coarse };

  if (! trip_run_tiles (run, n, score, &searching, error))
    return FALSE;
  *n_starts = choose_starts (coarse, n, starts);
  return TRUE;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *one = a, *other = b;

  return (one->score < other->score) - (one->score > other->score);
}

/* Looks closer, at an object whose longer side is side px, at those that were found, or for them first. */
static gboolean
look_closer (const TripImage *picture, const TripImage *alpha, const TripRect *box, int side, Found found[STARTS],
             int *n_found, const TripRun *run, GError **error)
{
  const TripRun reading = trip_run_part (run, 0, 0.1), starting = trip_run_part (run, 0.1, 0.7);
  const TripRun climbing = trip_run_part (run, 0.7, 1);
  TripMirrorView view;
  Searching searching = { &view, side, run->cancellable, found };
  const gboolean done = trip_mirror_view_init (&view, picture, alpha, box, side, &reading, error)
                        && (*n_found > 0 || find_starts (&view, box, found, n_found, &starting, error))
                        && trip_run_tiles (&climbing, *n_found, climb, &searching, error);

  trip_mirror_view_clear (&view);
  return done;
}

gboolean
trip_mirror_find (const TripImage *picture, const TripImage *alpha, TripMirror *mirror, const TripRun *run,
                  GError **error)
{
  const int n_sides = G_N_ELEMENTS (SIDES);
  Found found[STARTS];
  int n_found = 0;
  TripRect box;

  *mirror = (TripMirror) { 0, 1, 0, 1, 0 };
  if (! trip_bounds (alpha, 0.5f, INFINITY, 0, &box))
    return TRUE;
  for (int i = 0; i < n_sides; i++)
    {
      TripRun part = trip_run_part (run, (double) i / n_sides, (i + 1.0) / n_sides);

      part.n_threads = trip_run_threads (run); /* the same for all that a view is used for */
      if (! look_closer (picture, alpha, &box, SIDES[i], found, &n_found, &part, error))
        return FALSE;
      qsort (found, n_found, sizeof (Found), compare_found);
      n_found = MIN (n_found, KEPT);
    }
  *mirror = found[0].mirror;
  return TRUE;
}
