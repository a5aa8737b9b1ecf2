#include "lean.h"

#include <math.h>

#define ROWS 16      /* that a thread takes at once */
#define WRONG 0.012f /* the squared error of a colour in a filling, over the size of the guess's pixels: */
#define GOOD 5e-6f   /* none up to this squared difference of what is said of its pixels, */
#define BAD 3e-5f    /* half where it is so much more, */
#define DEEP 2       /* and of that half so many pixels of the guess away from known ones */
#define SMALL 0.008f /* a difference of colours that does not matter */
#define MOST 0.06f   /* that a colour changes by; things that are not there would shine through */

typedef struct
{
  const TripComposition *composition;
  const TripGuess *guess;
  const TripImage *shares;
  int halvings;
  TripImage *changes; /* of the guess's size, 0 where the picture is known; the composition's channels */
} Job;

/* How far the pixels that pixel x, y of the guess stands for are from known ones, in px, and the mean squared
 * difference of a colour, in all that is said of them, from what their own likenesses say. */
static void
look_at (const TripLevel *level, int x, int y, int side, float *depth, float *difference)
{
  const TripRect *box = &level->box;
  double sum = 0, depths = 0;
  int n = 0;

  for (int j = MAX (y * side, box->y); j < MIN ((y + 1) * side, box->y + box->height); j++)
    for (int i = MAX (x * side, box->x); i < MIN ((x + 1) * side, box->x + box->width); i++)
      if (level->kinds[trip_level_at (level, i, j)] & TRIP_PIXEL_HOLE)
        {
          const TripMatch *match = level->matches + trip_level_in_box (level, i, j);
          const gint16 *own = level->pixels + trip_level_at (level, i, j) * TRIP_LEVEL_STRIDE;
          const gint16 *other = level->pixels + trip_level_at (level, match->x, match->y) * TRIP_LEVEL_STRIDE;

          n++;
          depths += level->depths[trip_level_in_box (level, i, j)] - 1;
          for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
            sum += (own[c] - other[c] - match->bias[c]) * (own[c] - other[c] - match->bias[c]);
        }
  *depth = n ? depths / n : 0;
  *difference = n ? sum / n / (3.0 * TRIP_LEVEL_ONE * TRIP_LEVEL_ONE) : 0;
}

TripImage *
trip_lean_shares (const TripLevel *level, const TripGuess *guess, int halvings, GError **error)
{
  TripImage *shares = trip_image_new (guess->errors->width, guess->errors->height, 1, error);
  const int side = 1 << halvings;

  for (int y = 0; shares && y < shares->height; y++)
    for (int x = 0; x < shares->width; x++)
      {
        const float astray = trip_image_row (guess->errors, y)[x];
        float depth, apart, wrong;

        look_at (level, x, y, side, &depth, &apart);
        apart = MAX (apart - GOOD, 0);
        wrong = WRONG * apart / (apart + BAD) * depth / (depth + DEEP * side);
        trip_image_row (shares, y)[x] = astray > 0 ? wrong / (wrong + astray) : 0; /* else nothing was guessed there */
      }
  return shares;
}

/* What of the colours of the pixels that pixel x, y of the guess stands for is to change. */
static void
find_change (const Job *job, int x, int y)
{
  const TripComposition *composition = job->composition;
  const TripLevel *level = composition->level;
  const TripRect *at = &composition->at;
  const int n = composition->out->n_channels, side = 1 << job->halvings;
  const float *expected = trip_image_row (job->guess->colours, y) + x * TRIP_LEVEL_STRIDE;
  const float share = trip_image_row (job->shares, y)[x];
  float *change = trip_image_row (job->changes, y) + x * n, sum[TRIP_LEVEL_STRIDE] = { 0 }, square = 0;
  int n_filled = 0, n_pixels = 0;

  for (int j = y * side; j < MIN ((y + 1) * side, level->height); j++)
    for (int i = x * side; i < MIN ((x + 1) * side, level->width); i++, n_pixels++)
      {
        const gboolean is_filled = level->kinds[trip_level_at (level, i, j)] & TRIP_PIXEL_HOLE;
        const int there_x = i + composition->x, there_y = j + composition->y;
        const float *pixel
          = is_filled ? trip_image_row (composition->out, there_y - at->y) + (gsize) (there_x - at->x) * n
                      : trip_image_row (composition->picture, there_y) + (gsize) there_x * n;

        n_filled += is_filled;
        for (int c = 0; c < n; c++)
          sum[c] += pixel[c];
      }
  for (int c = 0; c < n; c++)
    {
      const float apart = 2 * n_filled > n_pixels ? expected[c] - sum[c] / n_pixels : 0;

      change[c] = share * (apart - CLAMP (apart, -SMALL, SMALL));
      square += change[c] * change[c];
    }
  for (int c = 0; c < n; c++)
    change[c] /= sqrtf (1 + square / (MOST * MOST));
}

static gboolean
find_row (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;

  for (int x = 0; x < job->changes->width; x++)
    find_change (job, x, tile);
  return TRUE;
}

/* Between the pixels of the changes, linearly. */
static void
change_pixel (const Job *job, int x, int y, float *pixel)
{
  const TripImage *changes = job->changes;
  const float scale = 1.0f / (1 << job->halvings), at_x = (x + 0.5f) * scale - 0.5f, at_y = (y + 0.5f) * scale - 0.5f;
  const int left = floorf (at_x), top = floorf (at_y), n = changes->n_channels;
  float change[TRIP_LEVEL_STRIDE] = { 0 };

  for (int j = 0; j < 2; j++)
    for (int i = 0; i < 2; i++)
      {
        const float weight = (1 - fabsf (at_x - left - i)) * (1 - fabsf (at_y - top - j));
        const float *from = trip_image_row (changes, CLAMP (top + j, 0, changes->height - 1))
                            + CLAMP (left + i, 0, changes->width - 1) * n;

        for (int c = 0; c < n; c++)
          change[c] += weight * from[c];
      }
  for (int c = 0; c < n; c++)
    pixel[c] = CLAMP (pixel[c] + change[c], MIN (pixel[c], 0), MAX (pixel[c], 1));
}

static gboolean
change_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  const TripComposition *composition = job->composition;
  const TripRect *at = &composition->at;
  const int n = composition->out->n_channels;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, at->height); y++)
    for (int x = 0; x < at->width; x++)
      {
        const int there_x = at->x + x - composition->x, there_y = at->y + y - composition->y;

        if (composition->level->kinds[trip_level_at (composition->level, there_x, there_y)] & TRIP_PIXEL_HOLE)
          change_pixel (job, there_x, there_y, trip_image_row (composition->out, y) + (gsize) x * n);
      }
  return TRUE;
}

gboolean
trip_lean (const TripComposition *composition, const TripGuess *guess, const TripImage *shares, int halvings,
           const TripRun *run, GError **error)
{
  const TripRun found = trip_run_part (run, 0, 0.5), changed = trip_run_part (run, 0.5, 1);
  g_autoptr (TripImage) changes = trip_image_new (shares->width, shares->height, composition->out->n_channels, error);
  Job job = { composition, guess, shares, halvings, changes };

  return changes && trip_run_tiles (&found, changes->height, find_row, &job, error)
         && trip_run_tiles (&changed, trip_divide_up (composition->at.height, ROWS), change_rows, &job, error);
}
