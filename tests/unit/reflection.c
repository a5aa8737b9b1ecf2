/* An object's reflection in a glossy floor: found again where it was drawn and taken off, whatever the picture; what is
 * none is left alone. */
#include <math.h>

#include "decompose/mirror.h"
#include "decompose/reflection.h"
#include "support/pictures.h"

#define WIDTH 260
#define HEIGHT 300

/* How much darker the floor is, in light, where it shows the object. */
static const float DARKER[] = { 0.12f, 0.02f, 0.08f };

static const TripRect BOX = { 90, 40, 70, 100 };

/* A bottle of sorts, with soft edges: 0..1 at a place in its box, 0..1 both. */
static float
coverage_at (double x, double y)
{
  const double radius = y < 0.35 ? 0.15 : MIN (0.5, 0.15 + 2 * (y - 0.35)), edge = 0.02;

  return y < 0 || y > 1 ? 0 : CLAMP ((radius - fabs (x - 0.5)) / edge, 0, 1);
}

static TripImage *
draw_coverage (void)
{
  TripImage *alpha = picture_constant (WIDTH, HEIGHT, 1, 0);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      trip_image_row (alpha, y)[x]
        = coverage_at ((x + 0.5 - BOX.x) / BOX.width, (y + 0.5 - BOX.y) / BOX.height);
  return alpha;
}

/* A floor with texture that shows the object, darker than what it hides, as light adds; mirror NULL: it does not. */
static TripImage *
draw_picture (const TripMirror *mirror, int n_channels)
{
  const TripMirrorBox box = { BOX.x, BOX.y, BOX.x + BOX.width, BOX.y + BOX.height };
  g_autoptr (TripImage) alpha = draw_coverage ();
  TripImage *picture = picture_new (WIDTH, HEIGHT, n_channels);

  for (int y = 0; y < HEIGHT; y++)
    {
      TripMirrorRow row;
      const gboolean is_below = mirror && trip_mirror_row (mirror, &box, y, &row);

      for (int x = 0; x < WIDTH; x++)
        {
          const double there = is_below ? coverage_at ((row.source_x + x * row.step - BOX.x) / BOX.width,
                                                       (row.source_y - BOX.y) / BOX.height)
                                        : 0;
          const float own = trip_image_row (alpha, y)[x];

          for (int c = 0; c < n_channels; c++)
            {
              float *value = trip_image_row (picture, y) + x * n_channels + c;
              const float floor = powf (0.5f + 0.2f * (*value - 0.5f), 2.2f), colour = 0.2f + 0.2f * c;

              *value = own * colour + (1 - own) * powf (floor - DARKER[c] * there, 1 / 2.2f);
            }
        }
    }
  return picture;
}

static TripMirror
find (const TripImage *picture, const TripImage *alpha, int n_threads)
{
  const TripRun run = { .n_threads = n_threads, .to = 1 };
  g_autoptr (GError) error = NULL;
  TripMirror mirror;

  g_assert_true (trip_mirror_find (picture, alpha, &mirror, &run, &error));
  g_assert_no_error (error);
  return mirror;
}

static void
test_found (void)
{
  static const TripMirror mirrors[] = {
    { 0, 1, 0, 1, 0 },          { -0.1f, 0.9f, 0.02f, 0.95f, 0 },    { -0.2f, 1.05f, -0.08f, 1.05f, 0.1f },
    { 0.06f, 0.85f, 0, 1, 0 }, { -0.15f, 0.95f, 0.1f, 1, -0.15f },
  };
  g_autoptr (TripImage) alpha = draw_coverage ();

  for (guint i = 0; i < G_N_ELEMENTS (mirrors); i++)
    for (int n_channels = 1; n_channels <= 3; n_channels += 2)
      {
        const TripMirror *drawn = mirrors + i;
        g_autoptr (TripImage) picture = draw_picture (drawn, n_channels);
        const TripMirror found = find (picture, alpha, 0);

        g_test_message ("%.3f %.3f %.3f %.3f %.3f for %.3f %.3f %.3f %.3f %.3f", found.axis, found.tall, found.across,
                        found.wide, found.lean, drawn->axis, drawn->tall, drawn->across, drawn->wide, drawn->lean);
        g_assert_cmpfloat_with_epsilon (found.axis, drawn->axis, 0.04);
        g_assert_cmpfloat_with_epsilon (found.tall, drawn->tall, 0.04);
        g_assert_cmpfloat_with_epsilon (found.across, drawn->across, 0.03);
        g_assert_cmpfloat_with_epsilon (found.wide, drawn->wide, 0.04);
        g_assert_cmpfloat_with_epsilon (found.lean, drawn->lean, 0.06);
      }
}

static TripImage *
remove_reflection (const TripImage *picture, const TripImage *alpha, int n_threads)
{
  const TripRun run = { .n_threads = n_threads, .to = 1 };
  g_autoptr (GError) error = NULL;
  TripImage *result = trip_image_copy (picture, NULL);
  gboolean changed;

  g_assert_true (trip_reflection_remove (result, alpha, &changed, &run, &error));
  g_assert_no_error (error);
  g_assert_cmpint (changed, ==, picture_distance (result, picture) > 0);
  return result;
}

static void
test_removed (void)
{
  static const TripMirror drawn = { -0.1f, 0.95f, 0.02f, 0.95f, 0.05f };
  g_autoptr (TripImage) alpha = draw_coverage ();

  for (int n_channels = 1; n_channels <= 3; n_channels += 2)
    {
      g_autoptr (TripImage) picture = draw_picture (&drawn, n_channels);
      g_autoptr (TripImage) clean = draw_picture (NULL, n_channels);
      g_autoptr (TripImage) result = remove_reflection (picture, alpha, 0);
      const double before = picture_difference_beside (picture, clean, alpha);
      const double after = picture_difference_beside (result, clean, alpha);

      g_test_message ("%.0f %% removed", 100 * (1 - after / before));
      g_assert_cmpfloat (after, <, 0.3 * before);
      for (int y = 0; y < HEIGHT; y++)
        for (int i = 0; i < WIDTH * n_channels; i++)
          if (trip_image_row (alpha, y)[i / n_channels] > 0.5f)
            g_assert_cmpfloat (trip_image_row (result, y)[i], ==, trip_image_row (picture, y)[i]);
    }
}

