/* The steps together: what holds whatever each of them does. */
#include <math.h>
#include <string.h>

#include "support/pictures.h"
#include "support/progress.h"

#define WIDTH 160
#define HEIGHT 120

/* A disc of a colour of its own on a background with waves; n channels, opaque. */
static TripImage *
scene_new (int n)
{
  TripImage *scene = picture_new (WIDTH, HEIGHT, n);
  const int n_colours = n - trip_has_alpha (n);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        float *p = trip_image_row (scene, y) + x * n;
        const float covered = CLAMP (20.5 - hypot (x - 80, y - 60), 0, 1);

        for (int c = 0; c < n_colours; c++)
          p[c] = covered * (c == 0 ? 0.9f : 0.1f) + (1 - covered) * (0.4f + 0.2f * p[c]);
        if (n_colours < n)
          p[n_colours] = 1;
      }
  return scene;
}

/* Roughly where the disc is. */
static TripImage *
selection_new (double x, double y, double radius)
{
  TripImage *selection = trip_image_new (WIDTH, HEIGHT, 1, NULL);

  for (int i = 0; i < HEIGHT; i++)
    for (int j = 0; j < WIDTH; j++)
      trip_image_row (selection, i)[j] = hypot (j - x, i - y) < radius;
  return selection;
}

static gboolean
decompose (const TripImage *scene, const TripImage *selection, const TripDecomposeOptions *options, int n_threads,
           TripParts *parts, GError **error)
{
  TripRun run = TRIP_RUN_INIT;

  run.n_threads = n_threads;
  return trip_decompose (scene, selection, options, &run, parts, error);
}

static float
value_at (const TripImage *image, int x, int y, int c)
{
  return trip_image_row (image, y)[x * image->n_channels + c];
}

/* The disc is found and gone, and far from it nothing has changed. */
static void
takes_apart (gconstpointer data)
{
  const int n = GPOINTER_TO_INT (data);
  g_autoptr (TripImage) scene = scene_new (n), selection = selection_new (81, 59, 22);
  g_auto (TripParts) parts = { NULL };
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  g_assert_true (decompose (scene, selection, &options, 2, &parts, NULL));
  g_assert_cmpfloat (value_at (parts.alpha, 80, 60, 0), >, 0.99);
  g_assert_cmpfloat (value_at (parts.alpha, 20, 20, 0), ==, 0);
  g_assert_cmpfloat (value_at (parts.background, 80, 60, 0), <, 0.75);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (hypot (x - 80, y - 60) > 40)
        for (int c = 0; c < n; c++)
          g_assert_cmpfloat (value_at (parts.background, x, y, c), ==, value_at (scene, x, y, c));
}

/* Of the red in the shadow of scene, some way from the ball. */
static void
measure_shadow (const PictureScene *scene, const TripImage *image, double *mean, double *deviation)
{
  double sum = 0, squares = 0;
  int n = 0;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      if (value_at (scene->picture, x, y, 0) < 0.2f * value_at (scene->clean, x, y, 0)
          && hypot (x - 115, y - 115) > 34)
        {
          const double value = value_at (image, x, y, 0);

          sum += value;
          squares += value * value;
          n++;
        }
  g_assert_cmpint (n, >, 500);
  *mean = sum / n;
  *deviation = sqrt (MAX (squares / n - *mean * *mean, 0));
}

/* A shadow that holds nothing that could be lit again is filled, with the stripes around it. */
static void
fills_black_shadows (void)
{
  g_auto (PictureScene) scene = picture_scene (256, 192, 3, 0.92f, 0.02f);
  g_autoptr (TripImage) selection = trip_image_new (256, 192, 1, NULL);
  g_auto (TripParts) parts = { NULL };
  double mean, deviation, true_mean, true_deviation;
  TripDecomposeOptions options;

  for (gsize i = 0; i < scene.picture->stride * scene.picture->height; i++) /* to 8 bits, which hold no stripes there */
    scene.picture->data[i] = roundf (255 * scene.picture->data[i]) / 255;
  for (int y = 0; y < selection->height; y++)
    for (int x = 0; x < selection->width; x++)
      trip_image_row (selection, y)[x] = hypot (x - 115, y - 115) < 31;
  trip_decompose_options_init (&options);
  g_assert_true (decompose (scene.picture, selection, &options, 2, &parts, NULL));
  measure_shadow (&scene, scene.clean, &true_mean, &true_deviation);
  measure_shadow (&scene, parts.background, &mean, &deviation);
  g_test_message ("mean %.3f of %.3f, deviation %.3f of %.3f", mean, true_mean, deviation, true_deviation);
  g_assert_cmpfloat_with_epsilon (mean, true_mean, 0.05);
  g_assert_cmpfloat (deviation, >, 0.5 * true_deviation);
}

