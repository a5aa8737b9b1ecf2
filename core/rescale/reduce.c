#include "reduce.h"

#include <math.h>

struct _TripReduced
{
  TripSource picture, source;
};

/* The pixels that make one pixel of the result along an axis, and their weights. */
typedef struct
{
  int first, n;
  float *weights;
} Taps;

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

static Taps *
taps_new (int length, int reduced, int begin, int n)
{
  const double scale = (double) length / reduced;
  Taps *taps = g_new (Taps, n);

  for (int i = 0; i < n; i++)
    {
      double centre = (begin + i + 0.5) * scale, sum = 0;

      span (length, reduced, begin + i, &taps[i].first, &taps[i].n);
      taps[i].weights = g_new (float, taps[i].n);
      for (int t = 0; t < taps[i].n; t++)
        sum += taps[i].weights[t] = scale == 1 ? 1 : cubic ((taps[i].first + t + 0.5 - centre) / scale);
      for (int t = 0; t < taps[i].n; t++)
        taps[i].weights[t] /= sum;
    }
  return taps;
}

static void
taps_free (Taps *taps, int n)
{
  for (int i = 0; i < n; i++)
    g_free (taps[i].weights);
  g_free (taps);
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
    for (float *p = trip_image_row (image, y), *end = p + image->stride; p < end; p += n)
      {
        float factor = ! divide ? p[n - 1] : p[n - 1] > 1e-6f ? 1 / p[n - 1] : 0;

        for (int c = 0; c < n - 1; c++)
          p[c] *= factor;
      }
}

static TripImage *
reduce_rows (const TripImage *in, const TripRect *from, const Taps *taps, int n, GError **error)
{
  TripImage *out = trip_image_new (in->width, n, in->n_channels, error);

  for (int y = 0; out && y < n; y++)
    {
      float *to = trip_image_row (out, y);

      for (gsize i = 0; i < out->stride; i++)
        to[i] = 0;
      for (int t = 0; t < taps[y].n; t++)
        {
          const float *row = trip_image_row (in, taps[y].first - from->y + t);
          const float weight = taps[y].weights[t];

          for (gsize i = 0; i < out->stride; i++)
            to[i] += weight * row[i];
        }
    }
  return out;
}

static TripImage *
reduce_columns (const TripImage *in, const TripRect *from, const Taps *taps, int n, GError **error)
{
  const int n_channels = in->n_channels;
  TripImage *out = trip_image_new (n, in->height, n_channels, error);

  for (int y = 0; out && y < in->height; y++)
    {
      float *to = trip_image_row (out, y);

      for (int x = 0; x < n; x++, to += n_channels)
        {
          const float *row = trip_image_row (in, y) + (gsize) (taps[x].first - from->x) * n_channels;

          for (int c = 0; c < n_channels; c++)
            {
              float sum = 0;

              for (int t = 0; t < taps[x].n; t++)
                sum += taps[x].weights[t] * row[t * n_channels + c];
              to[c] = sum;
            }
        }
    }
  return out;
}

static TripImage *
read_reduced (const TripRect *rect, gpointer data, GError **error)
{
  const TripReduced *self = data;
  const TripSource *picture = &self->picture;
  TripRect from = trip_reduced_needs (picture->width, picture->height, self->source.width,
                                      self->source.height, rect);
  g_autoptr (TripImage) in = trip_source_read (picture, &from, error);
  g_autoptr (TripImage) low = NULL;
  Taps *taps;
  TripImage *out;

  if (! in)
    return NULL;
  weight_by_alpha (in, FALSE);
  taps = taps_new (picture->height, self->source.height, rect->y, rect->height);
  low = reduce_rows (in, &from, taps, rect->height, error);
  taps_free (taps, rect->height);
  if (! low)
    return NULL;
  taps = taps_new (picture->width, self->source.width, rect->x, rect->width);
  out = reduce_columns (low, &from, taps, rect->width, error);
  taps_free (taps, rect->width);
  if (out)
    weight_by_alpha (out, TRUE);
  return out;
}

TripReduced *
trip_reduced_new (const TripSource *picture, int width, int height)
{
  TripReduced *self = g_new (TripReduced, 1);

  self->picture = *picture;
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
