/* The networks of which nothing more is asked than a number for each pixel, in C against what PyTorch recorded from the
 * same weights; see export.py in core/train/inpaint and core/train/outline. */
#include "decompose/guess.h"
#include "decompose/outline.h"
#include "error.h"
#include "support/golden.h"

#define TOLERANCE 5e-4

typedef struct
{
  const char *name;
  TripUnet *(*load) (GBytes *file, const TripKernels *kernels, GError **error);
  gsize inputs, outputs;
} Network;

static const Network guess = { "guess", trip_guess_network_new, TRIP_GUESS_INPUTS, TRIP_GUESS_OUTPUTS };
static const Network outline = { "outline", trip_outline_network_new, TRIP_OUTLINE_INPUTS, TRIP_OUTLINE_OUTPUTS };

static void
check (const Network *kind, const TripKernels *kernels)
{
  g_autoptr (GBytes) weights = golden_file ("TRIPTYCH_TEST_WEIGHTS", kind->name);
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", kind->name);
  g_autoptr (GError) error = NULL;
  g_autoptr (TripWeights) golden = trip_weights_new (file, &error);
  g_autoptr (TripUnet) network = kind->load (weights, kernels, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree float *out = NULL, *wanted = NULL;
  gsize shape[TRIP_MAX_DIMS], n;
  TripTensor input;
  TripArena arena;

  g_assert_no_error (error);
  wanted = golden_tensor (golden, "out", shape);
  n = shape[2] * shape[3];
  g_assert_cmpint (shape[1], ==, kind->outputs);
  g_assert_cmpint (shape[2] % trip_unet_multiple (network), ==, 0);
  g_assert_true (trip_arena_init (&arena, trip_tensor_need (shape[2], shape[3], kind->inputs)
                                            + trip_unet_need (network, shape[2], shape[3]), NULL));
  out = g_new (float, n * kind->outputs);
  input = golden_input (golden, "input", &arena);
  g_assert_true (trip_unet_run (network, &input, out, &arena, NULL, &error));
  for (gsize c = 0; c < kind->outputs; c++)
    for (gsize i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon (out[i * kind->outputs + c], wanted[c * n + i], TOLERANCE);

  g_cancellable_cancel (cancellable);
  g_assert_false (trip_unet_run (network, &input, out, &arena, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  trip_arena_clear (&arena);
}

static void
test_guess (gconstpointer kernels)
{
  check (&guess, kernels);
}

static void
test_outline (gconstpointer kernels)
{
  check (&outline, kernels);
}

static void
test_other_weights (gconstpointer data)
{
  const Network *kind = data;
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_WEIGHTS", "effects");
  g_autoptr (GError) error = NULL;

  g_assert_null (kind->load (file, NULL, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_for_kernels ("/guess", test_guess);
  golden_add_for_kernels ("/outline", test_outline);
  g_test_add_data_func ("/guess/other-weights", &guess, test_other_weights);
  g_test_add_data_func ("/outline/other-weights", &outline, test_other_weights);
  return g_test_run ();
}
