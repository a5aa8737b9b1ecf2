/* The network that guesses what holes hold in C against what PyTorch recorded from the same weights; see
 * core/train/inpaint/export.py. */
#include "decompose/guess.h"
#include "error.h"
#include "support/golden.h"

#define TOLERANCE 5e-4

static void
test_network (gconstpointer kernels)
{
  g_autoptr (GBytes) weights = golden_file ("TRIPTYCH_TEST_WEIGHTS", "guess");
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", "guess");
  g_autoptr (GError) error = NULL;
  g_autoptr (TripWeights) golden = trip_weights_new (file, &error);
  g_autoptr (TripUnet) network = trip_guess_network_new (weights, kernels, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree float *out = NULL, *wanted = NULL;
  gsize shape[TRIP_MAX_DIMS];
  TripTensor input;
  TripArena arena;

  g_assert_no_error (error);
  wanted = golden_tensor (golden, "out", shape);
  g_assert_cmpint (shape[1], ==, TRIP_GUESS_OUTPUTS);
  g_assert_cmpint (shape[2] % trip_unet_multiple (network), ==, 0);
  g_assert_true (trip_arena_init (&arena, trip_tensor_need (shape[2], shape[3], TRIP_GUESS_INPUTS)
                                            + trip_unet_need (network, shape[2], shape[3]), NULL));
  out = g_new (float, shape[2] * shape[3] * TRIP_GUESS_OUTPUTS);
  input = golden_input (golden, "input", &arena);
  g_assert_true (trip_unet_run (network, &input, out, &arena, NULL, &error));
  for (gsize c = 0; c < TRIP_GUESS_OUTPUTS; c++)
    for (gsize i = 0; i < shape[2] * shape[3]; i++)
      g_assert_cmpfloat_with_epsilon (out[i * TRIP_GUESS_OUTPUTS + c], wanted[c * shape[2] * shape[3] + i], TOLERANCE);

  g_cancellable_cancel (cancellable);
  g_assert_false (trip_unet_run (network, &input, out, &arena, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  trip_arena_clear (&arena);
}

static void
test_other_weights (void)
{
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_WEIGHTS", "effects");
  g_autoptr (GError) error = NULL;

  g_assert_null (trip_guess_network_new (file, NULL, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_for_kernels ("/guess", test_network);
  g_test_add_func ("/guess/other-weights", test_other_weights);
  return g_test_run ();
}
