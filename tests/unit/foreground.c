/* The colours of a partly covering object and of what is behind it. */
#include "decompose/foreground.h"

#include <math.h>

#include "decompose/light.h"
#include "support/pictures.h"

static const float red[3] = { 0.9f, 0.2f, 0.1f }, blue[3] = { 0.1f, 0.3f, 0.8f };

/* A disc with an edge 8 px wide. */
static TripImage *
soft_disc (int width, int height)
{
  TripImage *alpha = trip_image_new (width, height, 1, NULL);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      trip_image_row (alpha, y)[x] = CLAMP ((height / 3.0 - hypot (x - width / 2.0, y - height / 2.0)) / 8 + 0.5, 0, 1);
  return alpha;
}

static TripImage *
mixed (const TripImage *alpha, int n_channels)
{
  TripImage *picture = trip_image_new (alpha->width, alpha->height, n_channels, NULL);

  for (int y = 0; y < alpha->height; y++)
    for (gsize i = 0; i < picture->stride; i++)
      {
        float a = trip_image_row (alpha, y)[i / n_channels];
        int c = i % n_channels;

        trip_image_row (picture, y)[i] = a * red[c % 3] + (1 - a) * blue[c % 3];
      }
  return picture;
}

/* The largest error of alpha F + (1 - alpha) B. */
static float
missing (const TripImage *picture, const TripImage *alpha, const TripImage *foreground, const TripImage *background)
{
  float most = 0;

  for (int y = 0; y < picture->height; y++)
    for (gsize i = 0; i < foreground->stride; i++)
      {
        gsize x = i / foreground->n_channels;
        float a = trip_image_row (alpha, y)[x], f = trip_image_row (foreground, y)[i];
        float b = trip_image_row (background, y)[i];
        float p = trip_image_row (picture, y)[x * picture->n_channels + i % foreground->n_channels];

        most = MAX (most, fabsf (a * f + (1 - a) * b - p));
      }
  return most;
}

static void
test_no_fringe (void)
{
  for (int n = 1; n <= 4; n++)
    {
      g_autoptr (TripImage) alpha = soft_disc (90, 70), picture = mixed (alpha, n), f = NULL, b = NULL;
      TripRun run = TRIP_RUN_INIT;
      g_autoptr (GError) error = NULL;

      g_assert_true (trip_foreground (picture, alpha, &run, &f, &b, &error));
      g_assert_no_error (error);
      g_assert_cmpint (f->n_channels, ==, n < 3 ? 1 : 3);
      g_assert_cmpfloat (missing (picture, alpha, f, b), <, 1e-3);
      for (int y = 0; y < alpha->height; y++)
        for (gsize i = 0; i < f->stride; i++)
          {
            float a = trip_image_row (alpha, y)[i / f->n_channels];
            int c = i % f->n_channels;

            if (a > 0.1f)
              g_assert_cmpfloat_with_epsilon (trip_image_row (f, y)[i], red[c], 0.03);
            if (a < 0.9f)
              g_assert_cmpfloat_with_epsilon (trip_image_row (b, y)[i], blue[c], 0.03);
          }
    }
}

static void
test_any_picture_comes_back (void)
{
  static const struct { int width, height; } sizes[] = { { 1, 1 }, { 1, 50 }, { 33, 1 }, { 2, 3 }, { 65, 47 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TripImage) picture = picture_new (sizes[i].width, sizes[i].height, 3), f = NULL, b = NULL;
      g_autoptr (TripImage) alpha = soft_disc (sizes[i].width, sizes[i].height);
      TripRun run = TRIP_RUN_INIT;

      g_assert_true (trip_foreground (picture, alpha, &run, &f, &b, NULL));
      for (int y = 0; y < picture->height; y++)
        for (gsize x = 0; x < f->stride; x++)
          g_assert_true (isfinite (trip_image_row (f, y)[x]) && isfinite (trip_image_row (b, y)[x]));
      /* where the picture's values allow it */
      g_assert_cmpfloat (missing (picture, alpha, f, b), <, 0.02);
    }
}

static void
test_constant_and_bright (void)
{
  g_autoptr (TripImage) picture = picture_constant (40, 30, 3, 3.5f), alpha = soft_disc (40, 30), f = NULL, b = NULL;
  TripRun run = TRIP_RUN_INIT;

  g_assert_true (trip_foreground (picture, alpha, &run, &f, &b, NULL));
  g_assert_cmpfloat (picture_distance (f, picture), <, 1e-4);
  g_assert_cmpfloat (picture_distance (b, picture), <, 1e-4);
}

static void
test_threads (void)
{
  g_autoptr (TripImage) picture = picture_new (130, 170, 3), alpha = soft_disc (130, 170), one = NULL, many = NULL;
  TripRun run = TRIP_RUN_INIT;

  run.n_threads = 1;
  g_assert_true (trip_foreground (picture, alpha, &run, &one, NULL, NULL));
  run.n_threads = 5;
  g_assert_true (trip_foreground (picture, alpha, &run, &many, NULL, NULL));
  g_assert_cmpfloat (picture_distance (one, many), ==, 0);
}

static void
test_cancel (void)
{
  g_autoptr (TripImage) picture = picture_new (130, 70, 3), alpha = soft_disc (130, 70), f = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TripRun run = { .cancellable = cancellable, .to = 1 };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (trip_foreground (picture, alpha, &run, &f, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (f);
}

/* Where the object covers little its colours are taken off, and coverage that is not to be seen takes off nothing. */
static void
test_background_at_soft_edge (void)
{
  for (int is_seen = 0; is_seen < 2; is_seen++)
    for (int n = 3; n <= 4; n++)
      {
        const TripRun run = TRIP_RUN_INIT;
        const TripRect all = { 0, 0, 120, 90 };
        g_autoptr (TripImage) alpha = soft_disc (all.width, all.height), hole = trip_image_copy (alpha, NULL);
        g_autoptr (TripImage) covered = trip_image_copy (alpha, NULL), picture = NULL, background = NULL;
        g_autoptr (TripImage) gains = picture_constant (all.width, all.height, 4, 1);
        int n_soft = 0;

        for (int y = 0; y < all.height; y++)
          for (int x = 0; x < all.width; x++)
            {
              const gboolean is_soft = trip_image_row (alpha, y)[x] < 0.2f;

              trip_image_row (hole, y)[x] = ! is_soft;
              if (is_soft && ! is_seen)
                trip_image_row (covered, y)[x] = 0;
            }
        picture = mixed (covered, n);
        background = trip_image_copy (picture, NULL);
        g_assert_true (trip_light_unmix (picture, alpha, hole, gains, &all, &run, background, NULL));
        for (int y = 0; y < all.height; y++)
          for (int x = 0; x < all.width; x++)
            if (trip_image_row (alpha, y)[x] > 0 && trip_image_row (hole, y)[x] <= 0)
              {
                n_soft++;
                for (int c = 0; c < 3; c++)
                  g_assert_cmpfloat_with_epsilon (trip_image_row (background, y)[x * n + c], blue[c], 2 / 255.0);
              }
        g_assert_cmpint (n_soft, >, 100);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreground/no-fringe", test_no_fringe);
  g_test_add_func ("/foreground/any-picture-comes-back", test_any_picture_comes_back);
  g_test_add_func ("/foreground/constant-and-bright", test_constant_and_bright);
  g_test_add_func ("/foreground/threads", test_threads);
  g_test_add_func ("/foreground/cancel", test_cancel);
  g_test_add_func ("/foreground/background-at-soft-edge", test_background_at_soft_edge);
  return g_test_run ();
}
