#include "golden.h"

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
