#include "decompose.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "../error.h"
#include "band.h"
#include "inpaint.h"
#include "light.h"
#include "matting.h"
#include "spread.h"
#include "trust.h"

#define MIXED 0.2f      /* coverage up to which the background is what the object leaves of the picture */
#define RIM 1           /* px around what is filled that may still hold something of the object */
#define FADE 2          /* px around what has lost too much in which that fades */
#define NEARBY 48       /* px around what was changed that are solved anew */
#define GIVE_IN 0.2f    /* how much of its colour the background gives up for coverage of 1 that it saves, */
#define UNSEEN 0.03f    /* and at most where effects can take it, */
#define HALO 0.3f       /* which take that much for coverage of 1 that it saves */

void
trip_decompose_options_init (TripDecomposeOptions *options)
{
  *options = (TripDecomposeOptions) { .effects = TRIP_EFFECTS_ALL };
}

void
trip_parts_clear (TripParts *parts)
{
  g_clear_pointer (&parts->trimap, trip_image_free);
  g_clear_pointer (&parts->alpha, trip_image_free);
  g_clear_pointer (&parts->background, trip_image_free);
  g_clear_pointer (&parts->behind, trip_image_free);
  g_clear_pointer (&parts->guess, trip_image_free);
  g_clear_pointer (&parts->matte, trip_image_free);
}

/* Gives image, of one channel, value where marks, if there are any, are above low, up to high. */
static void
mark (TripImage *image, const TripImage *marks, float low, float high, float value)
{
  for (int y = 0; marks && y < image->height; y++)
    {
      const float *from = trip_image_row (marks, y);
      float *to = trip_image_row (image, y);

      for (int x = 0; x < image->width; x++)
        to[x] = from[x] > low && from[x] <= high ? value : to[x];
    }
}

static void
correct (TripImage *image, const TripDecomposeOptions *options, TripCorrection correction, float value)
{
  mark (image, options->corrections, correction - 0.5f, correction + 0.5f, value);
}

/* What is to be solved anew: all, or what is near corrections. */
static TripRect
find_zone (const TripImage *picture, const TripDecomposeOptions *options)
{
  if (! options->earlier)
    return (TripRect) { 0, 0, picture->width, picture->height };
  return trip_rect_grown (&options->changed, NEARBY, picture->width, picture->height);
}

static gboolean
is_in (const TripRect *rect, int x, int y)
{
  return x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height;
}

static gboolean
check_any (const TripImage *found, GError **error)
{
  TripRect rect;

  if (trip_bounds (found, 0, 2, 0, &rect))
    return TRUE;
  g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing is left of the object");
  return FALSE;
}

/* guess with what the user knows better. */
static TripImage *
find_trimap (const TripImage *guess, const TripImage *selection, const TripDecomposeOptions *options, GError **error)
{
  g_autoptr (TripImage) trimap = trip_image_copy (guess, error);
  TripRect rect;

  if (! trimap)
    return NULL;
  /* too little is certain for colours to say anything */
  if (! trip_bounds (trimap, 0, 2, 0, &rect))
    mark (trimap, selection, 0, 1, 1);
  if (! trip_bounds (trimap, -1, 0.5f, 0, &rect))
    mark (trimap, selection, -1, 0, 0);
  correct (trimap, options, TRIP_CORRECTION_OBJECT, 1);
  correct (trimap, options, TRIP_CORRECTION_NO_OBJECT, 0);
  if (! check_any (trimap, error))
    return NULL;
  if (! trip_bounds (trimap, -1, 0.5f, 0, &rect))
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "the object leaves nothing of the picture");
      return NULL;
    }
  return g_steal_pointer (&trimap);
}

/* Makes the coverage the selection's, with what was corrected, where that is better. */
static gboolean
trust_selection (const TripImage *picture, const TripImage *selection, const TripDecomposeOptions *options,
                 const TripRun *run, TripParts *found, GError **error)
{
  g_autoptr (TripImage) corrected = NULL;

  if (options->edge > 0)
    return TRUE;
  corrected = trip_image_copy (selection, error);
  if (! corrected)
    return FALSE;
  correct (corrected, options, TRIP_CORRECTION_OBJECT, trip_highest (selection));
  correct (corrected, options, TRIP_CORRECTION_NO_OBJECT, 0);
  if (! trip_trust (picture, corrected, found->trimap, found->alpha, run, error))
    return FALSE;
  correct (found->alpha, options, TRIP_CORRECTION_OBJECT, 1);
  correct (found->alpha, options, TRIP_CORRECTION_NO_OBJECT, 0);
  return TRUE;
}

