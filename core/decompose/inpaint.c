#include "inpaint.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "band.h"
#include "blend.h"
#include "guide.h"
#include "lean.h"
#include "patchmatch.h"
#include "spread.h"

#define MIN_MARGIN 128                   /* px around the hole that are searched at least */
#define MAX_LEVELS 12                    /* sizes, each half of the one before */
#define MAX_DEPTH 5                      /* px: how deep a hole may be at the smallest */
#define MIN_SOURCES 60                   /* that a size needs to be of use */
#define MIN_LENGTH (4 * TRIP_PATCH_SIZE) /* px: a shorter side is not halved */
#define SMOOTHING 32                     /* rounds, where there is nothing to copy */
#define MAX_TRIES (1 << 22)              /* patches times pixels, up to which all are compared with all */
#define MAX_ROUNDS 12                    /* of searching and voting at the smallest size, */
#define FEWER_ROUNDS 3                   /* so many fewer at each next one, */
#define MIN_ROUNDS 3                     /* but never fewer than these */
#define MAX_BIAS 64                      /* of TRIP_LEVEL_ONE */

typedef struct
{
  TripImage *picture;
  const TripImage *hole;
  TripRect bounds, window; /* of the hole, and of what is looked at */
  guint32 seed;
  TripLevel *levels[MAX_LEVELS]; /* the first is the window itself */
  int n_levels;
  TripGuess guess; /* what is expected of level guess_at */
  int guess_at;
} Filler;

static void
filler_clear (Filler *filler)
{
  for (int i = 0; i < filler->n_levels; i++)
    trip_level_free (filler->levels[i]);
  trip_guess_clear (&filler->guess);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Filler, filler_clear)

/* Widens a span by as much as it is long, at least by MIN_MARGIN, within 0 .. size. */
static void
widen (int *start, int *length, int size)
{
  const int margin = MAX (*length, MIN_MARGIN);
  const int end = MIN (*start + *length + margin, size);

  *start = MAX (*start - margin, 0);
  *length = end - *start;
}

static TripLevel *
first_level (const Filler *filler, GError **error)
{
  const TripRect *window = &filler->window;
  const int n = filler->picture->n_channels;
  TripLevel *level = trip_level_new (window->width, window->height, error);

  for (int y = 0; level && y < window->height; y++)
    {
      const float *pixel = trip_image_row (filler->picture, window->y + y) + window->x * n;
      const float *hole = trip_image_row (filler->hole, window->y + y) + window->x;

      for (int x = 0; x < window->width; x++)
        {
          const gsize at = trip_level_at (level, x, y);

          for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
            level->pixels[at * TRIP_LEVEL_STRIDE + c]
              = c < n ? lrintf (CLAMP (pixel[x * n + c], 0, 1) * TRIP_LEVEL_ONE) : 0;
          level->kinds[at] = hole[x] > 0 ? TRIP_PIXEL_HOLE : 0;
        }
    }
  return level;
}

/* As many sizes as it takes to make the hole small, or until there is hardly anything left to copy from. */
static gboolean
build_levels (Filler *filler, const TripRun *run, GError **error)
{
  TripLevel *level = first_level (filler, error);

  while (level)
    {
      const gboolean is_first = filler->n_levels == 0;

      filler->levels[filler->n_levels++] = level;
      if (! trip_level_prepare (level, run, error))
        return FALSE;
      if (! is_first && level->n_sources < MIN_SOURCES)
        {
          trip_level_free (level);
          filler->n_levels--;
          return TRUE;
        }
      if (level->n_sources == 0 || level->max_depth <= MAX_DEPTH || filler->n_levels == MAX_LEVELS
          || MIN (level->width, level->height) < MIN_LENGTH)
        return TRUE;
      level = trip_level_reduce (level, run, error);
    }
  return FALSE;
}

/* The next of n equal parts of a run. */
static TripRun
next_part (const TripRun *run, int *i, int n)
{
  TripRun part = trip_run_part (run, (double) *i / n, (*i + 1.0) / n);

  ++*i;
  return part;
}

