#include "reflection.h"

#include "../blur.h"
#include "band.h"
#include "mirror-view.h"
#include "window.h"

#include <math.h>

#define APART (1 / 6.0f) /* longer sides of the object: standard deviation of what is around an edge */
#define INSIDE 0.95f     /* coverage in the mirror that counts as in the reflection, */
#define OUTSIDE 0.05f    /* and as beside it */
#define LEAST 0.03f      /* light that changes are compared with */
#define SOFT 0.015       /* longer sides: standard deviation by which reflections are softer than what they show */
#define SOFT_SIDE 384.0f /* px, the longer side at which softer ones are made */
#define LEAST_SEEN 1e-3f /* coverage in the mirror that changes something */
#define FARTHEST 4       /* spreads from its mean that a sign counts at most */
#define LIKELY 0.7       /* how likely it must be that a reflection is there */

/* The signs of a reflection. */
enum
{
  EXPLAINED, /* logarithm of what the mirror explains */
  STRONG,    /* the largest change of a colour */
  RELATIVE,  /* mean change in units of the light beside it */
  COLOURED,  /* how much that differs between the colours */
  AXIS,      /* of the mirror */
  AMISS,     /* how much the light in it differs from that beside it, other than by the change */
  ALIKE,     /* share of the change that the edges to the left or to the right tell alone, whichever is less */
  N_SIGNS
};

static const struct
{
  float mean, spread, by, by_square;
} SIGNS[N_SIGNS] = {
  [EXPLAINED] = { 4.998f, 0.8519f, 1.56f, 0.375f },
  [STRONG] = { 0.06081f, 0.06576f, -0.478f, -0.254f },
  [RELATIVE] = { -0.07565f, 0.245f, 0.295f, -1.96f },
  [COLOURED] = { 0.1229f, 0.2051f, 1.98f, -0.489f },
  [AXIS] = { -0.1207f, 0.1645f, -0.868f, -0.625f },
  [AMISS] = { 0.03114f, 0.0397f, -1.34f, 0.283f },
  [ALIKE] = { 0.5921f, 0.4195f, 0.994f, 0.0021f },
};
static const float BIAS = -1.85f;

typedef struct
{
  TripMirror mirror;
  float change[3]; /* of light, in the reflection */
} Reflection;

/* Images with the view's planes as channels, blurred: is_free and light times is_free; coverage in the mirror, and that
 * times is_free. */
typedef struct
{
  TripImage *light, *seen;
} Blurred;

static void
blurred_clear (Blurred *self)
{
  g_clear_pointer (&self->light, trip_image_free);
  g_clear_pointer (&self->seen, trip_image_free);
}

static gboolean
blur (const TripMirrorView *view, const float *seen, Blurred *blurred, GError **error)
{
  const TripMirrorBox *box = &view->box;
  const double sigma = APART * MAX (box->right - box->left, box->bottom - box->top);

  blurred->light = trip_image_new (view->width, view->height, 4, error);
  blurred->seen = blurred->light ? trip_image_new (view->width, view->height, 2, error) : NULL;
  if (! blurred->seen)
    return FALSE;
  for (int y = 0; y < view->height; y++)
    for (int x = 0; x < view->width; x++)
      {
        const gsize i = (gsize) y * view->width + x;
        float *light = trip_image_row (blurred->light, y) + 4 * x, *covered = trip_image_row (blurred->seen, y) + 2 * x;

        light[0] = view->is_free[i];
        for (int c = 0; c < 3; c++)
          light[1 + c] = view->is_free[i] * view->light[c * view->size + i];
        covered[0] = seen[i];
        covered[1] = view->is_free[i] * seen[i];
      }
  trip_blur (blurred->light, sigma, sigma);
  trip_blur (blurred->seen, sigma, sigma);
  return TRUE;
}

/* Sums over the pixels around the reflection's edge, or in it and beside it. */
typedef struct
{
  double fits[2][3], all[2]; /* to the left and to the right */
  double inside[3], n_inside, outside[3], n_outside;
} Sums;

static void
add_pixel (const TripMirrorView *view, gsize i, float seen, const float *light, const float *covered, int side,
           Sums *sums)
{
  const gboolean is_near = covered[0] > OUTSIDE, is_edge = is_near && covered[0] < 1 - OUTSIDE;
  const float n = light[0] + 1e-3f, step = seen - covered[1] / n;

  for (int c = 0; c < 3 && is_edge; c++)
    sums->fits[side][c] += step * (view->light[c * view->size + i] - light[1 + c] / n);
  sums->all[side] += is_edge ? step * step : 0;
  for (int c = 0; c < 3; c++)
    {
      sums->inside[c] += seen > INSIDE ? view->light[c * view->size + i] : 0;
      sums->outside[c] += seen < OUTSIDE && is_near ? view->light[c * view->size + i] : 0;
    }
  sums->n_inside += seen > INSIDE;
  sums->n_outside += seen < OUTSIDE && is_near;
}

