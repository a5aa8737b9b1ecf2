#include "back-project.h"

#include <math.h>

#define STRENGTH 1.2f     /* of the step: more than 1, as the cubic does not give all back that is missing */
#define MOST (6 / 255.0f) /* that can be missing: more is there where the small picture was made in another way */
#define NONE 1e-5f        /* below: what is rounded, which must not change even areas */

gsize
trip_back_projection_need (int small_width, int small_height, int n_columns)
{
  return trip_arena_need (3 * (gsize) (small_width + 2 * TRIP_CUBIC_REACH) * (small_height + 2 * TRIP_CUBIC_REACH))
         + trip_cubic_need (small_width, n_columns, 3)
         + (TRIP_CUBIC_TAPS + 1) * trip_arena_need (3 * (gsize) n_columns + 1);
}

TripBackProjection
trip_back_projection_new (const TripTileBand *band, const TripImage *pixels, const TripRect *place,
                          const TripRect *rect, int first_channel, TripArena *arena)
{
  const TripAxis *x = band->x, *y = band->y;
  const int n = pixels->n_channels;
  TripBackProjection self = {
    .band = band,
    .pixels = pixels,
    .place = *place,
    .near = trip_rect_grown (rect, TRIP_CUBIC_REACH, x->length, y->length),
    .inner = trip_tile_band_pixels (band, rect),
    .first_channel = first_channel,
    .between = trip_arena_take (arena, (gsize) pixels->width * n + 1),
  };
  const TripRect *near = &self.near, *inner = &self.inner;
  const TripGrid grid = { inner->width, x->grid.scale, x->grid.index + inner->x, x->grid.offset + inner->x };

  self.reduction = trip_reduction_new (x->result, y->result, x->length, y->length, near);
  self.missing = (TripImage) { near->width, near->height, n, (gsize) near->width * n,
                               trip_arena_take (arena, (gsize) near->width * near->height * n) };
  self.cubic = trip_cubic_new (&grid, n, arena);
  for (int t = 0; t < TRIP_CUBIC_TAPS; t++)
    {
      self.wide[t] = trip_arena_take (arena, (gsize) inner->width * n);
      self.held[t] = -1;
    }
  return self;
}

void
trip_back_projection_clear (TripBackProjection *self)
{
  trip_reduction_free (self->reduction);
}

/* The next row of what the small picture has and pixels, reduced, do not. */
static void
find_missing (TripBackProjection *self)
{
  const TripTileBand *band = self->band;
  const int n = self->missing.n_channels, n_all = band->in->n_channels, y = self->n_missing++;
  const float *in = trip_image_row (band->in, self->near.y + y - band->in_y)
                    + (gsize) (self->near.x - band->in_x) * n_all + self->first_channel;
  float *out = trip_image_row (&self->missing, y);

  trip_reduction_row (self->reduction, self->pixels, self->place.x, self->place.y, y, self->between, out);
  for (int x = 0; x < self->near.width; x++, in += n_all, out += n)
    for (int c = 0; c < n; c++)
      {
        /* as when pictures are reduced */
        const float missing = in[c] - CLAMP (out[c], MIN (in[c], 0), MAX (in[c], 1));

        out[c] = fabsf (missing) < NONE ? 0 : CLAMP (missing, -MOST, MOST);
      }
}

static const float *
wide_row (TripBackProjection *self, int row)
{
  const int slot = row % TRIP_CUBIC_TAPS;

  if (self->held[slot] != row)
    {
      TripImage alone = self->missing;

      alone.height = 1;
      alone.data = trip_image_row (&self->missing, row - self->near.y);
      trip_cubic_start (&self->cubic, &alone, self->near.x, 0, self->band->x->length, 1);
      trip_cubic_row (&self->cubic, 0, 0);
      trip_cubic_columns (&self->cubic, self->inner.width, self->wide[slot]);
      self->held[slot] = row;
    }
  return self->wide[slot];
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

/* Whether the next row has all that it takes, or gets it now that n_rows rows of pixels are complete. */
static gboolean
can_write (TripBackProjection *self, int first, int n_rows)
{
  const int needed = MIN (first + TRIP_CUBIC_TAPS, self->near.y + self->near.height) - self->near.y;

  if (self->n_missing < needed && trip_reduction_end (self->reduction, needed - 1) > self->place.y + n_rows)
    return FALSE;
  while (self->n_missing < needed)
    find_missing (self);
  return TRUE;
}

void
trip_back_projection_run (TripBackProjection *self, int n_rows, GCancellable *cancellable)
{
  const TripTileBand *band = self->band;
  const TripAxis *ax = band->x, *ay = band->y;
  const TripRect *inner = &self->inner;
  const int n = self->pixels->n_channels, n_out = band->out->n_channels, width = inner->width;

  while (self->n_written < inner->height && ! g_cancellable_is_cancelled (cancellable))
    {
      const int i = inner->y + self->n_written;
      float weights[TRIP_CUBIC_TAPS];
      const float *rows[TRIP_CUBIC_TAPS];
      const int first = ay->grid.index[i] + trip_cubic_weights (ay->grid.offset[i], weights);
      const float *from = trip_image_row (self->pixels, ay->first + i - self->place.y)
                          + (gsize) (ax->first + inner->x - self->place.x) * n;
      float *out = trip_image_row (band->out, i - band->out_y) + (gsize) (inner->x - band->out_x) * n_out
                   + self->first_channel;

      if (! can_write (self, first, n_rows))
        return;
      for (int t = 0; t < TRIP_CUBIC_TAPS; t++)
        {
          rows[t] = wide_row (self, CLAMP (first + t, 0, ay->length - 1));
          weights[t] *= STRENGTH * band->agreement;
        }
      if (n_out == n)
        add_missing (from, rows, weights, width * n, 1, 1, out);
      else if (n == 3)
        add_missing (from, rows, weights, width, 3, 4, out);
      else
        add_missing (from, rows, weights, width, n, n_out, out);
      self->n_written++;
    }
}
