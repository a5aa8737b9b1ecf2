/* What holds for every model and size. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rescale/fill.h"
#include "rescale/reduce.h"
#include "support/pictures.h"
#include "support/progress.h"

static TripUpscaleOptions
to_size (int width, int height)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = width;
  options.height = height;
  return options;
}

static TripImage *
upscaled (TripModel model, const TripImage *image, TripUpscaleOptions options, int n_threads)
{
  g_autoptr (GError) error = NULL;
  TripImage *result = picture_upscaled (model, image, &options, n_threads, &error);

  g_assert_no_error (error);
  return result;
}

static void
test_constant_stays (void)
{
  static const float values[] = { 0, 0.2f, 0.5f, 0.9f, 1 };
  static const int sizes[][2] = { { 34, 31 }, { 60, 47 }, { 80, 17 }, { 9, 50 }, { 5, 4 } };

  for (guint v = 0; v < G_N_ELEMENTS (values); v++)
    for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
      for (int n_channels = 1; n_channels <= 4; n_channels++)
        {
          g_autoptr (TripImage) image = picture_constant (20, 17, n_channels, values[v]);
          TripUpscaleOptions options = to_size (sizes[s][0], sizes[s][1]);
          g_autoptr (TripImage) result = upscaled (TRIP_MODEL_FAST, image, options, 1);
          g_autoptr (TripImage) wanted = picture_constant (sizes[s][0], sizes[s][1], n_channels, values[v]);

          /* with alpha 0 nothing is seen, so only alpha counts */
          if (trip_has_alpha (n_channels) && values[v] == 0)
            g_assert_cmpfloat (result->data[n_channels - 1], ==, 0);
          else
            g_assert_cmpfloat (picture_distance (result, wanted), <, 1e-6);
        }
}

static void
test_antialiasing (void)
{
  g_autoptr (TripImage) stripes = trip_image_new (400, 40, 1, NULL);
  g_autoptr (TripImage) result = NULL;

  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 400; x++)
      trip_image_row (stripes, y)[x] = x % 2;
  result = upscaled (TRIP_MODEL_FAST, stripes, to_size (57, 9), 1);
  for (int y = 0; y < 9; y++)
    for (int x = 3; x < 54; x++)
      g_assert_cmpfloat_with_epsilon (trip_image_row (result, y)[x], 0.5, 0.02);
}

/* Hard edges reduced: no value leaves 0..1, or at the right, where the picture goes to 3, that. */
static void
test_reduction_keeps_range (void)
{
  static const int sizes[][2] = { { 23, 17 }, { 60, 9 }, { 41, 40 } };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (int n_channels = 1; n_channels <= 4; n_channels++)
      {
        g_autoptr (TripImage) image = picture_constant (60, 40, n_channels, 0), result = NULL;

        for (int y = 0; y < 40; y++)
          for (int x = 0; x < 60; x++)
            for (int c = 0; c < n_channels; c++)
              trip_image_row (image, y)[x * n_channels + c] = trip_has_alpha (n_channels) && c == n_channels - 1
                                                              ? (x + y) % 7 > 2 : x < 30 ? x % 5 > 1 : 3 * (x % 5 > 1);
        result = upscaled (TRIP_MODEL_FAST, image, to_size (sizes[s][0], sizes[s][1]), 1);
        for (int y = 0; y < result->height; y++)
          for (int x = 0; x < result->width; x++)
            for (int c = 0; c < n_channels; c++)
              {
                const gboolean plain = (trip_has_alpha (n_channels) && c == n_channels - 1) || x < result->width / 3;

                g_assert_cmpfloat (trip_image_row (result, y)[x * n_channels + c], >=, 0);
                g_assert_cmpfloat (trip_image_row (result, y)[x * n_channels + c], <=, plain ? 1 : 3);
              }
      }
}

static void
test_no_colour_bleeds (void)
{
  g_autoptr (TripImage) image = picture_constant (40, 40, 4, 0);
  g_autoptr (TripImage) result = NULL;

  /* a green disc; what is hidden around it is bright red */
  for (int y = 0; y < 40; y++)
    for (int x = 0; x < 40; x++)
      {
        float *p = trip_image_row (image, y) + 4 * x;
        gboolean inside = hypot (x - 19.5, y - 19.5) < 12;

        p[0] = inside ? 0.1f : 1;
        p[1] = inside ? 0.6f : 0;
        p[2] = 0.1f;
        p[3] = inside;
      }
  for (int shrink = 0; shrink < 2; shrink++)
    {
      int size = shrink ? 23 : 110;

      g_clear_pointer (&result, trip_image_free);
      result = upscaled (TRIP_MODEL_FAST, image, to_size (size, size), 1);
      for (gsize i = 0; i < (gsize) size * size; i++)
        if (result->data[4 * i + 3] > 0.02)
          {
            g_assert_cmpfloat_with_epsilon (result->data[4 * i], 0.1, 0.02);
            g_assert_cmpfloat_with_epsilon (result->data[4 * i + 1], 0.6, 0.02);
          }
    }
}

