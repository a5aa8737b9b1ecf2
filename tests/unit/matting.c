/* From a rough selection to coverage: the solver, distances, trimap and matting. */
#include "decompose/matting.h"

#include <math.h>

#include "decompose/component.h"
#include "decompose/distance.h"
#include "decompose/holes.h"
#include "decompose/trust.h"
#include "support/pictures.h"
#include "solve.h"

/* A ragged disc that covers its edge pixels by as much of 4 x 4 points as lie in it. */
static TripImage *
disc (int width, int height, double radius, double wobble)
{
  TripImage *alpha = trip_image_new (width, height, 1, NULL);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        int inside = 0;

        for (int i = 0; i < 16; i++)
          {
            double u = x + (i % 4 + 0.5) / 4 - width / 2.0, v = y + (i / 4 + 0.5) / 4 - height / 2.0;

            inside += hypot (u, v) < radius + wobble * sin (5 * atan2 (v, u));
          }
        trip_image_row (alpha, y)[x] = inside / 16.0;
      }
  return alpha;
}

/* A warm object before a cool background, both with some texture. */
static TripImage *
composed (const TripImage *alpha, int n_channels)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  TripImage *picture = trip_image_new (alpha->width, alpha->height, n_channels, NULL);

  for (int y = 0; y < alpha->height; y++)
    for (int x = 0; x < alpha->width; x++)
      {
        float a = trip_image_row (alpha, y)[x], wave = 0.04 * sin (x * 0.3) + 0.03 * cos (y * 0.2 + x * 0.05);

        for (int c = 0; c < n_channels; c++)
          {
            float object = 0.8 - 0.25 * c + wave, behind = 0.3 + 0.2 * c - wave;

            trip_image_row (picture, y)[(gsize) x * n_channels + c]
              = a * object + (1 - a) * behind + g_rand_double_range (rand, -0.004, 0.004);
          }
      }
  return picture;
}

static double
error_of (const TripImage *alpha, const TripImage *truth)
{
  double sum = 0;

  for (int y = 0; y < truth->height; y++)
    for (int x = 0; x < truth->width; x++)
      sum += fabs (trip_image_row (alpha, y)[x] - trip_image_row (truth, y)[x]);
  return sum;
}

static TripImage *
found (const TripImage *picture, const TripImage *selection, double edge, int n_threads)
{
  TripRun run = TRIP_RUN_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (TripImage) trimap = NULL;
  TripImage *alpha;

  run.n_threads = n_threads;
  trimap = trip_trimap (picture, selection, edge, &run, &error);
  g_assert_no_error (error);
  alpha = trip_matting (picture, trimap, &run, &error);
  g_assert_no_error (error);
  for (int y = 0; y < alpha->height; y++)
    for (int x = 0; x < alpha->width; x++)
      {
        float t = trip_image_row (trimap, y)[x], a = trip_image_row (alpha, y)[x];

        g_assert_true (t >= 0 && t <= 1 && a >= 0 && a <= 1);
        if (t == 0 || t == 1)
          g_assert_cmpfloat (a, ==, t);
      }
  return alpha;
}

