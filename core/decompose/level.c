#include "level.h"

#include <string.h>

#include "../error.h"

#define ROWS 16 /* of a level that a thread takes at once */

const TripTurn trip_turns[TRIP_N_TURNS] = {
  { 1, 0, 0, 1 }, { -1, 0, 0, 1 }, { 1, 0, 0, -1 }, { -1, 0, 0, -1 },
  { 0, -1, 1, 0 }, { 0, 1, -1, 0 }, { 0, 1, 1, 0 }, { 0, -1, -1, 0 },
};

TripLevel *
trip_level_new (int width, int height, GError **error)
{
  g_autoptr (TripLevel) level = g_new0 (TripLevel, 1);
  const gsize n = (gsize) width * height;

  level->width = width;
  level->height = height;
  level->pixels = g_try_malloc_n (n, TRIP_LEVEL_STRIDE * sizeof (gint16));
  level->kinds = g_try_malloc (n);
  if (! level->pixels || ! level->kinds)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to fill %d x %d px", width, height);
      return NULL;
    }
  return g_steal_pointer (&level);
}

void
trip_level_free (TripLevel *level)
{
  if (! level)
    return;
  g_free (level->pixels);
  g_free (level->means);
  g_free (level->kinds);
  g_free (level->depths);
  g_free (level->matches);
  g_free (level->next);
  g_free (level->guides);
  g_free (level);
}

typedef struct
{
  TripLevel *level;
  const TripLevel *other; /* of half or of double the size */
  guint8 *near;           /* the kinds of all pixels of the patch around each */
} Job;

static gsize
n_blocks (const TripLevel *level)
{
  return trip_divide_up (level->height, ROWS);
}

/* One pixel of half the size: of 4 x 4 px, weighted 1 3 3 1 both ways, those that are known. */
static void
reduce_pixel (const TripLevel *big, int x, int y, gint16 *pixel, guint8 *kind)
{
  static const int weights[] = { 1, 3, 3, 1 };
  int sums[TRIP_LEVEL_STRIDE] = { 0 }, sum = 0, n = 0, n_holes = 0;

  for (int j = 0; j < 4; j++)
    for (int i = 0; i < 4; i++)
      {
        const int from_x = 2 * x - 1 + i, from_y = 2 * y - 1 + j, weight = weights[i] * weights[j];
        const gboolean is_inner = weight == 9;
        gsize at;

        if (from_x < 0 || from_x >= big->width || from_y < 0 || from_y >= big->height)
          continue;
        at = trip_level_at (big, from_x, from_y);
        n += is_inner;
        if (big->kinds[at] & TRIP_PIXEL_HOLE)
          {
            n_holes += is_inner;
            continue;
          }
        sum += weight;
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          sums[c] += weight * big->pixels[at * TRIP_LEVEL_STRIDE + c];
      }
  *kind = 2 * n_holes > n ? TRIP_PIXEL_HOLE : 0;
  for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
    pixel[c] = sum ? (sums[c] + sum / 2) / sum : 0;
}

static gboolean
reduce_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  TripLevel *level = job->level;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, level->height); y++)
    for (int x = 0; x < level->width; x++)
      {
        const gsize at = trip_level_at (level, x, y);

        reduce_pixel (job->other, x, y, level->pixels + at * TRIP_LEVEL_STRIDE, level->kinds + at);
      }
  return TRUE;
}

TripLevel *
trip_level_reduce (const TripLevel *level, const TripRun *run, GError **error)
{
  g_autoptr (TripLevel) small = trip_level_new ((level->width + 1) / 2, (level->height + 1) / 2, error);
  Job job = { .level = small, .other = level };

  if (! small || ! trip_run_tiles (run, n_blocks (small), reduce_rows, &job, error))
    return NULL;
  return g_steal_pointer (&small);
}

