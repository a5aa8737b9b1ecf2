/* The network in C against what PyTorch recorded from the same weights; see core/train/upscale/export.py. */
#include <math.h>
#include <string.h>

#include "rescale/network.h"
#include "rescale/tile.h"
#include "support/golden.h"

typedef struct
{
  const char *model;
  const TripKernels *kernels;
} Case;

typedef struct
{
  TripWeights *golden;
  TripNetwork *network;
  TripArena arena;
  TripTensor input, features;
} Fixture;

static void
keep_rows (const TripTensor *features, int first, int n, gpointer data)
{
  const TripTensor *kept = data;

  for (int y = first; y < first + n; y++)
    memcpy (kept->data + y * kept->stride, features->data + y * (gssize) features->stride,
            kept->width * kept->channels * sizeof (float));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GBytes) weights = golden_file ("TRIPTYCH_TEST_WEIGHTS", c->model);
  g_autoptr (GBytes) golden = golden_file ("TRIPTYCH_TEST_GOLDEN", c->model);
  g_autoptr (GError) error = NULL;
  gsize shape[TRIP_MAX_DIMS], features[TRIP_MAX_DIMS], one[TRIP_MAX_DIMS];
  g_autofree float *small = NULL, *clean_up = NULL, *wanted = NULL;
  const TripRun run = trip_run_alone (NULL);

  f->network = trip_network_new (weights, c->kernels, &error);
  g_assert_no_error (error);
  f->golden = trip_weights_new (golden, &error);
  g_assert_no_error (error);
  small = golden_tensor (f->golden, "small", shape);
  clean_up = golden_tensor (f->golden, "clean_up", one);
  wanted = golden_tensor (f->golden, "features", features);
  g_assert_true (trip_arena_init (&f->arena,
                                  trip_network_need (f->network, shape[2], shape[3], 1)
                                    + trip_tensor_need (shape[2], shape[3], features[1])
                                    + trip_field_need (trip_network_field (f->network), shape[3], 100),
                                  NULL));
  f->input = trip_tensor_take (&f->arena, shape[2], shape[3], TRIP_NETWORK_INPUTS);
  f->features = trip_tensor_take (&f->arena, shape[2], shape[3], features[1]);
  for (gsize y = 0; y < shape[2]; y++)
    for (gsize x = 0; x < shape[3]; x++)
      {
        float *to = f->input.data + y * f->input.stride + x * TRIP_NETWORK_INPUTS;

        for (int i = 0; i < 3; i++)
          to[i] = small[(i * shape[2] + y) * shape[3] + x] - 0.5f;
        to[3] = *clean_up;
      }
  g_assert_true (trip_network_trunk (f->network, &f->input, keep_rows, &f->features, NULL, &f->arena, &run, NULL));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trip_arena_clear (&f->arena);
  trip_network_free (f->network);
  trip_weights_free (f->golden);
}

static void
test_trunk (Fixture *f, gconstpointer data)
{
  gsize shape[TRIP_MAX_DIMS];
  g_autofree float *wanted = golden_tensor (f->golden, "features", shape);

  for (gsize c = 0; c < shape[1]; c++)
    for (gsize y = 0; y < shape[2]; y++)
      for (gsize x = 0; x < shape[3]; x++)
        g_assert_cmpfloat_with_epsilon (f->features.data[y * f->features.stride + x * shape[1] + c],
                                        wanted[(c * shape[2] + y) * shape[3] + x], 2e-4);
}

/* Of a picture with many more rows, too. */
static void
test_threads (Fixture *f, gconstpointer data)
{
  const int height = 150, width = 37, channels = f->features.channels;
  g_autofree float *alone = g_new (float, height * width * channels);
  g_autofree float *together = g_new (float, height * width * channels);

  for (int n_threads = 1; n_threads <= 40; n_threads = 2 * n_threads + n_threads / 4)
    {
      const TripRun run = { .n_threads = n_threads, .to = 1 };
      float *values = n_threads == 1 ? alone : together;
      TripTensor result = { height, width, channels, width * channels, values }, input;
      TripArena arena;

      g_assert_true (trip_arena_init (&arena, trip_network_need (f->network, height, width, n_threads), NULL));
      input = trip_tensor_take (&arena, height, width, TRIP_NETWORK_INPUTS);
      for (int y = 0; y < height; y++)
        for (int i = 0; i < width * TRIP_NETWORK_INPUTS; i++)
          input.data[y * input.stride + i] = 0.5f * sinf (0.1f * i * y);
      g_assert_true (trip_network_trunk (f->network, &input, keep_rows, &result, NULL, &arena, &run, NULL));
      g_assert_true (memcmp (values, alone, height * width * channels * sizeof (float)) == 0);
      trip_arena_clear (&arena);
    }
}

static void
test_field (Fixture *f, gconstpointer data)
{
  static const char *const names[] = { "even", "uneven" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize shape[TRIP_MAX_DIMS];
      g_autofree float *wanted = golden_tensor (f->golden, names[i], shape);
      const int height = shape[2], width = shape[3];
      const gsize used = f->arena.used;
      g_autofree float *out = g_new0 (float, height * width * 3 + 1);
      TripAxis y_axis, x_axis;
      TripFieldTile tile;

      trip_axis_init (&y_axis, f->input.height, height, 0, height);
      trip_axis_init (&x_axis, f->input.width, width, 0, width);
      tile = trip_field_tile (trip_network_field (f->network), &y_axis.grid, &x_axis.grid, FALSE, &f->arena);
      trip_field_rows (&tile, &f->features, 0, f->input.height, out);
      f->arena.used = used;
      for (int c = 0; c < 3; c++)
        for (int y = 0; y < height; y++)
          for (int x = 0; x < width; x++)
            g_assert_cmpfloat_with_epsilon (out[(y * width + x) * 3 + c], wanted[(c * height + y) * width + x],
                                            2e-4);
      trip_axis_clear (&y_axis);
      trip_axis_clear (&x_axis);
    }
}

int
main (int argc, char **argv)
{
  static const char *const isas[] = { "plain", "neon", "avx2", "avx512" };
  static const char *const models[] = { "fast", "balanced", "best" };
  static Case cases[G_N_ELEMENTS (isas) * G_N_ELEMENTS (models)];
  Case *c = cases;

  g_test_init (&argc, &argv, NULL);
  for (guint m = 0; m < G_N_ELEMENTS (models); m++)
    for (guint i = 0; i < G_N_ELEMENTS (isas); i++, c++)
      {
        g_autofree char *trunk = g_strdup_printf ("/network/%s/%s/trunk", models[m], isas[i]);
        g_autofree char *threads = g_strdup_printf ("/network/%s/%s/threads", models[m], isas[i]);
        g_autofree char *field = g_strdup_printf ("/network/%s/%s/field", models[m], isas[i]);

        *c = (Case) { models[m], trip_kernels_named (isas[i]) };
        if (! c->kernels) /* this processor cannot run them */
          continue;
        g_test_add (trunk, Fixture, c, set_up, test_trunk, tear_down);
        g_test_add (threads, Fixture, c, set_up, test_threads, tear_down);
        g_test_add (field, Fixture, c, set_up, test_field, tear_down);
      }
  return g_test_run ();
}