/* A search of the level and, unless its result goes to the picture itself, the vote. */
static gboolean
search_and_vote (TripLevel *level, const TripMatchSearch *search, gboolean tries_all, gboolean votes,
                 const TripRun *run, GError **error)
{
  TripRun part = trip_run_part (run, 0, 0.9);

  if (! (tries_all ? trip_match_all (level, search, &part, error) : trip_match_pass (level, search, &part, error)))
    return FALSE;
  part = trip_run_part (run, 0.9, 1);
  return ! votes || trip_vote (level, &part, error);
}

/* small: the level of half the size, or NULL; n_below: how many there are. */
static gboolean
fill_level (TripLevel *level, const TripLevel *small, int n_below, guint32 seed, gboolean is_last, const TripRun *run,
            GError **error)
{
  const int n_rounds = MAX (MAX_ROUNDS - FEWER_ROUNDS * n_below, MIN_ROUNDS), n_parts = 2 * n_rounds + 3;
  const double n_tries = (double) level->box.width * level->box.height * level->width * level->height;
  TripMatchSearch search = { .seed = seed, .max_bias = MAX_BIAS };
  int i_part = 0;
  TripRun part = next_part (run, &i_part, n_parts);

  if (small && ! trip_level_enlarge (level, small, &part, error))
    return FALSE;
  part = next_part (run, &i_part, n_parts);
  if (! trip_match_start (level, small, seed, &part, error))
    return FALSE;
  part = next_part (run, &i_part, n_parts);
  /* what is enlarged has no detail: it may set each likeness's bias, but not choose it */
  if (small && ! search_and_vote (level, &search, FALSE, TRUE, &part, error))
    return FALSE;
  for (int round = 0; round < n_rounds; round++)
    for (search.step = 2; search.step > 0; search.step--)
      {
        const gboolean tries_all = ! small && n_tries < MAX_TRIES && round % 4 == 0 && search.step == 2;

        search.seed++;
        search.reach = MAX (level->width, level->height) >> (small ? MIN (round, 8) : 0);
        part = next_part (run, &i_part, n_parts);
        if (! search_and_vote (level, &search, tries_all, search.step == 1 && (! is_last || round + 1 < n_rounds),
                               &part, error))
          return FALSE;
      }
  return TRUE;
}

/* Fills the smallest level, and then each from the one of half its size. */
static gboolean
fill_levels (Filler *filler, const TripRun *run, GError **error)
{
  const int n = filler->n_levels;
  const TripRun guided = trip_run_part (run, 0, 0);
  double from = 0;

  if (! trip_guide (filler->levels, n, filler->picture->n_channels, &filler->guess, &filler->guess_at, &guided, error))
    return FALSE;
  for (int i = n - 1; i >= 0; i--)
    {
      const double to = pow (4, -i); /* most of the work is in the largest */
      const TripRun part = trip_run_part (run, from, to);

      if (! fill_level (filler->levels[i], i + 1 < n ? filler->levels[i + 1] : NULL, n - 1 - i,
                        filler->seed + 1000u * (guint32) i, i == 0, &part, error))
        return FALSE;
      from = to;
      if (i + 1 < n)
        trip_level_free (filler->levels[i + 1]);
      filler->n_levels = i + 1;
    }
  return TRUE;
}

/* All of the picture's pixels count. */
static void
fill_with_mean (const TripImage *picture, TripImage *out)
{
  const int n = picture->n_channels;
  const double n_pixels = (double) picture->width * picture->height;
  double sums[4] = { 0 };

  for (int y = 0; y < picture->height; y++)
    for (int i = 0; i < picture->width * n; i++)
      sums[i % n] += trip_image_row (picture, y)[i];
  for (int y = 0; y < out->height; y++)
    for (int i = 0; i < out->width * n; i++)
      trip_image_row (out, y)[i] = sums[i % n] / n_pixels;
}

/* Where there is nothing to copy: the colours of the hole's border. out is the window. */
static gboolean
fill_smoothly (Filler *filler, TripImage *out, const TripRun *run, GError **error)
{
  const TripRect *window = &filler->window;
  const gsize n = (gsize) window->width * window->height, row = (gsize) window->width * out->n_channels;
  const guint8 *kinds = filler->levels[0]->kinds;
  g_autofree guint8 *known = g_try_malloc (n);
  gsize n_known = 0;

  if (! known)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to fill smoothly");
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      known[i] = ! (kinds[i] & TRIP_PIXEL_HOLE);
      n_known += known[i];
    }
  if (n_known == 0)
    {
      fill_with_mean (filler->picture, out);
      return TRUE;
    }
  for (int y = 0; y < window->height; y++)
    memcpy (trip_image_row (out, y),
            trip_image_row (filler->picture, window->y + y) + window->x * out->n_channels, row * sizeof (float));
  return trip_spread (out, known, SMOOTHING, run, error);
}

