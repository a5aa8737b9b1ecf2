/* Taken apart into layers: a disc with a wide soft edge on rough ground, where what was filled is never quite what is
 * seen, and a square with a halo. */
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

static void
take_apart (const TripImage *scene, TripEffectsKind effects, int levels, Apart *apart)
{
  g_autoptr (TripImage) selection = trip_image_new (WIDTH, HEIGHT, 1, NULL);
  TripDecomposeOptions options;
  TripRun run = TRIP_RUN_INIT;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      trip_image_row (selection, y)[x] = hypot (x - 80, y - 60) < 32;
  trip_decompose_options_init (&options);
  options.effects = effects;
  run.n_threads = 2;
  g_assert_true (trip_decompose (scene, selection, &options, &run, &apart->parts, NULL));
  g_assert_true (trip_recompose (&(TripSum) { scene, apart->parts.alpha, apart->parts.background, apart->parts.behind,
                                              levels }, &run, apart->layers, NULL));
}

/* On ground of random values from low to high; levels as for TripSum. */
static void
take_soft_disc_apart (double low, double high, TripEffectsKind effects, int levels, Apart *apart)
{
  g_autoptr (TripImage) scene = trip_image_new (WIDTH, HEIGHT, 3, NULL);
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

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
      }
  take_apart (scene, effects, levels, apart);
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

  take_soft_disc_apart (0.2, 0.6, TRIP_EFFECTS_NONE, 255, &apart);
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

  for (guint i = 0; i < 2 * G_N_ELEMENTS (grounds); i++)
    {
      const TripEffectsKind effects = i % 2 ? TRIP_EFFECTS_ALL : TRIP_EFFECTS_NONE;
      g_auto (Apart) apart = { 0 };
      int n_soft, n_crumbs, n_effects;

      take_soft_disc_apart (grounds[i / 2].low, grounds[i / 2].high, effects, grounds[i / 2].levels, &apart);
      count (&apart, &n_soft, &n_crumbs, &n_effects);
      g_test_message ("ground %u: %d soft, %d crumbs, %d in effects", i, n_soft, n_crumbs, n_effects);
      g_assert_cmpint (n_soft, >, 500);
      g_assert_cmpint (n_crumbs, ==, 0);
      g_assert_cmpint (n_effects, <=, effects ? n_soft / 10 : 0);
    }
}

/* How far Background goes from the ground towards the halo anywhere, and the most that Foreground covers where that
 * is. */
static void
measure_halo (float ground, float halo, TripEffectsKind effects, int levels, float *ghost, float *fringe)
{
  g_autoptr (TripImage) scene = trip_image_new (WIDTH, HEIGHT, 3, NULL);
  g_auto (Apart) apart = { 0 };

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < 3; c++)
        {
          const int away = MAX (abs (x - 80), abs (y - 60));

          trip_image_row (scene, y)[3 * x + c] = away < 20 ? 0.4f + 0.1f * c : away == 20 ? halo : ground;
        }
  take_apart (scene, effects, levels, &apart);
  *ghost = *fringe = 0;
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const float lighter = trip_image_row (apart.layers[TRIP_LAYER_BACKGROUND], y)[3 * x] - ground;

        *ghost = MAX (*ghost, halo > ground ? lighter : -lighter);
        if (trip_image_row (scene, y)[3 * x] == halo)
          *fringe = MAX (*fringe, alpha_of (apart.layers[TRIP_LAYER_FOREGROUND], x, y));
      }
}

/* What sharpening draws around an object is an effect of it; without effects, or with shadows only, it has to be seen
 * somewhere. */
