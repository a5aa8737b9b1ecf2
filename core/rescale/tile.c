#include "tile.h"

#include <math.h>
#include <string.h>

#include "cubic.h"

#define BETWEEN 1 /* small px beyond a tile that interpolating takes, or a place between two in the mirror */

static const float luma[3] = { 0.299f, 0.587f, 0.114f };

/* The pixels of the result that a tile covers along an axis. */
typedef struct
{
  int begin, n;
} Span;

void
trip_axis_init (TripAxis *axis, int length, int result, int first, int n)
{
  const double scale = (double) result / length;

  *axis = (TripAxis) { length, first, { n, scale, g_new (int, n), g_new (float, n) } };
  for (int i = 0; i < n; i++)
    {
      double centre = (first + i + 0.5) / scale;

      axis->grid.index[i] = MIN ((int) centre, length - 1);
      axis->grid.offset[i] = centre - axis->grid.index[i] - 0.5;
    }
}

void
trip_axis_clear (TripAxis *axis)
{
  g_free (axis->grid.index);
  g_free (axis->grid.offset);
}

static Span
covered (const TripAxis *axis, int first, int begin, int length)
{
  Span span = { first, 0 };

  while (span.begin < axis->grid.n && axis->grid.index[span.begin] < begin)
    span.begin++;
  while (span.begin + span.n < axis->grid.n && axis->grid.index[span.begin + span.n] < begin + length)
    span.n++;
  return span;
}

int
trip_tile_margin (const TripNetwork *network)
{
  return MAX (trip_network_reach (network) + BETWEEN, TRIP_CUBIC_REACH);
}

/* Pixels of an axis that the field is asked for, at most: beyond TRIP_TILE_FINEST those to interpolate from. */
static int
asked (int n_small, int n_pixels)
{
  const int finest = TRIP_TILE_FINEST * (n_small + 2 * BETWEEN);

  return n_pixels > TRIP_TILE_FINEST * n_small + 1 ? MAX (n_pixels, finest) : n_pixels;
}

gsize
trip_tile_need (const TripNetwork *network, int small_width, int small_height, int n_columns, int n_rows)
{
  const int margin = trip_tile_margin (network);
  const int width = small_width + 2 * margin, height = small_height + 2 * margin;
  const int across = asked (small_width, n_columns), down = asked (small_height, n_rows);

  return trip_network_need (network, height, width)
         + trip_field_need (trip_network_field (network), small_width + 2 * BETWEEN, across)
         + 2 * (trip_arena_need (down) + trip_arena_need (across) + trip_arena_need (n_rows) + trip_arena_need (n_columns))
         + trip_arena_need ((gsize) across * down * 3) + trip_arena_need (3 * (gsize) n_columns)
         + trip_cubic_need (small_width, n_columns, 4) + trip_cubic_need (across, n_columns, 3);
}

/* The part of an axis that a tile's features are computed for: its pixels and all that they depend on, as far as
 * there is a picture. */
typedef struct
{
  int begin, end; /* px of the small picture */
} Extent;

static gboolean
is_interpolated (const TripBand *band, const TripAxis *axis)
{
  return axis->grid.scale > band->finest;
}

static Extent
extend (const TripBand *band, const TripAxis *axis, int begin, int n)
{
  const int beyond = is_interpolated (band, axis) || band->mirrored ? BETWEEN : 0;
  const int reach = trip_network_reach (band->network) + beyond;

  return (Extent) { MAX (begin - reach, 0), MIN (begin + n + reach, axis->length) };
}

static TripTensor
take_input (const TripBand *band, const Extent *x, const Extent *y, int first_channel, int n_channels, TripArena *arena)
{
  TripTensor t = trip_tensor_take (arena, y->end - y->begin, x->end - x->begin, TRIP_NETWORK_INPUTS);

  for (int row = 0; row < t.height; row++)
    {
      const float *p = trip_image_row (band->in, y->begin + row - band->in_y)
                       + (gsize) (x->begin - band->in_x) * band->in->n_channels + first_channel;
      float *to = t.data + row * t.stride;

      for (int column = 0; column < t.width; column++, p += band->in->n_channels, to += TRIP_NETWORK_INPUTS)
        {
          for (int c = 0; c < 3; c++)
            to[c] = CLAMP (p[n_channels == 3 ? c : 0], 0.0f, 1.0f) - 0.5f;
          to[3] = band->clean_up;
        }
    }
  return t;
}

/* How a tile's pixels along an axis come from the field. */
typedef struct
{
  TripGrid field;  /* what it is asked for, as the network counts */
  TripGrid pixels; /* where the tile's lie in that */
} Sampling;

static TripGrid
take_grid (int n, double scale, TripArena *arena)
{
  int *index = (int *) trip_arena_take (arena, n);

  return (TripGrid) { n, scale, index, trip_arena_take (arena, n) };
}