static void
test_odd_values (void)
{
  g_autoptr (TripImage) image = picture_constant (30, 30, 3, 0.5);
  g_autoptr (TripImage) result = NULL;

  for (int c = 0; c < 3; c++)
    {
      trip_image_row (image, 5)[5 * 3 + c] = NAN;
      trip_image_row (image, 25)[5 * 3 + c] = INFINITY;
      trip_image_row (image, 15)[15 * 3 + c] = 7;
    }
  result = upscaled (TRIP_MODEL_FAST, image, to_size (60, 60), 1);
  for (gsize i = 0; i < result->stride * result->height; i++)
    g_assert_true (isfinite (result->data[i]));
  g_assert_cmpfloat (trip_image_row (result, 30)[30 * 3], >, 3);
  g_assert_cmpfloat_with_epsilon (trip_image_row (result, 58)[58 * 3], 0.5, 1e-6);
}

static void
test_extreme_sizes (void)
{
  static const int sizes[][4] = { { 1, 1, 1, 1 }, { 1, 1, 32, 32 }, { 1, 300, 3, 310 }, { 300, 1, 20, 5 },
                                  { 2, 3, 64, 1 }, { 500, 2, 1, 64 }, { 3, 3, 3, 96 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int n_channels = 1; n_channels <= 4; n_channels++)
      {
        g_autoptr (TripImage) image = picture_new (sizes[i][0], sizes[i][1], n_channels);
        g_autoptr (TripImage) result = upscaled (TRIP_MODEL_BALANCED, image, to_size (sizes[i][2], sizes[i][3]), 2);

        for (gsize j = 0; j < result->stride * result->height; j++)
          g_assert_true (result->data[j] >= 0 && result->data[j] <= 1);
      }
}

/* The mean difference of a picture from what was made of it, once that is reduced to its size again; of colours that
 * are seen, and of alpha. */
static double
disagreement (const TripImage *image, int width, int height, double clean_up)
{
  const int n = image->n_channels;
  const TripRect all = { 0, 0, image->width, image->height };
  TripUpscaleOptions options = to_size (width, height);
  g_autoptr (TripImage) result = NULL, again = NULL;
  g_autoptr (TripReduced) reduced = NULL;
  TripImagePart whole;
  TripSource source;
  double sum = 0;

  options.clean_up = clean_up;
  result = upscaled (TRIP_MODEL_BALANCED, image, options, 2);
  whole = (TripImagePart) { result, 0, 0 };
  source = trip_source_from_part (&whole, width, height);
  reduced = trip_reduced_new (&source, image->width, image->height, NULL);
  again = trip_source_read (trip_reduced_source (reduced), &all, NULL);
  for (int y = 0; y < image->height; y++)
    for (int i = 0; i < image->width * n; i++)
      {
        const float *a = trip_image_row (image, y), *b = trip_image_row (again, y);
        const float seen = trip_has_alpha (n) && i % n < n - 1 ? a[i - i % n + n - 1] : 1;

        sum += seen * fabsf (a[i] - b[i]);
      }
  return sum / (image->height * image->width * n);
}

/* What is enlarged without clean-up and reduced again is the picture, far more than what is cleaned a little. */
static void
test_agrees_with_the_picture (void)
{
  static const int sizes[][2] = { { 96, 80 }, { 77, 44 }, { 48, 120 }, { 300, 240 } };

  for (int n_channels = 1; n_channels <= 4; n_channels++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (TripImage) image = picture_new (48, 40, n_channels);
        const double agreeing = disagreement (image, sizes[i][0], sizes[i][1], 0);
        const double cleaned = disagreement (image, sizes[i][0], sizes[i][1], 0.1);

        g_test_message ("%d channels, %d x %d px: %.3f levels, %.3f cleaned", n_channels, sizes[i][0], sizes[i][1],
                        255 * agreeing, 255 * cleaned);
        g_assert_cmpfloat (agreeing, <, 0.5 * cleaned);
      }
}

/* What is interpolated beyond x4 goes through the pixels of x4: every third one of x12 has the centre of one. Cleaned,
 * so that nothing is made to agree with the picture. */
static void
test_beyond_finest (void)
{
  g_autoptr (TripImage) image = picture_new (20, 13, 4);
  TripUpscaleOptions cleaned[] = { to_size (80, 52), to_size (240, 156), to_size (240, 52) };
  g_autoptr (TripImage) finest = NULL, large = NULL, wide = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cleaned); i++)
    cleaned[i].clean_up = 0.2;
  finest = upscaled (TRIP_MODEL_FAST, image, cleaned[0], 1);
  large = upscaled (TRIP_MODEL_FAST, image, cleaned[1], 2);
  wide = upscaled (TRIP_MODEL_FAST, image, cleaned[2], 1);

  for (int y = 0; y < 52; y++)
    for (int x = 0; x < 80 * 4; x++)
      {
        const int column = (x / 4 * 3 + 1) * 4 + x % 4;
        const float wanted = trip_image_row (finest, y)[x];

        g_assert_cmpfloat_with_epsilon (trip_image_row (large, 3 * y + 1)[column], wanted, 1e-5);
        g_assert_cmpfloat_with_epsilon (trip_image_row (wide, y)[column], wanted, 1e-5);
      }
}