/* Puts the hole's pixels of out, which is the rectangle at, into the picture. */
static void
paste (const Filler *filler, const TripImage *out, const TripRect *at)
{
  const int n = out->n_channels;

  for (int y = 0; y < at->height; y++)
    {
      const float *hole = trip_image_row (filler->hole, at->y + y) + at->x;
      float *to = trip_image_row (filler->picture, at->y + y) + at->x * n;

      for (int x = 0; x < at->width; x++)
        if (hole[x] > 0)
          memcpy (to + x * n, trip_image_row (out, y) + x * n, n * sizeof (float));
    }
}

/* Fills out, which covers the hole's bounds. */
static gboolean
fill_with_likenesses (Filler *filler, TripImage *out, const TripRun *run, GError **error)
{
  const TripRect *at = &filler->bounds;
  const TripRun filled = trip_run_part (run, 0, 0.9), composed = trip_run_part (run, 0.9, 0.92);
  const TripRun blended = trip_run_part (run, 0.92, 0.99), leaned = trip_run_part (run, 0.99, 1);
  TripLevel *level = filler->levels[0];
  g_autoptr (TripImage) shares = NULL;
  g_autofree guint32 *from = NULL;
  g_autofree guint8 *turns = NULL;
  TripComposition composition = { .level = level, .picture = filler->picture, .at = *at, .out = out,
                                  .x = filler->window.x, .y = filler->window.y };

  if (! fill_levels (filler, &filled, error))
    return FALSE;
  g_clear_pointer (&level->next, g_free); /* blending needs the memory */
  composition.from = from = g_try_malloc_n ((gsize) at->width * at->height, sizeof (guint32));
  composition.turns = turns = g_try_malloc_n (at->width, at->height);
  if (! from || ! turns)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to put the filling together");
      return FALSE;
    }
  if (! trip_vote_compose (&composition, &composed, error))
    return FALSE;
  if (! (shares = trip_lean_shares (level, &filler->guess, filler->guess_at, error)))
    return FALSE;
  g_clear_pointer (&level->matches, g_free);
  return trip_blend (&composition, &blended, error)
         && trip_lean (&composition, &filler->guess, shares, filler->guess_at, &leaned, error);
}

double
trip_inpaint_bytes (int width, int height, int n_channels, const TripRect *bounds)
{
  const double levels = 4.0 / 3; /* all sizes, beside the largest */
  const gsize pixel = 2 * TRIP_LEVEL_STRIDE * sizeof (gint16) + 1, patch = 1 + 2 * sizeof (TripMatch);
  TripRect window = *bounds;

  widen (&window.x, &window.width, width);
  widen (&window.y, &window.height, height);
  return levels * pixel * window.width * window.height
         + (levels * patch + n_channels * sizeof (float)) * bounds->width * bounds->height;
}

gboolean
trip_inpaint (TripImage *picture, const TripImage *hole, guint32 seed, const TripRun *run, GError **error)
{
  g_auto (Filler) filler = { .picture = picture, .hole = hole, .seed = seed };
  g_autoptr (TripImage) out = NULL;
  const TripRun built = trip_run_part (run, 0, 0);
  gboolean has_sources;
  const TripRect *at;

  if (! trip_bounds (hole, 0, INFINITY, 0, &filler.bounds))
    return trip_run_step (run, 1, error);
  filler.window = filler.bounds;
  widen (&filler.window.x, &filler.window.width, picture->width);
  widen (&filler.window.y, &filler.window.height, picture->height);
  if (! build_levels (&filler, &built, error))
    return FALSE;
  has_sources = filler.levels[0]->n_sources > 0;
  at = has_sources ? &filler.bounds : &filler.window;
  out = trip_image_new (at->width, at->height, picture->n_channels, error);
  if (! out || ! (has_sources ? fill_with_likenesses : fill_smoothly) (&filler, out, run, error))
    return FALSE;
  paste (&filler, out, at);
  return TRUE;
}