/* Every pixel is asked for. */
static Sampling
sample_all (const TripAxis *axis, Span span, const Extent *e, TripArena *arena)
{
  Sampling self = { take_grid (span.n, axis->grid.scale, arena), take_grid (span.n, 1, arena) };

  for (int i = 0; i < span.n; i++)
    {
      self.field.index[i] = axis->grid.index[span.begin + i] - e->begin;
      self.field.offset[i] = axis->grid.offset[span.begin + i];
      self.pixels.index[i] = i;
      self.pixels.offset[i] = 0;
    }
  return self;
}

/* finest pixels are asked for each of the small ones first .. first + n - 1 and their neighbours. */
static Sampling
sample_finest (const TripAxis *axis, Span span, int finest, int first, int n, const Extent *e, TripArena *arena)
{
  const int begin = MAX (first - BETWEEN, 0), end = MIN (first + n + BETWEEN, axis->length);
  Sampling self = { take_grid ((end - begin) * finest, finest, arena), take_grid (span.n, 1, arena) };

  for (int i = 0; i < self.field.n; i++)
    {
      self.field.index[i] = begin + i / finest - e->begin;
      self.field.offset[i] = (i % finest + 0.5) / finest - 0.5;
    }
  for (int i = 0; i < span.n; i++)
    {
      const double small = axis->grid.index[span.begin + i] - begin + axis->grid.offset[span.begin + i] + 0.5;

      self.pixels.index[i] = small * finest;
      self.pixels.offset[i] = small * finest - self.pixels.index[i] - 0.5;
    }
  return self;
}

static Sampling
sample (const TripBand *band, const TripAxis *axis, Span span, int first, int n, const Extent *e, TripArena *arena)
{
  return is_interpolated (band, axis) ? sample_finest (axis, span, band->finest, first, n, e, arena)
                                      : sample_all (axis, span, e, arena);
}

typedef struct
{
  const TripFieldTile *tile;
  float *residual;
} Field;

static void
add_field (const TripTensor *features, int first, int n, gpointer data)
{
  const Field *self = data;

  trip_field_rows (self->tile, features, first, n, self->residual);
}

/* What of the field makes a tile. */
typedef struct
{
  Extent extent_x, extent_y;
  Sampling x, y;
  TripImage values; /* x.field.n x y.field.n px, three colours */
} Residual;

static Residual
take_residual (const TripBand *band, const TripRect *rect, Span rows, Span columns, TripArena *arena)
{
  Residual self = { extend (band, band->x, rect->x, rect->width), extend (band, band->y, rect->y, rect->height) };
  gsize size;

  self.x = sample (band, band->x, columns, rect->x, rect->width, &self.extent_x, arena);
  self.y = sample (band, band->y, rows, rect->y, rect->height, &self.extent_y, arena);
  size = 3 * (gsize) self.x.field.n * self.y.field.n;
  self.values = (TripImage) { self.x.field.n, self.y.field.n, 3, 3 * (gsize) self.x.field.n,
                              trip_arena_take (arena, size) };
  memset (self.values.data, 0, size * sizeof (float));
  return self;
}

/* Rows or columns, whatever they hold, from the other end on. */
static void
reverse (float *data, int n, int n_each, gsize step)
{
  for (int a = 0, b = n - 1; a < b; a++, b--)
    for (int i = 0; i < n_each; i++)
      {
        const float held = data[a * step + i];

        data[a * step + i] = data[b * step + i];
        data[b * step + i] = held;
      }
}

/* length: how many pixels index counts. Where a place between two pixels is the second one's, it is so in the mirror as
 * well, so that the mean asks both. */
static void
mirror_grid (TripGrid *grid, int length)
{
  for (int a = 0, b = grid->n - 1; a < b; a++, b--)
    {
      const int index = grid->index[a];

      grid->index[a] = grid->index[b];
      grid->index[b] = index;
    }
  reverse (grid->offset, grid->n, 1, 1);
  for (int i = 0; i < grid->n; i++)
    {
      grid->index[i] = length - 1 - grid->index[i];
      if (fabsf (grid->offset[i]) == 0.5f)
        grid->index[i] -= (int) (2 * grid->offset[i]);
      else
        grid->offset[i] *= -1;
    }
}

static void
mirror_columns (Residual *self, TripTensor *input)
{
  TripImage *values = &self->values;

  for (int y = 0; y < input->height; y++)
    reverse (input->data + y * input->stride, input->width, input->channels, input->channels);
  for (int y = 0; y < values->height; y++)
    reverse (trip_image_row (values, y), values->width, values->n_channels, values->n_channels);
  mirror_grid (&self->x.field, input->width);
}

