#include "field.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../nn/colours.h"
#include "../nn/pack.h"

#define MAX_FREQUENCIES 128
#define SAME 1e-5f /* places that are less apart are one */

struct _TripField
{
  const TripKernels *kernels;
  int channels, n_frequencies, n_series;
  float *nu; /* n_frequencies, 2: (y, x) in radians a small pixel */
  float kappa;
  float *weights; /* channels, n_series: those of cos, then of sin, each n_frequencies, 3 colours */
  float *bias;    /* n_series */
};

/* PyTorch has (3 colours, cos and sin, n_frequencies) rows. */
static void
order_series (const float *rows, int n, int row_length, float *ordered)
{
  for (int colour = 0; colour < 3; colour++)
    for (int part = 0; part < 2; part++)
      for (int k = 0; k < n; k++, rows += row_length)
        for (int i = 0; i < row_length; i++)
          ordered[((gsize) (part * n + k) * 3 + colour) * row_length + i] = rows[i];
}

TripField *
trip_field_new (const TripWeights *file, int channels, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripField) self = g_new0 (TripField, 1);
  g_autofree float *kappa = NULL, *weights = NULL, *bias = NULL, *ordered = NULL;
  gsize shape[TRIP_MAX_DIMS];
  int n;

  if (trip_weights_shape (file, "field.nu", shape) != 2 || shape[0] < 1 || shape[0] > MAX_FREQUENCIES)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of a heat field");
      return NULL;
    }
  n = shape[0];
  *self = (TripField) { kernels, channels, n, trip_pad_channels (6 * n) };
  if (! (self->nu = trip_weights_get (file, "field.nu", 2, (gsize[]) { n, 2 }, error))
      || ! (kappa = trip_weights_get (file, "field.k", 0, NULL, error))
      || ! (weights = trip_weights_get (file, "field.coef.weight", 4, (gsize[]) { 6 * n, channels, 1, 1 }, error))
      || ! (bias = trip_weights_get (file, "field.coef.bias", 1, (gsize[]) { 6 * n }, error)))
    return NULL;
  self->kappa = fabsf (*kappa);
  self->bias = g_new0 (float, self->n_series);
  order_series (bias, n, 1, self->bias);
  ordered = g_new (float, (gsize) 6 * n * channels);
  order_series (weights, n, channels, ordered);
  self->weights = trip_pack_conv (ordered, 1, channels, 6 * n);
  return g_steal_pointer (&self);
}

void
trip_field_free (TripField *self)
{
  if (! self)
    return;
  g_free (self->nu);
  g_free (self->weights);
  g_free (self->bias);
  g_free (self);
}

double
trip_field_macs (const TripField *self)
{
  return (double) self->channels * self->n_series;
}

gsize
trip_field_need (const TripField *self, int n_small, int n_columns)
{
  const gsize n = self->n_frequencies, most = MAX (self->n_series, TRIP_MAX_CHANNELS);

  return trip_arena_need (n_columns) + trip_arena_need (n_small * most + 1)
         + trip_arena_need ((gsize) n_small * 6 * n + 1) + 2 * trip_arena_need (n_columns * n)
         + 2 * trip_arena_need (n) + 2 * trip_arena_need (self->channels * most) + trip_arena_need (most);
}

static int
find_place (const TripFieldPlaces *places, float offset)
{
  for (int i = 0; i < places->n; i++)
    if (fabsf (places->offsets[i] - offset) < SAME)
      return i;
  return -1;
}

/* FALSE if there are too many. */
static gboolean
find_places (const TripGrid *grid, TripFieldPlaces *places)
{
  places->n = 0;
  for (int i = 0; i < grid->n; i++)
    if (find_place (places, grid->offset[i]) < 0)
      {
        if (places->n == TRIP_FIELD_PLACES)
          return FALSE;
        places->offsets[places->n++] = grid->offset[i];
      }
  return TRUE;
}