static void
test_same_size_is_a_copy (void)
{
  g_autoptr (TripImage) image = picture_new (33, 21, 4);
  g_autoptr (TripImage) result = upscaled (TRIP_MODEL_BEST, image, to_size (33, 21), 2);

  g_assert_cmpfloat (picture_distance (image, result), ==, 0);
}

static void
test_bad_arguments (void)
{
  g_autoptr (TripImage) image = picture_new (8, 8, 3);
  TripUpscaleOptions bad[] = { to_size (0, 8), to_size (8, -1), to_size (8, TRIP_MAX_SIZE + 1), to_size (16, 16),
                               to_size (16, 16), to_size (16, 16), to_size (16, 16), to_size (16, 16) };

  bad[3].clean_up = 1.5;
  bad[4].clean_up = NAN;
  bad[5].region = (TripRect) { 10, 0, 7, 7 };
  bad[6].region = (TripRect) { G_MAXINT, 0, G_MAXINT, 7 };
  bad[7].tile = G_MAXINT;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (TripImage) sink_image = picture_constant (16, 16, 3, 0.25);
      g_autoptr (TripImage) untouched = picture_constant (16, 16, 3, 0.25);
      g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (TRIP_MODEL_FAST, NULL);
      const TripSource source = trip_source_from_part (&(TripImagePart) { image }, 8, 8);
      TripSink sink = trip_sink_to_image (sink_image);
      TripRun run = TRIP_RUN_INIT;
      g_autoptr (GError) error = NULL;

      g_assert_false (trip_upscale (upscaler, &source, &bad[i], &sink, &run, &error));
      g_assert_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpfloat (picture_distance (sink_image, untouched), ==, 0);
    }
}

static void
cancel_at_half (double fraction, gpointer data)
{
  if (fraction > 0.5)
    g_cancellable_cancel (data);
}