static void
mirror_rows (Residual *self, TripTensor *input)
{
  TripImage *values = &self->values;

  reverse (input->data, input->height, input->width * input->channels, input->stride);
  reverse (values->data, values->height, values->width * values->n_channels, values->stride);
  mirror_grid (&self->y.field, input->height);
}

/* What the network makes of input is added to the residual. */
static gboolean
add_residual (const TripBand *band, const TripTensor *input, Residual *residual, TripArena *arena,
              GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used;
  TripFieldTile tile = trip_field_tile (trip_network_field (band->network), &residual->y.field, &residual->x.field,
                                        FALSE, arena);
  Field field = { &tile, residual->values.data };
  const gboolean done = trip_network_trunk (band->network, input, add_field, &field, NULL, arena, cancellable, error);

  arena->used = used;
  return done;
}

static gboolean
fill_residual (const TripBand *band, Residual *residual, int first_channel, int n_channels, TripArena *arena,
               GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used;
  TripTensor input = take_input (band, &residual->extent_x, &residual->extent_y, first_channel, n_channels, arena);
  TripImage *values = &residual->values;
  gboolean done = add_residual (band, &input, residual, arena, cancellable, error);

  if (band->mirrored)
    {
      /* sum, input and places are turned over together, twice along each axis, so that all end as they began */
      for (int i = 0; done && i < 4; i++)
        {
          (i % 2 ? mirror_rows : mirror_columns) (residual, &input);
          done = i == 3 || add_residual (band, &input, residual, arena, cancellable, error);
        }
      for (gsize i = 0; i < values->height * values->stride; i++)
        values->data[i] *= 0.25f;
    }
  arena->used = used;
  return done;
}

/* A row of n_channels channels of n_all: out = base + residual, within 0..1 or the range of the pixels around. Where
 * these hardly differ the residual fades, so that an even area stays exactly even. */
static inline __attribute__ ((always_inline)) void
write_row (const TripCubic *cubic, int n, int first_channel, const int n_channels, const int n_all,
           const float *residual, float *out)
{
  out += first_channel;
  for (int x = 0; x < n; x++, out += n_all, residual += 3)
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
write_channels (const TripBand *band, Span rows, Span columns, int first_channel, int n_channels,
                const Residual *residual, TripArena *arena, GCancellable *cancellable, GError **error)
{
  const gsize used = arena->used;
  const TripGrid grid = { columns.n, band->x->grid.scale, band->x->grid.index + columns.begin,
                          band->x->grid.offset + columns.begin };
  const gboolean interpolated = is_interpolated (band, band->x) || is_interpolated (band, band->y);
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
      float *out = trip_image_row (band->out, y - band->out_row) + (gsize) columns.begin * n_all;

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
        write_row (&cubic, columns.n, 0, 3, 3, row, out);
      else if (n_channels == 3)
        write_row (&cubic, columns.n, 0, 3, 4, row, out);
      else
        write_row (&cubic, columns.n, first_channel, 1, n_all, row, out);
    }
  arena->used = used;
  return TRUE;
}

/* Whether a channel has one value in all that a tile depends on. */
static gboolean
is_flat (const TripBand *band, const TripRect *rect, const Residual *residual, int channel)
{
  const Extent x = residual->extent_x, y = residual->extent_y;
  const int n = band->in->n_channels;
  const float value = trip_image_row (band->in, rect->y - band->in_y)[(rect->x - band->in_x) * n + channel];

  for (int row = y.begin; row < y.end; row++)
    {
      const float *p = trip_image_row (band->in, row - band->in_y) + (x.begin - band->in_x) * n + channel;

      for (int i = 0; i < x.end - x.begin; i++)
        if (p[i * n] != value)
          return FALSE;
    }
  return TRUE;
}

gboolean
trip_tile_run (const TripBand *band, const TripRect *rect, TripArena *arena, GCancellable *cancellable,
               GError **error)
{
  const Span rows = covered (band->y, band->out_row, rect->y, rect->height);
  const Span columns = covered (band->x, 0, rect->x, rect->width);
  const int n = band->in->n_channels, n_colours = n >= 3 ? 3 : 1;
  gboolean done = TRUE;

  if (rows.n == 0 || columns.n == 0)
    return TRUE;
  for (int first = 0; done && first < n; first += n_colours)
    {
      const int count = first == 0 ? n_colours : 1;
      Residual residual = take_residual (band, rect, rows, columns, arena);

      /* mostly opaque pictures need no network for their alpha */
      done = (first > 0 && is_flat (band, rect, &residual, first))
             || fill_residual (band, &residual, first, count, arena, cancellable, error);
      done = done && write_channels (band, rows, columns, first, count, &residual, arena, cancellable, error);
      arena->used = 0;
    }
  return done;
}
