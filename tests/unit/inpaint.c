/* Filling holes: what must not change, what must be continued, and where nothing may come from. */
#include <math.h>
#include <string.h>

#include "decompose/inpaint.h"
#include "support/pictures.h"

typedef float (*Pattern) (int x, int y, int c);

static TripImage *
painted (int width, int height, int n_channels, Pattern pattern)
{
  TripImage *image = trip_image_new (width, height, n_channels, NULL);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n_channels; c++)
        trip_image_row (image, y)[x * n_channels + c] = pattern (x, y, c);
  return image;
}

static TripImage *
rectangle (int width, int height, const TripRect *rect)
{
  TripImage *image = picture_constant (width, height, 1, 0);

  for (int y = rect->y; y < rect->y + rect->height; y++)
    for (int x = rect->x; x < rect->x + rect->width; x++)
      trip_image_row (image, y)[x] = 1;
  return image;
}

/* The picture with other content in the hole, filled. */
static TripImage *
filled (const TripImage *picture, const TripImage *hole, int n_threads)
{
  const TripRun run = { .to = 1, .n_threads = n_threads };
  const int n = picture->n_channels;
  TripImage *result = trip_image_new (picture->width, picture->height, n, NULL);
  GError *error = NULL;

  for (int y = 0; y < picture->height; y++)
    for (int i = 0; i < picture->width * n; i++)
      trip_image_row (result, y)[i] = trip_image_row (hole, y)[i / n] > 0 ? i % 3 * 0.5f
                                                                          : trip_image_row (picture, y)[i];
  trip_inpaint (result, hole, 7, &run, &error);
  g_assert_no_error (error);
  return result;
}

static double
psnr (const TripImage *a, const TripImage *b, const TripImage *hole)
{
  double sum = 0;
  gsize n = 0;

  for (int y = 0; y < a->height; y++)
    for (int i = 0; i < a->width * a->n_channels; i++)
      if (trip_image_row (hole, y)[i / a->n_channels] > 0)
        {
          sum += pow (trip_image_row (a, y)[i] - trip_image_row (b, y)[i], 2);
          n++;
        }
  return sum > 0 ? -10 * log10 (sum / n) : 200;
}

static float
noise (int x, int y, int c)
{
  const guint32 h = ((guint32) x * 73856093u ^ (guint32) y * 19349663u ^ (guint32) c * 83492791u) * 2654435761u;

  return (h >> 8) / (float) (1 << 24);
}

static float
stripes (int x, int y, int c)
{
  return (x + 2 * y) % 16 < 6 ? 0.8f - 0.1f * c : 0.2f;
}

static float
checks (int x, int y, int c)
{
  return (x / 8 + y / 8) % 2 ? 0.9f : 0.3f + 0.1f * c;
}

static float
gradient (int x, int y, int c)
{
  return 0.2f + 0.002f * x + 0.001f * y * (c + 1);
}

/* A wall and a floor. */
static float
horizon (int x, int y, int c)
{
  return y < 50 ? 0.7f + 0.05f * noise (x, y, c) : 0.3f + 0.2f * noise (x, y, c);
}

static void
test_outside (void)
{
  for (int n = 1; n <= 4; n++)
    {
      g_autoptr (TripImage) picture = painted (90, 70, n, noise);
      g_autoptr (TripImage) hole = rectangle (90, 70, &(TripRect) { 20, 15, 30, 25 });
      g_autoptr (TripImage) result = NULL;

      trip_image_row (picture, 3)[3] = -4.5f;
      trip_image_row (picture, 60)[60] = 12.25f;
      result = filled (picture, hole, 2);
      for (int y = 0; y < 70; y++)
        for (int i = 0; i < 90 * n; i++)
          if (trip_image_row (hole, y)[i / n] == 0)
            g_assert_cmpfloat (trip_image_row (result, y)[i], ==, trip_image_row (picture, y)[i]);
          else
            g_assert_true (isfinite (trip_image_row (result, y)[i]));
    }
}

static void
test_constant (void)
{
  static const float values[] = { 0, 0.3f, 1, -0.7f, 3.7f };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (int n = 1; n <= 4; n++)
      {
        g_autoptr (TripImage) picture = picture_constant (61, 47, n, values[i]);
        g_autoptr (TripImage) hole = rectangle (61, 47, &(TripRect) { 10, 10, 30, 30 });
        g_autoptr (TripImage) result = filled (picture, hole, 1);

        g_assert_cmpfloat (picture_distance (result, picture), ==, 0);
      }
}

