#include "picture.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "place.h"

#define BAND_BYTES (2 << 20) /* read at once, or one row */
#define VISIBLE 0.1f
#define MOST_ROWS 1024 /* looked at for what is visible, or up to twice as many; all where those show nothing */

/* For each pixel of an axis the weights of some of those that it is made from. */
typedef struct
{
  int n, most;       /* most: weights of a pixel */
  int offset, step;  /* px: the first that counts, and from one to the next */
  int *first, *count;
  float *weights; /* n, most */
} Axis;

static Axis
axis_new (int length, int n)
{
  const double scale = (double) length / n, support = MAX (scale, 1);
  Axis axis = { .n = n, .step = MAX (1, (int) ceil (scale / TRIP_PLACE_ROWS)) };

  axis.offset = (length - 1) % axis.step / 2; /* alike at both ends */
  axis.most = 2 * support / axis.step + 3;
  axis.first = g_new (int, n);
  axis.count = g_new (int, n);
  axis.weights = g_new (float, (gsize) n * axis.most);
  for (int i = 0; i < n; i++)
    {
      const double centre = (i + 0.5) * scale;
      const int begin = MAX ((int) (centre - support + 0.5), 0), end = MIN ((int) (centre + support + 0.5), length);
      const int first = axis.offset + (MAX (begin - axis.offset, 0) + axis.step - 1) / axis.step * axis.step;
      float *weights = axis.weights + (gsize) i * axis.most;
      double total = 0;

      axis.first[i] = first;
      axis.count[i] = 0;
      for (int at = first; at < end; at += axis.step)
        {
          weights[axis.count[i]] = MAX (1 - fabs (at + 0.5 - centre) / support, 0);
          total += weights[axis.count[i]++];
        }
      for (int k = 0; k < axis.count[i]; k++)
        weights[k] /= total;
    }
  return axis;
}

static void
axis_clear (Axis *axis)
{
  g_free (axis->first);
  g_free (axis->count);
  g_free (axis->weights);
}

/* One row of source, narrowed: 4 floats a pixel, colours multiplied by alpha. */
static void
narrow_row (const float *in, int n_channels, const Axis *axis, float *out)
{
  const gboolean colours = n_channels > 2;
  const gsize step = (gsize) axis->step * n_channels;

  for (int i = 0; i < axis->n; i++, out += 4)
    {
      const float *weights = axis->weights + (gsize) i * axis->most, *p = in + (gsize) axis->first[i] * n_channels;
      float sum[4] = { 0 };

      for (int k = 0; k < axis->count[i]; k++, p += step)
        {
          const float alpha = trip_has_alpha (n_channels) ? CLAMP (p[n_channels - 1], 0, 1) : 1;

          for (int c = 0; c < 3; c++)
            sum[c] += weights[k] * alpha * CLAMP (p[colours ? c : 0], 0, 1);
          sum[3] += weights[k] * alpha;
        }
      memcpy (out, sum, sizeof sum);
    }
}

/* Adds a narrowed row, number y of source, to the rows of out that it is part of. */
static void
add_row (const float *row, int y, const Axis *axis, TripImage *out)
{
  for (int i = 0; i < axis->n; i++)
    {
      const int k = (y - axis->first[i]) / axis->step;
      float *to = trip_image_row (out, i);

      if (y < axis->first[i] || k >= axis->count[i])
        continue;
      for (int x = 0; x < 4 * out->width; x++)
        to[x] += axis->weights[(gsize) i * axis->most + k] * row[x];
    }
}

/* Calls func with the rows first, first + step, ... of rect, a band at a time where step is 1. */
typedef void (*RowFunc) (const float *row, int y, gpointer data);

