#include "cubic.h"

#include <math.h>

#define TAPS TRIP_CUBIC_TAPS

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

gsize
trip_cubic_need (int n_small, int n_columns, int n_channels)
{
  return 3 * trip_arena_need ((gsize) (n_small + 2 * TRIP_CUBIC_REACH) * n_channels) + trip_arena_need (n_columns)
         + trip_arena_need (TAPS * (gsize) n_columns);
}

TripCubic
trip_cubic_new (const TripGrid *columns, int n_channels, TripArena *arena)
{
  TripCubic self = { .begin = columns->index[0] - TRIP_CUBIC_REACH, .n_channels = n_channels };
  gsize n;

  self.n_small = columns->index[columns->n - 1] + TRIP_CUBIC_REACH + 1 - self.begin;
  n = (gsize) self.n_small * n_channels;
  self.row = trip_arena_take (arena, n);
  self.low = trip_arena_take (arena, n);
  self.high = trip_arena_take (arena, n);
  self.first = (int *) trip_arena_take (arena, columns->n);
  self.weights = (float (*)[TAPS]) trip_arena_take (arena, TAPS * (gsize) columns->n);
  for (int x = 0; x < columns->n; x++)
    self.first[x] = trip_cubic_weights (columns->offset[x], self.weights[x]) + columns->index[x] - self.begin;
  return self;
}

void
trip_cubic_row (TripCubic *self, const TripImage *in, int in_x, int in_y, int width, int height, int y,
                float offset)
{
  const int n = self->n_channels, left = MAX (self->begin, 0), right = MIN (self->begin + self->n_small, width);
  const int n_before = (left - self->begin) * n, n_inside = (right - left) * n, n_all = self->n_small * n;
  float *restrict row = self->row + n_before, *restrict low = self->low + n_before;
  float *restrict high = self->high + n_before;
  const float *rows[TAPS];
  float weights[TAPS];

  y += trip_cubic_weights (offset, weights);
  for (int t = 0; t < TAPS; t++)
    rows[t] = trip_image_row (in, CLAMP (y + t, 0, height - 1) - in_y) + (gsize) (left - in_x) * n;
  for (int i = 0; i < n_inside; i++)
    {
      float a = rows[0][i], b = rows[1][i], c = rows[2][i], d = rows[3][i];

      /* so that what is even stays so exactly */
      row[i] = b + weights[0] * (a - b) + weights[2] * (c - b) + weights[3] * (d - b);
      low[i] = MIN (MIN (a, b), MIN (c, d));
      high[i] = MAX (MAX (a, b), MAX (c, d));
    }
  for (int i = 0; i < 3; i++)
    {
      float *values = (float *[]) { self->row, self->low, self->high }[i];

      for (int j = n_before - 1; j >= 0; j--)
        values[j] = values[j + n];
      for (int j = n_before + n_inside; j < n_all; j++)
        values[j] = values[j - n];
    }
  /* from the range of each pixel's column to that of four neighbours */
  for (int i = 0; i < n_all - (TAPS - 1) * n; i++)
    {
      self->low[i] = MIN (MIN (self->low[i], self->low[i + n]), MIN (self->low[i + 2 * n], self->low[i + 3 * n]));
      self->high[i]
          = MAX (MAX (self->high[i], self->high[i + n]), MAX (self->high[i + 2 * n], self->high[i + 3 * n]));
    }
}

void
trip_cubic_columns (const TripCubic *self, int n_columns, float *out)
{
  const int n = self->n_channels;

  for (int x = 0; x < n_columns; x++, out += n)
    {
      const float *row = self->row + self->first[x] * n, *w = self->weights[x];

      for (int c = 0; c < n; c++)
        out[c] = w[0] * row[c] + w[1] * row[n + c] + w[2] * row[2 * n + c] + w[3] * row[3 * n + c];
    }
}

void
trip_cubic_row_back (TripCubic *self, const float *pixels, int n_columns, TripImage *small, int small_x, int small_y,
                     int width, int height, int y, float offset)
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
      float *to = trip_image_row (small, CLAMP (y + t, 0, height - 1) - small_y);

      for (int x = 0; x < self->n_small; x++)
        for (int c = 0; c < n; c++)
          to[(CLAMP (self->begin + x, 0, width - 1) - small_x) * n + c] += weights[t] * self->row[x * n + c];
    }
}