static void
test_patterns (void)
{
  static const struct
  {
    Pattern pattern;
    double least; /* dB */
  } cases[] = { { stripes, 75 }, { checks, 80 }, { gradient, 70 }, { horizon, 22 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int n = 1; n <= 4; n++)
      {
        g_autoptr (TripImage) picture = painted (160, 120, n, cases[i].pattern);
        g_autoptr (TripImage) hole = rectangle (160, 120, &(TripRect) { 50, 30, 40, 40 });
        g_autoptr (TripImage) result = filled (picture, hole, 2);
        const double found = psnr (result, picture, hole);

        g_test_message ("pattern %u, %d channels: %.1f dB", i, n, found);
        g_assert_cmpfloat (found, >, cases[i].least);
      }
}

#define MIDDLE 80 /* of pictures that look the same mirrored or turned, and not anywhere else */

static float
blots (int x, int y, int c)
{
  return noise (x / 4, y / 4, c);
}

static float
mirrored (int x, int y, int c)
{
  return blots (x < MIDDLE ? x : 2 * MIDDLE - 1 - x, y, c);
}

static float
turned (int x, int y, int c)
{
  while (x >= MIDDLE || y >= MIDDLE)
    {
      const int before = x;

      x = 2 * MIDDLE - 1 - y;
      y = before;
    }
  return blots (x, y, c);
}

/* What is only there the other way round is found. */
static void
test_turned (void)
{
  static const Pattern patterns[] = { mirrored, turned };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autoptr (TripImage) picture = painted (2 * MIDDLE, 2 * MIDDLE, 3, patterns[i]);
      g_autoptr (TripImage) hole = rectangle (2 * MIDDLE, 2 * MIDDLE, &(TripRect) { 100, 30, 26, 22 });
      g_autoptr (TripImage) result = filled (picture, hole, 2);
      const double found = psnr (result, picture, hole);

      g_test_message ("pattern %u: %.1f dB", i, found);
      g_assert_cmpfloat (found, >, 30);
    }
}

static void
test_repeats (void)
{
  g_autoptr (TripImage) picture = painted (150, 110, 3, horizon);
  g_autoptr (TripImage) hole = rectangle (150, 110, &(TripRect) { 60, 20, 37, 61 });
  g_autoptr (TripImage) first = filled (picture, hole, 1);

  for (int n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (TripImage) again = filled (picture, hole, n_threads);

      g_assert_cmpfloat (picture_distance (first, again), ==, 0);
    }
}

/* Holes that leave little or nothing, in pictures of all shapes. */
static void
test_extremes (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 50 }, { 50, 1 }, { 6, 6 }, { 7, 7 }, { 8, 40 }, { 40, 9 },
                                  { 64, 64 }, { 3, 300 }, { 300, 12 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const int width = sizes[i][0], height = sizes[i][1];
      const TripRect holes[] = { { 0, 0, width, height },
                                 { 0, 0, width, (height + 1) / 2 },
                                 { width / 2, 0, width - width / 2, height },
                                 { width - 1, height - 1, 1, 1 },
                                 { 0, 0, 0, 0 },
                                 { width / 4, height / 4, (width + 1) / 2, (height + 1) / 2 } };

      for (guint j = 0; j < G_N_ELEMENTS (holes); j++)
        {
          g_autoptr (TripImage) picture = painted (width, height, 3, checks);
          g_autoptr (TripImage) hole = rectangle (width, height, &holes[j]);
          g_autoptr (TripImage) result = filled (picture, hole, 2);

          for (int y = 0; y < height; y++)
            for (int k = 0; k < 3 * width; k++)
              g_assert_true (trip_image_row (result, y)[k] >= -0.1f && trip_image_row (result, y)[k] <= 1.1f);
        }
    }
}

typedef struct
{
  GCancellable *cancellable;
  double at, last;
} Stop;

static void
stop_at (double fraction, gpointer data)
{
  Stop *stop = data;

  g_assert_cmpfloat (fraction, >=, stop->last);
  stop->last = fraction;
  if (fraction >= stop->at)
    g_cancellable_cancel (stop->cancellable);
}

static void
test_cancel (void)
{
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (TripImage) picture = painted (200, 150, 3, horizon), before = painted (200, 150, 3, horizon);
      g_autoptr (TripImage) hole = rectangle (200, 150, &(TripRect) { 60, 30, 70, 80 });
      g_autoptr (GError) error = NULL;
      Stop stop = { cancellable, i * 0.1, 0 };
      const TripRun run = { cancellable, stop_at, &stop, 2, 0, 1 };

      g_assert_false (trip_inpaint (picture, hole, 1, &run, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpfloat (picture_distance (picture, before), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inpaint/outside", test_outside);
  g_test_add_func ("/inpaint/constant", test_constant);
  g_test_add_func ("/inpaint/patterns", test_patterns);
  g_test_add_func ("/inpaint/turned", test_turned);
  g_test_add_func ("/inpaint/repeats", test_repeats);
  g_test_add_func ("/inpaint/extremes", test_extremes);
  g_test_add_func ("/inpaint/cancel", test_cancel);
  return g_test_run ();
}
