#include "back-project.h"

#include <math.h>

#include "cubic.h"
#include "reduce.h"

#define STRENGTH 1.2f     /* of the step: more than 1, as the cubic does not give all back that is missing */
#define MOST (6 / 255.0f) /* that can be missing: more is there where the small picture was made in another way */
#define NONE 1e-5f        /* below: what is rounded, which must not change even areas */
#define ROWS 32           /* of the small picture that are reduced at once */

gsize
trip_back_project_need (int small_width, int small_height, int n_columns)
{
  return trip_arena_need (3 * (gsize) (small_width + 2 * TRIP_CUBIC_REACH) * (small_height + 2 * TRIP_CUBIC_REACH))
         + trip_cubic_need (small_width, n_columns, 3) + TRIP_CUBIC_TAPS * trip_arena_need (3 * (gsize) n_columns);
}

/* From what the small picture has to what it lacks. */
static void
subtract (const TripTileBand *band, const TripRect *rect, int first_channel, TripImage *reduced)
{
  const int n = reduced->n_channels, n_all = band->in->n_channels;

  for (int y = 0; y < rect->height; y++)
    {
      const float *in = trip_image_row (band->in, rect->y + y - band->in_y) + (gsize) (rect->x - band->in_x) * n_all
                        + first_channel;
      float *out = trip_image_row (reduced, y);

      for (int x = 0; x < rect->width; x++, in += n_all, out += n)
        for (int c = 0; c < n; c++)
          {
            /* as when pictures are reduced */
            const float missing = in[c] - CLAMP (out[c], MIN (in[c], 0), MAX (in[c], 1));

            out[c] = fabsf (missing) < NONE ? 0 : CLAMP (missing, -MOST, MOST);
          }
    }
}

/* What pixels lack of the small picture's rect. */
static gboolean
find_missing (const TripTileBand *band, const TripImage *pixels, const TripRect *place, const TripRect *rect,
              int first_channel, TripImage *missing, GCancellable *cancellable, GError **error)
{
  TripImage part = *missing;
  TripRect rows = *rect;

  for (int y = 0; y < rect->height; y += ROWS)
    {
      rows.y = rect->y + y;
      rows.height = part.height = MIN (ROWS, rect->height - y);
      part.data = trip_image_row (missing, y);
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || ! trip_reduce_part (pixels, place, band->x->result, band->y->result, band->x->length, band->y->length,
                                 &rows, &part, error))
        return FALSE;
      subtract (band, &rows, first_channel, &part);
    }
  return TRUE;
}

/* Rows of what is missing, as wide as the result: each of the last few that a row of the result takes. */
typedef struct
{
  const TripTileBand *band;
  const TripImage *missing;
  TripRect place; /* of missing */
  TripCubic cubic;
  int n_columns;
  float *rows[TRIP_CUBIC_TAPS];
  int held[TRIP_CUBIC_TAPS]; /* which they are, or -1 */
} Wide;

static const float *
wide_row (Wide *self, int y)
{
  const TripAxis *ax = self->band->x, *ay = self->band->y;
  const int row = CLAMP (y, 0, ay->length - 1), slot = row % TRIP_CUBIC_TAPS;

  if (self->held[slot] != row)
    {
      TripImage alone = *self->missing;

      alone.height = 1;
      alone.data = trip_image_row (self->missing, row - self->place.y);
      trip_cubic_start (&self->cubic, &alone, self->place.x, 0, ax->length, 1);
      trip_cubic_row (&self->cubic, 0, 0);
      trip_cubic_columns (&self->cubic, self->n_columns, self->rows[slot]);
      self->held[slot] = row;
    }
  return self->rows[slot];
}

/* out: a row of pixels with what is missing, within 0..1 or where they are themselves. */
static inline __attribute__ ((always_inline)) void
add_missing (const float *restrict from, const float *const rows[TRIP_CUBIC_TAPS],
             const float weights[TRIP_CUBIC_TAPS], int n_columns, const int n, const int n_out, float *restrict out)
{
  const float *restrict a = rows[0], *restrict b = rows[1], *restrict c = rows[2], *restrict d = rows[3];
  const float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];

  for (int x = 0; x < n_columns; x++)
    for (int k = 0; k < n; k++)
      {
        const int i = x * n + k;
        const float low = from[i] < 0 ? from[i] : 0, high = from[i] > 1 ? from[i] : 1;
        float value = from[i] + (wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i]);

        value = value > low ? value : low;
        out[x * n_out + k] = value < high ? value : high;
      }
}

gboolean
trip_back_project (const TripTileBand *band, const TripImage *pixels, const TripRect *place, const TripRect *rect,
                   int first_channel, TripArena *arena, GCancellable *cancellable, GError **error)
{
  const TripAxis *x = band->x, *y = band->y;
  const TripRect near = trip_rect_grown (rect, TRIP_CUBIC_REACH, x->length, y->length);
  const TripRect inner = trip_tile_band_pixels (band, rect);
  const int n = pixels->n_channels, n_out = band->out->n_channels, width = inner.width;
  const TripGrid grid = { width, x->grid.scale, x->grid.index + inner.x, x->grid.offset + inner.x };
  const int left = x->first + inner.x - place->x, out_left = inner.x - band->out_x;
  const gsize size = (gsize) near.width * near.height * n, used = arena->used;
  TripImage missing = { near.width, near.height, n, (gsize) near.width * n, trip_arena_take (arena, size) };
  Wide wide = { band, &missing, near, trip_cubic_new (&grid, n, arena), width };

  for (int t = 0; t < TRIP_CUBIC_TAPS; t++)
    {
      wide.rows[t] = trip_arena_take (arena, (gsize) width * n);
      wide.held[t] = -1;
    }
  if (! find_missing (band, pixels, place, &near, first_channel, &missing, cancellable, error))
    return FALSE;
  for (int i = inner.y; i < inner.y + inner.height; i++)
    {
      const float *from = trip_image_row (pixels, y->first + i - place->y) + (gsize) left * n;
      float *out = trip_image_row (band->out, i - band->out_y) + (gsize) out_left * n_out + first_channel;
      const float *rows[TRIP_CUBIC_TAPS];
      float weights[TRIP_CUBIC_TAPS];
      const int first = y->grid.index[i] + trip_cubic_weights (y->grid.offset[i], weights);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (int t = 0; t < TRIP_CUBIC_TAPS; t++)
        {
          rows[t] = wide_row (&wide, first + t);
          weights[t] *= STRENGTH * band->agreement;
        }
      if (n_out == n)
        add_missing (from, rows, weights, width * n, 1, 1, out);
      else if (n == 3)
        add_missing (from, rows, weights, width, 3, 4, out);
      else
        add_missing (from, rows, weights, width, n, n_out, out);
    }
  arena->used = used;
  return TRUE;
}