/* The kinds of the patch around each pixel of a row, all ored. */
static void
near_row (const Job *job, int y, guint8 *column)
{
  const TripLevel *level = job->level;
  guint8 *out = job->near + trip_level_at (level, 0, y);
  const int r = TRIP_PATCH_RADIUS;

  memset (column, 0, level->width + 2 * r);
  for (int j = MAX (y - r, 0); j <= MIN (y + r, level->height - 1); j++)
    for (int x = 0; x < level->width; x++)
      column[r + x] |= level->kinds[trip_level_at (level, x, j)];
  memset (out, 0, level->width);
  for (int i = 0; i < TRIP_PATCH_SIZE; i++)
    for (int x = 0; x < level->width; x++)
      out[x] |= column[x + i];
}

static void
means_row (const TripLevel *level, int y, int *column)
{
  const int r = TRIP_PATCH_RADIUS, n = TRIP_LEVEL_STRIDE * level->width;
  gint16 *out = level->means + trip_level_at (level, 0, y) * TRIP_LEVEL_STRIDE;

  memset (column, 0, n * sizeof (int));
  for (int j = y - r; j <= y + r; j++)
    for (int i = 0; i < n; i++)
      column[i] += level->pixels[trip_level_at (level, 0, j) * TRIP_LEVEL_STRIDE + i];
  for (int i = r * TRIP_LEVEL_STRIDE; i < n - r * TRIP_LEVEL_STRIDE; i++)
    {
      int sum = 0;

      for (int k = -r; k <= r; k++)
        sum += column[i + k * TRIP_LEVEL_STRIDE];
      out[i] = (sum * TRIP_LEVEL_MEAN + TRIP_PATCH_AREA / 2) / TRIP_PATCH_AREA;
    }
}

static gboolean
prepare_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  const TripLevel *level = job->level;
  g_autofree int *column = g_new (int, (gsize) level->width * TRIP_LEVEL_STRIDE + 2 * TRIP_PATCH_RADIUS);

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, level->height); y++)
    {
      near_row (job, y, (guint8 *) column);
      if (y >= TRIP_PATCH_RADIUS && y < level->height - TRIP_PATCH_RADIUS)
        means_row (level, y, column);
    }
  return TRUE;
}

/* Marks the sources, and puts a box around the patches that touch the hole. */
static void
mark (TripLevel *level, const guint8 *near)
{
  const int r = TRIP_PATCH_RADIUS;
  int x0 = G_MAXINT, y0 = G_MAXINT, x1 = -1, y1 = -1;

  for (int y = r; y < level->height - r; y++)
    for (int x = r; x < level->width - r; x++)
      {
        const gsize at = trip_level_at (level, x, y);

        if (near[at] & TRIP_PIXEL_HOLE)
          {
            x0 = MIN (x0, x);
            x1 = MAX (x1, x);
            y0 = MIN (y0, y);
            y1 = y;
          }
        else
          {
            level->kinds[at] |= TRIP_PIXEL_SOURCE;
            level->first_source = at;
            level->n_sources++;
          }
      }
  if (x1 >= x0)
    level->box = (TripRect) { x0, y0, x1 - x0 + 1, y1 - y0 + 1 };
}

/* 1 + each hole pixel's distance from known ones, in king's moves. */
static void
measure_depths (TripLevel *level, const guint8 *near)
{
  const TripRect *box = &level->box;

  for (int pass = 0; pass < 2; pass++)
    for (int row = 0; row < box->height; row++)
      for (int column = 0; column < box->width; column++)
        {
          const int sign = pass ? 1 : -1;
          const int y = pass ? box->height - 1 - row : row, x = pass ? box->width - 1 - column : column;
          const gsize at = (gsize) y * box->width + x, there = trip_level_at (level, box->x + x, box->y + y);
          int depth = pass ? level->depths[at] : 255;

          if (! (near[there] & TRIP_PIXEL_HOLE))
            depth = 0;
          else if (! (level->kinds[there] & TRIP_PIXEL_HOLE))
            depth = 1;
          else
            for (int i = -1; i < 3; i++) /* the three beside it in the row before, the one before it in its own */
              {
                const int to_x = x + (i < 2 ? i : sign), to_y = y + (i < 2 ? sign : 0);

                if (to_x >= 0 && to_x < box->width && to_y >= 0 && to_y < box->height)
                  depth = MIN (depth, MAX (level->depths[(gsize) to_y * box->width + to_x], 1) + 1);
              }
          level->depths[at] = depth;
          if (pass)
            level->max_depth = MAX (level->max_depth, depth);
        }
}

