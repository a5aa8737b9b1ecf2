#include "mirror-view.h"

#include "../error.h"
#include "../memory.h"
#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BESIDE (1 / 3.0f) /* what is looked at beside the object, in its longer sides, */
#define BELOW 1.3f        /* and below it, in heights, */
#define MORE 4            /* and px */
#define TAKEN 0.03f       /* coverage that hides what is behind it */
#define FLOOR 0.3f        /* share of the mean energy of steps in what is expected of one */
#define LEAST_ENERGY 1e-5f

/* Fills rect of seen with alpha as the mirror shows it. */
static void
reflect (const TripMirrorView *self, const TripMirror *mirror, const TripRect *rect, float *seen)
{
  for (int y = rect->y; y < rect->y + rect->height; y++)
    {
      float *to = seen + (gsize) y * self->width;
      TripMirrorRow row;
      const gboolean is_below = trip_mirror_row (mirror, &self->box, y, &row);

      for (int x = rect->x; x < rect->x + rect->width; x++)
        to[x] = is_below ? trip_mirror_sample (self->alpha, self->width, self->height, self->width,
                                               row.source_x + x * row.step, row.source_y)
                         : 0;
    }
}

void
trip_mirror_view_reflect (const TripMirrorView *self, const TripMirror *mirror, float *seen)
{
  const TripRect rect = trip_mirror_reach (mirror, &self->box, self->width, self->height);

  memset (seen, 0, self->size * sizeof (float));
  reflect (self, mirror, &rect, seen);
}

float
trip_mirror_view_score (const TripMirrorView *self, const TripMirror *mirror, int worker)
{
  float *seen = self->seen + worker * self->size;
  const TripRect rect = trip_mirror_reach (mirror, &self->box, self->width, self->height);
  const int x_end = rect.x + rect.width, y_end = rect.y + rect.height;
  const gsize size = self->size;
  double fits[3] = { 0 }, all[3] = { 0 }, sum = 0;

  reflect (self, mirror, &rect, seen);
  for (int y = rect.y; y < y_end; y++)
    for (int x = rect.x; x < x_end; x++)
      {
        const gsize i = (gsize) y * self->width + x;
        const float right = x + 1 < x_end ? seen[i + 1] - seen[i] : 0;
        const float down = y + 1 < y_end ? seen[i + self->width] - seen[i] : 0;

        for (int c = 0; c < 3; c++)
          {
            const gsize k = 2 * c * size + i;

            fits[c] += right * self->pulls[k] + down * self->pulls[k + size];
            all[c] += right * right * self->weights[k] + down * down * self->weights[k + size];
          }
      }
  for (int c = 0; c < 3; c++)
    sum += fits[c] * fits[c] / (all[c] + 1e-6);
  return sum;
}

/* The most coverage of the 3 x 3 pixels around one. */
static float
most_around (const TripMirrorView *self, int x, int y)
{
  float most = 0;

  for (int j = MAX (0, y - 1); j <= MIN (self->height - 1, y + 1); j++)
    for (int i = MAX (0, x - 1); i <= MIN (self->width - 1, x + 1); i++)
      most = MAX (most, self->alpha[(gsize) j * self->width + i]);
  return most;
}

/* Fills alpha, light and is_free. input: as read. */
static void
split (const TripMirrorView *self, const TripTensor *input)
{
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        const float *pixel = input->data + y * input->stride + x * TRIP_WINDOW_PLANES;
        const gsize i = (gsize) y * self->width + x;

        self->alpha[i] = pixel[3];
        for (int c = 0; c < 3; c++)
          self->light[c * self->size + i] = powf (CLAMP (pixel[c] + 0.5f, 0, 1), TRIP_MIRROR_GAMMA);
      }
  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      self->is_free[(gsize) y * self->width + x] = most_around (self, x, y) < TAKEN;
}

/* Sums over side x side pixels around each, as far as there are any, in place. held: as many floats. */
static void
sum_around (float *plane, int width, int height, int side, float *held)
{
  const int reach = side / 2;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        float sum = 0;

        for (int i = MAX (0, x - reach); i <= MIN (width - 1, x + reach); i++)
          sum += plane[(gsize) y * width + i];
        held[(gsize) y * width + x] = sum;
      }
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        float sum = 0;

        for (int i = MAX (0, y - reach); i <= MIN (height - 1, y + reach); i++)
          sum += held[(gsize) i * width + x];
        plane[(gsize) y * width + x] = sum;
      }
}

