#include "tile.h"

#include <math.h>
#include <string.h>

#define CUBIC_REACH 2
#define CONTRAST (2 / 255.0f) /* of the pixels around, from which on the network counts in full */

static const float luma[3] = { 0.299f, 0.587f, 0.114f };

enum
{
  MIRROR_X = 1,
  MIRROR_Y = 2,
  TRANSPOSE = 4
};

/* Each begin of this list is as symmetric as can be. */
static const int turns[TRIP_MAX_TURNS] = {
  0,
  MIRROR_X | MIRROR_Y | TRANSPOSE,
  MIRROR_X,
  MIRROR_Y | TRANSPOSE,
  MIRROR_X | MIRROR_Y,
  TRANSPOSE,
  MIRROR_Y,
  MIRROR_X | TRANSPOSE,
};

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
  return MAX (trip_network_reach (network), CUBIC_REACH);
}

gsize
trip_tile_need (const TripNetwork *network, int small_width, int small_height, int n_columns, int n_rows)
{
  const int margin = trip_tile_margin (network);
  const int width = small_width + 2 * margin, height = small_height + 2 * margin;
  const int longer = MAX (n_columns, n_rows);

  return MAX (trip_network_need (network, height, width, longer),
              trip_network_need (network, width, height, longer))
         + trip_arena_need ((gsize) n_columns * n_rows * 3) + 4 * trip_arena_need (longer)
         + 3 * trip_arena_need ((gsize) (small_width + 2 * CUBIC_REACH) * 3);
}

static const float *
pixel_at (const TripBand *band, int y, int x)
{
  y = CLAMP (y, 0, band->y->length - 1) - band->in_y;
  x = CLAMP (x, 0, band->x->length - 1) - band->in_x;
  return trip_image_row (band->in, y) + (gsize) x * band->in->n_channels;
}

/* The network's input for rect and its margin, turned. Beyond the picture its border goes on. */
static TripTensor
take_input (const TripBand *band, const TripRect *rect, int turn, int first_channel, int n_channels,
            TripArena *arena)
{
  const int margin = trip_tile_margin (band->network);
  const int height = rect->height + 2 * margin, width = rect->width + 2 * margin;
  TripTensor t = trip_tensor_take (arena, turn & TRANSPOSE ? width : height,
                                   turn & TRANSPOSE ? height : width, TRIP_NETWORK_INPUTS);

  for (int row = 0; row < t.height; row++)
    for (int column = 0; column < t.width; column++)
      {
        int y = turn & TRANSPOSE ? column : row, x = turn & TRANSPOSE ? row : column;
        const float *p = pixel_at (band, rect->y - margin + (turn & MIRROR_Y ? height - 1 - y : y),
                                   rect->x - margin + (turn & MIRROR_X ? width - 1 - x : x));
        float *to = t.data + row * t.stride + (gsize) column * TRIP_NETWORK_INPUTS;

        for (int c = 0; c < 3; c++)
          to[c] = CLAMP (p[first_channel + (n_channels == 3 ? c : 0)], 0.0f, 1.0f) - 0.5f;
        to[3] = band->clean_up;
      }
  return t;
}

/* The part of an axis that belongs to a tile, counted in the tile's tensor. */
static TripGrid
take_grid (const TripAxis *axis, Span span, int tensor_begin, int tensor_length, gboolean mirror,
           TripArena *arena)
{
  TripGrid grid = { span.n, axis->grid.scale, (int *) trip_arena_take (arena, span.n),
                    trip_arena_take (arena, span.n) };

  for (int i = 0; i < span.n; i++)
    {
      int index = axis->grid.index[span.begin + i] - tensor_begin;

      grid.index[i] = mirror ? tensor_length - 1 - index : index;
      grid.offset[i] = axis->grid.offset[span.begin + i] * (mirror ? -1 : 1);
    }
  return grid;
}

/* residual: rows.n, columns.n, 3; the mean over the turned copies. */
static gboolean
add_residual (const TripBand *band, const TripRect *rect, Span rows, Span columns, int first_channel,
              int n_channels, TripArena *arena, float *residual, GCancellable *cancellable, GError **error)
{
  const int margin = trip_tile_margin (band->network);
  const gsize used = arena->used;

  for (int i = 0; i < band->n_turns; i++)
    {
      const int turn = turns[i];
      TripTensor features, input = take_input (band, rect, turn, first_channel, n_channels, arena);
      TripGrid y = take_grid (band->y, rows, rect->y - margin, rect->height + 2 * margin,
                              (turn & MIRROR_Y) != 0, arena);
      TripGrid x = take_grid (band->x, columns, rect->x - margin, rect->width + 2 * margin,
                              (turn & MIRROR_X) != 0, arena);

      if (! trip_network_trunk (band->network, &input, arena, cancellable, &features, error))
        return FALSE;
      if (turn & TRANSPOSE)
        trip_network_field (band->network, &features, &x, &y, 1.0f / band->n_turns, arena, residual, 3,
                            3 * (gsize) columns.n);
      else
        trip_network_field (band->network, &features, &y, &x, 1.0f / band->n_turns, arena, residual,
                            3 * (gsize) columns.n, 3);
      arena->used = used;
    }
  return TRUE;
}

