#include "window.h"

#include "../error.h"
#include "band.h"

#include <math.h>
#include <string.h>

#define PLANES TRIP_WINDOW_PLANES
#define N_SIDES 2       /* a window and its mirror image */
#define TAPS 4          /* in each direction, of what the network found, for one pixel of the picture */
#define LIKENESS 0.01f  /* squared distance of colours at which a tap counts a quarter */

gboolean
trip_window_find (const TripImage *mask, float margin, int longer_side, int multiple, TripWindow *window)
{
  TripRect *box = &window->box, *rect = &window->rect;
  float scale;

  if (! trip_bounds (mask, 0.5f, INFINITY, 0, box))
    return FALSE;
  *rect = trip_rect_grown (box, roundf (MAX (box->width, box->height) * margin), mask->width, mask->height);
  scale = (float) longer_side / MAX (rect->width, rect->height) / multiple;
  window->width = MAX (1, (int) roundf (rect->width * scale)) * multiple;
  window->height = MAX (1, (int) roundf (rect->height * scale)) * multiple;
  return TRUE;
}

/* How much pixel i of a picture of n counts for pixel o of one of n_out pixels. */
typedef struct
{
  int first, n;
  float centre, reach;
} Taps;

static Taps
taps_of (int o, int n_out, int n)
{
  const float scale = (float) n / n_out, reach = MAX (scale, 1), centre = (o + 0.5f) * scale;
  const int first = MAX (0, (int) floorf (centre - reach)), end = MIN (n, (int) ceilf (centre + reach));

  return (Taps) { first, end - first, centre, reach };
}

static float
weight_of (const Taps *taps, int i)
{
  return MAX (0, 1 - fabsf (i + 0.5f - taps->centre) / taps->reach);
}

/* A pixel's colours as three in 0..1. */
static void
read_colours (const float *pixel, int n_channels, float colours[3])
{
  const int second = n_channels > 2 ? 1 : 0;

  for (int c = 0; c < 3; c++)
    colours[c] = CLAMP (pixel[c * second], 0, 1);
}

typedef struct
{
  const TripWindow *window;
  const TripImage *picture, *mask;
  const TripTensor *input;
  float *rows; /* for each worker one of the window in the picture's size, of PLANES */
} Reading;

/* One row of the picture, added to sum. */
static void
add_row (const Reading *self, int y, float weight, float *sum)
{
  const TripRect *rect = &self->window->rect;
  const int n_channels = self->picture->n_channels;
  const float *from = trip_image_row (self->picture, y) + (gsize) rect->x * n_channels;
  const float *mask = trip_image_row (self->mask, y) + rect->x;

  for (int x = 0; x < rect->width; x++, from += n_channels, sum += PLANES)
    {
      float colours[3];

      read_colours (from, n_channels, colours);
      for (int c = 0; c < 3; c++)
        sum[c] += weight * colours[c];
      sum[3] += weight * CLAMP (mask[x], 0, 1);
    }
}

static gboolean
read_row (gsize tile, int worker, gpointer data, GError **error)
{
  const Reading *self = data;
  const TripWindow *window = self->window;
  const int y = tile;
  float *row = self->rows + (gsize) worker * window->rect.width * PLANES;
  float *to = self->input->data + y * self->input->stride;
  const Taps down = taps_of (y, window->height, window->rect.height);
  float total = 0;

  memset (row, 0, (gsize) window->rect.width * PLANES * sizeof (float));
  for (int i = down.first; i < down.first + down.n; i++)
    {
      total += weight_of (&down, i);
      add_row (self, window->rect.y + i, weight_of (&down, i), row);
    }
  for (int x = 0; x < window->width; x++, to += self->input->channels)
    {
      const Taps across = taps_of (x, window->width, window->rect.width);
      float sum[PLANES] = { 0 }, weights = 0;

      for (int i = across.first; i < across.first + across.n; i++)
        {
          const float weight = weight_of (&across, i);

          weights += weight;
          for (int c = 0; c < PLANES; c++)
            sum[c] += weight * row[i * PLANES + c];
        }
      for (int c = 0; c < PLANES; c++)
        to[c] = sum[c] / (weights * total) - (c < 3 ? 0.5f : 0);
    }
  return TRUE;
}

gboolean
trip_window_read (const TripWindow *window, const TripImage *picture, const TripImage *mask, const TripTensor *input,
                  const TripRun *run, GError **error)
{
  g_autofree float *rows = g_try_new (float, (gsize) trip_run_threads (run) * window->rect.width * PLANES);
  Reading reading = { window, picture, mask, input, rows };

  if (! rows)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for a window %d px wide", window->rect.width);
      return FALSE;
    }
  return trip_run_tiles (run, window->height, read_row, &reading, error);
}