static void
is_same_each_time (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_auto (TripParts) one = { NULL }, other = { NULL };
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  g_assert_true (decompose (scene, selection, &options, 1, &one, NULL));
  g_assert_true (decompose (scene, selection, &options, 3, &other, NULL));
  g_assert_cmpfloat (picture_distance (one.alpha, other.alpha), <, 1 / 255.0);
  g_assert_cmpfloat (picture_distance (one.background, other.background), <, 1 / 255.0);
  g_assert_cmpfloat (picture_distance (one.behind, other.behind), <, 1 / 255.0);
}

/* Marks a disc as correction. */
static void
mark (TripImage *corrections, double x, double y, double radius, TripCorrection correction)
{
  g_autoptr (TripImage) disc = selection_new (x, y, radius);

  for (int i = 0; i < WIDTH * HEIGHT; i++)
    if (disc->data[i] > 0)
      corrections->data[i] = correction;
}

/* With an earlier result only what is near a correction is solved anew, and that as if all were. */
static void
solves_changed_part (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_autoptr (TripImage) corrections = picture_constant (WIDTH, HEIGHT, 1, TRIP_CORRECTION_NONE);
  g_auto (TripParts) before = { NULL }, part = { NULL }, all = { NULL };
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  g_assert_true (decompose (scene, selection, &options, 2, &before, NULL));
  options.corrections = corrections;
  mark (corrections, 10, 10, 5, TRIP_CORRECTION_OBJECT);
  g_assert_true (decompose (scene, selection, &options, 2, &all, NULL));
  before.alpha->data[100 * before.alpha->stride + 100] = 0.25f; /* is not looked at */
  before.background->data[100 * before.background->stride + 300] = 0.125f;
  options.earlier = &before;
  options.changed = (TripRect) { 4, 4, 12, 12 };
  g_assert_true (decompose (scene, selection, &options, 2, &part, NULL));
  g_assert_cmpfloat (value_at (part.alpha, 10, 10, 0), ==, 1);
  g_assert_cmpfloat (picture_distance (part.alpha, all.alpha), <, 1 / 255.0);
  g_assert_cmpfloat (value_at (part.background, 100, 100, 0), ==, 0.125f);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if ((x >= 70 || y >= 70) && x != 100)
        {
          g_assert_cmpfloat (value_at (part.background, x, y, 0), ==, value_at (before.background, x, y, 0));
          g_assert_cmpfloat_with_epsilon (value_at (part.alpha, x, y, 0), value_at (before.alpha, x, y, 0), 1 / 255.0);
        }
}

/* What the user says is object, or is none, or has an effect, counts. */
static void
follows_corrections (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_autoptr (TripImage) corrections = picture_constant (WIDTH, HEIGHT, 1, TRIP_CORRECTION_NONE);
  g_auto (TripParts) parts = { NULL };
  TripDecomposeOptions options;
  float changed = 0;

  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  options.corrections = corrections;
  mark (corrections, 130, 30, 6, TRIP_CORRECTION_OBJECT);
  mark (corrections, 80, 45, 5, TRIP_CORRECTION_NO_OBJECT);
  mark (corrections, 20, 90, 8, TRIP_CORRECTION_EFFECT);
  g_assert_true (decompose (scene, selection, &options, 2, &parts, NULL));
  g_assert_cmpfloat (value_at (parts.alpha, 130, 30, 0), ==, 1);
  g_assert_cmpfloat (value_at (parts.alpha, 80, 45, 0), ==, 0);
  g_assert_cmpfloat (value_at (parts.alpha, 20, 90, 0), ==, 0);
  for (int x = 15; x < 25; x++)
    changed += fabsf (value_at (parts.background, x, 90, 0) - value_at (scene, x, 90, 0));
  g_assert_cmpfloat (changed, >, 0);
}