/* Nothing changes by a bit where no reflection is, also if something else is there: a shadow, and an edge. */
static void
test_left_alone (void)
{
  g_autoptr (TripImage) alpha = draw_coverage ();
  g_autoptr (TripImage) plain = draw_picture (NULL, 3);
  g_autoptr (TripImage) none = remove_reflection (plain, alpha, 0);
  g_auto (PictureScene) scene = picture_scene (333, 251, 3, 0.45f, 0.5f);
  g_autoptr (TripImage) shadow = remove_reflection (scene.picture, scene.alpha, 0);

  g_assert_cmpfloat (picture_distance (none, plain), ==, 0);
  g_assert_cmpfloat (picture_distance (shadow, scene.picture), ==, 0);
  for (int y = 170; y < HEIGHT; y++)
    for (int i = 0; i < 3 * 125; i++)
      trip_image_row (plain, y)[i] *= 0.6f;
  {
    g_autoptr (TripImage) edge = remove_reflection (plain, alpha, 0);

    g_assert_cmpfloat (picture_distance (edge, plain), ==, 0);
  }
}

static gboolean
is_sensible (const TripMirror *mirror)
{
  return fabsf (mirror->axis) <= 0.6f && mirror->tall >= 0.7f && mirror->tall <= 1.2f && fabsf (mirror->across) <= 0.15f
         && mirror->wide >= 0.85f && mirror->wide <= 1.15f && fabsf (mirror->lean) <= 0.35f;
}

/* Objects of a pixel, at the lower edge, over all of the picture, none at all; values that no screen shows. */
static void
test_anything (void)
{
  static const struct
  {
    int width, height;
    TripRect box;
  } cases[] = {
    { 1, 1, { 0, 0, 1, 1 } },     { 40, 30, { 20, 10, 1, 1 } },  { 40, 30, { 5, 10, 20, 20 } },
    { 60, 50, { 0, 0, 60, 50 } }, { 900, 3, { 100, 0, 500, 1 } }, { 3, 700, { 1, 100, 1, 200 } },
    { 40, 30, { 0, 0, 0, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int n_channels = 1; n_channels <= 4; n_channels++)
      {
        const TripRect *box = &cases[i].box;
        g_autoptr (TripImage) picture = picture_new (cases[i].width, cases[i].height, n_channels);
        g_autoptr (TripImage) alpha = picture_constant (cases[i].width, cases[i].height, 1, 0);
        g_autoptr (TripImage) result = NULL;
        TripMirror found;

        trip_image_row (picture, 0)[0] = 1e6f;
        trip_image_row (picture, cases[i].height - 1)[0] = -7;
        trip_image_row (picture, cases[i].height / 2)[0] = 1e-30f;
        for (int y = box->y; y < box->y + box->height; y++)
          for (int x = box->x; x < box->x + box->width; x++)
            trip_image_row (alpha, y)[x] = 1;
        found = find (picture, alpha, 0);
        g_assert_true (is_sensible (&found));
        if (n_channels % 2 == 0)
          continue;
        result = remove_reflection (picture, alpha, 0);
        for (int y = 0; y < result->height; y++)
          for (int x = 0; x < result->width * n_channels; x++)
            g_assert_true (isfinite (trip_image_row (result, y)[x]));
      }
}

static void
test_threads (void)
{
  static const TripMirror drawn = { -0.1f, 0.9f, 0.02f, 0.95f, 0 };
  g_autoptr (TripImage) picture = draw_picture (&drawn, 3);
  g_autoptr (TripImage) alpha = draw_coverage ();
  g_autoptr (TripImage) removed = remove_reflection (picture, alpha, 1);
  const TripMirror one = find (picture, alpha, 1);

  for (int n_threads = 2; n_threads <= 7; n_threads++)
    {
      const TripMirror more = find (picture, alpha, n_threads);
      g_autoptr (TripImage) result = remove_reflection (picture, alpha, n_threads);

      g_assert_cmpmem (&one, sizeof one, &more, sizeof more);
      g_assert_cmpfloat (picture_distance (result, removed), ==, 0);
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
  static const TripMirror drawn = { -0.1f, 0.9f, 0.02f, 0.95f, 0 };
  static const double ats[] = { -1, 0.02, 0.2, 0.5, 0.85, 0.92, 0.96 };
  g_autoptr (TripImage) alpha = draw_coverage ();

  for (guint i = 0; i < G_N_ELEMENTS (ats); i++)
    {
      g_autoptr (TripImage) picture = draw_picture (&drawn, 3);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Late late = { cancellable, ats[i] };
      const TripRun run = { cancellable, cancel_late, &late, .n_threads = 2, .to = 1 };
      gboolean changed;

      if (ats[i] < 0)
        g_cancellable_cancel (cancellable);
      g_assert_false (trip_reflection_remove (picture, alpha, &changed, &run, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reflection/found", test_found);
  g_test_add_func ("/reflection/removed", test_removed);
  g_test_add_func ("/reflection/left-alone", test_left_alone);
  g_test_add_func ("/reflection/anything", test_anything);
  g_test_add_func ("/reflection/threads", test_threads);
  g_test_add_func ("/reflection/cancel", test_cancel);
  return g_test_run ();
}