static void
mirror (const TripTensor *input, int negated, const TripTensor *out)
{
  const int n = input->channels;

  for (int y = 0; y < input->height; y++)
    {
      const float *from = input->data + y * input->stride + input->width * n;
      float *to = out->data + y * out->stride;

      for (int x = 0; x < input->width; x++, to += n)
        {
          from -= n;
          memcpy (to, from, n * sizeof (float));
          if (negated >= 0)
            to[negated] = -to[negated];
        }
    }
}

typedef struct
{
  const TripUnet *network;
  TripWindowAsk ask;
  const TripTensor *input;
  int negated;
  float *found[N_SIDES];
  GCancellable *cancellable;
} Seeing;

static gboolean
see_side (gsize side, int worker, gpointer data, GError **error)
{
  const Seeing *self = data;
  const int height = self->input->height, width = self->input->width, n = self->input->channels;
  TripTensor input = *self->input;
  TripArena arena;
  gboolean done;

  if (! trip_arena_init (&arena, trip_tensor_need (height, width, n) + trip_unet_need (self->network, height, width),
                         error))
    return FALSE;
  if (side)
    {
      input = trip_tensor_take (&arena, height, width, n);
      mirror (self->input, self->negated, &input);
    }
  done = self->ask (self->network, &input, self->found[side], &arena, self->cancellable, error);
  trip_arena_clear (&arena);
  return done;
}

gboolean
trip_window_see (const TripUnet *network, TripWindowAsk ask, const TripTensor *input, int negated, int n, float *found,
                 const TripRun *run, GError **error)
{
  const int row = input->width * n;
  g_autofree float *mirrored = g_try_new (float, (gsize) input->height * row);
  Seeing seeing = { network, ask, input, negated, { found, mirrored }, run->cancellable };
  const float *from = mirrored;

  if (! mirrored)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for a window %d px wide", input->width);
      return FALSE;
    }
  if (! trip_run_tiles (run, N_SIDES, see_side, &seeing, error))
    return FALSE;
  for (int y = 0; y < input->height; y++, found += row, from += row)
    for (int i = 0; i < row; i++)
      found[i] = 0.5f * (found[i] + from[(input->width - 1 - i / n) * n + i % n]);
  return TRUE;
}

/* The pixels around the middle of pixel i of n_large, out of n, and how much each counts by its place. */
typedef struct
{
  int place[TAPS];
  float weight[TAPS];
} Around;

static Around
around (int i, int n_large, int n)
{
  const float middle = (i + 0.5f) * n / n_large - 0.5f;
  const int first = floorf (middle) - TAPS / 2 + 1;
  Around a;

  for (int k = 0; k < TAPS; k++)
    {
      a.place[k] = CLAMP (first + k, 0, n - 1);
      a.weight[k] = MAX (0, 1 - fabsf (first + k - middle) / (TAPS / 2));
    }
  return a;
}

/* How like a pixel that the network saw is to one of the picture, 0..1. */
static float
likeness (const float *seen, const float colours[3])
{
  float distance = 0;

  for (int c = 0; c < 3; c++)
    distance += (seen[c] + 0.5f - colours[c]) * (seen[c] + 0.5f - colours[c]);
  return LIKENESS * LIKENESS / ((LIKENESS + distance) * (LIKENESS + distance));
}

void
trip_window_look_up (const TripWindow *window, const TripTensor *input, const float *found, int n, int x, int y,
                     const float *pixel, int n_channels, float *out)
{
  const Around across = around (x, window->rect.width, window->width);
  const Around down = around (y, window->rect.height, window->height);
  float colours[3], sum[TRIP_WINDOW_MOST] = { 0 }, total = 0;

  read_colours (pixel, n_channels, colours);
  for (int j = 0; j < TAPS; j++)
    for (int i = 0; i < TAPS; i++)
      {
        const int row = down.place[j], column = across.place[i];
        const float *seen = input->data + row * input->stride + column * input->channels;
        const float weight = down.weight[j] * across.weight[i] * likeness (seen, colours);

        total += weight;
        for (int k = 0; k < n; k++)
          sum[k] += weight * found[((gsize) row * window->width + column) * n + k];
      }
  for (int k = 0; k < n; k++)
    out[k] = sum[k] / total;
}