/* What the user says is a shadow is filled, also in the dark, and is an effect. */
static void
fills_painted_shadows (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_autoptr (TripImage) corrections = picture_constant (WIDTH, HEIGHT, 1, TRIP_CORRECTION_NONE);
  g_auto (TripParts) parts = { NULL };
  TripDecomposeOptions options;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < 3; c++)
        trip_image_row (scene, y)[3 * x + c] *= hypot (x - 20, y - 90) < 6 ? 0.03f : 0.3f;
  mark (corrections, 20, 90, 8, TRIP_CORRECTION_EFFECT);
  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  options.corrections = corrections;
  g_assert_true (decompose (scene, selection, &options, 2, &parts, NULL));
  for (int x = 16; x < 25; x++)
    {
      g_assert_cmpfloat (value_at (parts.background, x, 90, 0), >, 5 * value_at (scene, x, 90, 0));
      g_assert_cmpfloat (value_at (parts.behind, x, 90, 0), ==, value_at (scene, x, 90, 0));
    }
}

/* An effect that the user denies stays in the background. */
static void
keeps_denied_effects (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_autoptr (TripImage) corrections = picture_constant (WIDTH, HEIGHT, 1, TRIP_CORRECTION_NO_EFFECT);
  g_auto (TripParts) parts = { NULL };
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  options.corrections = corrections;
  g_assert_true (decompose (scene, selection, &options, 2, &parts, NULL));
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (hypot (x - 80, y - 60) > 40)
        g_assert_cmpfloat (value_at (parts.background, x, y, 1), ==, value_at (scene, x, y, 1));
}

