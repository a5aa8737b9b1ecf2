#include "patchmatch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 4           /* of a box that a thread takes at once */
#define FAR 150          /* what each px of distance costs a likeness, for each of its patch's pixels; */
#define FAR_DOWN 3       /* times this up and down: what is at another height often has another scale */
#define BIAS_COST 1      /* times its square for each of the patch's pixels */
#define SEAM 700         /* what each neighbour whose likeness is elsewhere costs, for each of its patch's pixels */
#define TURNED 10000     /* what a turned likeness costs, for each of its patch's pixels */
#define N_REACHES 8      /* each half of the one before, at one of which a turned likeness is looked for */
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

/* Of a row of two patches, the sum of the squared differences. */
static inline int
difference_of_rows (const gint16 *restrict a, const gint16 *restrict b)
{
  int sum = 0;

  for (int i = 0; i < TRIP_PATCH_SIZE * TRIP_LEVEL_STRIDE; i++)
    {
      const gint16 d = a[i] - b[i];

      sum += d * d;
    }
  return sum;
}

/* The squared difference of two patches, or anything above bound once it is above that. */
static int
difference (const gint16 *restrict a, const gint16 *restrict b, gsize stride, float bound)
{
  int sum = 0;

  for (int j = 0; j < TRIP_PATCH_SIZE && sum <= bound; j++, a += stride, b += stride)
    sum += difference_of_rows (a, b);
  return sum;
}

/* The same with b a pixel, the centre of a patch that is turned. */
static int
difference_turned (const gint16 *restrict a, const gint16 *restrict b, gsize stride, const TripTurn *turn, float bound)
{
  const gssize right = turn->xx * TRIP_LEVEL_STRIDE + turn->yx * (gssize) stride;
  const gssize down = turn->xy * TRIP_LEVEL_STRIDE + turn->yy * (gssize) stride;
  int sum = 0;

  b -= TRIP_PATCH_RADIUS * (right + down);
  for (int j = 0; j < TRIP_PATCH_SIZE && sum <= bound; j++, a += stride, b += down)
    {
      gint16 row[TRIP_PATCH_SIZE * TRIP_LEVEL_STRIDE];

      for (int i = 0; i < TRIP_PATCH_SIZE; i++)
        memcpy (row + i * TRIP_LEVEL_STRIDE, b + i * right, TRIP_LEVEL_STRIDE * sizeof (gint16));
      sum += difference_of_rows (a, row);
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

/* How many of the patch's neighbours have their likenesses elsewhere than beside the patch's. */
static int
n_seams (const Seeker *seeker, const TripMatch *match)
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
        {
          const TripMatch *beside = &level->matches[at];
          int x, y;

          trip_match_beside (match, dx, dy, &x, &y);
          n += beside->turn != match->turn || beside->x != x || beside->y != y;
        }
    }
  return n;
}

static void
consider (Seeker *seeker, int x, int y, guint8 turn)
{
  const TripLevel *level = seeker->job->level;
  const gint16 *own = patch (level, seeker->x, seeker->y);
  const int max_bias = seeker->job->search->max_bias;
  const gint16 *mean;
  TripMatch match = { .x = x, .y = y, .turn = turn };
  const gsize stride = (gsize) level->width * TRIP_LEVEL_STRIDE;
  float less = 0, more, bound;

  if (! is_source (level, x, y)
      || (seeker->best.x == x && seeker->best.y == y && seeker->best.turn == turn && seeker->best.cost < G_MAXFLOAT))
    return;
  mean = level->means + trip_level_at (level, x, y) * TRIP_LEVEL_STRIDE;
  more = (float) (TRIP_PATCH_AREA * FAR) * (abs (x - seeker->x) + FAR_DOWN * abs (y - seeker->y))
         + (float) (TRIP_PATCH_AREA * SEAM) * n_seams (seeker, &match)
         + (float) (TRIP_PATCH_AREA * TURNED) * (turn > 0);
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
  bound = seeker->best.cost + less - more;
  match.cost = more - less
               + (turn ? difference_turned (own, level->pixels + trip_level_at (level, x, y) * TRIP_LEVEL_STRIDE,
                                            stride, &trip_turns[turn], bound)
                       : difference (own, patch (level, x, y), stride, bound));
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
  consider (&seeker, match->x, match->y, match->turn);
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
  guint8 turn = 0;

  if (small)
    {
      const int from_x = CLAMP (x / 2, small->box.x, small->box.x + small->box.width - 1);
      const int from_y = CLAMP (y / 2, small->box.y, small->box.y + small->box.height - 1);
      const gsize at = trip_level_in_box (small, from_x, from_y);

      if (small->depths[at])
        {
          const TripMatch *rough = &small->matches[at];
          int in_halves_x, in_halves_y; /* of a pixel, from the middle of the four that are one of small's */

          turn = rough->turn;
          trip_match_beside (&(TripMatch) { .turn = turn }, 2 * (x - 2 * from_x) - 1, 2 * (y - 2 * from_y) - 1,
                             &in_halves_x, &in_halves_y);
          to_x = 2 * rough->x + (1 + in_halves_x) / 2;
          to_y = 2 * rough->y + (1 + in_halves_y) / 2;
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
  *match = (TripMatch) { .x = to_x, .y = to_y, .turn = turn };
}

static gboolean
start_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;

  return each_patch (job, tile, start_patch, job->level->matches);
}

/* i: the first of two random numbers, and then the next one. */
static void
look_at_random (Seeker *seeker, int reach, guint8 turn, guint32 *i)
{
  const guint32 seed = seeker->job->search->seed;
  const int dx = random_step (random_at (seed, seeker->x, seeker->y, *i), reach);
  const int dy = random_step (random_at (seed, seeker->x, seeker->y, *i + 1), reach);

  *i += 2;
  consider (seeker, seeker->best.x + dx, seeker->best.y + dy, turn);
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
        {
          const TripMatch *beside = &level->matches[at];
          int to_x, to_y;

          trip_match_beside (beside, -dx, -dy, &to_x, &to_y);
          consider (&seeker, to_x, to_y, beside->turn);
        }
    }
  for (int reach = search->reach; reach > 0; reach /= 2)
    look_at_random (&seeker, reach, seeker.best.turn, &i);
  if (search->reach > 0)
    {
      const guint32 number = random_at (search->seed, x, y, i++);

      look_at_random (&seeker, MAX (search->reach >> (number / TRIP_N_TURNS % N_REACHES), 1), number % TRIP_N_TURNS,
                      &i);
    }
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
      for (guint8 turn = 0; turn < TRIP_N_TURNS; turn++)
        consider (&seeker, to_x, to_y, turn);
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
  return trip_run_tiles (run, trip_divide_up (job->level->box.height, ROWS), func, job, error);
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
