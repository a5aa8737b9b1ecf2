/* A disc with a wide soft edge on rough ground, taken apart into layers: what was filled is never quite what is
 * seen. */
#include <math.h>

#include "support/pictures.h"

#define WIDTH 160
#define HEIGHT 120
#define CRUMB 0.3f /* a layer that covers by so much more than the object does */

typedef struct
{
  TripParts parts;
  TripImage *layers[TRIP_N_LAYERS];
} Apart;

static void
apart_clear (Apart *apart)
{
  trip_parts_clear (&apart->parts);
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    trip_image_free (apart->layers[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Apart, apart_clear)

/* On ground of random values from low to high; levels as for TripSum. */
static void
take_apart (double low, double high, int levels, Apart *apart)
{
  g_autoptr (TripImage) scene = trip_image_new (WIDTH, HEIGHT, 3, NULL);
  g_autoptr (TripImage) selection = trip_image_new (WIDTH, HEIGHT, 1, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  TripDecomposeOptions options;
  TripRun run = TRIP_RUN_INIT;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const double away = hypot (x - 80, y - 60), covered = CLAMP ((25 - away) / 10 + 0.5, 0, 1);
        const double ground = g_rand_double_range (rand, low, high);

        for (int c = 0; c < 3; c++)
          {
            const double value = covered * (c == 0 ? 0.9 : 0.1) + (1 - covered) * ground * (1 + 0.1 * c);

            trip_image_row (scene, y)[3 * x + c] = levels ? round (levels * value) / levels : value;
          }
        trip_image_row (selection, y)[x] = away < 32;
      }
  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  run.n_threads = 2;
  g_assert_true (trip_decompose (scene, selection, &options, &run, &apart->parts, NULL));
  g_assert_true (trip_recompose (&(TripSum) { scene, apart->parts.alpha, apart->parts.background, apart->parts.behind,
                                              levels }, &run, apart->layers, NULL));
}

static float
alpha_of (const TripImage *layer, int x, int y)
{
  return trip_image_row (layer, y)[x * layer->n_channels + layer->n_channels - 1];
}

/* Pixels where the object covers in part, where a layer of its covers by much more than it does, and where Effects hold
 * anything. */
static void
count (const Apart *apart, int *n_soft, int *n_crumbs, int *n_effects)
{
  *n_soft = *n_crumbs = *n_effects = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const float alpha = alpha_of (apart->layers[TRIP_LAYER_FOREGROUND], x, y);

        *n_soft += alpha > 0 && alpha < 1;
        *n_crumbs += alpha > alpha_of (apart->parts.alpha, x, y) + CRUMB;
        *n_effects += alpha_of (apart->layers[TRIP_LAYER_EFFECTS], x, y) > 0;
      }
}

static void
nothing_goes_to_effects (void)
{
  g_auto (Apart) apart = { 0 };
  int n_soft, n_crumbs, n_effects;

  take_apart (0.2, 0.6, 255, &apart);
  count (&apart, &n_soft, &n_crumbs, &n_effects);
  g_assert_cmpint (n_soft, >, 500);
  g_assert_cmpint (n_effects, ==, 0);
}

/* Near black and white any difference takes a lot of coverage, if the background does not give in; beyond them as
 * well. */
static void
leaves_no_crumbs (void)
{
  static const struct { double low, high; int levels; } grounds[] = {
    { 0, 0.04, 255 }, { 0, 0.04, 65535 }, { -0.02, 0.02, 0 }, { 0.79, 0.83, 255 }, { 0.98, 1.02, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (grounds); i++)
    {
      g_auto (Apart) apart = { 0 };
      int n_soft, n_crumbs, n_effects;

      take_apart (grounds[i].low, grounds[i].high, grounds[i].levels, &apart);
      count (&apart, &n_soft, &n_crumbs, &n_effects);
      g_test_message ("ground %u: %d soft, %d crumbs, %d in effects", i, n_soft, n_crumbs, n_effects);
      g_assert_cmpint (n_soft, >, 500);
      g_assert_cmpint (n_crumbs, ==, 0);
      g_assert_cmpint (n_effects, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/soft-edges/no-effects", nothing_goes_to_effects);
  g_test_add_func ("/soft-edges/no-crumbs", leaves_no_crumbs);
  return g_test_run ();
}
