/* The placer's network in C against what PyTorch recorded from the same weights; see core/train/place/export.py. */
#include <math.h>

#include "place/choice.h"
#include "place/network.h"
#include "support/golden.h"

typedef struct
{
  TripWeights *golden;
  TripPlaceNetwork *network;
} Fixture;

static void
set_up (Fixture *f, gconstpointer kernels)
{
  g_autoptr (GBytes) weights = golden_file ("TRIPTYCH_TEST_WEIGHTS", "place");
  g_autoptr (GBytes) golden = golden_file ("TRIPTYCH_TEST_GOLDEN", "place");
  g_autoptr (GError) error = NULL;

  f->network = trip_place_network_new (weights, kernels, &error);
  g_assert_no_error (error);
  f->golden = trip_weights_new (golden, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer kernels)
{
  trip_place_network_free (f->network);
  trip_weights_free (f->golden);
}

/* The first columns of recorded planes as a picture; without a plane of alpha it is opaque. */
static TripImage *
recorded_picture (const Fixture *f, const char *name, int columns)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *planes = golden_tensor (f->golden, name, shape);
  const gsize height = shape[1], width = shape[2], n = height * width;
  TripImage *picture = trip_image_new (columns, height, 4, NULL);

  for (gsize y = 0; y < height; y++)
    for (int x = 0; x < columns; x++)
      {
        const float *in = planes + y * width + x;
        float *out = trip_image_row (picture, y) + 4 * x;

        out[3] = shape[0] == 4 ? in[3 * n] : 1;
        for (int c = 0; c < 3; c++)
          out[c] = in[c * n] * out[3];
      }
  return picture;
}

static void
test_scene (Fixture *f, gconstpointer kernels)
{
  g_autoptr (TripImage) picture = recorded_picture (f, "image", 60);
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (f->golden, "features", shape);
  g_autofree float *features = trip_place_scene_features (f->network, picture, NULL, NULL);
  const gsize n = shape[1] * shape[2];

  for (gsize i = 0; i < n; i++)
    for (gsize c = 0; c < shape[0]; c++)
      g_assert_cmpfloat_with_epsilon (features[i * shape[0] + c], wanted[c * n + i], 1e-3);
}

static void
test_object (Fixture *f, gconstpointer kernels)
{
  g_autoptr (TripImage) crop = recorded_picture (f, "crop", TRIP_PLACE_OBJECT);
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (f->golden, "vector", shape);
  g_autofree float *aspect = golden_tensor (f->golden, "aspect", shape);
  float vector[TRIP_PLACE_VECTOR];

  g_assert_true (trip_place_object_vector (f->network, crop, *aspect, vector, NULL, NULL));
  for (int i = 0; i < TRIP_PLACE_VECTOR; i++)
    g_assert_cmpfloat_with_epsilon (vector[i], wanted[i], 1e-3);
}

/* From the recorded features and vector, so that nothing adds up. */
static void
test_volume (Fixture *f, gconstpointer kernels)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *planes = golden_tensor (f->golden, "features", shape);
  const gsize rows = shape[1], columns = shape[2], n = rows * columns;
  const TripPlaceGrid grid = trip_place_grid (60, 32);
  g_autofree float *vector = golden_tensor (f->golden, "vector", shape);
  g_autofree float *aspect = golden_tensor (f->golden, "aspect", shape);
  g_autofree float *wanted = golden_tensor (f->golden, "volume", shape);
  g_autofree float *features = g_new (float, n * TRIP_PLACE_MIXED);
  g_autofree float *logits = g_new (float, n * TRIP_PLACE_SIZES);

  g_assert_cmpint (grid.rows, ==, rows);
  g_assert_cmpint (grid.columns, ==, columns);
  for (gsize i = 0; i < n; i++)
    for (int c = 0; c < TRIP_PLACE_MIXED; c++)
      features[i * TRIP_PLACE_MIXED + c] = planes[c * n + i];
  trip_place_volume (f->network, features, &grid, vector, *aspect, logits);
  for (gsize i = 0; i < n * TRIP_PLACE_SIZES; i++)
    g_assert_cmpfloat_with_epsilon (logits[i], wanted[i], 1e-3);
}

static void
test_chosen (Fixture *f, gconstpointer data)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (f->golden, "chosen", shape);
  g_autofree TripBox *boxes = g_new (TripBox, shape[0]);
  const TripChoiceFixed free = { NAN, NAN, NAN };
  TripLikely likely;
  g_autofree float *probabilities = NULL;
  double sum = 0;
  TripCells cells;
  gsize i = 0;

  trip_cells_init (&cells, 90, 60, 0.8);
  probabilities = g_new (float, trip_cells_count (&cells));
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    for (int y = 0; y < cells.rows; y++)
      for (int x = 0; x < cells.columns; x++, i++)
        sum += probabilities[i] = exp (2 * sin (0.9 * s + 0.31 * y) + 2 * cos (0.23 * x - 0.4 * s));
  for (gsize k = 0; k < i; k++)
    probabilities[k] /= sum;
  trip_likely_find (&likely, &cells, probabilities);
  g_assert_cmpint (trip_cells_choose (&cells, &likely, &free, shape[0], boxes), ==, shape[0]);
  for (gsize k = 0; k < shape[0]; k++)
    {
      const double found[] = { boxes[k].x, boxes[k].y, boxes[k].width, boxes[k].height };

      for (int c = 0; c < 4; c++)
        g_assert_cmpfloat_with_epsilon (found[c], wanted[4 * k + c], 0.05);
    }
}

int
main (int argc, char **argv)
{
  static const char *const isas[] = { "plain", "neon", "avx2", "avx512" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (isas); i++)
    {
      const TripKernels *kernels = trip_kernels_named (isas[i]);
      g_autofree char *scene = g_strdup_printf ("/place/%s/scene", isas[i]);
      g_autofree char *object = g_strdup_printf ("/place/%s/object", isas[i]);

      if (! kernels) /* this processor cannot run them */
        continue;
      g_test_add (scene, Fixture, kernels, set_up, test_scene, tear_down);
      g_test_add (object, Fixture, kernels, set_up, test_object, tear_down);
    }
  g_test_add ("/place/volume", Fixture, NULL, set_up, test_volume, tear_down);
  g_test_add ("/place/chosen", Fixture, NULL, set_up, test_chosen, tear_down);
  return g_test_run ();
}