static void
test_solver_is_elimination (void)
{
  enum { N = 60, SLOTS = 5 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autoptr (TripSystem) system = trip_system_new (N, SLOTS, NULL);
  double a[N][N] = { { 0 } }, b[N];
  float x[N] = { 0 };
  TripRun run = TRIP_RUN_INIT;

  for (int i = 0; i < N; i++)
    {
      for (int k = 0; k < SLOTS && k < i; k++)
        {
          int j = i - 1 - 2 * k;
          double w = g_rand_double_range (rand, -1, 0.3);

          if (j < 0)
            continue;
          system->earlier[i * SLOTS + k] = j;
          system->coupling[i * SLOTS + k] = a[i][j] = a[j][i] = w;
        }
      system->right[i] = b[i] = g_rand_double_range (rand, -1, 1);
    }
  for (int i = 0; i < N; i++)
    {
      for (int j = 0; j < N; j++)
        a[i][i] += j == i ? 0.01 : fabs (a[i][j]);
      system->diagonal[i] = a[i][i];
    }
  g_assert_true (trip_system_solve (system, x, 1e-7, 1000, &run, NULL));
  for (int i = 0; i < N; i++)
    for (int j = i + 1; j < N; j++)
      {
        double f = a[j][i] / a[i][i];

        for (int k = i; k < N; k++)
          a[j][k] -= f * a[i][k];
        b[j] -= f * b[i];
      }
  for (int i = N - 1; i >= 0; i--)
    {
      for (int j = i + 1; j < N; j++)
        b[i] -= a[i][j] * b[j];
      b[i] /= a[i][i];
      g_assert_cmpfloat_with_epsilon (x[i], b[i], 1e-4);
    }
}

static void
test_distance_is_to_the_nearest (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autoptr (TripImage) mask = trip_image_new (37, 23, 1, NULL), distance = NULL;
  TripRun run = TRIP_RUN_INIT;

  for (int y = 0; y < 23; y++)
    for (int x = 0; x < 37; x++)
      trip_image_row (mask, y)[x] = (x < 20) == (g_rand_double (rand) > 0.05);
  distance = trip_distance (mask, 0.5f, &run, NULL);
  for (int y = 0; y < 23; y++)
    for (int x = 0; x < 37; x++)
      {
        gboolean inside = trip_image_row (mask, y)[x] >= 0.5f;
        double nearest = 1e9;

        for (int v = 0; v < 23; v++)
          for (int u = 0; u < 37; u++)
            if ((trip_image_row (mask, v)[u] >= 0.5f) != inside)
              nearest = MIN (nearest, hypot (u - x, v - y));
        g_assert_cmpfloat_with_epsilon (trip_image_row (distance, y)[x], inside ? nearest - 0.5 : 0.5 - nearest, 1e-4);
      }
}

/* The wide band of a known trimap. */
static void
test_known_coverage_is_found (void)
{
  for (int n = 1; n <= 4; n++)
    {
      g_autoptr (TripImage) truth = disc (120, 100, 30, 3), picture = composed (truth, n), alpha = NULL;
      g_autoptr (TripImage) trimap = trip_image_new (120, 100, 1, NULL);
      TripRun run = TRIP_RUN_INIT;
      gsize n_unknown = 0;

      for (int y = 0; y < 100; y++)
        for (int x = 0; x < 120; x++)
          {
            double r = hypot (x - 60, y - 50);

            trip_image_row (trimap, y)[x] = r < 24 ? 1 : r > 36 ? 0 : 0.5;
            n_unknown += r >= 24 && r <= 36;
          }
      alpha = trip_matting (picture, trimap, &run, NULL);
      g_assert_nonnull (alpha);
      g_assert_cmpfloat (error_of (alpha, truth) / n_unknown, <, n < 3 ? 0.06 : 0.02);
    }
}

static void
test_rough_selections (void)
{
  static const struct { double radius, wobble, edge, limit; } kinds[] = {
    { 38, 2, 0, 0.15 }, { 33, 5, 0, 0.15 }, { 27, 1, 0, 0.3 }, { 30, 3, 0, 1 }, { 38, 2, 24, 0.15 }, { 46, 8, 0, 0.05 },
  };
  g_autoptr (TripImage) truth = disc (160, 120, 30, 3), picture = composed (truth, 3);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (TripImage) selection = disc (160, 120, kinds[i].radius, kinds[i].wobble);
      g_autoptr (TripImage) alpha = NULL;
      double before;

      for (int y = 0; y < 120; y++)
        for (int x = 0; x < 160; x++)
          trip_image_row (selection, y)[x] = trip_image_row (selection, y)[x] > 0.5f;
      before = error_of (selection, truth);
      alpha = found (picture, selection, kinds[i].edge, 2);
      g_test_message ("error %g of %g", error_of (alpha, truth), before);
      g_assert_cmpfloat (error_of (alpha, truth), <, kinds[i].limit * before);
    }
}

/* A precise selection, however faint, replaces what was found wrongly, and a rough one nothing. */
static void
test_trust (void)
{
  TripRun run = TRIP_RUN_INIT;

  for (int n = 1; n <= 4; n++)
    for (int precise = 0; precise < 2; precise++)
      {
        g_autoptr (TripImage) truth = disc (160, 120, 30, 3), picture = composed (truth, n);
        g_autoptr (TripImage) alpha = disc (160, 120, precise ? 33 : 30, precise ? 2 : 3);
        g_autoptr (TripImage) selection = disc (160, 120, precise ? 30 : 33, precise ? 3 : 2);
        g_autoptr (TripImage) trimap = picture_constant (160, 120, 1, 0.5f);
        int n_certain = 0;

        for (int y = 0; y < 120; y++)
          for (int x = 0; x < 160; x++)
            trip_image_row (selection, y)[x] *= 0.3f;
        g_assert_true (trip_trust (picture, selection, trimap, alpha, &run, NULL));
        g_assert_cmpfloat (picture_distance (alpha, truth), <, 1e-5);
        for (int y = 0; y < 120; y++)
          for (int x = 0; x < 160; x++)
            {
              const float a = trip_image_row (alpha, y)[x], t = trip_image_row (trimap, y)[x];

              g_assert_true (t == 0.5f || (precise && t == a));
              n_certain += t != 0.5f;
            }
        g_assert_true ((n_certain > 0) == precise);
      }
}

