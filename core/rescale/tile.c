#include "tile.h"

#include <math.h>
#include <string.h>

#include "../nn/colours.h"
#include "back-project.h"
#include "cubic.h"
#include "residual.h"

int
trip_tile_margin (const TripNetwork *network, gboolean agreement)
{
  return MAX (trip_residual_reach (network), TRIP_CUBIC_REACH) + (agreement ? TRIP_BACK_REACH : 0);
}

gsize
trip_tile_need (const TripNetwork *network, gboolean mirrored, gboolean agreement, int small_width, int small_height,
                double scale_x, double scale_y, int n_threads)
{
  const int beyond = agreement ? 2 * TRIP_BACK_REACH : 0, wide = small_width + beyond, high = small_height + beyond;
  const int n_columns = ceil (scale_x * wide) + 1, n_rows = ceil (scale_y * high) + 1;
  gsize need = trip_residual_need (network, mirrored, wide, high, n_columns, n_rows, n_threads)
               + trip_arena_need (3 * (gsize) n_columns + 1) + trip_cubic_need (wide, n_columns, 4);

  if (agreement)
    need += trip_back_projection_need (small_width, small_height, n_columns);
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
      const float gray = trip_luma[0] * residual[0] + trip_luma[1] * residual[1] + trip_luma[2] * residual[2];

      *out = MAX (base + gray * cubic->share[first], cubic->low[first]);
      *out = MIN (*out, cubic->high[first]);
    }
}

/* Some channels of a tile. */
typedef struct
{
  const TripTileBand *band;
  TripSpan rows, columns; /* of the band */
  int first_channel, n_channels;
  TripResidual residual;
  gboolean is_interpolated; /* the residual, by between into held */
  TripCubic cubic, between;
  float *held;
  TripImage out;           /* the rows and columns, the first of the channels first */
  int n_written;           /* rows of out */
  TripBackProjection back; /* from out to the band, if the band has agreement */
  GCancellable *cancellable;
} Tile;

/* wide: rect and what is needed around it. out, if it is needed, takes the place of the residual if that has as many
 * pixels. */
static void
init (Tile *self, const TripRect *rect, const TripRect *wide, TripArena *arena)
{
  const TripTileBand *band = self->band;
  const TripAxis *x = band->x, *y = band->y;
  const TripSpan rows = trip_axis_covered (y, wide->y, wide->height);
  const TripSpan columns = trip_axis_covered (x, wide->x, wide->width);
  const TripRect place = { x->first + columns.begin, y->first + rows.begin, columns.n, rows.n };
  const TripGrid grid = { columns.n, x->grid.scale, x->grid.index + columns.begin, x->grid.offset + columns.begin };
  TripImage *values = &self->residual.values;

  self->rows = rows;
  self->columns = columns;
  self->residual = trip_residual_take (band, wide, rows, columns, arena);
  self->cubic = trip_cubic_new (&grid, band->in->n_channels, arena);
  trip_cubic_start (&self->cubic, band->in, band->in_x, band->in_y, x->length, y->length);
  self->is_interpolated = trip_residual_is_interpolated (band, x) || trip_residual_is_interpolated (band, y);
  if (self->is_interpolated)
    {
      self->between = trip_cubic_new (&self->residual.x.pixels, 3, arena);
      trip_cubic_start (&self->between, values, 0, 0, values->width, values->height);
      self->held = trip_arena_take (arena, 3 * (gsize) columns.n + 1);
    }
  if (band->agreement > 0)
    {
      self->out = (TripImage) { columns.n, rows.n, self->n_channels, 3 * (gsize) columns.n, values->data };
      if (self->is_interpolated)
        self->out.data = trip_arena_take (arena, self->out.stride * rows.n);
      self->back = trip_back_projection_new (band, &self->out, &place, rect, self->first_channel, arena);
    }
  else
    self->out = (TripImage) { columns.n, rows.n, band->out->n_channels, band->out->stride,
                              trip_image_row (band->out, rows.begin - band->out_y)
                                + (gsize) (columns.begin - band->out_x) * band->out->n_channels + self->first_channel };
}

