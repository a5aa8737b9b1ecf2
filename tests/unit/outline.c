/* Where the network sees the object of a rough selection. */
#include "decompose/outline.h"

#include <math.h>

#include "error.h"
#include "support/pictures.h"

#define WIDTH 240
#define HEIGHT 180

/* A rectangle margin px around the scene's ball. */
static TripImage *
rectangle (const PictureScene *scene, int margin)
{
  TripImage *selection = picture_constant (WIDTH, HEIGHT, 1, 0);
  int left = WIDTH, top = HEIGHT, right = 0, bottom = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (trip_image_row (scene->alpha, y)[x] > 0.5f)
        {
          left = MIN (left, x);
          right = MAX (right, x);
          top = MIN (top, y);
          bottom = MAX (bottom, y);
        }
  for (int y = top - margin; y <= bottom + margin; y++)
    for (int x = left - margin; x <= right + margin; x++)
      trip_image_row (selection, y)[x] = 1;
  return selection;
}

static TripImage *
find (const TripImage *picture, const TripImage *selection, int n_threads)
{
  const TripRun run = { .n_threads = n_threads, .to = 1 };
  g_autoptr (GError) error = NULL;
  float size;
  TripImage *outline = trip_outline (picture, selection, &size, &run, &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (size, >, 0);
  return outline;
}

/* Of what is likelier the object than not with the ball. */
static double
iou (const TripImage *found, const TripImage *truth)
{
  double both = 0, either = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const gboolean a = trip_image_row (found, y)[x] > 0.5f, b = trip_image_row (truth, y)[x] > 0.5f;

        both += a && b;
        either += a || b;
      }
  return both / either;
}

/* In colour and in gray, and what alpha says does not matter. */
static void
test_ball (void)
{
  for (int n = 1; n <= 4; n++)
    {
      g_auto (PictureScene) scene = picture_scene (WIDTH, HEIGHT, n, 0.4f, 0.5f);
      g_autoptr (TripImage) selection = rectangle (&scene, 6), found = find (scene.picture, selection, 2);

      g_test_message ("%d channels: IoU %.3f, of the selection %.3f", n, iou (found, scene.alpha),
                      iou (selection, scene.alpha));
      g_assert_cmpfloat (iou (selection, scene.alpha), <, 0.7);
      g_assert_cmpfloat (iou (found, scene.alpha), >, 0.85);
      for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
          {
            const float p = trip_image_row (found, y)[x];

            g_assert_true (p >= 0 && p <= 1);
          }
      g_assert_cmpfloat (trip_image_row (found, 0)[0], ==, 0);
    }
}

static void
test_mirror_image (void)
{
  g_auto (PictureScene) scene = picture_scene (WIDTH, HEIGHT, 3, 0.4f, 0.5f);
  g_autoptr (TripImage) selection = rectangle (&scene, 6), found = find (scene.picture, selection, 2);
  g_autoptr (TripImage) picture = trip_image_mirrored (scene.picture, NULL);
  g_autoptr (TripImage) selected = trip_image_mirrored (selection, NULL), other = find (picture, selected, 2);
  g_autoptr (TripImage) back = trip_image_mirrored (other, NULL);

  g_assert_cmpfloat (picture_distance (found, back), <, 1e-3);
}

static void
test_threads (void)
{
  g_auto (PictureScene) scene = picture_scene (WIDTH, HEIGHT, 3, 0.4f, 0.5f);
  g_autoptr (TripImage) selection = rectangle (&scene, 6), one = find (scene.picture, selection, 1);

  for (int n = 2; n < 6; n++)
    {
      g_autoptr (TripImage) more = find (scene.picture, selection, n);

      g_assert_cmpfloat (picture_distance (one, more), ==, 0);
    }
}

/* The smallest selection, all of the picture, none of it, and values far beyond the range. */
static void
test_odd (void)
{
  g_autoptr (TripImage) picture = picture_new (40, 30, 3), pixel = picture_constant (40, 30, 1, 0);
  g_autoptr (TripImage) all = picture_constant (40, 30, 1, 1), tiny = picture_new (1, 1, 3);
  g_autoptr (TripImage) one = picture_constant (1, 1, 1, 1), wild = picture_constant (40, 30, 3, 1e9f);
  g_autoptr (TripImage) none = picture_constant (40, 30, 1, 0.5f);

  trip_image_row (pixel, 29)[39] = 1;
  trip_image_row (wild, 3)[5] = -1e9f;
  for (int i = 0; i < 5; i++)
    {
      const TripImage *const pictures[] = { picture, picture, tiny, wild, picture };
      const TripImage *const selections[] = { pixel, all, one, all, none };
      g_autoptr (TripImage) found = find (pictures[i], selections[i], 2);

      for (int y = 0; y < found->height; y++)
        for (int x = 0; x < found->width; x++)
          g_assert_true (isfinite (trip_image_row (found, y)[x]));
    }
}

static void
test_cancel (void)
{
  g_auto (PictureScene) scene = picture_scene (WIDTH, HEIGHT, 3, 0.4f, 0.5f);
  g_autoptr (TripImage) selection = rectangle (&scene, 6);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const TripRun run = { .cancellable = cancellable, .n_threads = 2, .to = 1 };
  float size;

  g_cancellable_cancel (cancellable);
  g_assert_null (trip_outline (scene.picture, selection, &size, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline/ball", test_ball);
  g_test_add_func ("/outline/mirror-image", test_mirror_image);
  g_test_add_func ("/outline/threads", test_threads);
  g_test_add_func ("/outline/odd", test_odd);
  g_test_add_func ("/outline/cancel", test_cancel);
  return g_test_run ();
}
