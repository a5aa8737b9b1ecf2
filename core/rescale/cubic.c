#include "cubic.h"

#include <math.h>
#include <string.h>

#include "../nn/colours.h"

#define TAPS TRIP_CUBIC_TAPS
#define CONTRAST (2 / 255.0f) /* of the pixels around, from which on the network counts in full */

int
trip_cubic_weights (float offset, float weights[TAPS])
{
  const float a = -0.75f, t = offset < 0 ? 1 + offset : offset, u = 1 - t;

  weights[0] = ((a * (t + 1) - 5 * a) * (t + 1) + 8 * a) * (t + 1) - 4 * a;
  weights[1] = ((a + 2) * t - (a + 3)) * t * t + 1;
  weights[2] = ((a + 2) * u - (a + 3)) * u * u + 1;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
  return offset < 0 ? -2 : -1;
}

/* Floats of a row or a range. */
static gsize
row_size (int n_small, int n_channels)
{
  return (gsize) n_small * n_channels + 1;
}

gsize
trip_cubic_need (int n_small, int n_columns, int n_channels)
{
  return 4 * trip_arena_need (row_size (n_small + 2 * TRIP_CUBIC_REACH, n_channels)) + trip_arena_need (n_columns)
         + trip_arena_need (TAPS * (gsize) n_columns);
}

TripCubic
trip_cubic_new (const TripGrid *columns, int n_channels, TripArena *arena)
{
  TripCubic self = { .begin = columns->index[0] - TRIP_CUBIC_REACH, .n_channels = n_channels };
  gsize size;

  self.n_small = columns->index[columns->n - 1] + TRIP_CUBIC_REACH + 1 - self.begin;
  size = row_size (self.n_small, n_channels);
  self.row = trip_arena_take (arena, size);
  self.low = trip_arena_take (arena, size);
  self.high = trip_arena_take (arena, size);
  self.share = trip_arena_take (arena, size);
  self.row[size - 1] = self.low[size - 1] = self.high[size - 1] = 0;
  memset (self.share, 0, size * sizeof (float));
  self.first = (int *) trip_arena_take (arena, columns->n);
  self.weights = (float (*)[TAPS]) trip_arena_take (arena, TAPS * (gsize) columns->n);
  for (int x = 0; x < columns->n; x++)
    self.first[x] = trip_cubic_weights (columns->offset[x], self.weights[x]) + columns->index[x] - self.begin;
  return self;
}

void
trip_cubic_start (TripCubic *self, const TripImage *in, int in_x, int in_y, int width, int height)
{
  self->in = in;
  self->in_x = in_x;
  self->in_y = in_y;
  self->width = width;
  self->height = height;
  self->range_row = G_MININT;
}

/* Four rows of the small picture, from where begin or the picture begins. */
static void
find_rows (const TripCubic *self, int y, const float *rows[TAPS])
{
  const int left = MAX (self->begin, 0) - self->in_x;

  for (int t = 0; t < TAPS; t++)
    rows[t] = trip_image_row (self->in, CLAMP (y + t, 0, self->height - 1) - self->in_y)
              + (gsize) left * self->n_channels;
}

/* Of what is held, the floats that lie before the picture and in it. */
static void
find_inside (const TripCubic *self, int *n_before, int *n_inside)
{
  const int left = MAX (self->begin, 0), right = MIN (self->begin + self->n_small, self->width);

  *n_before = (left - self->begin) * self->n_channels;
  *n_inside = (right - left) * self->n_channels;
}

/* The picture's border goes on. */
static void
extend (const TripCubic *self, float *values, int n_before, int n_inside)
{
  const int n = self->n_channels;

  for (int i = n_before - 1; i >= 0; i--)
    values[i] = values[i + n];
  for (int i = n_before + n_inside; i < self->n_small * n; i++)
    values[i] = values[i - n];
}

