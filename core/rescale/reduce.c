#include "reduce.h"

#include <math.h>

#include "../nn/colours.h"

#define LEAST_ALPHA 1e-6f /* below, a pixel has no colour */

struct _TripReduced
{
  TripSource picture, source;
  GCancellable *cancellable;
};

/* The pixels that make one pixel of the result along an axis, and their weights. */
typedef struct
{
  int first, n;
  float *weights;
} Taps;

struct _TripReduction
{
  int n_columns;
  Taps *columns, *rows;
};

static double
cubic (double x)
{
  const double a = -0.5;

  x = fabs (x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

static void
span (int length, int reduced, int i, int *first, int *n)
{
  const double scale = (double) length / reduced, centre = (i + 0.5) * scale;
  int last = MIN (length, (int) floor (centre + 2 * scale + 0.5));

  *first = MAX (0, (int) floor (centre - 2 * scale + 0.5));
  *n = last - *first;
  if (scale == 1)
    *first = i, *n = 1;
}

/* All weights are one piece of memory, that of the first. */
static Taps *
taps_new (int length, int reduced, int begin, int n)
{
  const double scale = (double) length / reduced;
  Taps *taps = g_new (Taps, n);
  float *weights;
  gsize n_weights = 0;

  for (int i = 0; i < n; i++)
    {
      span (length, reduced, begin + i, &taps[i].first, &taps[i].n);
      n_weights += taps[i].n;
    }
  weights = g_new (float, n_weights);
  for (int i = 0; i < n; weights += taps[i++].n)
    {
      const double centre = (begin + i + 0.5) * scale;
      double sum = 0;

      for (int t = 0; t < taps[i].n; t++)
        sum += weights[t] = scale == 1 ? 1 : cubic ((taps[i].first + t + 0.5 - centre) / scale);
      for (int t = 0; t < taps[i].n; t++)
        weights[t] /= sum;
      taps[i].weights = weights;
    }
  return taps;
}

static void
taps_free (Taps *taps)
{
  g_free (taps->weights);
  g_free (taps);
}

TripReduction *
trip_reduction_new (int width, int height, int reduced_width, int reduced_height, const TripRect *rect)
{
  TripReduction *self = g_new (TripReduction, 1);

  *self = (TripReduction) { rect->width, taps_new (width, reduced_width, rect->x, rect->width),
                            taps_new (height, reduced_height, rect->y, rect->height) };
  return self;
}

void
trip_reduction_free (TripReduction *self)
{
  if (! self)
    return;
  taps_free (self->columns);
  taps_free (self->rows);
  g_free (self);
}

int
trip_reduction_end (const TripReduction *self, int y)
{
  return self->rows[y].first + self->rows[y].n;
}

TripRect
trip_reduced_needs (int width, int height, int reduced_width, int reduced_height, const TripRect *rect)
{
  TripRect needs;
  int last, n;

  span (width, reduced_width, rect->x, &needs.x, &n);
  span (width, reduced_width, rect->x + rect->width - 1, &last, &n);
  needs.width = last + n - needs.x;
  span (height, reduced_height, rect->y, &needs.y, &n);
  span (height, reduced_height, rect->y + rect->height - 1, &last, &n);
  needs.height = last + n - needs.y;
  return needs;
}

/* Multiplies or divides the colours by alpha. Where alpha is 0, the colours become 0. */
static void
weight_by_alpha (TripImage *image, gboolean divide)
{
  const int n = image->n_channels;

  if (! trip_has_alpha (n))
    return;
  for (int y = 0; y < image->height; y++)
    for (float *p = trip_image_row (image, y), *end = p + (gsize) image->width * n; p < end; p += n)
      {
        float factor = ! divide ? p[n - 1] : p[n - 1] > LEAST_ALPHA ? 1 / p[n - 1] : 0;

        for (int c = 0; c < n - 1; c++)
          p[c] *= factor;
      }
}

/* One row of the result, still as wide as in, whose first row is number first. */
static void
reduce_rows (const TripImage *in, int first, const Taps *taps, float *restrict to)
{
  const gsize n = (gsize) in->width * in->n_channels;
  int t = taps->n % 2;

  for (gsize i = 0; i < n; i++)
    to[i] = t ? taps->weights[0] * trip_image_row (in, taps->first - first)[i] : 0;
  for (; t < taps->n; t += 2)
    {
      const float *restrict a = trip_image_row (in, taps->first - first + t);
      const float *restrict b = trip_image_row (in, taps->first - first + t + 1);
      const float weight_a = taps->weights[t], weight_b = taps->weights[t + 1];

      for (gsize i = 0; i < n; i++)
        to[i] = to[i] + weight_a * a[i] + weight_b * b[i];
    }
}

static inline __attribute__ ((always_inline)) void
reduce_columns (const float *row, int left, const Taps *taps, int n, const int n_channels, float *to)
{
  for (int i = 0; i < n; i++, to += n_channels)
    {
      const float *p = row + (gsize) (taps[i].first - left) * n_channels;
      float sum[4] = { 0 };

      for (int t = 0; t < taps[i].n; t++)
        for (int c = 0; c < n_channels; c++)
          sum[c] += taps[i].weights[t] * p[t * n_channels + c];
      for (int c = 0; c < n_channels; c++)
        to[c] = sum[c];
    }
}

/* Of three colours; row has one float more. */
static void
reduce_colours (const float *row, int left, const Taps *taps, int n, float *to)
{
  for (int i = 0; i < n; i++, to += 3)
    {
      const float *p = row + (gsize) (taps[i].first - left) * 3;
      TripColours sum = { 0 };

      for (int t = 0; t < taps[i].n; t++)
        sum += taps[i].weights[t] * trip_colours_load (p + 3 * t);
      trip_colours_store (to, sum);
    }
}

/* value, or what 0..1 and the range that a channel has in the taps of a pixel have next to it. Colours, which in holds
 * weighted by alpha, count where there is some. */
static float
limit (float value, const TripImage *in, const TripRect *from, const Taps *rows, const Taps *columns, int channel)
{
  const int n = in->n_channels;
  const gboolean weighted = trip_has_alpha (n) && channel < n - 1;
  float low = 0, high = 1;

  for (int y = 0; y < rows->n; y++)
    {
      const float *p = trip_image_row (in, rows->first - from->y + y) + (gsize) (columns->first - from->x) * n;

      for (int x = 0; x < columns->n; x++, p += n)
        if (! weighted || p[n - 1] > LEAST_ALPHA)
          {
            const float tap = weighted ? p[channel] / p[n - 1] : p[channel];

            low = MIN (low, tap);
            high = MAX (high, tap);
          }
    }
  value = MAX (value, low);
  return MIN (value, high);
}

/* Whether all that in holds is in 0..1, colours weighted by alpha. */
static gboolean
is_usual (const TripImage *in)
{
  const int n = in->n_channels;
  const gboolean has_alpha = trip_has_alpha (n);

  for (int y = 0; y < in->height; y++)
    for (const float *p = trip_image_row (in, y), *end = p + (gsize) in->width * n; p < end; p += n)
      for (int c = 0; c < n; c++)
        if (! (p[c] >= 0 && p[c] <= (has_alpha && c < n - 1 ? p[n - 1] : 1)))
          return FALSE;
  return TRUE;
}

/* The kernel's negative lobes must not lead out of the range: what is enlarged keeps to it as well. */
static void
limit_all (TripImage *out, const TripImage *in, const TripRect *from, const TripReduction *reduction)
{
  const int n = out->n_channels;
  const gboolean usual = is_usual (in);

  for (int y = 0; y < out->height; y++)
    for (int x = 0; x < out->width; x++)
      for (int c = 0; c < n; c++)
        {
          float *value = trip_image_row (out, y) + (gsize) x * n + c;

          if (! (*value >= 0 && *value <= 1))
            *value = usual ? CLAMP (*value, 0, 1)
                           : limit (*value, in, from, &reduction->rows[y], &reduction->columns[x], c);
        }
}

void
trip_reduction_row (const TripReduction *self, const TripImage *in, int left, int top, int y, float *between,
                    float *out)
{
  const int n = in->n_channels;

  between[(gsize) in->width * n] = 0;
  reduce_rows (in, top, &self->rows[y], between);
  if (n == 3)
    reduce_colours (between, left, self->columns, self->n_columns, out);
  else if (n == 4)
    reduce_columns (between, left, self->columns, self->n_columns, 4, out);
  else
    reduce_columns (between, left, self->columns, self->n_columns, n, out);
}

/* rect, which out holds from column x, row y on, from one reading of from. */
static gboolean
reduce_block (const TripReduced *self, const TripRect *rect, const TripRect *from, TripImage *out, int x, int y,
              GError **error)
{
  const TripSource *picture = &self->picture;
  g_autoptr (TripImage) in = trip_source_read (picture, from, error);
  g_autoptr (TripImage) between = in ? trip_image_new (in->width + 1, 1, in->n_channels, error) : NULL;
  g_autoptr (TripReduction) reduction = NULL;
  TripImage block = { rect->width, rect->height, out->n_channels, out->stride,
                      trip_image_row (out, y) + (gsize) x * out->n_channels };

  if (! between)
    return FALSE;
  weight_by_alpha (in, FALSE);
  reduction = trip_reduction_new (picture->width, picture->height, self->source.width, self->source.height, rect);
  for (int row = 0; row < rect->height; row++)
    trip_reduction_row (reduction, in, from->x, from->y, row, between->data, trip_image_row (&block, row));
  weight_by_alpha (&block, TRUE);
  limit_all (&block, in, from, reduction);
  return TRUE;
}

/* The same, in blocks as small as memory demands. */
static gboolean
reduce (const TripReduced *self, const TripRect *rect, TripImage *out, int x, int y, GError **error)
{
  const TripRect from = trip_reduced_needs (self->picture.width, self->picture.height, self->source.width,
                                            self->source.height, rect);
  TripRect first = *rect, second = *rect;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (from.width * (from.height + 1.0) * out->n_channels * sizeof (float) <= TRIP_REDUCE_BYTES
      || MAX (rect->width, rect->height) == 1)
    return reduce_block (self, rect, &from, out, x, y, error);
  if (rect->height == 1 || (rect->width > 1 && from.width > from.height))
    {
      second.x += first.width /= 2;
      second.width -= first.width;
    }
  else
    {
      second.y += first.height /= 2;
      second.height -= first.height;
    }
  return reduce (self, &first, out, x, y, error)
         && reduce (self, &second, out, x + second.x - rect->x, y + second.y - rect->y, error);
}

static TripImage *
read_reduced (const TripRect *rect, gpointer data, GError **error)
{
  const TripReduced *self = data;
  g_autoptr (TripImage) out = trip_image_new (rect->width, rect->height, self->source.n_channels, error);

  if (! out || ! reduce (self, rect, out, 0, 0, error))
    return NULL;
  return g_steal_pointer (&out);
}

TripReduced *
trip_reduced_new (const TripSource *picture, int width, int height, GCancellable *cancellable)
{
  TripReduced *self = g_new (TripReduced, 1);

  self->picture = *picture;
  self->cancellable = cancellable;
  self->source = (TripSource) { width, height, picture->n_channels, read_reduced, self };
  return self;
}

void
trip_reduced_free (TripReduced *self)
{
  g_free (self);
}

const TripSource *
trip_reduced_source (const TripReduced *self)
{
  return &self->source;
}
