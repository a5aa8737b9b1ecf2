/* The layers add up to the picture exactly, whatever background and coverage are: tried at random, always the same. */
#include <math.h>
#include <string.h>

#include "support/pictures.h"

#define SIDE 48
#define N_ROUNDS 12

typedef struct
{
  TripImage *picture, *alpha, *background, *behind;
} Input;

static void
input_clear (Input *self)
{
  trip_image_free (self->picture);
  trip_image_free (self->alpha);
  trip_image_free (self->background);
  trip_image_free (self->behind);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Input, input_clear)

/* Often one of the ends of 0..1, and for pictures of floats sometimes beyond. */
static float
random_value (GRand *rand, int levels, gboolean is_alpha)
{
  const int kind = g_rand_int_range (rand, 0, 12);
  double value = g_rand_double (rand);

  if (kind < 2)
    value = kind;
  else if (kind == 2 && levels == 0 && ! is_alpha)
    value = g_rand_double_range (rand, -40, 40);
  else if (kind == 3)
    value = value / 100;
  return levels ? (float) round (value * levels) / levels : value;
}

static TripImage *
random_image (GRand *rand, int n, int levels, gboolean is_alpha)
{
  TripImage *image = trip_image_new (SIDE, SIDE, n, NULL);

  for (int y = 0; y < SIDE; y++)
    for (int i = 0; i < SIDE * n; i++)
      trip_image_row (image, y)[i] = random_value (rand, levels, is_alpha || (trip_has_alpha (n) && i % n == n - 1));
  return image;
}

/* A background that is the picture here and nearly the picture there, as a relit one. */
static TripImage *
random_background (GRand *rand, const TripImage *picture)
{
  TripImage *image = random_image (rand, picture->n_channels, 0, FALSE);
  const int n = picture->n_channels;

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      {
        float *to = trip_image_row (image, y) + x * n;
        const float *from = trip_image_row (picture, y) + x * n;
        const int kind = g_rand_int_range (rand, 0, 4);

        for (int c = 0; c < n; c++)
          if (kind == 0)
            to[c] = from[c];
          else if (kind == 1)
            to[c] = from[c] + g_rand_double_range (rand, -0.02, 0.02);
        if (trip_has_alpha (n))
          to[n - 1] = kind < 3 ? from[n - 1] : CLAMP (to[n - 1], 0, 1);
      }
  return image;
}

static Input
random_input (GRand *rand, int n, int levels)
{
  Input self = { random_image (rand, n, levels, FALSE), random_image (rand, 1, 0, TRUE) };

  self.background = random_background (rand, self.picture);
  self.behind = random_background (rand, self.background);
  return self;
}

/* One pixel over another, straight alpha; in double, so that all error is the layers'. */
static void
put_over (const float *top, int n_colours, double *under)
{
  const double alpha = top[n_colours], both = alpha + under[n_colours] * (1 - alpha);

  for (int c = 0; c < n_colours && both > 0; c++)
    under[c] = (alpha * top[c] + (1 - alpha) * under[n_colours] * under[c]) / both;
  under[n_colours] = both;
}

/* The largest error of the sum in steps, less than half of which rounds to the picture itself; colours count by what
 * is to be seen of them. */
static double
error_of_sum (const TripImage *picture, TripImage *const *layers, int levels)
{
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  double worst = 0;

  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++)
      {
        const float *seen = trip_image_row (picture, y) + x * n;
        const float *background = trip_image_row (layers[TRIP_LAYER_BACKGROUND], y) + x * n;
        double sum[4] = { 0 };

        for (int c = 0; c < n; c++)
          sum[c] = background[c];
        if (n_colours == n)
          sum[n] = 1;
        put_over (trip_image_row (layers[TRIP_LAYER_EFFECTS], y) + x * (n_colours + 1), n_colours, sum);
        put_over (trip_image_row (layers[TRIP_LAYER_FOREGROUND], y) + x * (n_colours + 1), n_colours, sum);
        for (int c = 0; c < n; c++)
          if (c == n_colours || sum[n_colours] > 0)
            worst = MAX (worst, fabs (sum[c] - seen[c]) / MAX (1, fabs (seen[c])));
      }
  return worst * (levels ? levels : 65536);
}

