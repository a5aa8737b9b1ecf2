#include "patchmatch.h"

#include <math.h>
#include <stdlib.h>

#define ROWS 4           /* of a box that a thread takes at once */
#define FAR 150          /* what each px of distance costs a likeness, for each of its patch's pixels; */
#define FAR_DOWN 3       /* times this up and down: what is at another height often has another scale */
#define BIAS_COST 1      /* times its square for each of the patch's pixels */
#define SEAM 700         /* what each neighbour whose likeness is elsewhere costs, for each of its patch's pixels */
#define GUIDED 8         /* how much more than a patch's pixels its guide counts */

typedef struct
{
  TripLevel *level;
  const TripLevel *small;
  const TripMatchSearch *search;
} Job;

static const int sides[][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };

static guint32
mix (guint32 h)
{
  h = (h ^ (h >> 16)) * 0x7feb352du;
  h = (h ^ (h >> 15)) * 0x846ca68bu;
  return h ^ (h >> 16);
}

/* The i-th random number of a place. */
static guint32
random_at (guint32 seed, int x, int y, guint32 i)
{
  return mix (mix (mix (seed + 0x9e3779b9u * i) ^ (guint32) x) + 0x85ebca77u * (guint32) y);
}

/* -reach .. reach */
static int
random_step (guint32 number, int reach)
{
  return (int) (number % (2 * (guint32) reach + 1)) - reach;
}

static gboolean
is_source (const TripLevel *level, int x, int y)
{
  return x >= 0 && x < level->width && y >= 0 && y < level->height
         && level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_SOURCE;
}

static const gint16 *
patch (const TripLevel *level, int x, int y)
{
  return level->pixels + trip_level_at (level, x - TRIP_PATCH_RADIUS, y - TRIP_PATCH_RADIUS) * TRIP_LEVEL_STRIDE;
}

/* The squared difference of two patches, or anything above bound once it is above that. */
static int
difference (const gint16 *restrict a, const gint16 *restrict b, gsize stride, float bound)
{
  int sum = 0;

  for (int j = 0; j < TRIP_PATCH_SIZE && sum <= bound; j++, a += stride, b += stride)
    for (int i = 0; i < TRIP_PATCH_SIZE * TRIP_LEVEL_STRIDE; i++)
      {
        const gint16 d = a[i] - b[i];

        sum += d * d;
      }
  return sum;
}

/* A patch that looks for its likeness. */
typedef struct
{
  const Job *job;
  int x, y;
  int mean[TRIP_LEVEL_STRIDE];
  const TripGuide *guide; /* or NULL */
  TripMatch best;
} Seeker;

/* How many of the patch's neighbours have their likenesses elsewhere than beside x, y. */
static int
n_seams (const Seeker *seeker, int x, int y)
{
  const TripLevel *level = seeker->job->level;
  const TripRect *box = &level->box;
  int n = 0;

  for (guint side = 0; side < G_N_ELEMENTS (sides); side++)
    {
      const int dx = sides[side][0], dy = sides[side][1];
      const int beside_x = seeker->x + dx - box->x, beside_y = seeker->y + dy - box->y;
      const gsize at = (gsize) beside_y * box->width + beside_x;

      if (beside_x >= 0 && beside_x < box->width && beside_y >= 0 && beside_y < box->height && level->depths[at])
        n += level->matches[at].x != x + dx || level->matches[at].y != y + dy;
    }
  return n;
}

static void
consider (Seeker *seeker, int x, int y)
{
  const TripLevel *level = seeker->job->level;
  const int max_bias = seeker->job->search->max_bias;
  const gint16 *mean;
  TripMatch match = { .x = x, .y = y };
  float less = 0, more;

  if (! is_source (level, x, y) || (seeker->best.x == x && seeker->best.y == y && seeker->best.cost < G_MAXFLOAT))
    return;
  mean = level->means + trip_level_at (level, x, y) * TRIP_LEVEL_STRIDE;
  more = (float) (TRIP_PATCH_AREA * FAR) * (abs (x - seeker->x) + FAR_DOWN * abs (y - seeker->y))
         + (float) (TRIP_PATCH_AREA * SEAM) * n_seams (seeker, x, y);
  for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
    {
      const float apart = (seeker->mean[c] - mean[c]) * (1.0f / TRIP_LEVEL_MEAN);

      match.bias[c] = CLAMP (lrintf (apart), -max_bias, max_bias);
      /* what the bias takes off the squares, and a share of what it costs by itself */
      less += TRIP_PATCH_AREA * match.bias[c] * (2 * apart - (1 + BIAS_COST) * match.bias[c]);
      if (seeker->guide)
        {
          const float astray = (seeker->guide->mean[c] - mean[c]) * (1.0f / TRIP_LEVEL_MEAN) - match.bias[c];

          more += GUIDED * TRIP_PATCH_AREA * seeker->guide->weight * astray * astray;
        }
    }
  match.cost = difference (patch (level, seeker->x, seeker->y), patch (level, x, y),
                           (gsize) level->width * TRIP_LEVEL_STRIDE, seeker->best.cost + less - more)
               - less + more;
  if (match.cost < seeker->best.cost)
    seeker->best = match;
}