void
trip_cubic_row (TripCubic *self, int y, float offset)
{
  const float *rows[TAPS];
  float weights[TAPS];
  float *restrict row;
  int n_before, n_inside;

  y += trip_cubic_weights (offset, weights);
  find_rows (self, y, rows);
  find_inside (self, &n_before, &n_inside);
  row = self->row + n_before;
  for (int i = 0; i < n_inside; i++)
    {
      const float a = rows[0][i], b = rows[1][i], c = rows[2][i], d = rows[3][i];

      /* so that what is even stays so exactly */
      row[i] = b + weights[0] * (a - b) + weights[2] * (c - b) + weights[3] * (d - b);
    }
  extend (self, self->row, n_before, n_inside);
}

void
trip_cubic_range (TripCubic *self, int y, float offset)
{
  const int n = self->n_channels;
  const float *rows[TAPS];
  float weights[TAPS];
  float *restrict low, *restrict high, *restrict share = self->share;
  int n_before, n_inside;

  y += trip_cubic_weights (offset, weights);
  if (y == self->range_row)
    return;
  self->range_row = y;
  find_rows (self, y, rows);
  find_inside (self, &n_before, &n_inside);
  low = self->low + n_before;
  high = self->high + n_before;
  for (int i = 0; i < n_inside; i++)
    {
      const float a = rows[0][i], b = rows[1][i], c = rows[2][i], d = rows[3][i];

      low[i] = MIN (MIN (a, b), MIN (c, d));
      high[i] = MAX (MAX (a, b), MAX (c, d));
    }
  extend (self, self->low, n_before, n_inside);
  extend (self, self->high, n_before, n_inside);
  low = self->low;
  high = self->high;
  for (int i = 0; i < (self->n_small - (TAPS - 1)) * n; i++)
    {
      const float least = MIN (MIN (low[i], low[i + n]), MIN (low[i + 2 * n], low[i + 3 * n]));
      const float most = MAX (MAX (high[i], high[i + n]), MAX (high[i + 2 * n], high[i + 3 * n]));
      const float contrast = MIN ((most - least) * (1 / CONTRAST), 1);

      low[i] = MIN (least, 0);
      high[i] = MAX (most, 1);
      share[i] = contrast * contrast;
    }
}

static inline __attribute__ ((always_inline)) void
take_columns (const TripCubic *self, int n_columns, const int n, float *out)
{
  for (int x = 0; x < n_columns; x++, out += n)
    {
      const float *row = self->row + self->first[x] * n, *w = self->weights[x];

      if (n == 3)
        trip_colours_store (out, w[0] * trip_colours_load (row) + w[1] * trip_colours_load (row + 3)
                                   + w[2] * trip_colours_load (row + 6) + w[3] * trip_colours_load (row + 9));
      else
        for (int c = 0; c < n; c++)
          out[c] = w[0] * row[c] + w[1] * row[n + c] + w[2] * row[2 * n + c] + w[3] * row[3 * n + c];
    }
}

void
trip_cubic_columns (const TripCubic *self, int n_columns, float *out)
{
  if (self->n_channels == 3)
    take_columns (self, n_columns, 3, out);
  else
    take_columns (self, n_columns, self->n_channels, out);
}

void
trip_cubic_row_back (TripCubic *self, const float *pixels, int n_columns, TripImage *small, int y, float offset)
{
  const int n = self->n_channels;
  float weights[TAPS];

  y += trip_cubic_weights (offset, weights);
  for (int i = 0; i < self->n_small * n; i++)
    self->row[i] = 0;
  for (int x = 0; x < n_columns; x++)
    for (int t = 0; t < TAPS; t++)
      for (int c = 0; c < n; c++)
        self->row[(self->first[x] + t) * n + c] += self->weights[x][t] * pixels[x * n + c];
  for (int t = 0; t < TAPS; t++)
    {
      float *to = trip_image_row (small, CLAMP (y + t, 0, self->height - 1) - self->in_y);

      for (int x = 0; x < self->n_small; x++)
        for (int c = 0; c < n; c++)
          to[(CLAMP (self->begin + x, 0, self->width - 1) - self->in_x) * n + c] += weights[t] * self->row[x * n + c];
    }
}