/* The steps of plane from each pixel to the one that lies offset floats on, where there is one and both are free. */
static void
take_steps (const float *plane, const float *counts, gsize size, gsize offset, float *steps)
{
  for (gsize i = 0; i < size; i++)
    steps[i] = counts[i] > 0 ? plane[i + offset] - plane[i] : 0;
}

/* 1 where a step is free from what hides it, else 0. */
static void
count_steps (const TripMirrorView *self, gboolean is_down, float *counts)
{
  const gsize offset = is_down ? self->width : 1;

  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        const gsize i = (gsize) y * self->width + x;
        const gboolean is_last = is_down ? y + 1 == self->height : x + 1 == self->width;

        counts[i] = is_last ? 0 : self->is_free[i] * self->is_free[i + offset];
      }
}

/* Fills weights and pulls. planes: 4 to use. */
static void
weigh (const TripMirrorView *self, int side, float *planes)
{
  const int width = self->width, height = self->height, near = MAX (5, side / 8 | 1);
  const gsize size = self->size;
  float *counts = planes, *around = planes + size, *energy = planes + 2 * size, *held = planes + 3 * size;

  for (int is_down = 0; is_down < 2; is_down++)
    {
      double n = 0;

      count_steps (self, is_down, counts);
      for (gsize i = 0; i < size; i++)
        n += around[i] = counts[i];
      sum_around (around, width, height, near, held);
      for (int c = 0; c < 3; c++)
        {
          float *pulls = self->pulls + (2 * c + is_down) * size, *weights = self->weights + (2 * c + is_down) * size;
          double total = 0;

          take_steps (self->light + c * size, counts, size, is_down ? width : 1, pulls);
          for (gsize i = 0; i < size; i++)
            total += energy[i] = pulls[i] * pulls[i];
          sum_around (energy, width, height, near, held);
          for (gsize i = 0; i < size; i++)
            {
              const float expected = energy[i] / (around[i] + 1e-3f * near * near) + FLOOR * total / MAX (n, 1);

              weights[i] = counts[i] / (expected + LEAST_ENERGY);
              pulls[i] *= weights[i];
            }
        }
    }
}

/* The part of the picture around box that a view shows. */
static TripRect
rect_around (const TripRect *box, int width, int height)
{
  const int beside = lroundf (MAX (box->width, box->height) * BESIDE);
  const int x = MAX (0, box->x - beside), y = MAX (0, box->y - MORE);
  const int right = MIN (width, box->x + box->width + beside);
  const int bottom = MIN (height, box->y + box->height + (int) lroundf (BELOW * box->height) + MORE);

  return (TripRect) { x, y, right - x, bottom - y };
}

void
trip_mirror_view_clear (TripMirrorView *self)
{
  free (self->alpha);
  self->alpha = NULL;
}

gboolean
trip_mirror_view_init (TripMirrorView *self, const TripImage *picture, const TripImage *alpha, const TripRect *box,
                       int side, const TripRun *run, GError **error)
{
  const TripRect rect = rect_around (box, picture->width, picture->height);
  const float scale = MIN (1, (float) side / MAX (box->width, box->height));
  const TripWindow window = { *box, rect, MAX (4, (int) lroundf (rect.width * scale)),
                              MAX (4, (int) lroundf (rect.height * scale)) };
  const float across = (float) window.width / rect.width, down = (float) window.height / rect.height;
  const float left = (box->x - rect.x) * across, top = (box->y - rect.y) * down;
  const gsize size = (gsize) window.width * window.height;
  g_autofree float *planes = g_try_new (float, 4 * size);
  TripArena arena;
  TripTensor input;
  gboolean done;

  *self = (TripMirrorView) { window.width, window.height, size,
                             { left, top, left + box->width * across, top + box->height * down } };
  self->alpha = planes ? trip_floats_new ((17 + trip_run_threads (run)) * size) : NULL;
  if (! self->alpha)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to look for a reflection");
      return FALSE;
    }
  self->is_free = self->alpha + size;
  self->light = self->alpha + 2 * size;
  self->weights = self->alpha + 5 * size;
  self->pulls = self->alpha + 11 * size;
  self->seen = self->alpha + 17 * size;
  if (! trip_arena_init (&arena, trip_tensor_need (window.height, window.width, TRIP_WINDOW_PLANES), error))
    return FALSE;
  input = trip_tensor_take (&arena, window.height, window.width, TRIP_WINDOW_PLANES);
  done = trip_window_read (&window, picture, alpha, &input, run, error);
  if (done)
    {
      split (self, &input);
      weigh (self, side, planes);
    }
  trip_arena_clear (&arena);
  return done;
}