/* With few places the field is a matrix for each of them, and the matrix that gives the series goes into it. */
static void
fold (const TripField *self, TripFieldTile *tile, TripArena *arena)
{
  const int n = self->n_frequencies, n_out = tile->n_series;
  float *weights = trip_arena_take (arena, (gsize) self->channels * n_out);
  float *bias = trip_arena_take (arena, n_out);

  memset (weights, 0, (gsize) self->channels * n_out * sizeof (float));
  memset (bias, 0, n_out * sizeof (float));
  for (int place = 0; place < tile->y.n * tile->x.n; place++)
    {
      const double y = tile->y.offsets[place / tile->x.n], x = tile->x.offsets[place % tile->x.n];

      for (int k = 0; k < n; k++)
        {
          const double ny = self->nu[2 * k], nx = self->nu[2 * k + 1];
          const double heat = exp (-self->kappa * (pow (ny / tile->rows.scale, 2) + pow (nx / tile->columns.scale, 2)));
          const float a = heat * cos (ny * y + nx * x), b = heat * sin (ny * y + nx * x);

          for (int c = -1; c < self->channels; c++)
            {
              const float *from = c < 0 ? self->bias : self->weights + (gsize) c * self->n_series;
              float *to = (c < 0 ? bias : weights + (gsize) c * n_out) + place * 3;

              for (int colour = 0; colour < 3; colour++)
                to[colour] += a * from[3 * k + colour] + b * from[3 * (n + k) + colour];
            }
        }
    }
  tile->weights = weights;
  tile->bias = bias;
}

/* cos and sin of frequency times offset; axis 0 is y. */
static void
fill_tables (const TripField *self, int axis, float offset, float *cosine, float *sine)
{
  for (int k = 0; k < self->n_frequencies; k++)
    {
      float phase = self->nu[2 * k + axis] * offset;

      cosine[k] = cosf (phase);
      sine[k] = sinf (phase);
    }
}

TripFieldTile
trip_field_tile (const TripField *self, const TripGrid *rows, const TripGrid *columns, gboolean back, TripArena *arena)
{
  const int n = self->n_frequencies;
  TripFieldTile tile = { .field = self, .rows = *rows, .columns = *columns, .n_series = self->n_series,
                         .weights = self->weights, .bias = self->bias };
  int right = columns->index[0];

  tile.left = right;
  for (int i = 0; i < columns->n; i++)
    {
      tile.left = MIN (tile.left, columns->index[i]);
      right = MAX (right, columns->index[i]);
    }
  tile.n_small = right - tile.left + 1;
  tile.place = (int *) trip_arena_take (arena, columns->n);

  tile.is_folded = find_places (rows, &tile.y) && find_places (columns, &tile.x)
                   && 3 * tile.y.n * tile.x.n <= TRIP_MAX_CHANNELS;
  if (tile.is_folded)
    {
      tile.n_series = trip_pad_channels (3 * tile.y.n * tile.x.n);
      fold (self, &tile, arena);
      for (int i = 0; i < columns->n; i++)
        tile.place[i] = (columns->index[i] - tile.left) * tile.n_series + 3 * find_place (&tile.x, columns->offset[i]);
    }
  else
    {
      tile.cos_x = trip_arena_take (arena, (gsize) columns->n * n);
      tile.sin_x = trip_arena_take (arena, (gsize) columns->n * n);
      tile.cos_y = trip_arena_take (arena, n);
      tile.sin_y = trip_arena_take (arena, n);
      tile.combined = trip_arena_take (arena, (gsize) tile.n_small * 6 * n + 1);
      for (int i = 0; i < columns->n; i++)
        {
          tile.place[i] = (columns->index[i] - tile.left) * 6 * n;
          fill_tables (self, 1, columns->offset[i], tile.cos_x + (gsize) i * n, tile.sin_x + (gsize) i * n);
        }
    }
  tile.series = trip_arena_take (arena, (gsize) tile.n_small * tile.n_series + 1);
  tile.series[(gsize) tile.n_small * tile.n_series] = 0;
  if (back)
    {
      tile.transposed = trip_arena_take (arena, (gsize) self->channels * tile.n_series);
      for (int c = 0; c < self->channels; c++)
        for (int i = 0; i < tile.n_series; i++)
          tile.transposed[i * self->channels + c] = tile.weights[c * tile.n_series + i];
    }
  return tile;
}

