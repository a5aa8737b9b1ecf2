/* The network for shadows and reflections in C against what PyTorch recorded from the same weights; see
 * core/train/effects/export.py. */
#include "decompose/effects-network.h"
#include "decompose/mirror-view.h"
#include "error.h"
#include "support/golden.h"

#define TOLERANCE 5e-4

/* Three planes of the result, from first on. */
static void
check (const TripWeights *golden, const char *name, const float *out, int first)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (golden, name, shape);
  const gsize n = shape[2] * shape[3];

  g_assert_cmpint (shape[1], ==, 3);
  for (gsize c = 0; c < 3; c++)
    for (gsize i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon (out[i * TRIP_EFFECTS_OUTPUTS + first + c], wanted[c * n + i], TOLERANCE);
}

static void
test_network (gconstpointer kernels)
{
  g_autoptr (GBytes) weights = golden_file ("TRIPTYCH_TEST_WEIGHTS", "effects");
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", "effects");
  g_autoptr (GError) error = NULL;
  g_autoptr (TripWeights) golden = trip_weights_new (file, &error);
  g_autoptr (TripUnet) network = trip_effects_network_new (weights, kernels, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree float *out = NULL;
  gsize shape[TRIP_MAX_DIMS];
  TripTensor input;
  TripArena arena;

  g_assert_no_error (error);
  g_assert_cmpint (trip_weights_shape (golden, "input", shape), ==, 4);
  g_assert_cmpint (shape[1], ==, TRIP_EFFECTS_INPUTS);
  g_assert_cmpint (shape[2] % trip_unet_multiple (network), ==, 0);
  g_assert_true (trip_arena_init (&arena, trip_tensor_need (shape[2], shape[3], shape[1])
                                            + trip_unet_need (network, shape[2], shape[3]), NULL));
  out = g_new (float, shape[2] * shape[3] * TRIP_EFFECTS_OUTPUTS);
  input = golden_input (golden, "input", &arena);
  g_assert_true (trip_effects_network_run (network, &input, out, &arena, NULL, &error));
  check (golden, "gain", out, 0);
  check (golden, "offset", out, 3);

  g_cancellable_cancel (cancellable);
  g_assert_false (trip_effects_network_run (network, &input, out, &arena, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  trip_arena_clear (&arena);
}

static TripImage *
golden_image (const TripWeights *golden, const char *name)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *planes = golden_tensor (golden, name, shape);
  TripImage *image = trip_image_new (shape[3], shape[2], shape[1], NULL);

  for (gsize c = 0; c < shape[1]; c++)
    for (gsize i = 0; i < shape[2] * shape[3]; i++)
      trip_image_row (image, i / shape[3])[i % shape[3] * shape[1] + c] = planes[c * shape[2] * shape[3] + i];
  return image;
}

static void
test_mirrors (void)
{
  static const TripRect box = { 20, 8, 30, 40 };
  const TripRun run = TRIP_RUN_INIT;
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", "effects");
  g_autoptr (TripWeights) golden = trip_weights_new (file, NULL);
  g_autoptr (TripImage) picture = golden_image (golden, "picture");
  g_autoptr (TripImage) alpha = golden_image (golden, "alpha");
  gsize shape[TRIP_MAX_DIMS], n_scores[TRIP_MAX_DIMS];
  g_autofree float *numbers = golden_tensor (golden, "mirrors", shape);
  g_autofree float *wanted = golden_tensor (golden, "scores", n_scores);
  TripMirrorView view;

  g_assert_cmpint (shape[1], ==, 5);
  g_assert_cmpint (n_scores[0], ==, shape[0]);
  g_assert_true (trip_mirror_view_init (&view, picture, alpha, &box, 32, &run, NULL));
  for (gsize i = 0; i < shape[0]; i++)
    {
      const float *from = numbers + 5 * i;
      const TripMirror mirror = { from[0], from[1], from[2], from[3], from[4] };

      g_assert_cmpfloat_with_epsilon (trip_mirror_view_score (&view, &mirror, 0), wanted[i], TOLERANCE * wanted[i]);
    }
  trip_mirror_view_clear (&view);
}

static void
test_other_weights (void)
{
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_WEIGHTS", "fast");
  g_autoptr (GError) error = NULL;

  g_assert_null (trip_effects_network_new (file, NULL, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_for_kernels ("/effects-network", test_network);
  g_test_add_func ("/effects-network/mirrors", test_mirrors);
  g_test_add_func ("/effects-network/other-weights", test_other_weights);
  return g_test_run ();
}