static gboolean
each_row (const TripSource *source, const TripRect *rect, int first, int step, RowFunc func, gpointer data,
          const TripRun *run, GError **error)
{
  const gsize bytes = (gsize) rect->width * source->n_channels * sizeof (float);
  const int band = step > 1 ? 1 : CLAMP ((int) (BAND_BYTES / bytes), 1, rect->height);

  for (int y = first; y < rect->height; y += step > 1 ? step : band)
    {
      const TripRect part = { rect->x, rect->y + y, rect->width, MIN (band, rect->height - y) };
      g_autoptr (TripImage) rows = NULL;

      if (! trip_run_step (run, (double) y / rect->height, error))
        return FALSE;
      rows = trip_source_read (source, &part, error);
      if (! rows)
        return FALSE;
      for (int i = 0; i < part.height; i++)
        func (trip_image_row (rows, i), y + i, data);
    }
  return TRUE;
}

typedef struct
{
  int n_channels;
  Axis x, y;
  float *narrow;
  TripImage *out;
} Reading;

static void
take_row (const float *row, int y, gpointer data)
{
  const Reading *self = data;

  narrow_row (row, self->n_channels, &self->x, self->narrow);
  add_row (self->narrow, y, &self->y, self->out);
}

TripImage *
trip_place_read (const TripSource *source, const TripRect *rect, int width, int height, const TripRun *run,
                 GError **error)
{
  g_autoptr (TripImage) out = trip_image_new (width, height, 4, error);
  g_autofree float *narrow = g_new (float, 4 * (gsize) width);
  Reading reading;
  gboolean done;

  if (! out)
    return NULL;
  for (int y = 0; y < height; y++)
    memset (trip_image_row (out, y), 0, 4 * (gsize) width * sizeof (float));
  reading = (Reading) { source->n_channels, axis_new (rect->width, width), axis_new (rect->height, height), narrow,
                        out };
  done = each_row (source, rect, reading.y.offset, reading.y.step, take_row, &reading, run, error);
  axis_clear (&reading.x);
  axis_clear (&reading.y);
  return done ? g_steal_pointer (&out) : NULL;
}

/* The box around pixels of at least an alpha. */
typedef struct
{
  float least;
  int left, top, right, bottom; /* the last ones included; right < left: none */
} Bounds;

typedef struct
{
  int n_channels, width;
  Bounds visible, any;
} Looking;

static void
extend (Bounds *bounds, const float *alpha, int step, int width, int y)
{
  int left = 0, right = width - 1;

  while (left < width && ! (alpha[(gsize) left * step] >= bounds->least))
    left++;
  if (left == width)
    return;
  while (! (alpha[(gsize) right * step] >= bounds->least))
    right--;
  if (bounds->right < bounds->left)
    *bounds = (Bounds) { bounds->least, left, y, right, y };
  bounds->left = MIN (bounds->left, left);
  bounds->right = MAX (bounds->right, right);
  bounds->bottom = y;
}

static void
look_at_row (const float *row, int y, gpointer data)
{
  Looking *self = data;

  extend (&self->visible, row + self->n_channels - 1, self->n_channels, self->width, y);
  extend (&self->any, row + self->n_channels - 1, self->n_channels, self->width, y);
}

gboolean
trip_place_visible (const TripSource *object, TripRect *rect, const TripRun *run, GError **error)
{
  const TripRect all = { 0, 0, object->width, object->height };
  int step = MAX (object->height / MOST_ROWS, 1);
  Looking looking = { object->n_channels, object->width, { VISIBLE, 0, 0, -1, -1 }, { G_MINFLOAT, 0, 0, -1, -1 } };
  const Bounds *bounds = &looking.visible;

  *rect = all;
  if (! trip_has_alpha (object->n_channels))
    return TRUE;
  if (! each_row (object, &all, 0, step, look_at_row, &looking, run, error))
    return FALSE;
  if (looking.any.right < looking.any.left && step > 1)
    {
      step = 1; /* something may be between those rows */
      if (! each_row (object, &all, 0, step, look_at_row, &looking, run, error))
        return FALSE;
    }
  if (bounds->right < bounds->left)
    bounds = &looking.any;
  if (bounds->right < bounds->left)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing of the object is visible");
      return FALSE;
    }
  rect->x = bounds->left;
  rect->y = bounds->top;
  rect->width = bounds->right + 1 - bounds->left;
  rect->height = MIN (bounds->bottom + step, object->height) - bounds->top;
  return TRUE;
}