/* Bars as thin as leaves, all within a selection whose inside is mostly background. */
static void
test_thin_parts (void)
{
  g_autoptr (TripImage) truth = picture_constant (120, 120, 1, 0), selection = picture_constant (120, 120, 1, 0);
  g_autoptr (TripImage) picture = NULL, alpha = NULL;

  for (int y = 20; y < 100; y++)
    for (int x = 20; x < 100; x++)
      {
        trip_image_row (truth, y)[x] = x % 10 < 3;
        trip_image_row (selection, y)[x] = 1;
      }
  picture = composed (truth, 3);
  alpha = found (picture, selection, 0, 2);
  g_assert_cmpfloat (error_of (alpha, truth), <, 0.2 * error_of (selection, truth));
}

/* What is connected by sides, up to the border, and no more; it is gone then. */
static void
test_component (void)
{
  static const char *const map[] = { "##..#", "#.#.#", "##..#", "...##" };
  g_autoptr (TripImage) image = trip_image_new (5, 4, 1, NULL);
  guint32 pixels[20];
  double left = 0;

  for (int i = 0; i < 20; i++)
    trip_image_row (image, i / 5)[i % 5] = map[i / 5][i % 5] == '#' ? 2 : 1;
  g_assert_cmpint (trip_component_take (image, 1, 19, pixels), ==, 5);
  for (int i = 0; i < 5; i++)
    g_assert_true (pixels[i] % 5 == 4 || pixels[i] == 18);
  g_assert_cmpint (trip_component_take (image, 1, 0, pixels), ==, 5);
  for (int i = 0; i < 20; i++)
    left += trip_image_row (image, i / 5)[i % 5];
  g_assert_cmpfloat (left, ==, 9 + 2);
}

/* A hole that is far from the outline is found; a single pixel makes none. */
static void
test_holes (void)
{
  g_autoptr (TripImage) truth = picture_constant (200, 200, 1, 0), selection = picture_constant (200, 200, 1, 0);
  g_autoptr (TripImage) picture = NULL, alpha = NULL, odds = picture_constant (30, 30, 1, -3), holes = NULL;

  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 200; x++)
      {
        const double r = hypot (x - 99.5, y - 99.5);

        trip_image_row (truth, y)[x] = r < 70 && r > 16;
        trip_image_row (selection, y)[x] = r < 73;
      }
  picture = composed (truth, 3);
  alpha = found (picture, selection, 0, 2);
  g_assert_cmpfloat (error_of (alpha, truth), <, 0.05 * error_of (selection, truth));

  trip_image_row (odds, 7)[7] = 3;
  g_assert_true (trip_holes (odds, 2, 59, 60, &holes, NULL));
  g_assert_null (holes);
  for (int y = 18; y < 24; y++)
    for (int x = 18; x < 24; x++)
      trip_image_row (odds, y)[x] = 3;
  g_assert_true (trip_holes (odds, 2, 59, 60, &holes, NULL));
  g_assert_cmpfloat (trip_image_row (holes, 15)[15], ==, 0);
  g_assert_cmpfloat (trip_image_row (holes, 40)[40], ==, 1);
}