static void
is_exact (gconstpointer data)
{
  const int levels = GPOINTER_TO_INT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (levels);
  const TripRun run = TRIP_RUN_INIT;

  for (int i = 0; i < N_ROUNDS; i++)
    for (int n = 1; n <= 4; n++)
      {
        g_auto (Input) in = random_input (rand, n, levels);
        const TripSum sum = { in.picture, in.alpha, in.background, in.behind, levels };
        TripImage *layers[TRIP_N_LAYERS];
        double error;

        g_assert_true (trip_recompose (&sum, &run, layers, NULL));
        error = error_of_sum (in.picture, layers, levels);
        /* alpha and colours are rounded both where the picture is partly transparent */
        g_assert_cmpfloat (error, <, trip_has_alpha (n) || ! levels ? 1.01 : 0.51);
        for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
          trip_image_free (layers[layer]);
      }
}

/* What is stored is a multiple of a step, in range. */
static void
is_stored (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_auto (Input) in = random_input (rand, 4, 255);
  const TripRun run = TRIP_RUN_INIT;
  TripImage *layers[TRIP_N_LAYERS];

  g_assert_true (trip_recompose (&(TripSum) { in.picture, in.alpha, in.background, in.behind, 255 }, &run, layers,
                                 NULL));
  for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
    {
      for (int y = 0; y < SIDE; y++)
        for (int i = 0; i < SIDE * 4; i++)
          {
            const float value = trip_image_row (layers[layer], y)[i] * 255;

            g_assert_cmpfloat (value, >=, 0);
            g_assert_cmpfloat (value, <=, 255);
            g_assert_cmpfloat (fabsf (value - roundf (value)), <, 1e-3);
          }
      trip_image_free (layers[layer]);
    }
}

/* Where nothing was changed, the background is the picture and the other layers are empty. */
static void
is_untouched (gconstpointer data)
{
  const int levels = GPOINTER_TO_INT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  const TripRun run = TRIP_RUN_INIT;

  for (int n = 1; n <= 4; n++)
    {
      g_autoptr (TripImage) picture = random_image (rand, n, levels, FALSE),
                            alpha = picture_constant (SIDE, SIDE, 1, 0);
      TripImage *layers[TRIP_N_LAYERS];

      g_assert_true (trip_recompose (&(TripSum) { picture, alpha, picture, picture, levels }, &run, layers, NULL));
      g_assert_cmpfloat (picture_distance (layers[TRIP_LAYER_BACKGROUND], picture), ==, 0);
      for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
        {
          if (layer != TRIP_LAYER_BACKGROUND)
            {
              const TripRect bounds = trip_layer_bounds (layers[layer]);

              g_assert_cmpint (bounds.width, ==, 1);
              g_assert_cmpfloat (layers[layer]->data[layers[layer]->n_channels - 1], ==, 0);
            }
          trip_image_free (layers[layer]);
        }
    }
}

/* A shadow that takes a third of the light is black with that alpha, at any brightness; it is the object's own where
 * nothing of it is behind the object. */
