#include "golden.h"

#include "nn/kernels.h"

GBytes *
golden_file (const char *variable, const char *name)
{
  g_autofree char *file = g_strconcat (name, ".safetensors", NULL);
  g_autofree char *path = g_build_filename (g_getenv (variable), file, NULL);
  g_autoptr (GError) error = NULL;
  char *content;
  gsize size;

  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (content, size);
}

float *
golden_tensor (const TripWeights *golden, const char *name, gsize shape[TRIP_MAX_DIMS])
{
  const int n_dims = trip_weights_shape (golden, name, shape);
  g_autoptr (GError) error = NULL;
  float *values;

  g_assert_cmpint (n_dims, >=, 0);
  values = trip_weights_get (golden, name, n_dims, shape, &error);
  g_assert_no_error (error);
  return values;
}

TripTensor
golden_input (const TripWeights *golden, const char *name, TripArena *arena)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *planes = golden_tensor (golden, name, shape);
  TripTensor input = trip_tensor_take (arena, shape[2], shape[3], shape[1]);

  for (gsize c = 0; c < shape[1]; c++)
    for (gsize y = 0; y < shape[2]; y++)
      for (gsize x = 0; x < shape[3]; x++)
        input.data[y * input.stride + x * shape[1] + c] = planes[(c * shape[2] + y) * shape[3] + x];
  return input;
}

void
golden_add_for_kernels (const char *path, GTestDataFunc test)
{
  static const char *const isas[] = { "plain", "neon", "avx2", "avx512" };

  for (guint i = 0; i < G_N_ELEMENTS (isas); i++)
    {
      g_autofree char *name = g_strconcat (path, "/", isas[i], NULL);
      const TripKernels *kernels = trip_kernels_named (isas[i]);

      if (kernels)
        g_test_add_data_func (name, kernels, test);
    }
}
