#include "foreground.h"

#include <math.h>
#include <string.h>

#define ROWS 32
#define SMOOTH 1e-5f /* what neighbours weigh where alpha is flat; and as much as alpha differs besides */
#define SMALL 32     /* px: up to here sweeps cost nothing */
#define N_SWEEPS 10
#define N_SWEEPS_LARGE 3

typedef struct
{
  const TripImage *picture, *alpha; /* of this level's size */
  TripImage *foreground, *background;
  float low, high; /* of the picture's values, at least 0..1 */
  int colour;      /* of the chessboard: a half of the pixels, whose neighbours all are the other half's */
} Level;

static void
level_clear (Level *level)
{
  trip_image_free (level->foreground);
  trip_image_free (level->background);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Level, level_clear)

/* The means of F and B around the pixel, moved by what they miss of I = alpha F + (1 - alpha) B: where the paper's cost
 * is least for this pixel. */
static void
update (const Level *level, int x, int y)
{
  const int n = level->foreground->n_channels, n_picture = level->picture->n_channels;
  const int width = level->alpha->width, height = level->alpha->height;
  const float a = trip_image_row (level->alpha, y)[x], b = 1 - a;
  const float *picture = trip_image_row (level->picture, y) + (gsize) x * n_picture;
  float *f = trip_image_row (level->foreground, y) + (gsize) x * n;
  float *g = trip_image_row (level->background, y) + (gsize) x * n;
  float mean_f[3] = { 0 }, mean_g[3] = { 0 }, weight = 0;

  for (int k = 0; k < 4; k++)
    {
      int u = CLAMP (x + (k == 0) - (k == 1), 0, width - 1), v = CLAMP (y + (k == 2) - (k == 3), 0, height - 1);
      float w = SMOOTH + fabsf (trip_image_row (level->alpha, v)[u] - a);
      const float *other_f = trip_image_row (level->foreground, v) + (gsize) u * n;
      const float *other_g = trip_image_row (level->background, v) + (gsize) u * n;

      weight += w;
      for (int c = 0; c < n; c++)
        {
          mean_f[c] += w * other_f[c];
          mean_g[c] += w * other_g[c];
        }
    }
  for (int c = 0; c < n; c++)
    {
      float to_f = mean_f[c] / weight, to_g = mean_g[c] / weight;
      float missing = (picture[c] - a * to_f - b * to_g) / (weight + a * a + b * b);

      f[c] = CLAMP (to_f + a * missing, level->low, level->high);
      g[c] = CLAMP (to_g + b * missing, level->low, level->high);
    }
}

static gboolean
sweep_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Level *level = data;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, level->alpha->height); y++)
    for (int x = (y + level->colour) % 2; x < level->alpha->width; x += 2)
      update (level, x, y);
  return TRUE;
}

/* What is still missing of the picture, shared out by coverage. */
static gboolean
complete_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Level *level = data;
  const int n = level->foreground->n_channels, n_picture = level->picture->n_channels;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, level->alpha->height); y++)
    for (int x = 0; x < level->alpha->width; x++)
      {
        const float a = trip_image_row (level->alpha, y)[x], b = 1 - a;
        const float *picture = trip_image_row (level->picture, y) + (gsize) x * n_picture;
        float *f = trip_image_row (level->foreground, y) + (gsize) x * n;
        float *g = trip_image_row (level->background, y) + (gsize) x * n;

        for (int c = 0; c < n; c++)
          {
            float missing = (picture[c] - a * f[c] - b * g[c]) / (a * a + b * b);

            f[c] = CLAMP (f[c] + a * missing, level->low, level->high);
            g[c] = CLAMP (g[c] + b * missing, level->low, level->high);
          }
      }
  return TRUE;
}

/* The nearest pixels of image, n_channels of them. */
static TripImage *
resize (const TripImage *image, int width, int height, int n_channels, GError **error)
{
  TripImage *to = trip_image_new (width, height, n_channels, error);

  for (int y = 0; to && y < height; y++)
    {
      const float *from = trip_image_row (image, (2 * y + 1) * (gint64) image->height / (2 * height));
      float *row = trip_image_row (to, y);

      for (int x = 0; x < width; x++)
        memcpy (row + (gsize) x * n_channels,
                from + (2 * x + 1) * (gint64) image->width / (2 * width) * image->n_channels,
                n_channels * sizeof (float));
    }
  return to;
}

/* Takes the level before, which is smaller, to width x height px. */
static gboolean
enlarge (Level *level, int width, int height, GError **error)
{
  const int n = level->foreground->n_channels;
  TripImage *foreground = resize (level->foreground, width, height, n, error);
  TripImage *background = foreground ? resize (level->background, width, height, n, error) : NULL;

  level_clear (level);
  level->foreground = foreground;
  level->background = background;
  return background != NULL;
}

static gboolean
solve_level (Level *level, const TripRun *run, GError **error)
{
  const gsize n_tiles = trip_divide_up (level->alpha->height, ROWS);
  const int n_sweeps = MAX (level->alpha->width, level->alpha->height) <= SMALL ? N_SWEEPS : N_SWEEPS_LARGE;

  for (int i = 0; i < 2 * n_sweeps; i++)
    {
      TripRun part = trip_run_part (run, i / (2.0 * n_sweeps), (i + 1) / (2.0 * n_sweeps));

      level->colour = i % 2;
      if (! trip_run_tiles (&part, n_tiles, sweep_rows, level, error))
        return FALSE;
    }
  return TRUE;
}

static void
find_range (const TripImage *picture, Level *level)
{
  const int n = picture->n_channels, n_colours = n < 3 ? 1 : 3;

  level->low = 0;
  level->high = 1;
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      for (int c = 0; c < n_colours; c++)
        {
          float value = trip_image_row (picture, y)[(gsize) x * n + c];

          level->low = MIN (level->low, value);
          level->high = MAX (level->high, value);
        }
}

gboolean
trip_foreground (const TripImage *picture, const TripImage *alpha, const TripRun *run, TripImage **foreground,
                 TripImage **background, GError **error)
{
  const int n = picture->n_channels < 3 ? 1 : 3, width = picture->width, height = picture->height;
  g_auto (Level) level = { 0 };
  TripRun last = trip_run_part (run, 0.95, 1);
  double done = 0;
  int top = 0;

  while (MAX (width, height) >> top > 1)
    top++;
  find_range (picture, &level);
  level.foreground = resize (picture, 1, 1, n, error);
  level.background = level.foreground ? resize (picture, 1, 1, n, error) : NULL;
  if (! level.background)
    return FALSE;
  for (int l = top; l >= 0; l--)
    {
      int w = MAX (width >> l, 1), h = MAX (height >> l, 1);
      double end = pow (0.25, l);
      TripRun part = trip_run_part (run, 0.95 * done, 0.95 * end);
      g_autoptr (TripImage) small_picture = l ? resize (picture, w, h, n, error) : NULL;
      g_autoptr (TripImage) small_alpha = small_picture ? resize (alpha, w, h, 1, error) : NULL;

      if ((l && ! small_alpha) || ! enlarge (&level, w, h, error))
        return FALSE;
      level.picture = l ? small_picture : picture;
      level.alpha = l ? small_alpha : alpha;
      if (! solve_level (&level, &part, error))
        return FALSE;
      done = end;
    }
  if (! trip_run_tiles (&last, trip_divide_up (height, ROWS), complete_rows, &level, error))
    return FALSE;
  *foreground = g_steal_pointer (&level.foreground);
  if (background)
    *background = g_steal_pointer (&level.background);
  return TRUE;
}
