#include "tile.h"

#include <math.h>

#include "../nn/colours.h"
#include "back-project.h"
#include "cubic.h"
#include "residual.h"

static const float luma[3] = { 0.299f, 0.587f, 0.114f };

int
trip_tile_margin (const TripNetwork *network, gboolean agreement)
{
  return MAX (trip_residual_reach (network), TRIP_CUBIC_REACH) + (agreement ? TRIP_BACK_REACH : 0);
}

gsize
trip_tile_need (const TripNetwork *network, gboolean agreement, int small_width, int small_height, double scale_x,
                double scale_y)
{
  const int beyond = agreement ? 2 * TRIP_BACK_REACH : 0, wide = small_width + beyond, high = small_height + beyond;
  const int n_columns = ceil (scale_x * wide) + 1, n_rows = ceil (scale_y * high) + 1;
  gsize need = trip_residual_need (network, wide, high, n_columns, n_rows) + trip_arena_need (3 * (gsize) n_columns + 1)
               + trip_cubic_need (wide, n_columns, 4);

  if (agreement)
    need += trip_back_project_need (small_width, small_height, n_columns);
  if (agreement && MAX (scale_x, scale_y) > TRIP_TILE_FINEST)
    need += trip_arena_need ((gsize) n_columns * n_rows * 3);
  return need;
}

/* A row of three colours of n_all channels, or of one of them alone: out = base + residual, within the cubic's range.
 * n_out: floats from one pixel of out to the next; out may be where the residual is, which has one float more. */
static inline __attribute__ ((always_inline)) void
write_colours (const TripCubic *cubic, int n, const int n_all, const int n_out, const float *residual, float *out)
{
  for (int x = 0; x < n; x++, out += n_out, residual += 3)
    {
      const int first = cubic->first[x] * n_all;
      const float *row = cubic->row + first, *w = cubic->weights[x];
      const TripColours middle = trip_colours_load (row + n_all);
      const TripColours base = middle + w[0] * (trip_colours_load (row) - middle)
                               + w[2] * (trip_colours_load (row + 2 * n_all) - middle)
                               + w[3] * (trip_colours_load (row + 3 * n_all) - middle);
      const TripColours value = base + trip_colours_load (residual) * trip_colours_load (cubic->share + first);

      trip_colours_store (out, trip_colours_clamp (value, trip_colours_load (cubic->low + first),
                                                   trip_colours_load (cubic->high + first)));
    }
}

static void
write_channel (const TripCubic *cubic, int n, int channel, int n_out, const float *residual, float *out)
{
  const int n_all = cubic->n_channels;

  for (int x = 0; x < n; x++, out += n_out, residual += 3)
    {
      const int first = cubic->first[x] * n_all + channel;
      const float *row = cubic->row + first, *w = cubic->weights[x], middle = row[n_all];
      const float base = middle + w[0] * (row[0] - middle) + w[2] * (row[2 * n_all] - middle)
                         + w[3] * (row[3 * n_all] - middle);
      const float gray = luma[0] * residual[0] + luma[1] * residual[1] + luma[2] * residual[2];

      *out = MAX (base + gray * cubic->share[first], cubic->low[first]);
      *out = MIN (*out, cubic->high[first]);
    }
}

static gboolean
is_interpolated (const TripTileBand *band)
{
  return trip_residual_is_interpolated (band, band->x) || trip_residual_is_interpolated (band, band->y);
}

