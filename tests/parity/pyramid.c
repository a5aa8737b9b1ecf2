/* The encoder and decoder in C against what PyTorch recorded; see core/train/pyramid.py. */
#include "error.h"
#include "nn/pyramid.h"
#include "support/golden.h"

#define INPUTS 5
#define TOLERANCE 2e-4

static void
check (const TripWeights *golden, const char *name, const TripTensor *t)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (golden, name, shape);

  g_assert_cmpint (shape[1], ==, t->channels);
  g_assert_cmpint (shape[2], ==, t->height);
  g_assert_cmpint (shape[3], ==, t->width);
  for (gsize c = 0; c < shape[1]; c++)
    for (gsize y = 0; y < shape[2]; y++)
      for (gsize x = 0; x < shape[3]; x++)
        g_assert_cmpfloat_with_epsilon (t->data[y * t->stride + x * shape[1] + c],
                                        wanted[(c * shape[2] + y) * shape[3] + x], TOLERANCE);
}

static void
test_pyramid (gconstpointer kernels)
{
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", "pyramid");
  g_autoptr (GError) error = NULL;
  g_autoptr (TripWeights) golden = trip_weights_new (file, &error);
  g_autoptr (TripPyramid) pyramid = trip_pyramid_new (golden, "", INPUTS, kernels, &error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  TripTensor input, features[TRIP_MAX_LEVELS];
  TripArena arena;
  gsize shape[TRIP_MAX_DIMS];

  g_assert_no_error (error);
  g_assert_cmpint (trip_weights_shape (golden, "planes", shape), ==, 4);
  g_assert_cmpint (trip_pyramid_levels (pyramid), ==, 4);
  g_assert_cmpint (trip_pyramid_top (pyramid), ==, 1);
  g_assert_true (trip_arena_init (&arena, trip_tensor_need (shape[2], shape[3], INPUTS)
                                            + trip_pyramid_need (pyramid, shape[2], shape[3]), NULL));
  input = golden_input (golden, "planes", &arena);
  g_assert_true (trip_pyramid_encode (pyramid, &input, features, &arena, NULL, &error));
  for (int i = 0; i < trip_pyramid_levels (pyramid); i++)
    {
      g_autofree char *name = g_strdup_printf ("encoded.%d", i);
      g_assert_cmpint (features[i].channels, ==, trip_pyramid_channels (pyramid, i));
      check (golden, name, &features[i]);
    }
  g_assert_true (trip_pyramid_decode (pyramid, features, &arena, NULL, &error));
  check (golden, "decoded", &features[1]);

  g_cancellable_cancel (cancellable);
  g_assert_false (trip_pyramid_decode (pyramid, features, &arena, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  trip_arena_clear (&arena);
}

static void
test_other_weights (void)
{
  g_autoptr (GBytes) file = golden_file ("TRIPTYCH_TEST_GOLDEN", "pyramid");
  g_autoptr (TripWeights) golden = trip_weights_new (file, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (trip_pyramid_new (golden, "", INPUTS + 1, NULL, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
  g_clear_error (&error);
  g_assert_null (trip_pyramid_new (golden, "other.", INPUTS, NULL, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  golden_add_for_kernels ("/pyramid", test_pyramid);
  g_test_add_func ("/pyramid/other-weights", test_other_weights);
  return g_test_run ();
}