static void
shadow (gconstpointer data)
{
  const TripLayerRole role = GPOINTER_TO_INT (data);
  g_autoptr (TripImage) background = picture_new (SIDE, SIDE, 1), alpha = picture_constant (SIDE, SIDE, 1, 0);
  g_autoptr (TripImage) picture = picture_new (SIDE, SIDE, 1);
  const TripRun run = TRIP_RUN_INIT;
  const TripImage *behind = role == TRIP_LAYER_EFFECTS ? picture : background;
  TripImage *layers[TRIP_N_LAYERS];

  for (int i = 0; i < SIDE * SIDE; i++)
    picture->data[i] = 2 / 3.0f * (background->data[i] += 0.1f);
  g_assert_true (trip_recompose (&(TripSum) { picture, alpha, background, behind, 0 }, &run, layers, NULL));
  for (int i = 0; i < SIDE * SIDE; i++)
    for (int layer = TRIP_LAYER_EFFECTS; layer < TRIP_N_LAYERS; layer++)
      {
        g_assert_cmpfloat_with_epsilon (layers[layer]->data[2 * i], 0, 1e-5);
        g_assert_cmpfloat_with_epsilon (layers[layer]->data[2 * i + 1], layer == (int) role ? 1 / 3.0 : 0, 1e-5);
      }
  for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
    trip_image_free (layers[layer]);
}

static void
threads (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  g_auto (Input) in = random_input (rand, 3, 255);
  const TripSum sum = { in.picture, in.alpha, in.background, in.behind, 255 };
  TripRun run = TRIP_RUN_INIT;
  TripImage *one[TRIP_N_LAYERS], *many[TRIP_N_LAYERS];

  run.n_threads = 1;
  g_assert_true (trip_recompose (&sum, &run, one, NULL));
  run.n_threads = 5;
  g_assert_true (trip_recompose (&sum, &run, many, NULL));
  for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
    {
      g_assert_cmpfloat (picture_distance (one[layer], many[layer]), ==, 0);
      trip_image_free (one[layer]);
      trip_image_free (many[layer]);
    }
}

static void
cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TripImage) picture = picture_new (SIDE, SIDE, 3), alpha = picture_constant (SIDE, SIDE, 1, 0.5);
  g_autoptr (GError) error = NULL;
  TripRun run = TRIP_RUN_INIT;
  TripImage *layers[TRIP_N_LAYERS] = { NULL };

  run.cancellable = cancellable;
  g_cancellable_cancel (cancellable);
  g_assert_false (trip_recompose (&(TripSum) { picture, alpha, picture, picture, 255 }, &run, layers, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (int layer = 0; layer < TRIP_N_LAYERS; layer++)
    g_assert_null (layers[layer]);
}

static void
bounds (void)
{
  g_autoptr (TripImage) layer = picture_constant (20, 10, 2, 0);
  TripRect rect;

  trip_image_row (layer, 3)[2 * 5 + 1] = 0.1f;
  trip_image_row (layer, 8)[2 * 2 + 1] = 1;
  rect = trip_layer_bounds (layer);
  g_assert_cmpint (rect.x, ==, 2);
  g_assert_cmpint (rect.y, ==, 3);
  g_assert_cmpint (rect.width, ==, 4);
  g_assert_cmpint (rect.height, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/recompose/exact-8-bits", GINT_TO_POINTER (255), is_exact);
  g_test_add_data_func ("/recompose/exact-16-bits", GINT_TO_POINTER (65535), is_exact);
  g_test_add_data_func ("/recompose/exact-floats", GINT_TO_POINTER (0), is_exact);
  g_test_add_func ("/recompose/stored", is_stored);
  g_test_add_data_func ("/recompose/untouched-8-bits", GINT_TO_POINTER (255), is_untouched);
  g_test_add_data_func ("/recompose/untouched-floats", GINT_TO_POINTER (0), is_untouched);
  g_test_add_data_func ("/recompose/shadow/effect", GINT_TO_POINTER (TRIP_LAYER_EFFECTS), shadow);
  g_test_add_data_func ("/recompose/shadow/object", GINT_TO_POINTER (TRIP_LAYER_FOREGROUND), shadow);
  g_test_add_func ("/recompose/threads", threads);
  g_test_add_func ("/recompose/cancelled", cancelled);
  g_test_add_func ("/recompose/bounds", bounds);
  return g_test_run ();
}