/* out: the rows and columns, the first of the channels first; it may be where the residual is. */
static gboolean
write_channels (const TripTileBand *band, TripSpan rows, TripSpan columns, int first_channel, int n_channels,
                const TripResidual *residual, const TripImage *out, TripArena *arena, GCancellable *cancellable,
                GError **error)
{
  const gsize used = arena->used;
  const TripGrid grid = { columns.n, band->x->grid.scale, band->x->grid.index + columns.begin,
                          band->x->grid.offset + columns.begin };
  const gboolean interpolated = is_interpolated (band);
  const int n_all = band->in->n_channels;
  const TripImage *values = &residual->values;
  TripCubic cubic = trip_cubic_new (&grid, n_all, arena), between = { 0 };
  float *held = NULL;

  trip_cubic_start (&cubic, band->in, band->in_x, band->in_y, band->x->length, band->y->length);
  if (interpolated)
    {
      between = trip_cubic_new (&residual->x.pixels, 3, arena);
      trip_cubic_start (&between, values, 0, 0, values->width, values->height);
      held = trip_arena_take (arena, 3 * (gsize) columns.n + 1);
    }
  for (int i = 0; i < rows.n; i++)
    {
      const int y = rows.begin + i;
      const float *row = interpolated ? held : trip_image_row (values, i);
      float *to = trip_image_row (out, i);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (interpolated)
        {
          trip_cubic_row (&between, residual->y.pixels.index[i], residual->y.pixels.offset[i]);
          trip_cubic_columns (&between, columns.n, held);
        }
      trip_cubic_row (&cubic, band->y->grid.index[y], band->y->grid.offset[y]);
      trip_cubic_range (&cubic, band->y->grid.index[y], band->y->grid.offset[y]);
      if (n_channels == 1)
        write_channel (&cubic, columns.n, first_channel, out->n_channels, row, to);
      else if (n_all == 3)
        write_colours (&cubic, columns.n, 3, 3, row, to);
      else if (out->n_channels == 3)
        write_colours (&cubic, columns.n, 4, 3, row, to);
      else
        write_colours (&cubic, columns.n, 4, 4, row, to);
    }
  arena->used = used;
  return TRUE;
}

/* The channels of a tile: at once, or by way of pixels around it as well, which are made to agree with the small
 * picture. */
static gboolean
run_channels (const TripTileBand *band, const TripRect *rect, int first_channel, int n_channels, TripArena *arena,
              GCancellable *cancellable, GError **error)
{
  const int reach = band->agreement > 0 ? TRIP_BACK_REACH : 0;
  const TripRect wide = trip_rect_grown (rect, reach, band->x->length, band->y->length);
  const TripSpan rows = trip_axis_covered (band->y, wide.y, wide.height);
  const TripSpan columns = trip_axis_covered (band->x, wide.x, wide.width);
  const TripRect place = { band->x->first + columns.begin, band->y->first + rows.begin, columns.n, rows.n };
  TripResidual residual = trip_residual_take (band, &wide, rows, columns, arena);
  TripImage out = { columns.n, rows.n, band->out->n_channels, band->out->stride, NULL };

  if (band->agreement > 0)
    {
      /* in place of the residual, if that has as many */
      out.n_channels = n_channels;
      out.stride = 3 * (gsize) columns.n;
      out.data = is_interpolated (band) ? trip_arena_take (arena, out.stride * rows.n) : residual.values.data;
    }
  else
    out.data = trip_image_row (band->out, rows.begin - band->out_y)
               + (gsize) (columns.begin - band->out_x) * out.n_channels + first_channel;
  /* mostly opaque pictures need no network for their alpha */
  return ((first_channel > 0 && trip_residual_is_flat (band, &wide, &residual, first_channel))
          || trip_residual_fill (band, &residual, first_channel, n_channels, arena, cancellable, error))
         && write_channels (band, rows, columns, first_channel, n_channels, &residual, &out, arena, cancellable, error)
         && (! (band->agreement > 0)
             || trip_back_project (band, &out, &place, rect, first_channel, arena, cancellable, error));
}

gboolean
trip_tile_run (const TripTileBand *band, const TripRect *rect, TripArena *arena, GCancellable *cancellable,
               GError **error)
{
  const TripRect pixels = trip_tile_band_pixels (band, rect);
  const int n = band->in->n_channels, n_colours = n >= 3 ? 3 : 1;
  gboolean done = TRUE;

  if (pixels.width == 0 || pixels.height == 0)
    return TRUE;
  for (int first = 0; done && first < n; first += n_colours)
    {
      done = run_channels (band, rect, first, first == 0 ? n_colours : 1, arena, cancellable, error);
      arena->used = 0;
    }
  return done;
}
