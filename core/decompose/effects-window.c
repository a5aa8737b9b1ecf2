#include "effects-window.h"

#include "../error.h"
#include "effects-network.h"

#include <math.h>
#include <string.h>

#define LONGER_SIDE 192 /* px, as the network sees it */
#define PLANES 4        /* averaged: the colours and the coverage; */
#define PLACE_X 4       /* the next ones are the place, */
#define PLACE_Y 5

static gboolean
find_box (const TripImage *alpha, TripRect *box)
{
  int left = alpha->width, right = -1, top = -1, bottom = -1;

  for (int y = 0; y < alpha->height; y++)
    {
      const float *row = trip_image_row (alpha, y);

      for (int x = 0; x < alpha->width; x++)
        if (row[x] > 0.5f)
          {
            left = MIN (left, x);
            right = MAX (right, x);
            top = top < 0 ? y : top;
            bottom = y;
          }
    }
  *box = (TripRect) { left, top, right - left + 1, bottom - top + 1 };
  return right >= 0;
}

/* begin .. begin + length, wider by margin on both sides where the picture is. */
static void
widen (int *begin, int *length, int margin, int size)
{
  const int end = MIN (size, *begin + *length + margin);

  *begin = MAX (0, *begin - margin);
  *length = end - *begin;
}

gboolean
trip_effects_window_find (const TripImage *alpha, float margin, int multiple, TripEffectsWindow *window)
{
  TripRect box, rect;
  float scale;
  int unit;

  if (! find_box (alpha, &box))
    return FALSE;
  rect = box;
  unit = MAX (box.width, box.height);
  widen (&rect.x, &rect.width, roundf (unit * margin), alpha->width);
  widen (&rect.y, &rect.height, roundf (unit * margin), alpha->height);
  scale = (float) LONGER_SIDE / MAX (rect.width, rect.height) / multiple;
  window->rect = rect;
  window->width = MAX (1, (int) roundf (rect.width * scale)) * multiple;
  window->height = MAX (1, (int) roundf (rect.height * scale)) * multiple;
  window->x = (box.x - rect.x + box.width * 0.5f) * window->width / rect.width;
  window->foot = (float) (box.y - rect.y + box.height) * window->height / rect.height;
  window->unit = MAX ((float) box.width * window->width / rect.width,
                      (float) box.height * window->height / rect.height);
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

typedef struct
{
  const TripEffectsWindow *window;
  const TripImage *picture, *alpha;
  const TripTensor *input;
  float *rows; /* for each worker one of the window in the picture's size, of PLANES */
} Reading;

/* One row of the picture, colours as three in 0..1 and coverage, added to sum. */
static void
add_row (const Reading *self, int y, float weight, float *sum)
{
  const TripRect *rect = &self->window->rect;
  const int n_channels = self->picture->n_channels, second = n_channels > 2 ? 1 : 0;
  const float *from = trip_image_row (self->picture, y) + (gsize) rect->x * n_channels;
  const float *alpha = trip_image_row (self->alpha, y) + rect->x;

  for (int x = 0; x < rect->width; x++, from += n_channels, sum += PLANES)
    {
      sum[0] += weight * CLAMP (from[0], 0, 1);
      sum[1] += weight * CLAMP (from[second], 0, 1);
      sum[2] += weight * CLAMP (from[2 * second], 0, 1);
      sum[3] += weight * CLAMP (alpha[x], 0, 1);
    }
}

static gboolean
read_row (gsize tile, int worker, gpointer data, GError **error)
{
  const Reading *self = data;
  const TripEffectsWindow *window = self->window;
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
  for (int x = 0; x < window->width; x++, to += TRIP_EFFECTS_INPUTS)
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
      for (int c = 0; c < 3; c++)
        to[c] = sum[c] / (weights * total) - 0.5f;
      to[3] = sum[3] / (weights * total);
      to[PLACE_X] = 0.5f * CLAMP ((x + 0.5f - window->x) / window->unit, -2, 2);
      to[PLACE_Y] = 0.5f * CLAMP ((y + 0.5f - window->foot) / window->unit, -2, 2);
    }
  return TRUE;
}

/* Fills the planes of the mirror below the object from the others. */
static void
mirror_below (const TripEffectsWindow *window, const TripTensor *input)
{
  for (int y = 0; y < window->height; y++)
    {
      const int source = floorf (2 * window->foot - y - 0.5f);
      const gboolean seen = y + 0.5f > window->foot && source >= 0;
      float *to = input->data + y * input->stride;
      const float *from = input->data + (seen ? source : 0) * input->stride;

      for (int x = 0; x < window->width; x++, to += TRIP_EFFECTS_INPUTS, from += TRIP_EFFECTS_INPUTS)
        {
          for (int c = 0; c < 3; c++)
            to[6 + c] = seen ? from[c] * from[3] : 0;
          to[9] = seen ? from[3] : 0;
        }
    }
}

gboolean
trip_effects_window_read (const TripEffectsWindow *window, const TripImage *picture, const TripImage *alpha,
                          const TripTensor *input, const TripRun *run, GError **error)
{
  g_autofree float *rows = g_try_new (float, (gsize) trip_run_threads (run) * window->rect.width * PLANES);
  Reading reading = { window, picture, alpha, input, rows };

  if (! rows)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for a window %d px wide", window->rect.width);
      return FALSE;
    }
  if (! trip_run_tiles (run, window->height, read_row, &reading, error))
    return FALSE;
  mirror_below (window, input);
  return TRUE;
}

void
trip_effects_window_mirror (const TripTensor *input, TripTensor *out)
{
  for (int y = 0; y < input->height; y++)
    {
      const float *from = input->data + y * input->stride + input->width * TRIP_EFFECTS_INPUTS;
      float *to = out->data + y * out->stride;

      for (int x = 0; x < input->width; x++, to += TRIP_EFFECTS_INPUTS)
        {
          from -= TRIP_EFFECTS_INPUTS;
          memcpy (to, from, TRIP_EFFECTS_INPUTS * sizeof (float));
          to[PLACE_X] = -from[PLACE_X];
        }
    }
}