static void
refuses (void)
{
  g_autoptr (TripImage) scene = scene_new (3), nothing = picture_constant (WIDTH, HEIGHT, 1, 0);
  g_autoptr (TripImage) all = picture_constant (WIDTH, HEIGHT, 1, 1), selection = selection_new (80, 60, 22);
  g_autoptr (TripImage) denied = picture_constant (WIDTH, HEIGHT, 1, TRIP_CORRECTION_NO_OBJECT);
  g_autoptr (GError) empty = NULL, full = NULL, removed = NULL;
  TripDecomposeOptions options;
  TripParts parts;

  trip_decompose_options_init (&options);
  g_assert_false (decompose (scene, nothing, &options, 1, &parts, &empty));
  g_assert_error (empty, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
  g_assert_null (parts.alpha);
  g_assert_false (decompose (scene, all, &options, 1, &parts, &full));
  g_assert_error (full, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT);
  options.corrections = denied;
  g_assert_false (decompose (scene, selection, &options, 1, &parts, &removed));
  g_assert_error (removed, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
}

/* Objects of one pixel, and at the picture's corner, are objects. */
static void
small_objects (void)
{
  g_autoptr (TripImage) scene = scene_new (3), speck = selection_new (40, 40, 0.5), corner = selection_new (0, 0, 9);
  g_auto (TripParts) first = { NULL }, second = { NULL };
  g_autoptr (GError) error = NULL;
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  decompose (scene, speck, &options, 1, &first, &error);
  g_assert_no_error (error);
  g_assert_true (decompose (scene, corner, &options, 1, &second, NULL));
}

/* Where colours tell nothing, in noise, the middle of each part of a selection is the object all the same. */
static void
keeps_cores (void)
{
  static const double radii[] = { 1.5, 3.5, 6.5 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  g_autoptr (TripImage) noise = trip_image_new (WIDTH, HEIGHT, 3, NULL), large = selection_new (110, 60, 30);
  TripDecomposeOptions options;

  for (gsize i = 0; i < noise->stride * HEIGHT; i++)
    noise->data[i] = g_rand_double (rand);
  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (radii); i++)
    for (int beside = 0; beside < 2; beside++)
      {
        g_autoptr (TripImage) selection = selection_new (30, 30, radii[i]);
        g_auto (TripParts) parts = { NULL };

        for (int j = 0; beside && j < WIDTH * HEIGHT; j++)
          selection->data[j] = MAX (selection->data[j], large->data[j]);
        g_assert_true (decompose (noise, selection, &options, 2, &parts, NULL));
        if (i > 0 || ! beside) /* one of the first size is a speck there */
          g_assert_cmpfloat (value_at (parts.alpha, 30, 30, 0), ==, 1);
      }
}

/* What is stored where nothing is seen changes nothing. */
static void
looks_at_what_is_seen (void)
{
  for (int n = 2; n <= 4; n += 2)
    {
      g_autoptr (TripImage) black = scene_new (n), bright = scene_new (n), selection = selection_new (81, 59, 23);
      g_auto (TripParts) one = { NULL }, other = { NULL };
      TripDecomposeOptions options;

      for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
          for (int c = 0; c < n && hypot (x - 80, y - 60) > 28; c++)
            {
              trip_image_row (black, y)[x * n + c] = 0;
              trip_image_row (bright, y)[x * n + c] = c < n - 1 ? 0.95f - 0.1f * ((x + y) % 2) : 0;
            }
      trip_decompose_options_init (&options);
      g_assert_true (decompose (black, selection, &options, 2, &one, NULL));
      g_assert_true (decompose (bright, selection, &options, 2, &other, NULL));
      g_assert_cmpfloat (value_at (one.alpha, 80, 60, 0), ==, 1);
      g_assert_cmpfloat (picture_distance (one.alpha, other.alpha), ==, 0);
      g_assert_cmpfloat (picture_distance (one.background, other.background), ==, 0);
    }
}

static void
reports_progress (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_auto (TripParts) parts = { NULL };
  Progress progress = { 0 };
  TripRun run = TRIP_RUN_INIT;
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  run.progress = progress_see;
  run.progress_data = &progress;
  g_assert_true (trip_decompose (scene, selection, &options, &run, &parts, NULL));
  g_assert_cmpint (progress.n, >, 8);
  g_assert_cmpfloat (progress.last, ==, 1);
}

static void
cancel_after (double fraction, gpointer data)
{
  if (fraction > 0.3)
    g_cancellable_cancel (data);
}

static void
is_cancelled (void)
{
  g_autoptr (TripImage) scene = scene_new (3), selection = selection_new (80, 60, 22);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  TripRun run = TRIP_RUN_INIT;
  TripDecomposeOptions options;
  TripParts parts;

  trip_decompose_options_init (&options);
  run.progress = cancel_after;
  run.progress_data = run.cancellable = cancellable;
  g_assert_false (trip_decompose (scene, selection, &options, &run, &parts, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (parts.background);
}

/* The window holds the object with much around it, and lies in the picture. */
static void
needs (void)
{
  TripRect rect = trip_decompose_needs (4000, 3000, &(TripRect) { 1000, 1000, 400, 100 });

  g_assert_cmpint (rect.x, ==, 400);
  g_assert_cmpint (rect.y, ==, 400);
  g_assert_cmpint (rect.width, ==, 1600);
  g_assert_cmpint (rect.height, ==, 1300);
  rect = trip_decompose_needs (4000, 3000, &(TripRect) { 1000, 1000, 4, 10 });
  g_assert_cmpint (rect.width, ==, 4 + 512);
  rect = trip_decompose_needs (50, 30, &(TripRect) { 49, 0, 1, 30 });
  g_assert_true (rect.x == 0 && rect.y == 0 && rect.width == 50 && rect.height == 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int n = 1; n <= 4; n++)
    {
      g_autofree char *path = g_strdup_printf ("/decompose/takes-apart/%d-channels", n);

      g_test_add_data_func (path, GINT_TO_POINTER (n), takes_apart);
    }
  g_test_add_func ("/decompose/black-shadows", fills_black_shadows);
  g_test_add_func ("/decompose/same-each-time", is_same_each_time);
  g_test_add_func ("/decompose/corrections", follows_corrections);
  g_test_add_func ("/decompose/painted-shadows", fills_painted_shadows);
  g_test_add_func ("/decompose/solves-changed-part", solves_changed_part);
  g_test_add_func ("/decompose/denied-effects", keeps_denied_effects);
  g_test_add_func ("/decompose/refuses", refuses);
  g_test_add_func ("/decompose/small-objects", small_objects);
  g_test_add_func ("/decompose/keeps-cores", keeps_cores);
  g_test_add_func ("/decompose/what-is-seen", looks_at_what_is_seen);
  g_test_add_func ("/decompose/progress", reports_progress);
  g_test_add_func ("/decompose/cancelled", is_cancelled);
  g_test_add_func ("/decompose/needs", needs);
  return g_test_run ();
}