static void
test_cancel (void)
{
  g_autoptr (TripImage) image = picture_new (64, 64, 3), result = trip_image_new (128, 128, 3, NULL);
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (TRIP_MODEL_FAST, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const TripSource source = trip_source_from_part (&(TripImagePart) { image }, 64, 64);
  TripSink sink = trip_sink_to_image (result);
  TripUpscaleOptions options = to_size (128, 128);
  TripRun run = { .cancellable = cancellable, .progress = cancel_at_half, .progress_data = cancellable,
                  .n_threads = 2, .to = 1 };
  g_autoptr (GError) error = NULL;

  options.tile = 8;
  g_assert_false (trip_upscale (upscaler, &source, &options, &sink, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Of one tile, too. */
static void
test_progress (void)
{
  g_autoptr (TripImage) image = picture_new (120, 110, 3), result = trip_image_new (240, 220, 3, NULL);
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (TRIP_MODEL_BEST, NULL);
  const TripSource source = trip_source_from_part (&(TripImagePart) { image }, 120, 110);
  const TripUpscaleOptions options = to_size (240, 220);
  TripSink sink = trip_sink_to_image (result);

  for (int n_threads = 1; n_threads <= 2; n_threads++)
    {
      Progress progress = { 0 };
      const TripRun run = { .progress = progress_see, .progress_data = &progress, .n_threads = n_threads, .to = 1 };

      g_assert_true (trip_upscale (upscaler, &source, &options, &sink, &run, NULL));
      g_assert_cmpfloat (progress.last, ==, 1);
      if (n_threads == 1) /* what another one does is not told */
        g_assert_cmpfloat (progress.step, <=, 0.1);
    }
}

static void
test_cost (void)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (TRIP_MODEL_FAST, NULL);
  const TripSource small = { 500, 400, 3, NULL, NULL }, large = { 12000, 8000, 3, NULL, NULL };
  TripUpscaleOptions twice = to_size (1000, 800), huge = to_size (24000, 16000), tiny = to_size (2, 2);
  TripUpscaleCost a = trip_upscale_cost (upscaler, &small, &twice, 2);
  TripUpscaleCost b = trip_upscale_cost (upscaler, &large, &huge, 2);

  g_assert_cmpfloat (a.macs, >, 500. * 400 * 1e5);
  g_assert_cmpfloat (b.macs, >, 100 * a.macs);
  g_assert_cmpfloat (b.bytes, <, 400e6);
  /* a pixel is made from all of the picture */
  g_assert_cmpfloat (trip_upscale_cost (upscaler, &large, &tiny, 2).bytes, >, 12000. * 8000 * 3 * sizeof (float));
}

static TripImage *
mirrored (const TripImage *image, gboolean across, gboolean down)
{
  const int n = image->n_channels;
  TripImage *result = trip_image_new (image->width, image->height, n, NULL);

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      memcpy (trip_image_row (result, down ? image->height - 1 - y : y) + (across ? image->width - 1 - x : x) * n,
              trip_image_row (image, y) + x * n, n * sizeof (float));
  return result;
}

/* What the weights of best make of a picture's four mirror images where a model that runs them once has them. Cleaned,
 * so that nothing is made to agree with the picture, which is done with the mean. */
static void
test_best_is_a_mean (void)
{
  static const int sizes[][2] = { { 52, 36 }, { 57, 23 }, { 29, 90 }, { 39, 27 }, { 65, 72 }, { 180, 140 } };
  g_autoptr (TripImage) image = picture_new (26, 18, 3);
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL), *path = g_build_filename (folder, "fast.safetensors", NULL);
  g_autoptr (GBytes) weights = trip_model_weights (TRIP_MODEL_BEST, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (weights, NULL), g_bytes_get_size (weights), NULL));
  for (gsize i = 0; i < image->stride * image->height; i++)
    image->data[i] = 0.25f + 0.5f * image->data[i];
  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      TripUpscaleOptions options = to_size (sizes[s][0], sizes[s][1]);
      g_autoptr (TripImage) mean = picture_constant (sizes[s][0], sizes[s][1], 3, 0), result = NULL;

      options.clean_up = 0.2;
      result = upscaled (TRIP_MODEL_BEST, image, options, 1 + s % 4);
      g_setenv ("TRIPTYCH_WEIGHTS", folder, TRUE);
      for (int turn = 0; turn < 4; turn++)
        {
          g_autoptr (TripImage) seen = mirrored (image, turn & 1, turn & 2);
          g_autoptr (TripImage) made = upscaled (TRIP_MODEL_FAST, seen, options, 2);
          g_autoptr (TripImage) back = mirrored (made, turn & 1, turn & 2);

          for (gsize i = 0; i < mean->stride * mean->height; i++)
            mean->data[i] += 0.25f * back->data[i];
          g_assert_cmpfloat (picture_distance (back, result), >, 1e-4);
        }
      g_unsetenv ("TRIPTYCH_WEIGHTS");
      g_assert_cmpfloat (picture_distance (mean, result), <, 1e-5);
    }
  remove (path);
  remove (folder);
}

static void
test_missing_weights (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp (NULL, NULL), *path = g_build_filename (folder, "fast.safetensors", NULL);

  g_setenv ("TRIPTYCH_WEIGHTS", folder, TRUE);
  g_assert_null (trip_upscaler_new (TRIP_MODEL_FAST, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "not weights at all", -1, NULL));
  g_assert_null (trip_upscaler_new (TRIP_MODEL_FAST, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS);
  g_unsetenv ("TRIPTYCH_WEIGHTS");
  remove (path);
  remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upscale/constant-stays", test_constant_stays);
  g_test_add_func ("/upscale/antialiasing", test_antialiasing);
  g_test_add_func ("/upscale/reduction-keeps-range", test_reduction_keeps_range);
  g_test_add_func ("/upscale/no-colour-bleeds", test_no_colour_bleeds);
  g_test_add_func ("/upscale/odd-values", test_odd_values);
  g_test_add_func ("/upscale/extreme-sizes", test_extreme_sizes);
  g_test_add_func ("/upscale/agrees-with-the-picture", test_agrees_with_the_picture);
  g_test_add_func ("/upscale/beyond-finest", test_beyond_finest);
  g_test_add_func ("/upscale/same-size-is-a-copy", test_same_size_is_a_copy);
  g_test_add_func ("/upscale/bad-arguments", test_bad_arguments);
  g_test_add_func ("/upscale/cancel", test_cancel);
  g_test_add_func ("/upscale/progress", test_progress);
  g_test_add_func ("/upscale/cost", test_cost);
  g_test_add_func ("/upscale/best-is-a-mean", test_best_is_a_mean);
  g_test_add_func ("/upscale/missing-weights", test_missing_weights);
  return g_test_run ();
}