/* How many rows of the residual a row takes. */
static int
rows_needed (const Tile *self, int row)
{
  return self->is_interpolated
           ? MIN (self->residual.y.pixels.index[row] + TRIP_CUBIC_REACH + 1, self->residual.values.height) : row + 1;
}

static void
write_next (Tile *self)
{
  const TripTileBand *band = self->band;
  const TripGrid *grid = &band->y->grid, *pixels = &self->residual.y.pixels;
  const int i = self->n_written++, y = self->rows.begin + i, n = self->columns.n;
  const float *row = self->is_interpolated ? self->held : trip_image_row (&self->residual.values, i);
  float *out = trip_image_row (&self->out, i);

  if (self->is_interpolated)
    {
      trip_cubic_row (&self->between, pixels->index[i], pixels->offset[i]);
      trip_cubic_columns (&self->between, n, self->held);
    }
  trip_cubic_row (&self->cubic, grid->index[y], grid->offset[y]);
  trip_cubic_range (&self->cubic, grid->index[y], grid->offset[y]);
  if (self->n_channels == 1)
    write_channel (&self->cubic, n, self->first_channel, self->out.n_channels, row, out);
  else if (band->in->n_channels == 3)
    write_colours (&self->cubic, n, 3, 3, row, out);
  else if (self->out.n_channels == 3)
    write_colours (&self->cubic, n, 4, 3, row, out);
  else
    write_colours (&self->cubic, n, 4, 4, row, out);
}

/* Takes rows as soon as the network has made them, when they are still in the cache. */
static void
take_rows (int n_rows, gpointer data)
{
  Tile *self = data;

  while (self->n_written < self->rows.n && rows_needed (self, self->n_written) <= n_rows
         && ! g_cancellable_is_cancelled (self->cancellable))
    write_next (self);
  if (self->band->agreement > 0)
    trip_back_projection_run (&self->back, self->n_written, self->cancellable);
}

/* The channels of a tile: at once, or by way of pixels around it as well, which are made to agree with the small
 * picture. */
static gboolean
run_channels (const TripTileBand *band, const TripRect *rect, int first_channel, int n_channels, TripArena *arena,
              const TripRun *run, GError **error)
{
  const int reach = band->agreement > 0 ? TRIP_BACK_REACH : 0;
  const TripRect wide = trip_rect_grown (rect, reach, band->x->length, band->y->length);
  Tile self = { .band = band, .first_channel = first_channel, .n_channels = n_channels,
                .cancellable = run->cancellable };
  TripImage *values;
  gboolean done = TRUE;

  init (&self, rect, &wide, arena);
  values = &self.residual.values;
  /* mostly opaque pictures need no network for their alpha */
  if (first_channel > 0 && trip_residual_is_flat (band, &wide, &self.residual, first_channel))
    {
      memset (values->data, 0, values->height * values->stride * sizeof (float));
      take_rows (values->height, &self);
    }
  else
    done = trip_residual_fill (band, &self.residual, first_channel, n_channels, take_rows, &self, arena, run, error);
  trip_back_projection_clear (&self.back);
  return done && ! g_cancellable_set_error_if_cancelled (run->cancellable, error);
}

gboolean
trip_tile_run (const TripTileBand *band, const TripRect *rect, TripArena *arena, const TripRun *run,
               GError **error)
{
  const TripRect pixels = trip_tile_band_pixels (band, rect);
  const int n = band->in->n_channels, n_colours = n >= 3 ? 3 : 1;
  gboolean done = TRUE;

  if (pixels.width == 0 || pixels.height == 0)
    return TRUE;
  for (int first = 0; done && first < n; first += n_colours)
    {
      const TripRun part = trip_run_part (run, (double) first / n, MIN ((double) (first + n_colours) / n, 1));

      done = run_channels (band, rect, first, first == 0 ? n_colours : 1, arena, &part, error);
      arena->used = 0;
    }
  return done;
}