/* Keys' cubic with a = -0.75, as PyTorch's interpolation has it, at offset from a pixel's centre: the
 * weights of the pixels first .. first + 3, counted from that pixel. */
static int
cubic_weights (float offset, float weights[4])
{
  const float a = -0.75f, t = offset < 0 ? 1 + offset : offset, u = 1 - t;

  weights[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
  weights[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
  return offset < 0 ? -2 : -1;
}

/* A row of the small picture at the height of row y of the result, and the range of the pixels it is made
 * of, for columns rect->x - CUBIC_REACH and on. */
static void
cubic_row (const TripBand *band, const TripRect *rect, int y, int first_channel, int n_channels, float *row,
           float *low, float *high)
{
  float weights[4];
  int first = cubic_weights (band->y->grid.offset[y], weights) + band->y->grid.index[y];

  for (int x = rect->x - CUBIC_REACH; x < rect->x + rect->width + CUBIC_REACH; x++)
    for (int c = 0; c < n_channels; c++, row++, low++, high++)
      {
        *row = 0;
        *low = INFINITY;
        *high = -INFINITY;
        for (int t = 0; t < 4; t++)
          {
            float value = pixel_at (band, first + t, x)[first_channel + c];

            *row += weights[t] * value;
            *low = MIN (*low, value);
            *high = MAX (*high, value);
          }
      }
}

/* out = base + residual, within 0..1 or the range of the pixels around. Where these hardly differ the residual
 * fades, so that an even area stays exactly even. */
static void
write_channels (const TripBand *band, const TripRect *rect, Span rows, Span columns, int first_channel,
                int n_channels, const float *residual, TripArena *arena)
{
  const gsize used = arena->used, width = (rect->width + 2 * CUBIC_REACH) * n_channels;
  float *row = trip_arena_take (arena, width), *low = trip_arena_take (arena, width);
  float *high = trip_arena_take (arena, width);

  for (int y = rows.begin; y < rows.begin + rows.n; y++)
    {
      float *out = trip_image_row (band->out, y - band->out_row)
                   + (gsize) columns.begin * band->out->n_channels + first_channel;

      cubic_row (band, rect, y, first_channel, n_channels, row, low, high);
      for (int x = columns.begin; x < columns.begin + columns.n;
           x++, out += band->out->n_channels, residual += 3)
        {
          float weights[4];
          int first = (cubic_weights (band->x->grid.offset[x], weights) + band->x->grid.index[x] - rect->x
                       + CUBIC_REACH)
                      * n_channels;
          float gray = luma[0] * residual[0] + luma[1] * residual[1] + luma[2] * residual[2];

          for (int c = 0; c < n_channels; c++)
            {
              float base = 0, least = INFINITY, most = -INFINITY, value;

              for (int t = 0; t < 4; t++)
                {
                  int at = first + t * n_channels + c;

                  base += weights[t] * row[at];
                  least = MIN (least, low[at]);
                  most = MAX (most, high[at]);
                }
              value = n_channels == 3 ? residual[c] : gray;
              value = base + value * MIN ((most - least) / CONTRAST, 1);
              out[c] = CLAMP (value, MIN (least, 0), MAX (most, 1));
            }
        }
    }
  arena->used = used;
}

/* Whether a channel has one value in all of rect and its margin. */
static gboolean
is_flat (const TripBand *band, const TripRect *rect, int channel)
{
  const int margin = trip_tile_margin (band->network);
  const float value = pixel_at (band, rect->y, rect->x)[channel];

  for (int y = rect->y - margin; y < rect->y + rect->height + margin; y++)
    for (int x = rect->x - margin; x < rect->x + rect->width + margin; x++)
      if (pixel_at (band, y, x)[channel] != value)
        return FALSE;
  return TRUE;
}

gboolean
trip_tile_run (const TripBand *band, const TripRect *rect, TripArena *arena, GCancellable *cancellable,
               GError **error)
{
  const Span rows = covered (band->y, band->out_row, rect->y, rect->height);
  const Span columns = covered (band->x, 0, rect->x, rect->width);
  const int n = band->in->n_channels, n_colours = n >= 3 ? 3 : 1;
  const gsize residual_size = (gsize) rows.n * columns.n * 3;
  gboolean done = TRUE;

  if (rows.n == 0 || columns.n == 0)
    return TRUE;
  for (int first = 0; done && first < n; first += n_colours)
    {
      const int count = first == 0 ? n_colours : 1;
      float *residual = trip_arena_take (arena, residual_size);

      memset (residual, 0, residual_size * sizeof (float));
      /* mostly opaque pictures need no network for their alpha */
      if (first == 0 || ! is_flat (band, rect, first))
        done = add_residual (band, rect, rows, columns, first, count, arena, residual, cancellable, error);
      if (done)
        write_channels (band, rect, rows, columns, first, count, residual, arena);
      arena->used = 0;
    }
  return done;
}
