/* Shadows and reflections: what must hold for every network, and that the shipped one helps. */
#include <math.h>
#include <string.h>

#include "decompose/effects-network.h"
#include "decompose/effects-window.h"
#include "decompose/effects.h"
#include "support/pictures.h"

static TripImage *
remove_effects (const TripImage *picture, const TripImage *alpha, TripEffectsKind kind, int n_threads)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TripEffects) effects = trip_effects_new (&error);
  const TripRun run = { .n_threads = n_threads, .to = 1 };
  TripImage *result;

  g_assert_no_error (error);
  result = trip_effects_remove (effects, picture, alpha, kind, &run, &error);
  g_assert_no_error (error);
  g_assert_cmpint (result->width, ==, picture->width);
  g_assert_cmpint (result->height, ==, picture->height);
  g_assert_cmpint (result->n_channels, ==, picture->n_channels > 2 ? 3 : 1);
  return result;
}

static void
test_shadow (void)
{
  static const int sizes[][3] = { { 256, 192, 3 }, { 700, 525, 3 }, { 90, 70, 3 }, { 300, 220, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (TripEffectsKind kind = TRIP_EFFECTS_SHADOW; kind <= TRIP_EFFECTS_ALL; kind++)
      {
        g_auto (PictureScene) scene = picture_scene (sizes[i][0], sizes[i][1], sizes[i][2], 0.45f, 0.5f);
        g_autoptr (TripImage) result = remove_effects (scene.picture, scene.alpha, kind, 0);
        const double before = picture_difference_beside (scene.picture, scene.clean, scene.alpha);
        const double after = picture_difference_beside (result, scene.clean, scene.alpha);

        g_test_message ("%d x %d: %.0f %% removed", sizes[i][0], sizes[i][1], 100 * (1 - after / before));
        g_assert_cmpfloat (after, <, 0.5 * before);
      }
}

static void
test_only_brighter (void)
{
  g_auto (PictureScene) scene = picture_scene (256, 192, 3, 0.45f, 0.5f);
  g_autoptr (TripImage) result = remove_effects (scene.picture, scene.alpha, TRIP_EFFECTS_SHADOW, 0);

  for (int y = 0; y < result->height; y++)
    for (int x = 0; x < result->width; x++)
      {
        const float *a = trip_image_row (scene.picture, y) + 3 * x, *b = trip_image_row (result, y) + 3 * x;
        g_assert_cmpfloat (b[0] + b[1] + b[2], >=, a[0] + a[1] + a[2] - 1e-6f);
      }
}

static void
test_unchanged (void)
{
  g_auto (PictureScene) scene = picture_scene (200, 150, 3, 0.45f, 0.5f);
  g_autoptr (TripImage) nothing = picture_constant (200, 150, 1, 0);
  g_autoptr (TripImage) everything = picture_constant (200, 150, 1, 1);
  g_autoptr (TripImage) none = remove_effects (scene.picture, scene.alpha, TRIP_EFFECTS_NONE, 0);
  g_autoptr (TripImage) no_object = remove_effects (scene.picture, nothing, TRIP_EFFECTS_ALL, 0);
  g_autoptr (TripImage) all_object = remove_effects (scene.picture, everything, TRIP_EFFECTS_ALL, 0);

  g_assert_cmpfloat (picture_distance (none, scene.picture), ==, 0);
  g_assert_cmpfloat (picture_distance (no_object, scene.picture), ==, 0);
  g_assert_cmpfloat (picture_distance (all_object, scene.picture), ==, 0);
}

/* A small object in a large picture: far away nothing changes by a bit, nor do values that no screen shows. */
static void
test_far_away (void)
{
  g_autoptr (TripImage) picture = picture_new (500, 300, 4);
  g_autoptr (TripImage) alpha = picture_constant (500, 300, 1, 0);
  g_autoptr (TripImage) result = NULL;

  trip_image_row (picture, 5)[4 * 470] = 7;
  trip_image_row (picture, 5)[4 * 471 + 1] = -3;
  for (int y = 150; y < 190; y++)
    for (int x = 60; x < 90; x++)
      trip_image_row (alpha, y)[x] = 1;
  result = remove_effects (picture, alpha, TRIP_EFFECTS_ALL, 0);
  for (int y = 0; y < 300; y++)
    for (int x = 0; x < 500; x++)
      if (x > 180 || y < 60 || y > 280)
        g_assert_cmpint (memcmp (trip_image_row (result, y) + 3 * x, trip_image_row (picture, y) + 4 * x,
                                 3 * sizeof (float)), ==, 0);
}

static void
test_threads (void)
{
  g_auto (PictureScene) scene = picture_scene (333, 251, 3, 0.45f, 0.5f);
  g_autoptr (TripImage) one = remove_effects (scene.picture, scene.alpha, TRIP_EFFECTS_ALL, 1);

  for (int n_threads = 2; n_threads <= 7; n_threads++)
    {
      g_autoptr (TripImage) more = remove_effects (scene.picture, scene.alpha, TRIP_EFFECTS_ALL, n_threads);
      g_assert_cmpfloat (picture_distance (one, more), ==, 0);
    }
}

/* Left and right do not matter. */
static void
test_mirror_image (void)
{
  g_auto (PictureScene) scene = picture_scene (333, 251, 3, 0.45f, 0.5f);
  g_autoptr (TripImage) picture = trip_image_mirrored (scene.picture, NULL);
  g_autoptr (TripImage) alpha = trip_image_mirrored (scene.alpha, NULL);
  g_autoptr (TripImage) a = remove_effects (scene.picture, scene.alpha, TRIP_EFFECTS_ALL, 0);
  g_autoptr (TripImage) b = remove_effects (picture, alpha, TRIP_EFFECTS_ALL, 0);
  g_autoptr (TripImage) turned = trip_image_mirrored (b, NULL);

  g_assert_cmpfloat (picture_distance (a, turned), <, 1e-4);
}

/* Gray is as if all colours were alike, but for the tint that a first look may leave; an alpha channel is not looked
 * at. */
static void
test_channels (void)
{
  g_auto (PictureScene) gray = picture_scene (200, 160, 1, 0.45f, 0.5f);
  g_autoptr (TripImage) colours = trip_image_new (200, 160, 4, NULL);
  g_autoptr (TripImage) gray_alpha = trip_image_new (200, 160, 2, NULL);
  g_autoptr (TripImage) a = remove_effects (gray.picture, gray.alpha, TRIP_EFFECTS_ALL, 0);
  g_autoptr (TripImage) b = NULL;
  g_autoptr (TripImage) c = NULL;

  for (int y = 0; y < 160; y++)
    for (int x = 0; x < 200; x++)
      {
        for (int i = 0; i < 3; i++)
          trip_image_row (colours, y)[4 * x + i] = trip_image_row (gray.picture, y)[x];
        trip_image_row (colours, y)[4 * x + 3] = (x % 7) / 7.0f;
        trip_image_row (gray_alpha, y)[2 * x] = trip_image_row (gray.picture, y)[x];
        trip_image_row (gray_alpha, y)[2 * x + 1] = (y % 5) / 5.0f;
      }
  b = remove_effects (colours, gray.alpha, TRIP_EFFECTS_ALL, 0);
  c = remove_effects (gray_alpha, gray.alpha, TRIP_EFFECTS_ALL, 0);
  g_assert_cmpfloat (picture_distance (a, c), ==, 0);
  for (int y = 0; y < 160; y++)
    for (int x = 0; x < 200; x++)
      {
        const float *rgb = trip_image_row (b, y) + 3 * x;
        g_assert_cmpfloat_with_epsilon ((rgb[0] + rgb[1] + rgb[2]) / 3, trip_image_row (a, y)[x], 5 / 255.0);
      }
}

static void
test_tiny (void)
{
  static const int sizes[][2] = { { 1, 1 }, { 1, 60 }, { 60, 1 }, { 2, 3 }, { 900, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TripImage) picture = picture_new (sizes[i][0], sizes[i][1], 3);
      g_autoptr (TripImage) result = NULL;
      g_autoptr (TripImage) alpha = picture_constant (sizes[i][0], sizes[i][1], 1, 0);

      trip_image_row (alpha, sizes[i][1] - 1)[sizes[i][0] - 1] = 1;
      result = remove_effects (picture, alpha, TRIP_EFFECTS_ALL, 0);
      for (int y = 0; y < result->height; y++)
        for (int x = 0; x < 3 * result->width; x++)
          g_assert_true (isfinite (trip_image_row (result, y)[x]));
    }
}

typedef struct
{
  GCancellable *cancellable;
  double at; /* part of the progress */
} Late;

static void
cancel_late (double fraction, gpointer data)
{
  const Late *late = data;

  if (fraction > late->at)
    g_cancellable_cancel (late->cancellable);
}

static void
test_cancel (void)
{
  g_auto (PictureScene) scene = picture_scene (300, 200, 3, 0.45f, 0.5f);
  g_autoptr (TripEffects) effects = trip_effects_new (NULL);

  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Late late = { cancellable, 0.05 + 0.2 * i };
      const TripRun run = { cancellable, cancel_late, &late, .n_threads = 2, .to = 1 };

      if (i == 0)
        g_cancellable_cancel (cancellable);
      g_assert_null (trip_effects_remove (effects, scene.picture, scene.alpha, TRIP_EFFECTS_ALL, &run, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

/* The triangle's average of one plane, pixel by pixel. */
static double
averaged (const TripImage *image, const TripRect *rect, int width, int height, int x, int y, int channel)
{
  const double scale_x = (double) rect->width / width, scale_y = (double) rect->height / height;
  double sum = 0, weights = 0;

  for (int j = 0; j < rect->height; j++)
    for (int i = 0; i < rect->width; i++)
      {
        const double across = 1 - fabs (i + 0.5 - (x + 0.5) * scale_x) / MAX (1, scale_x);
        const double down = 1 - fabs (j + 0.5 - (y + 0.5) * scale_y) / MAX (1, scale_y);
        const double weight = MAX (0, across) * MAX (0, down);

        weights += weight;
        sum += weight * trip_image_row (image, rect->y + j)[(rect->x + i) * image->n_channels + channel];
      }
  return sum / weights;
}

/* Below the foot lies what is as far above it, and nothing else. */
static void
check_mirror (const TripWindow *window, const TripTensor *input, int x, int y)
{
  const float *pixel = input->data + y * input->stride + x * TRIP_EFFECTS_INPUTS;
  const TripRect *box = &window->box, *rect = &window->rect;
  const double foot = (double) (box->y - rect->y + box->height) * window->height / rect->height;
  const double source = 2 * foot - (y + 0.5);

  if (y + 0.5 <= foot || source < 0)
    for (int i = 6; i < TRIP_EFFECTS_INPUTS; i++)
      g_assert_cmpfloat (pixel[i], ==, 0);
  else
    {
      const float *from = input->data + (int) source * input->stride + x * TRIP_EFFECTS_INPUTS;

      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat_with_epsilon (pixel[6 + c], from[c] * from[3], 1e-6);
      g_assert_cmpfloat (pixel[9], ==, from[3]);
    }
}

static void
test_window (void)
{
  static const int sizes[][2] = { { 400, 300 }, { 57, 91 }, { 333, 30 } };
  const TripRun run = TRIP_RUN_INIT;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const int width = sizes[i][0], height = sizes[i][1];
      g_autoptr (TripImage) picture = picture_new (width, height, 3);
      g_autoptr (TripImage) alpha = picture_constant (width, height, 1, 0);
      TripWindow window;
      TripTensor input;
      TripArena arena;

      for (int y = height / 3; y < height / 2; y++)
        for (int x = width / 3; x < width / 2; x++)
          trip_image_row (alpha, y)[x] = 1;
      g_assert_true (trip_window_find (alpha, 1.5, 192, 16, &window));
      g_assert_cmpint (window.width % 16, ==, 0);
      g_assert_cmpint (window.height % 16, ==, 0);
      g_assert_cmpint (MAX (window.width, window.height), ==, 192);
      g_assert_true (trip_arena_init (&arena, trip_tensor_need (window.height, window.width, TRIP_EFFECTS_INPUTS),
                                      NULL));
      input = trip_tensor_take (&arena, window.height, window.width, TRIP_EFFECTS_INPUTS);
      g_assert_true (trip_effects_window_read (&window, picture, alpha, &input, &run, NULL));
      for (int y = 0; y < window.height; y += 13)
        for (int x = 0; x < window.width; x += 17)
          {
            const float *pixel = input.data + y * input.stride + x * TRIP_EFFECTS_INPUTS;

            for (int c = 0; c < 3; c++)
              g_assert_cmpfloat_with_epsilon (
                pixel[c] + 0.5, averaged (picture, &window.rect, window.width, window.height, x, y, c), 1e-4);
            g_assert_cmpfloat_with_epsilon (
              pixel[3], averaged (alpha, &window.rect, window.width, window.height, x, y, 0), 1e-4);
            g_assert_cmpfloat (MAX (fabsf (pixel[4]), fabsf (pixel[5])), <=, 1);
            check_mirror (&window, &input, x, y);
          }
      trip_arena_clear (&arena);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/effects/shadow", test_shadow);
  g_test_add_func ("/effects/only-brighter", test_only_brighter);
  g_test_add_func ("/effects/unchanged", test_unchanged);
  g_test_add_func ("/effects/far-away", test_far_away);
  g_test_add_func ("/effects/threads", test_threads);
  g_test_add_func ("/effects/mirror-image", test_mirror_image);
  g_test_add_func ("/effects/channels", test_channels);
  g_test_add_func ("/effects/tiny", test_tiny);
  g_test_add_func ("/effects/cancel", test_cancel);
  g_test_add_func ("/effects/window", test_window);
  return g_test_run ();
}