/* Trimap and coverage. */
static gboolean
find_object (const TripImage *picture, const TripImage *selection, const TripDecomposeOptions *options,
             const TripRun *run, TripParts *found, GError **error)
{
  const TripRun runs[] = { trip_run_part (run, 0, 0.15), trip_run_part (run, 0.15, 0.95),
                           trip_run_part (run, 0.95, 1) };
  const TripParts *earlier = options->earlier;
  const TripRect zone = find_zone (picture, options);

  found->guess = earlier ? trip_image_copy (earlier->guess, error)
                         : trip_trimap (picture, selection, options->edge, &runs[0], error);
  if (! found->guess || ! (found->trimap = find_trimap (found->guess, selection, options, error)))
    return FALSE;
  found->matte = earlier ? trip_matting_again (picture, found->trimap, earlier->matte, &zone, &runs[1], error)
                         : trip_matting (picture, found->trimap, &runs[1], error);
  return found->matte && (found->alpha = trip_image_copy (found->matte, error))
         && trust_selection (picture, selection, options, &runs[2], found, error) && check_any (found->alpha, error);
}

/* The picture with the effects gone from its colours: exactly the picture where there are none. */
static TripImage *
relight (const TripImage *picture, const TripImage *alpha, const TripDecomposeOptions *options, const TripRun *run,
         GError **error)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  g_autoptr (TripEffects) network = NULL;
  g_autoptr (TripImage) relit = trip_image_copy (picture, error), lit = NULL;

  if (! relit || options->effects == TRIP_EFFECTS_NONE)
    return g_steal_pointer (&relit);
  network = trip_run_step (run, 0, error) ? trip_effects_new (error) : NULL;
  lit = network ? trip_effects_remove (network, picture, alpha, options->effects, run, error) : NULL;
  if (! lit)
    return NULL;
  for (int y = 0; y < picture->height; y++)
    {
      const float *kept = options->corrections ? trip_image_row (options->corrections, y) : NULL;
      const float *from = trip_image_row (lit, y), *covered = trip_image_row (alpha, y);
      float *to = trip_image_row (relit, y);

      for (int x = 0; x < picture->width; x++)
        if (covered[x] <= 0 && (! kept || kept[x] != TRIP_CORRECTION_NO_EFFECT))
          memcpy (to + (gsize) x * n, from + (gsize) x * n_colours, n_colours * sizeof (float));
    }
  return g_steal_pointer (&relit);
}

/* The largest of 2 radius + 1 values along a line of n. */
static void
grow_line (float *line, int n, int radius, float *scratch)
{
  memcpy (scratch, line, n * sizeof (float));
  for (int j = 1; j <= MIN (radius, n - 1); j++)
    for (int i = 0; i < n - j; i++)
      {
        line[i] = MAX (line[i], scratch[i + j]);
        line[i + j] = MAX (line[i + j], scratch[i]);
      }
}

/* Each pixel gets the largest value within radius, in king's moves. */
static gboolean
grow (TripImage *image, int radius, GError **error)
{
  g_autoptr (TripImage) was = trip_image_copy (image, error);
  g_autofree float *scratch = g_new (float, image->width);

  for (int y = 0; was && y < image->height; y++)
    {
      float *to = trip_image_row (image, y);

      for (int j = MAX (y - radius, 0); j <= MIN (y + radius, image->height - 1); j++)
        {
          const float *from = trip_image_row (was, j);

          for (int x = 0; x < image->width; x++)
            to[x] = MAX (to[x], from[x]);
        }
      grow_line (to, image->width, radius, scratch);
    }
  return was != NULL;
}

/* Where the background has to be made up. */
static TripImage *
find_hole (const TripImage *alpha, const TripDecomposeOptions *options, GError **error)
{
  g_autoptr (TripImage) hole = trip_image_copy (alpha, error);

  if (! hole)
    return NULL;
  mark (hole, alpha, 0, MIXED, 0);
  if (! grow (hole, RIM, error))
    return NULL;
  correct (hole, options, TRIP_CORRECTION_EFFECT, 1);
  return g_steal_pointer (&hole);
}

/* Keeps the background that was found earlier away from what has changed, and makes hole what is left to be filled. */
static void
keep_background (const TripDecomposeOptions *options, TripImage *background, TripImage *hole)
{
  const TripRect zone = find_zone (background, options);
  const int n = background->n_channels;

  for (int y = 0; options->earlier && y < background->height; y++)
    {
      const float *from = trip_image_row (options->earlier->background, y);
      float *to = trip_image_row (background, y), *missing = trip_image_row (hole, y);

      for (int x = 0; x < background->width; x++)
        if (! is_in (&zone, x, y))
          {
            memcpy (to + (gsize) x * n, from + (gsize) x * n, n * sizeof (float));
            missing[x] = 0;
          }
    }
}