static void
folded_row (const TripFieldTile *tile, int y, float *out)
{
  const float *series = tile->series + 3 * tile->x.n * find_place (&tile->y, tile->rows.offset[y]);

  for (int x = 0; x < tile->columns.n; x++, out += 3)
    trip_colours_store (out, trip_colours_load (out) + trip_colours_load (series + tile->place[x]));
}

/* The tables of an output row: its place in the small pixel, and what its size leaves of each frequency. */
static void
set_row (const TripFieldTile *tile, int y)
{
  const TripField *self = tile->field;

  fill_tables (self, 0, tile->rows.offset[y], tile->cos_y, tile->sin_y);
  for (int k = 0; k < self->n_frequencies; k++)
    {
      double ny = self->nu[2 * k] / tile->rows.scale, nx = self->nu[2 * k + 1] / tile->columns.scale;
      float heat = exp (-self->kappa * (ny * ny + nx * nx));

      tile->cos_y[k] *= heat;
      tile->sin_y[k] *= heat;
    }
}

static TripFieldRow
field_row (const TripFieldTile *tile, int y, float *out)
{
  set_row (tile, y);
  return (TripFieldRow) {
    .n_frequencies = tile->field->n_frequencies,
    .n_columns = tile->columns.n,
    .place = tile->place,
    .cos_x = tile->cos_x,
    .sin_x = tile->sin_x,
    .cos_y = tile->cos_y,
    .sin_y = tile->sin_y,
    .n_small = tile->n_small,
    .series = tile->series,
    .series_stride = tile->n_series,
    .combined = tile->combined,
    .out = out,
  };
}

void
trip_field_rows (const TripFieldTile *tile, const TripTensor *features, int first, int n, float *out)
{
  const TripField *self = tile->field;
  const gsize row_step = 3 * (gsize) tile->columns.n;
  int held = -1; /* the small row whose series is there */

  for (int y = 0; y < tile->rows.n; y++)
    {
      const int row = tile->rows.index[y];

      if (row < first || row >= first + n)
        continue;
      if (row != held)
        self->kernels->conv (&(TripConv) {
            .height = 1,
            .width = tile->n_small,
            .taps = 1,
            .in_channels = self->channels,
            .out_channels = tile->n_series,
            .in = features->data + row * (gssize) features->stride + (gsize) tile->left * features->channels,
            .weights = tile->weights,
            .bias = tile->bias,
            .out = tile->series,
        });
      held = row;
      if (tile->is_folded)
        folded_row (tile, y, out + y * row_step);
      else
        {
          const TripFieldRow r = field_row (tile, y, out + y * row_step);

          self->kernels->field_row (&r);
        }
    }
}

static void
folded_row_back (const TripFieldTile *tile, int y, const float *pixels)
{
  float *series = tile->series + 3 * tile->x.n * find_place (&tile->y, tile->rows.offset[y]);

  for (int x = 0; x < tile->columns.n; x++, pixels += 3)
    for (int colour = 0; colour < 3; colour++)
      series[tile->place[x] + colour] += pixels[colour];
}

void
trip_field_rows_back (const TripFieldTile *tile, const float *pixels, int first, int n, float *rows, gsize stride,
                      int width)
{
  const TripField *self = tile->field;
  const gsize row_step = 3 * (gsize) tile->columns.n;
  static const float zeros[TRIP_MAX_CHANNELS];

  for (int row = first; row < first + n; row++, rows += stride)
    {
      memset (rows, 0, (gsize) width * self->channels * sizeof (float));
      memset (tile->series, 0, (gsize) tile->n_small * tile->n_series * sizeof (float));
      for (int y = 0; y < tile->rows.n; y++)
        if (tile->rows.index[y] == row && tile->is_folded)
          folded_row_back (tile, y, pixels + y * row_step);
        else if (tile->rows.index[y] == row)
          {
            const TripFieldRow r = field_row (tile, y, (float *) pixels + y * row_step);

            self->kernels->field_row_back (&r);
          }
      self->kernels->conv (&(TripConv) {
          .height = 1,
          .width = tile->n_small,
          .taps = 1,
          .in_channels = tile->n_series,
          .out_channels = self->channels,
          .in = tile->series,
          .weights = tile->transposed,
          .bias = zeros,
          .out = rows + (gsize) tile->left * self->channels,
      });
    }
}