/* Which share of the change the edges at one side tell, -1..1. */
static float
share_of (const Sums *sums, int side, const float change[3])
{
  double fits = 0, square = 0;

  for (int c = 0; c < 3; c++)
    {
      fits += sums->fits[side][c] * change[c];
      square += change[c] * change[c];
    }
  return CLAMP (fits / (sums->all[side] * square + 1e-9), -1, 1);
}

/* How the light changes in the reflection, and the signs that it is one; FALSE: hardly anything is there to be seen. */
static gboolean
measure (const TripMirrorView *view, const float *seen, const Blurred *blurred, float score, Reflection *reflection,
         float signs[N_SIGNS])
{
  const TripMirrorBox *box = &view->box;
  const float middle = 0.5f * (box->left + box->right) + reflection->mirror.across * (box->right - box->left);
  float least = INFINITY, most = -INFINITY, amiss = 0;
  Sums sums = { 0 };

  for (int y = 0; y < view->height; y++)
    for (int x = 0; x < view->width; x++)
      {
        const gsize i = (gsize) y * view->width + x;

        if (view->is_free[i] > 0)
          add_pixel (view, i, seen[i], trip_image_row (blurred->light, y) + 4 * x,
                     trip_image_row (blurred->seen, y) + 2 * x, x + 0.5f >= middle, &sums);
      }
  if (sums.n_inside < 1 || sums.n_outside < 1)
    return FALSE;
  signs[STRONG] = signs[RELATIVE] = 0;
  for (int c = 0; c < 3; c++)
    {
      const float change = (sums.fits[0][c] + sums.fits[1][c]) / (sums.all[0] + sums.all[1] + 1e-6);
      const float beside = sums.outside[c] / sums.n_outside;
      const float relative = change / MAX (beside, LEAST);

      reflection->change[c] = change;
      signs[STRONG] = MAX (signs[STRONG], fabsf (change));
      signs[RELATIVE] += relative / 3;
      least = MIN (least, relative);
      most = MAX (most, relative);
      amiss += powf (sums.inside[c] / sums.n_inside - beside - change, 2);
    }
  signs[EXPLAINED] = logf (score + 1);
  signs[COLOURED] = most - least;
  signs[AXIS] = reflection->mirror.axis;
  signs[AMISS] = sqrtf (amiss);
  signs[ALIKE] = MIN (share_of (&sums, 0, reflection->change), share_of (&sums, 1, reflection->change));
  return TRUE;
}

static gboolean
is_likely (const float signs[N_SIGNS])
{
  double odds = BIAS;

  for (int i = 0; i < N_SIGNS; i++)
    {
      const double far = CLAMP ((signs[i] - SIGNS[i].mean) / SIGNS[i].spread, -FARTHEST, FARTHEST);

      odds += SIGNS[i].by * far + SIGNS[i].by_square * far * far;
    }
  return odds > log (LIKELY / (1 - LIKELY));
}

/* likely: whether there is a reflection, which is told then. FALSE with NO_MEMORY. */
static gboolean
judge (const TripMirrorView *view, Reflection *reflection, gboolean *likely, GError **error)
{
  g_autofree float *seen = g_new (float, view->size);
  Blurred blurred = { NULL };
  float score, signs[N_SIGNS];
  gboolean done;

  trip_mirror_view_reflect (view, &reflection->mirror, seen);
  score = trip_mirror_view_score (view, &reflection->mirror, 0);
  done = blur (view, seen, &blurred, error);
  *likely = done && measure (view, seen, &blurred, score, reflection, signs) && is_likely (signs);
  blurred_clear (&blurred);
  return done;
}

typedef struct
{
  const Reflection *reflection;
  const TripImage *alpha;
  TripImage *soft;      /* the coverage in part, small and softer */
  TripRect part, reach; /* of the picture */
  TripMirrorBox box;
  float change[3];      /* of each channel */
  TripImage *picture;
} Removing;

/* Adds light to a value; what is beyond 0..1 changes as the nearest of these. */
static float
lighten (float value, float light)
{
  const float seen = powf (CLAMP (value, 0, 1), TRIP_MIRROR_GAMMA);

  return value + (powf (CLAMP (seen + light, 0, 1), 1 / TRIP_MIRROR_GAMMA) - powf (seen, 1 / TRIP_MIRROR_GAMMA));
}