static void
test_odd_selections (void)
{
  static const struct { int width, height; } sizes[] = { { 1, 1 }, { 1, 60 }, { 60, 1 }, { 2, 2 }, { 47, 35 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int n = 1; n <= 3; n += 2)
      for (int kind = 0; kind < 6; kind++)
        {
          const int width = sizes[i].width, height = sizes[i].height;
          g_autoptr (TripImage) picture = kind == 4 ? picture_constant (width, height, n, 0.4f)
                                                    : picture_new (width, height, n);
          g_autoptr (TripImage) selection = picture_constant (width, height, 1, kind == 0), alpha = NULL;

          if (kind == 1) /* one pixel */
            trip_image_row (selection, height / 2)[width / 2] = 1;
          for (int y = 0; kind >= 2 && y < height; y++)
            for (int x = 0; x < width; x++) /* a half, to three borders; all of it faintly */
              trip_image_row (selection, y)[x] = kind == 3 ? 0.1f : x <= width / 2;
          for (int c = 0; kind == 5 && c < n; c++) /* as float pictures may have it */
            trip_image_row (picture, height / 2)[width / 2 * n + c] = 1e7f;
          alpha = found (picture, selection, kind == 2 || kind == 5 ? 5 : 0, 1);
          g_assert_cmpint (alpha->width, ==, width);
          if (kind == 0 || kind == 3)
            g_assert_cmpfloat (trip_image_row (alpha, height / 2)[width / 2], ==, 1);
        }
}

/* What nothing is known of stays as guessed. */
static void
test_nothing_to_go_by (void)
{
  TripRun run = TRIP_RUN_INIT;

  for (int kind = 0; kind < 3; kind++)
    {
      g_autoptr (TripImage) picture = kind ? picture_new (90, 80, 3) : picture_constant (90, 80, 3, 0.3f);
      g_autoptr (TripImage) trimap = picture_constant (90, 80, 1, kind == 2 ? 1 : 0.5f);
      g_autoptr (TripImage) alpha = trip_matting (picture, trimap, &run, NULL);

      g_assert_nonnull (alpha);
      g_assert_cmpfloat (picture_distance (alpha, trimap), <, 0.02);
    }
}

static void
test_nothing_is_selected (void)
{
  g_autoptr (TripImage) picture = picture_new (20, 20, 3), selection = picture_constant (20, 20, 1, 0);
  g_autoptr (GError) error = NULL;
  TripRun run = TRIP_RUN_INIT;

  g_assert_null (trip_trimap (picture, selection, 0, &run, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
}

static void
test_threads (void)
{
  g_autoptr (TripImage) truth = disc (160, 120, 30, 3), picture = composed (truth, 3);
  g_autoptr (TripImage) selection = disc (160, 120, 36, 3);
  g_autoptr (TripImage) one = found (picture, selection, 0, 1), many = found (picture, selection, 0, 4);

  g_assert_cmpfloat (picture_distance (one, many), ==, 0);
}

typedef struct
{
  GCancellable *cancellable;
  double last, at;
} Seen;

static void
see (double fraction, gpointer data)
{
  Seen *seen = data;

  g_assert_true (fraction >= seen->last && fraction <= 1);
  seen->last = fraction;
  if (fraction >= seen->at)
    g_cancellable_cancel (seen->cancellable);
}

/* Progress rises, and each step stops soon after it is told to. */
static void
test_cancel (void)
{
  g_autoptr (TripImage) truth = disc (160, 120, 30, 3), picture = composed (truth, 3);
  g_autoptr (TripImage) selection = disc (160, 120, 36, 3);
  TripRun quiet = TRIP_RUN_INIT;
  g_autoptr (TripImage) trimap = trip_trimap (picture, selection, 0, &quiet, NULL);

  for (int matting = 0; matting < 2; matting++)
    for (double at = 0; at < 2.5; at += 0.2)
      {
        g_autoptr (GCancellable) cancellable = g_cancellable_new ();
        Seen seen = { cancellable, 0, at };
        TripRun run = { .cancellable = cancellable, .progress = see, .progress_data = &seen, .to = 1 };
        g_autoptr (GError) error = NULL;
        g_autoptr (TripImage) result = matting ? trip_matting (picture, trimap, &run, &error)
                                               : trip_trimap (picture, selection, 0, &run, &error);

        if (at < 0.5)
          {
            g_assert_null (result);
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
          }
        else if (at > 1)
          g_assert_nonnull (result);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matting/solver-is-elimination", test_solver_is_elimination);
  g_test_add_func ("/matting/distance-is-to-the-nearest", test_distance_is_to_the_nearest);
  g_test_add_func ("/matting/known-coverage-is-found", test_known_coverage_is_found);
  g_test_add_func ("/matting/rough-selections", test_rough_selections);
  g_test_add_func ("/matting/trust", test_trust);
  g_test_add_func ("/matting/thin-parts", test_thin_parts);
  g_test_add_func ("/matting/component", test_component);
  g_test_add_func ("/matting/holes", test_holes);
  g_test_add_func ("/matting/odd-selections", test_odd_selections);
  g_test_add_func ("/matting/nothing-to-go-by", test_nothing_to_go_by);
  g_test_add_func ("/matting/nothing-is-selected", test_nothing_is_selected);
  g_test_add_func ("/matting/threads", test_threads);
  g_test_add_func ("/matting/cancel", test_cancel);
  return g_test_run ();
}