static Seeker
seek (const Job *job, int x, int y)
{
  const TripMatch *match = job->level->matches + trip_level_in_box (job->level, x, y);
  Seeker seeker = { .job = job, .x = x, .y = y };

  trip_level_mean (job->level, x, y, seeker.mean);
  seeker.best.cost = G_MAXFLOAT;
  if (job->level->guides)
    seeker.guide = job->level->guides + trip_level_in_box (job->level, x, y);
  consider (&seeker, match->x, match->y);
  return seeker;
}

typedef void (*PatchFunc) (const Job *job, int x, int y, TripMatch *match);

static gboolean
each_patch (const Job *job, gsize tile, PatchFunc func, TripMatch *matches)
{
  const TripRect *box = &job->level->box;
  const int end = MIN ((int) (tile + 1) * ROWS, box->height);

  for (int y = box->y + tile * ROWS; y < box->y + end; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      {
        const gsize at = trip_level_in_box (job->level, x, y);

        if (job->level->depths[at])
          func (job, x, y, matches + at);
      }
  return TRUE;
}

static void
start_patch (const Job *job, int x, int y, TripMatch *match)
{
  const TripLevel *level = job->level, *small = job->small;
  int to_x = -1, to_y = -1;

  if (small)
    {
      const int from_x = CLAMP (x / 2, small->box.x, small->box.x + small->box.width - 1);
      const int from_y = CLAMP (y / 2, small->box.y, small->box.y + small->box.height - 1);
      const gsize at = trip_level_in_box (small, from_x, from_y);

      if (small->depths[at])
        {
          to_x = 2 * small->matches[at].x + x - 2 * from_x;
          to_y = 2 * small->matches[at].y + y - 2 * from_y;
        }
    }
  for (guint32 i = 0; ! is_source (level, to_x, to_y); i += 2)
    if (i < 128)
      {
        to_x = random_at (job->search->seed, x, y, i) % level->width;
        to_y = random_at (job->search->seed, x, y, i + 1) % level->height;
      }
    else
      {
        to_x = level->first_source % level->width;
        to_y = level->first_source / level->width;
      }
  *match = (TripMatch) { .x = to_x, .y = to_y };
}

static gboolean
start_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;

  return each_patch (job, tile, start_patch, job->level->matches);
}

static void
pass_patch (const Job *job, int x, int y, TripMatch *match)
{
  const TripLevel *level = job->level;
  const TripRect *box = &level->box;
  const TripMatchSearch *search = job->search;
  Seeker seeker = seek (job, x, y);
  guint32 i = 0;

  for (guint side = 0; search->step > 0 && side < G_N_ELEMENTS (sides); side++)
    {
      const int dx = sides[side][0] * search->step, dy = sides[side][1] * search->step;
      gsize at;

      if (x + dx < box->x || x + dx >= box->x + box->width || y + dy < box->y || y + dy >= box->y + box->height)
        continue;
      at = trip_level_in_box (level, x + dx, y + dy);
      if (level->depths[at])
        consider (&seeker, level->matches[at].x - dx, level->matches[at].y - dy);
    }
  for (int reach = search->reach; reach > 0; reach /= 2, i += 2)
    consider (&seeker, seeker.best.x + random_step (random_at (search->seed, x, y, i), reach),
              seeker.best.y + random_step (random_at (search->seed, x, y, i + 1), reach));
  *match = seeker.best;
}

static gboolean
pass_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;

  return each_patch (job, tile, pass_patch, job->level->next);
}

static void
all_patch (const Job *job, int x, int y, TripMatch *match)
{
  const TripLevel *level = job->level;
  Seeker seeker = seek (job, x, y);

  for (int to_y = 0; to_y < level->height; to_y++)
    for (int to_x = 0; to_x < level->width; to_x++)
      consider (&seeker, to_x, to_y);
  *match = seeker.best;
}

static gboolean
all_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;

  return each_patch (job, tile, all_patch, job->level->next);
}

static gboolean
run_rows (Job *job, TripTileFunc func, const TripRun *run, GError **error)
{
  return trip_run_tiles (run, (job->level->box.height + ROWS - 1) / ROWS, func, job, error);
}

static gboolean
run_search (TripLevel *level, const TripMatchSearch *search, TripTileFunc func, const TripRun *run, GError **error)
{
  Job job = { .level = level, .search = search };
  TripMatch *found = level->next;

  if (! run_rows (&job, func, run, error))
    return FALSE;
  level->next = level->matches;
  level->matches = found;
  return TRUE;
}

gboolean
trip_match_start (TripLevel *level, const TripLevel *small, guint32 seed, const TripRun *run, GError **error)
{
  const TripMatchSearch search = { .seed = seed };
  Job job = { .level = level, .small = small, .search = &search };

  return run_rows (&job, start_rows, run, error);
}

gboolean
trip_match_all (TripLevel *level, const TripMatchSearch *search, const TripRun *run, GError **error)
{
  return run_search (level, search, all_rows, run, error);
}

gboolean
trip_match_pass (TripLevel *level, const TripMatchSearch *search, const TripRun *run, GError **error)
{
  return run_search (level, search, pass_rows, run, error);
}