/* What the user says of pixel x, y. */
static TripCorrection
correction_at (const TripDecomposeOptions *options, int x, int y)
{
  return options->corrections ? trip_image_row (options->corrections, y)[x] : TRIP_CORRECTION_NONE;
}

/* What was filled beside the object, where nothing shows an effect, is the object's own: what compression spread around
 * it. */
static void
leave_to_object (const TripImage *picture, const TripImage *relit, const TripImage *hole, const TripImage *lost,
                 const TripDecomposeOptions *options, TripParts *found)
{
  const int n = picture->n_channels;

  for (int y = 0; y < picture->height; y++)
    {
      const float *seen = trip_image_row (picture, y), *lit = trip_image_row (relit, y);
      const float *from = trip_image_row (found->background, y);
      float *to = trip_image_row (found->behind, y);

      for (int x = 0; x < picture->width; x++)
        if (trip_image_row (hole, y)[x] > 0 && trip_image_row (found->alpha, y)[x] <= 0
            && trip_image_row (lost, y)[x] <= 0 && correction_at (options, x, y) != TRIP_CORRECTION_EFFECT
            && memcmp (seen + x * n, lit + x * n, n * sizeof (float)) == 0)
          memcpy (to + x * n, from + x * n, n * sizeof (float));
    }
}

/* Sets nearest to the colour closest to under over which coverage is enough to explain seen; returns how far it is. */
static float
find_nearest (const float *seen, const float *under, int n_colours, float coverage, float *nearest)
{
  float most = 0;

  for (int c = 0; c < n_colours; c++)
    {
      const float low = seen[c] > 1 ? seen[c] : (seen[c] - coverage) / (1 - coverage);
      const float high = seen[c] < 0 ? seen[c] : seen[c] / (1 - coverage);

      nearest[c] = CLAMP (under[c], low, high);
      most = MAX (most, fabsf (nearest[c] - under[c]));
    }
  return most;
}

/* Sets given to what the background is where the same effects make nearest of it that make under of background; returns
 * how much that changes it. */
static float
find_given (const float *seen, const float *nearest, const float *under, const float *background, int n_colours,
            float *given)
{
  float most = 0;

  for (int c = 0; c < n_colours; c++)
    {
      const float dark = MAX (under[c] + TRIP_LIGHT_BLACK, FLT_EPSILON);
      const float lit = MAX (background[c] + TRIP_LIGHT_BLACK, FLT_EPSILON);
      const float to = (nearest[c] + TRIP_LIGHT_BLACK) * lit / dark - TRIP_LIGHT_BLACK;
      const float low = MIN (MIN (background[c], seen[c]), 0), high = MAX (MAX (background[c], seen[c]), 1);

      given[c] = CLAMP (to, low, high);
      most = MAX (most, fabsf (given[c] - background[c]));
    }
  return most;
}

/* What was filled is a little brighter or darker than what is seen over it. Near black and white even that takes a lot
 * of coverage to explain, which leaves crumbs around the object: there the background gives in. What would show is the
 * halo that sharpening has drawn around the object, an effect of it. The background
 * away from corrections stays. */
static void
avoid_crumbs (const TripImage *picture, const TripImage *hole, const TripDecomposeOptions *options, TripParts *found)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  const TripRect zone = find_zone (picture, options);

  for (int y = 0; y < picture->height; y++)
    {
      const float *seen = trip_image_row (picture, y), *coverage = trip_image_row (found->alpha, y);
      const float *filled = trip_image_row (hole, y);
      float *under = trip_image_row (found->behind, y), *to = trip_image_row (found->background, y);

      for (int x = 0; x < picture->width; x++, seen += n, under += n, to += n)
        {
          const gboolean opaque = n_colours == n || (seen[n_colours] >= 1 && to[n_colours] >= 1);
          const TripCorrection known = correction_at (options, x, y);
          const gboolean may_be_halo = options->effects == TRIP_EFFECTS_ALL && known != TRIP_CORRECTION_NO_EFFECT;
          float nearest[3], given[3], change, shown, saved;

          if (filled[x] <= 0 || coverage[x] >= 1 || ! opaque || known == TRIP_CORRECTION_EFFECT)
            continue;
          change = find_nearest (seen, under, n_colours, coverage[x], nearest);
          shown = find_given (seen, nearest, under, to, n_colours, given);
          saved = trip_least_alpha (seen, under, n_colours) - coverage[x];
          if (change <= 0 || change > (may_be_halo ? HALO : GIVE_IN) * saved)
            continue;
          if (is_in (&zone, x, y) && (! may_be_halo || (shown <= UNSEEN && change <= GIVE_IN * saved)))
            memcpy (to, given, n_colours * sizeof (float));
          memcpy (under, nearest, n_colours * sizeof (float));
        }
    }
}

