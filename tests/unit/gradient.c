/* The way back through the network against the differences of the way forth. */
#include <math.h>
#include <string.h>

#include "rescale/gradient.h"
#include "rescale/tile.h"

#define WIDTH 9
#define HEIGHT 7

typedef struct
{
  TripNetwork *network;
  TripArena arena;
  const TripFieldTile *tile;
  int n_rows, n_columns;
  const float *wanted;
  float *pixels; /* n_rows, n_columns, 3: result less wanted */
  TripMask **masks;
} Scene;

static void
add_pixels (const TripTensor *features, int first, int n, gpointer data)
{
  const Scene *s = data;

  trip_field_rows (s->tile, features, first, n, s->pixels);
}

/* Half the squared distance of the field at small from wanted; the pixels' differences stay in pixels. */
static double
loss (Scene *s, const float *small)
{
  const gsize used = s->arena.used;
  TripTensor input = trip_tensor_take (&s->arena, HEIGHT, WIDTH, TRIP_NETWORK_INPUTS);
  const TripRun run = trip_run_alone (NULL);
  double sum = 0;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < TRIP_NETWORK_INPUTS; c++)
        input.data[y * input.stride + x * TRIP_NETWORK_INPUTS + c] = c < 3 ? small[(y * WIDTH + x) * 3 + c] : 0.25f;
  memset (s->pixels, 0, (gsize) s->n_rows * s->n_columns * 3 * sizeof (float));
  g_assert_true (trip_network_trunk (s->network, &input, add_pixels, s, s->masks, &s->arena, &run, NULL));
  for (int i = 0; i < s->n_rows * s->n_columns * 3; i++)
    {
      s->pixels[i] -= s->wanted[i];
      sum += 0.5 * s->pixels[i] * s->pixels[i];
    }
  s->arena.used = used;
  return sum;
}

static void
test_gradient (gconstpointer data)
{
  static const double sizes[][2] = { { 2 * HEIGHT, 2 * WIDTH }, { 11, 29 } };
  g_autofree char *path = g_build_filename (g_getenv ("TRIPTYCH_TEST_WEIGHTS"), data, NULL);
  char *content;
  gsize size;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (TripGradient) gradient = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1); /* how many ReLUs bend is a matter of chance */
  Scene s = { 0 };

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  file = g_bytes_new_take (content, size);
  s.network = trip_network_new (file, NULL, NULL);
  gradient = trip_gradient_new (file, s.network, NULL);
  g_assert_nonnull (gradient);
  s.masks = g_new (TripMask *, trip_network_masks (s.network));
  for (int i = 0; i < trip_network_masks (s.network); i++)
    s.masks[i] = g_new (TripMask, HEIGHT * WIDTH * trip_network_channels (s.network));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const int n_rows = sizes[i][0], n_columns = sizes[i][1], n = HEIGHT * WIDTH * 3;
      g_autofree float *wanted = g_new (float, n_rows * n_columns * 3);
      g_autofree float *pixels = g_new0 (float, n_rows * n_columns * 3 + 1);
      g_autofree float *small = g_new (float, n), *found = g_new0 (float, n);
      TripAxis y_axis, x_axis;
      TripFieldTile tile;
      double apart = 0, whole = 0;

      g_assert_true (trip_arena_init (&s.arena,
                                      trip_network_need (s.network, HEIGHT, WIDTH, 1)
                                        + trip_gradient_need (gradient, WIDTH)
                                        + trip_field_need (trip_network_field (s.network), WIDTH, n_columns),
                                      NULL));
      trip_axis_init (&y_axis, HEIGHT, n_rows, 0, n_rows);
      trip_axis_init (&x_axis, WIDTH, n_columns, 0, n_columns);
      tile = trip_field_tile (trip_network_field (s.network), &y_axis.grid, &x_axis.grid, TRUE, &s.arena);
      s.tile = &tile;
      s.n_rows = n_rows;
      s.n_columns = n_columns;
      s.wanted = wanted;
      s.pixels = pixels;
      for (int j = 0; j < n_rows * n_columns * 3; j++)
        wanted[j] = g_rand_double_range (rand, -0.2, 0.2);
      for (int j = 0; j < n; j++)
        small[j] = g_rand_double_range (rand, -0.4, 0.4);
      loss (&s, small);
      g_assert_true (trip_gradient_run (gradient, HEIGHT, WIDTH, &tile, pixels, s.masks, found, &s.arena,
                                        NULL, NULL));
      for (int j = 0; j < 30; j++)
        {
          const int at = g_rand_int_range (rand, 0, n);
          const float step = 1e-4f, value = small[at];
          double above, below;

          small[at] = value + step;
          above = loss (&s, small);
          small[at] = value - step;
          below = loss (&s, small);
          small[at] = value;
          apart += pow ((above - below) / (2 * step) - found[at], 2);
          whole += pow (found[at], 2);
        }
      /* some ReLUs bend between the two */
      g_assert_cmpfloat (sqrt (apart / whole), <, 0.05);
      trip_axis_clear (&y_axis);
      trip_axis_clear (&x_axis);
      trip_arena_clear (&s.arena);
    }
  for (int i = 0; i < trip_network_masks (s.network); i++)
    g_free (s.masks[i]);
  g_free (s.masks);
  trip_network_free (s.network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/gradient/fast", "fast.safetensors", test_gradient);
  g_test_add_data_func ("/gradient/balanced", "balanced.safetensors", test_gradient);
  return g_test_run ();
}