static gboolean
remove_row (gsize tile, int worker, gpointer data, GError **error)
{
  const Removing *self = data;
  const TripImage *soft = self->soft;
  const TripRect *reach = &self->reach, *part = &self->part;
  const float across = (float) soft->width / part->width, down = (float) soft->height / part->height;
  const int y = reach->y + tile, n = self->picture->n_channels;
  TripMirrorRow row;

  if (! trip_mirror_row (&self->reflection->mirror, &self->box, y, &row))
    return TRUE;
  for (int x = reach->x; x < reach->x + reach->width; x++)
    {
      float *pixel = trip_image_row (self->picture, y) + (gsize) x * n, seen;

      if (trip_image_row (self->alpha, y)[x] > 0.5f)
        continue;
      seen = trip_mirror_sample (soft->data, soft->width, soft->height, soft->stride,
                                 (row.source_x + x * row.step - part->x) * across, (row.source_y - part->y) * down);
      for (int c = 0; c < n && seen >= LEAST_SEEN; c++)
        pixel[c] = lighten (pixel[c], -seen * self->change[c]);
    }
  return TRUE;
}

/* The coverage in part of the picture, softer, at a size that suffices for it. */
static TripImage *
soften (const TripImage *picture, const TripImage *alpha, const TripRect *box, const TripRect *part, double sigma,
        const TripRun *run, GError **error)
{
  const float scale = MIN (1, SOFT_SIDE / MAX (part->width, part->height));
  const int width = MAX (1, lroundf (part->width * scale)), height = MAX (1, lroundf (part->height * scale));
  const TripWindow window = { *box, *part, width, height };
  /* coverage, and what there is of the picture */
  g_autoptr (TripImage) sums = trip_image_new (width, height, 2, error);
  g_autoptr (TripImage) soft = sums ? trip_image_new (width, height, 1, error) : NULL;
  TripArena arena;
  TripTensor input;
  gboolean done;

  if (! soft || ! trip_arena_init (&arena, trip_tensor_need (height, width, TRIP_WINDOW_PLANES), error))
    return NULL;
  input = trip_tensor_take (&arena, height, width, TRIP_WINDOW_PLANES);
  done = trip_window_read (&window, picture, alpha, &input, run, error);
  for (int y = 0; done && y < height; y++)
    for (int x = 0; x < width; x++)
      {
        trip_image_row (sums, y)[2 * x] = input.data[y * input.stride + x * TRIP_WINDOW_PLANES + 3];
        trip_image_row (sums, y)[2 * x + 1] = 1;
      }
  trip_arena_clear (&arena);
  if (! done)
    return NULL;
  trip_blur (sums, sigma * scale, sigma * scale);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      trip_image_row (soft, y)[x] = trip_image_row (sums, y)[2 * x] / trip_image_row (sums, y)[2 * x + 1];
  return g_steal_pointer (&soft);
}

static gboolean
take_off (const Reflection *reflection, const TripImage *alpha, const TripRect *box, TripImage *picture,
          const TripRun *run, GError **error)
{
  const TripRun softening = trip_run_part (run, 0, 0.3), removing = trip_run_part (run, 0.3, 1);
  const double sigma = SOFT * MAX (box->width, box->height);
  const int width = picture->width, height = picture->height, margin = trip_blur_reach (sigma) + 1;
  const TripMirrorBox around = { box->x, box->y, box->x + box->width, box->y + box->height };
  const TripRect seen = trip_mirror_reach (&reflection->mirror, &around, width, height);
  const TripRect reach = trip_rect_grown (&seen, margin, width, height);
  const TripRect part = trip_rect_grown (box, margin, width, height);
  g_autoptr (TripImage) soft = soften (picture, alpha, box, &part, sigma, &softening, error);
  Removing work = { reflection, alpha, soft, part, reach, around, .picture = picture };

  if (! soft)
    return FALSE;
  for (int c = 0; c < picture->n_channels; c++)
    work.change[c] = picture->n_channels > 1
                       ? reflection->change[c]
                       : (reflection->change[0] + reflection->change[1] + reflection->change[2]) / 3;
  return trip_run_tiles (&removing, reach.height, remove_row, &work, error);
}

gboolean
trip_reflection_remove (TripImage *picture, const TripImage *alpha, gboolean *changed, const TripRun *run,
                        GError **error)
{
  const TripRun searching = trip_run_part (run, 0, 0.8), looking = trip_run_part (run, 0.8, 0.9);
  const TripRun removing = trip_run_part (run, 0.9, 1);
  Reflection reflection;
  TripMirrorView view;
  gboolean done;
  TripRect box;

  *changed = FALSE;
  if (! trip_bounds (alpha, 0.5f, INFINITY, 0, &box))
    return TRUE;
  if (! trip_mirror_find (picture, alpha, &reflection.mirror, &searching, error))
    return FALSE;
  done = trip_mirror_view_init (&view, picture, alpha, &box, TRIP_MIRROR_SIDE, &looking, error)
         && judge (&view, &reflection, changed, error);
  trip_mirror_view_clear (&view);
  return done && (! *changed || take_off (&reflection, alpha, &box, picture, &removing, error));
}
