#include "tile.h"

#include <math.h>

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
  gsize need = trip_residual_need (network, wide, high, n_columns, n_rows) + trip_arena_need (3 * (gsize) n_columns)
               + trip_cubic_need (wide, n_columns, 4);

  if (agreement)
    need += trip_back_project_need (small_width, small_height, n_columns);
  if (agreement && MAX (scale_x, scale_y) > TRIP_TILE_FINEST)
    need += trip_arena_need ((gsize) n_columns * n_rows * 3);
  return need;
}

/* A row of n_channels channels of n_all: out = base + residual, within 0..1 or the range of the pixels around. Where
 * these hardly differ the residual fades, so that an even area stays exactly even. n_out: floats from one pixel of out
 * to the next. */
static inline __attribute__ ((always_inline)) void
write_row (const TripCubic *cubic, int n, int first_channel, const int n_channels, const int n_all, const int n_out,
           const float *residual, float *out)
{
  for (int x = 0; x < n; x++, out += n_out, residual += 3)
    {
      const int first = cubic->first[x] * n_all + first_channel;
      const float *w = cubic->weights[x];
      const float gray = luma[0] * residual[0] + luma[1] * residual[1] + luma[2] * residual[2];

      for (int c = 0; c < n_channels; c++)
        {
          const float *row = cubic->row + first + c, low = cubic->low[first + c], high = cubic->high[first + c];
          const float middle = row[n_all], contrast = MIN ((high - low) * (1 / TRIP_TILE_CONTRAST), 1);
          float base = middle + w[0] * (row[0] - middle) + w[2] * (row[2 * n_all] - middle)
                       + w[3] * (row[3 * n_all] - middle);
          float value = base + (n_channels == 3 ? residual[c] : gray) * contrast * contrast;

          value = MAX (value, MIN (low, 0));
          out[c] = MIN (value, MAX (high, 1));
        }
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

  if (interpolated)
    {
      between = trip_cubic_new (&residual->x.pixels, 3, arena);
      held = trip_arena_take (arena, 3 * (gsize) columns.n);
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
          trip_cubic_row (&between, values, 0, 0, values->width, values->height, residual->y.pixels.index[i],
                          residual->y.pixels.offset[i]);
          trip_cubic_columns (&between, columns.n, held);
        }
      trip_cubic_row (&cubic, band->in, band->in_x, band->in_y, band->x->length, band->y->length,
                      band->y->grid.index[y], band->y->grid.offset[y]);
      if (n_all == 3)
        write_row (&cubic, columns.n, 0, 3, 3, 3, row, to);
      else if (n_channels == 3 && out->n_channels == 3)
        write_row (&cubic, columns.n, 0, 3, 4, 3, row, to);
      else if (n_channels == 3)
        write_row (&cubic, columns.n, 0, 3, 4, 4, row, to);
      else
        write_row (&cubic, columns.n, first_channel, 1, n_all, out->n_channels, row, to);
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