static void
halo_goes_to_effects (void)
{
  static const struct { float ground, halo; int levels; } runs[] = {
    { 0.92f, 1, 0 }, { 0.9f, 1, 255 }, { 0.1f, 0, 255 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    for (TripEffectsKind effects = TRIP_EFFECTS_NONE; effects <= TRIP_EFFECTS_ALL; effects++)
      {
        float ghost, fringe;

        measure_halo (runs[i].ground, runs[i].halo, effects, runs[i].levels, &ghost, &fringe);
        g_test_message ("ground %g, halo %g, effects %d: %.3f in the background, %.2f of the object", runs[i].ground,
                        runs[i].halo, effects, ghost, fringe);
        if (effects == TRIP_EFFECTS_ALL)
          g_assert_true (ghost < 0.035f && fringe < CRUMB);
        else
          g_assert_true (ghost > 0.05f || fringe > CRUMB);
      }
}

/* How far colours are from the ground's at most. */
static float
distance_from_ground (const TripImage *image, float ground)
{
  float most = 0;

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < 3 * image->width; x++)
      {
        const float far = fabsf (trip_image_row (image, y)[x] - ground);

        most = far <= most ? most : far; /* NaN counts */
      }
  return most;
}

/* An object that leaves a frame free, one pixel wide, where the ground is mixed with it. */
static void
fills_nearly_all (void)
{
  g_autoptr (TripImage) scene = trip_image_new (WIDTH, HEIGHT, 3, NULL);
  g_autoptr (TripImage) selection = trip_image_new (WIDTH, HEIGHT, 1, NULL);
  g_auto (TripParts) parts = { NULL };
  TripDecomposeOptions options;
  TripRun run = TRIP_RUN_INIT;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const int in = MIN (MIN (x, WIDTH - 1 - x), MIN (y, HEIGHT - 1 - y));
        const float covered = MIN (in / 12.0f, 1);

        for (int c = 0; c < 3; c++)
          trip_image_row (scene, y)[3 * x + c] = 0.6f + covered * (c == 0 ? 0.3f : -0.5f);
        trip_image_row (selection, y)[x] = in > 0;
      }
  trip_decompose_options_init (&options);
  options.effects = TRIP_EFFECTS_NONE;
  options.edge = 12;
  g_assert_true (trip_decompose (scene, selection, &options, &run, &parts, NULL));
  g_assert_cmpfloat (distance_from_ground (parts.background, 0.6f), <, 0.55f);
  g_assert_cmpfloat (distance_from_ground (parts.behind, 0.6f), <, 0.55f);
}

/* One highlight, far beyond white, does not decide where the object ends. */
static void
bears_highlights (void)
{
  g_auto (Apart) plain = { 0 }, lit = { 0 };
  g_autoptr (TripImage) scene = trip_image_new (WIDTH, HEIGHT, 3, NULL);
  float most = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < 3; c++)
        trip_image_row (scene, y)[3 * x + c] = hypot (x - 80, y - 60) < 22 ? 0.3f + 0.2f * c : 0.4f + 0.002f * x;
  for (int c = 0; c < 3; c++)
    trip_image_row (scene, 60)[3 * 106 + c] = 1;
  take_apart (scene, TRIP_EFFECTS_NONE, 0, &plain);
  for (int c = 0; c < 3; c++)
    trip_image_row (scene, 60)[3 * 106 + c] = 1000;
  take_apart (scene, TRIP_EFFECTS_NONE, 0, &lit);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      if (hypot (x - 106, y - 60) > 8)
        most = MAX (most, fabsf (trip_image_row (lit.parts.alpha, y)[x] - trip_image_row (plain.parts.alpha, y)[x]));
  g_test_message ("%.3f of coverage changes", most);
  g_assert_cmpfloat (most, <, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/soft-edges/no-effects", nothing_goes_to_effects);
  g_test_add_func ("/soft-edges/no-crumbs", leaves_no_crumbs);
  g_test_add_func ("/soft-edges/halo", halo_goes_to_effects);
  g_test_add_func ("/soft-edges/frame", fills_nearly_all);
  g_test_add_func ("/soft-edges/highlight", bears_highlights);
  return g_test_run ();
}