/* Fills found's background and what is behind the object. */
static gboolean
find_background (const TripImage *picture, const TripImage *relit, const TripDecomposeOptions *options,
                 const TripRun *run, TripParts *found, GError **error)
{
  const TripRun compared = trip_run_part (run, 0, 0.01), unmixed = trip_run_part (run, 0.01, 0.1);
  const TripRun filled = trip_run_part (run, 0.1, 0.99);
  g_autoptr (TripImage) hole = find_hole (found->alpha, options, error), missing = NULL, lost = NULL, gains = NULL;
  TripRect rect = { 0, 0, 0, 0 };

  if (! hole || ! (missing = trip_image_copy (hole, error)) || ! trip_run_step (run, 0, error)
      || ! (lost = trip_light_lost (picture, relit, &compared, error)) || ! grow (lost, FADE, error)
      || ! trip_run_step (run, 0.01, error) || ! (found->background = trip_image_copy (relit, error))
      || ! trip_run_step (run, 0.01, error))
    return FALSE;
  correct (lost, options, TRIP_CORRECTION_NO_EFFECT, 0);
  mark (missing, lost, 0, 1, 1);
  if (trip_bounds (found->alpha, 0, 2, TRIP_LIGHT_REACH, &rect)
      && (! (gains = trip_light_gains (picture, relit, found->alpha, hole, &rect, error))
          || ! trip_run_step (run, 0.01, error)
          || ! trip_light_unmix (picture, found->alpha, missing, gains, &rect, &unmixed, found->background, error)))
    return FALSE;
  keep_background (options, found->background, missing);
  if (! trip_inpaint (found->background, missing, options->seed, &filled, error)
      || ! (found->behind = trip_light_behind (picture, found->alpha, found->background, gains, &rect, error))
      || ! trip_run_step (run, 0.99, error))
    return FALSE;
  leave_to_object (picture, relit, hole, lost, options, found);
  if (! trip_run_step (run, 0.995, error))
    return FALSE;
  avoid_crumbs (picture, hole, options, found);
  return TRUE;
}

/* A copy of the picture; what is transparent has colours of what is not around it, so that those stored there decide
 * nothing. */
static TripImage *
cover_hidden (const TripImage *picture, const TripRun *run, GError **error)
{
  const int n = picture->n_channels;
  g_autoptr (TripImage) covered = trip_image_copy (picture, error);
  g_autofree guint8 *seen = NULL;

  if (! covered)
    return NULL;
  seen = g_try_malloc ((gsize) picture->width * picture->height);
  if (! seen)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to tell what is seen");
      return NULL;
    }
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      seen[(gsize) y * picture->width + x] = trip_image_row (picture, y)[(gsize) x * n + n - 1] > 0;
  if (! trip_spread (covered, seen, 0, run, error))
    return NULL;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      trip_image_row (covered, y)[(gsize) x * n + n - 1] = trip_image_row (picture, y)[(gsize) x * n + n - 1];
  return g_steal_pointer (&covered);
}

gboolean
trip_decompose (const TripImage *picture, const TripImage *selection, const TripDecomposeOptions *options,
                const TripRun *run, TripParts *parts, GError **error)
{
  const TripRun runs[] = { trip_run_part (run, 0, 0.01), trip_run_part (run, 0.01, 0.35),
                           trip_run_part (run, 0.35, 0.5), trip_run_part (run, 0.5, 0.97) };
  const gboolean has_alpha = trip_has_alpha (picture->n_channels);
  g_auto (TripParts) found = { NULL };
  g_autoptr (TripImage) covered = NULL, relit = NULL;
  const TripImage *seen;

  memset (parts, 0, sizeof *parts);
  seen = covered = has_alpha ? cover_hidden (picture, &runs[0], error) : NULL;
  if (! has_alpha)
    seen = picture;
  if (! seen || ! find_object (seen, selection, options, &runs[1], &found, error)
      || ! (relit = relight (seen, found.alpha, options, &runs[2], error))
      || ! find_background (seen, relit, options, &runs[3], &found, error)
      || ! trip_run_step (run, 1, error))
    return FALSE;
  *parts = found;
  memset (&found, 0, sizeof found);
  return TRUE;
}