gboolean
trip_level_prepare (TripLevel *level, const TripRun *run, GError **error)
{
  const gsize n = (gsize) level->width * level->height;
  g_autofree guint8 *near = g_try_malloc (n);
  Job job = { .level = level, .near = near };
  gsize n_box;

  level->means = g_try_malloc_n (n, TRIP_LEVEL_STRIDE * sizeof (gint16));
  if (! near || ! level->means)
    goto no_memory;
  if (! trip_run_tiles (run, n_blocks (level), prepare_rows, &job, error))
    return FALSE;
  mark (level, near);
  n_box = (gsize) level->box.width * level->box.height;
  level->depths = g_try_malloc (n_box);
  level->matches = g_try_malloc_n (n_box, sizeof (TripMatch));
  level->next = g_try_malloc_n (n_box, sizeof (TripMatch));
  if (n_box && (! level->depths || ! level->matches || ! level->next))
    goto no_memory;
  measure_depths (level, near);
  return TRUE;

no_memory:
  g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to fill %d x %d px", level->width, level->height);
  return FALSE;
}

void
trip_level_mean (const TripLevel *level, int x, int y, int *mean)
{
  const gint16 *p
    = level->pixels + trip_level_at (level, x - TRIP_PATCH_RADIUS, y - TRIP_PATCH_RADIUS) * TRIP_LEVEL_STRIDE;
  int sums[TRIP_LEVEL_STRIDE] = { 0 };

  for (int j = 0; j < TRIP_PATCH_SIZE; j++, p += level->width * TRIP_LEVEL_STRIDE)
    for (int i = 0; i < TRIP_PATCH_SIZE; i++)
      for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
        sums[c] += p[i * TRIP_LEVEL_STRIDE + c];
  for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
    mean[c] = (sums[c] * TRIP_LEVEL_MEAN + TRIP_PATCH_AREA / 2) / TRIP_PATCH_AREA;
}

static gboolean
enlarge_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  const TripLevel *level = job->level, *small = job->other;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, level->height); y++)
    for (int x = 0; x < level->width; x++)
      {
        const gsize at = trip_level_at (level, x, y);
        const int near_x = x / 2, near_y = y / 2;
        const int far_x = CLAMP (near_x + (x & 1 ? 1 : -1), 0, small->width - 1);
        const int far_y = CLAMP (near_y + (y & 1 ? 1 : -1), 0, small->height - 1);

        if (! (level->kinds[at] & TRIP_PIXEL_HOLE))
          continue;
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          {
            const gint16 *p = small->pixels + c;

            level->pixels[at * TRIP_LEVEL_STRIDE + c]
              = (9 * p[trip_level_at (small, near_x, near_y) * TRIP_LEVEL_STRIDE]
                 + 3 * p[trip_level_at (small, far_x, near_y) * TRIP_LEVEL_STRIDE]
                 + 3 * p[trip_level_at (small, near_x, far_y) * TRIP_LEVEL_STRIDE]
                 + p[trip_level_at (small, far_x, far_y) * TRIP_LEVEL_STRIDE] + 8)
                / 16;
          }
      }
  return TRUE;
}

gboolean
trip_level_enlarge (TripLevel *level, const TripLevel *small, const TripRun *run, GError **error)
{
  Job job = { .level = level, .other = small };

  return trip_run_tiles (run, n_blocks (level), enlarge_rows, &job, error);
}
