#include <math.h>

#include "../support/pictures.h"

#define BLOCK 8

/* A row or a column of a block, by the cosine transform and back through steps of its coefficients. */
static void
quantise (float *values, gsize step, float quantum)
{
  double coefficients[BLOCK], out[BLOCK] = { 0 };

  for (int k = 0; k < BLOCK; k++)
    {
      coefficients[k] = 0;
      for (int i = 0; i < BLOCK; i++)
        coefficients[k] += values[i * step] * cos ((i + 0.5) * k * G_PI / BLOCK) * sqrt ((k ? 2.0 : 1.0) / BLOCK);
      coefficients[k] = quantum * round (coefficients[k] / quantum);
    }
  for (int i = 0; i < BLOCK; i++)
    {
      for (int k = 0; k < BLOCK; k++)
        out[i] += coefficients[k] * cos ((i + 0.5) * k * G_PI / BLOCK) * sqrt ((k ? 2.0 : 1.0) / BLOCK);
      values[i * step] = out[i];
    }
}

/* A picture whose blocks, of which the first begins at -x, -y, have lost what is finer than quantum, in levels. */
static TripImage *
with_blocks (int size, int n_channels, int x, int y, float quantum)
{
  g_autoptr (TripImage) whole = picture_new (size + BLOCK, size + BLOCK, n_channels);
  TripImage *image = trip_image_new (size, size, n_channels, NULL);
  GRand *rand = g_rand_new_with_seed (2);
  const int n_colours = n_channels - trip_has_alpha (n_channels);

  for (int row = 0; row < whole->height; row++)
    for (int column = 0; column < whole->width; column++)
      for (int c = 0; c < n_channels; c++)
        {
          float *value = trip_image_row (whole, row) + column * n_channels + c;

          *value = c < n_colours ? *value + g_rand_double_range (rand, -0.02, 0.02) : 1;
        }
  g_rand_free (rand);
  for (int by = 0; quantum > 0 && by + BLOCK <= whole->height; by += BLOCK)
    for (int bx = 0; bx + BLOCK <= whole->width; bx += BLOCK)
      for (int c = 0; c < n_colours; c++)
        for (int pass = 0; pass < 2; pass++)
          for (int i = 0; i < BLOCK; i++)
            quantise (trip_image_row (whole, by + (pass ? 0 : i)) + (bx + (pass ? i : 0)) * n_channels + c,
                      pass ? whole->stride : n_channels, quantum / 255);
  for (int row = 0; row < size; row++)
    for (int i = 0; i < size * n_channels; i++)
      trip_image_row (image, row)[i] = trip_image_row (whole, row + y)[x * n_channels + i];
  return image;
}

static double
clean_up_of (const TripImage *image)
{
  const TripImagePart part = { image, 0, 0 };
  const TripSource source = trip_source_from_part (&part, image->width, image->height);
  double clean_up = -1;

  g_assert_true (trip_jpeg_clean_up (&source, &clean_up, NULL));
  g_assert_cmpfloat (clean_up, >=, 0);
  g_assert_cmpfloat (clean_up, <=, 1);
  return clean_up;
}

static void
test_blocks (void)
{
  for (int n_channels = 1; n_channels <= 4; n_channels++)
    {
      double last = 0;

      for (float quantum = 0; quantum < 40; quantum = quantum > 0 ? 2 * quantum : 12)
        {
          g_autoptr (TripImage) image = with_blocks (200, n_channels, 0, 0, quantum);
          g_autoptr (TripImage) cut = with_blocks (200, n_channels, 5, 2, quantum);
          const double clean_up = clean_up_of (image);

          g_test_message ("%d channels, steps of %g levels: %g", n_channels, quantum, clean_up);
          if (quantum > 0)
            g_assert_cmpfloat (clean_up, >, last);
          else
            g_assert_cmpfloat (clean_up, ==, 0);
          g_assert_cmpfloat_with_epsilon (clean_up_of (cut), clean_up, 0.1);
          last = clean_up;
        }
    }
}

/* What has been reduced since holds no blocks of 8 px. */
static void
test_reduced (void)
{
  g_autoptr (TripImage) image = with_blocks (400, 3, 0, 0, 24);
  const TripUpscaleOptions half = { .width = 270, .height = 270 };
  g_autoptr (TripImage) reduced = picture_upscaled (TRIP_MODEL_FAST, image, &half, 1, NULL);

  g_assert_cmpfloat (clean_up_of (image), >, 0);
  g_assert_cmpfloat (clean_up_of (reduced), ==, 0);
}

/* What is stored where nothing is to be seen tells nothing. */
static void
test_transparent (void)
{
  g_autoptr (TripImage) image = with_blocks (200, 4, 0, 0, 24);

  g_assert_cmpfloat (clean_up_of (image), >, 0);
  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      trip_image_row (image, y)[4 * x + 3] = 0;
  g_assert_cmpfloat (clean_up_of (image), ==, 0);
}

static void
test_small (void)
{
  for (int size = 1; size < 40; size += 3)
    {
      g_autoptr (TripImage) image = picture_constant (size, 40 - size, 3, 0.5);

      g_assert_cmpfloat (clean_up_of (image), ==, 0);
    }
}

static TripImage *
fail (const TripRect *rect, gpointer data, GError **error)
{
  g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "cannot be read");
  return NULL;
}

static void
test_error (void)
{
  const TripSource source = { 100, 100, 3, fail, NULL };
  g_autoptr (GError) error = NULL;
  double clean_up;

  g_assert_false (trip_jpeg_clean_up (&source, &clean_up, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jpeg/blocks", test_blocks);
  g_test_add_func ("/jpeg/reduced", test_reduced);
  g_test_add_func ("/jpeg/transparent", test_transparent);
  g_test_add_func ("/jpeg/small", test_small);
  g_test_add_func ("/jpeg/error", test_error);
  return g_test_run ();
}
