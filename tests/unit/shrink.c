/* What holds for every small picture that is to be brought back. */
#include <math.h>
#include <string.h>

#include "support/pictures.h"
#include "support/progress.h"

#define MODEL TRIP_RESTORER_FAST_1

static TripShrinkOptions
to_size (int width, int height)
{
  TripShrinkOptions options;

  trip_shrink_options_init (&options);
  options.width = width;
  options.height = height;
  return options;
}

static TripImage *
shrunk (const TripImage *picture, const TripShrinkOptions *options, int n_threads, GError **error)
{
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  g_autoptr (TripImage) small = trip_image_new (options->width, options->height, picture->n_channels, NULL);
  const TripImagePart whole = { picture, 0, 0 };
  const TripSource source = trip_source_from_part (&whole, picture->width, picture->height);
  TripSink sink = trip_sink_to_image (small);
  TripRun run = TRIP_RUN_INIT;

  run.n_threads = n_threads;
  return trip_shrink (shrinker, &source, options, &sink, &run, error) ? g_steal_pointer (&small) : NULL;
}

static double
fidelity (const TripImage *small, const TripImage *picture)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (MODEL, NULL);
  const TripImagePart parts[] = { { small, 0, 0 }, { picture, 0, 0 } };
  const TripSource small_source = trip_source_from_part (&parts[0], small->width, small->height);
  const TripSource source = trip_source_from_part (&parts[1], picture->width, picture->height);
  const TripRun run = TRIP_RUN_INIT;
  g_autoptr (GError) error = NULL;
  double value = 0;

  trip_shrink_restore (upscaler, &small_source, &source, NULL, &run, &value, &error);
  g_assert_no_error (error);
  return value;
}

/* There and back. */
static void
test_progress (void)
{
  g_autoptr (TripImage) picture = picture_new (96, 80, 3), small = trip_image_new (48, 40, 3, NULL);
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (MODEL, NULL);
  const TripImagePart parts[] = { { picture, 0, 0 }, { small, 0, 0 } };
  const TripSource source = trip_source_from_part (&parts[0], 96, 80);
  const TripSource small_source = trip_source_from_part (&parts[1], 48, 40);
  const TripShrinkOptions options = to_size (48, 40);
  TripSink sink = trip_sink_to_image (small);
  Progress progress = { 0 };
  TripRun run = { .progress = progress_see, .progress_data = &progress, .n_threads = 1, .to = 0.5 };
  double value;

  g_assert_true (trip_shrink (shrinker, &source, &options, &sink, &run, NULL));
  g_assert_cmpfloat (progress.last, ==, 0.5);
  g_assert_cmpint (progress.n, >, 8);
  run.from = 0.5;
  run.to = 1;
  g_assert_true (trip_shrink_restore (upscaler, &small_source, &source, NULL, &run, &value, NULL));
  g_assert_cmpfloat (progress.last, ==, 1);
  g_assert_cmpfloat (progress.step, <=, 0.1);
}

static TripImage *
reduced (const TripImage *picture, int width, int height)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = width;
  options.height = height;
  return picture_upscaled (MODEL, picture, &options, 1, NULL);
}

static void
test_no_strength (void)
{
  TripShrinkOptions options = to_size (19, 22);

  options.strength = 0;
  for (int n_channels = 1; n_channels <= 4; n_channels++)
    {
      g_autoptr (TripImage) picture = picture_new (38, 31, n_channels), plain = reduced (picture, 19, 22);

      for (int rounded = 0; rounded <= 1; rounded++)
        {
          g_autoptr (TripImage) small = NULL;

          options.rounded = rounded;
          small = shrunk (picture, &options, 1, NULL);
          g_assert_cmpfloat (picture_distance (small, plain), <=, rounded ? 0.5001 / 255 : 1e-5);
        }
    }
}

static void
test_constant_stays (void)
{
  static const int codes[] = { 0, 51, 128, 255 };
  const TripShrinkOptions options = to_size (17, 11);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    for (int n_channels = 1; n_channels <= 3; n_channels += 2)
      {
        g_autoptr (TripImage) picture = picture_constant (34, 30, n_channels, codes[i] / 255.0f);
        g_autoptr (TripImage) wanted = picture_constant (17, 11, n_channels, codes[i] / 255.0f);
        g_autoptr (TripImage) small = shrunk (picture, &options, 1, NULL);

        g_assert_cmpfloat (picture_distance (small, wanted), <, 1e-5);
        g_assert_cmpfloat (fidelity (small, picture), >, 90);
      }
}

/* Wide enough for two tiles. */
static void
test_deterministic (void)
{
  g_autoptr (TripImage) picture = picture_new (410, 12, 3);
  TripShrinkOptions options = to_size (205, 6);
  g_autoptr (TripImage) a = NULL, b = NULL, c = NULL;

  options.strength = 0.2;
  a = shrunk (picture, &options, 1, NULL);
  b = shrunk (picture, &options, 1, NULL);
  c = shrunk (picture, &options, 3, NULL);
  g_assert_cmpfloat (picture_distance (a, b), ==, 0);
  g_assert_cmpfloat (picture_distance (a, c), ==, 0);
}

static void
test_restores (void)
{
  static const int sizes[][2] = { { 24, 20 }, { 32, 27 }, { 48, 10 }, { 16, 40 } };

  for (int n_channels = 1; n_channels <= 4; n_channels++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        const TripShrinkOptions options = to_size (sizes[i][0], sizes[i][1]);
        g_autoptr (TripImage) picture = picture_new (48, 40, n_channels);
        g_autoptr (TripImage) small = shrunk (picture, &options, 0, NULL);
        g_autoptr (TripImage) plain = reduced (picture, sizes[i][0], sizes[i][1]);
        const double ours = fidelity (small, picture), theirs = fidelity (plain, picture);

        g_test_message ("%d channels, %d x %d px: %.2f dB, of a plain reduction %.2f dB", n_channels, sizes[i][0],
                        sizes[i][1], ours, theirs);
        g_assert_cmpfloat (ours, >, theirs);
        for (gsize j = 0; j < small->stride * small->height; j++)
          g_assert_true (small->data[j] >= 0 && small->data[j] <= 1);
      }
}

static void
test_looks_plain (void)
{
  const TripShrinkOptions options = to_size (24, 20);
  g_autoptr (TripImage) picture = picture_new (48, 40, 3), small = shrunk (picture, &options, 1, NULL);
  g_autoptr (TripImage) plain = reduced (picture, 24, 20);
  double apart = 0;

  for (gsize i = 0; i < small->stride * small->height; i++)
    {
      apart += pow (small->data[i] - plain->data[i], 2);
      g_assert_cmpfloat_with_epsilon (small->data[i] * 255, rint (small->data[i] * 255), 1e-3);
    }
  g_assert_cmpfloat (-10 * log10 (apart / (small->stride * small->height)), >, 39.5);
}

static void
test_extreme_sizes (void)
{
  static const int sizes[][4] = { { 1, 1, 1, 1 }, { 2, 1, 1, 1 }, { 20, 20, 1, 1 }, { 7, 300, 7, 15 },
                                  { 300, 2, 15, 2 }, { 3, 3, 2, 2 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (int n_channels = 1; n_channels <= 4; n_channels++)
      {
        const TripShrinkOptions options = to_size (sizes[i][2], sizes[i][3]);
        g_autoptr (TripImage) picture = picture_new (sizes[i][0], sizes[i][1], n_channels);
        g_autoptr (TripImage) small = shrunk (picture, &options, 2, NULL);

        for (gsize j = 0; j < small->stride * small->height; j++)
          g_assert_true (small->data[j] >= 0 && small->data[j] <= 1);
      }
}

static void
test_transparent (void)
{
  const TripShrinkOptions options = to_size (10, 9);
  g_autoptr (TripImage) picture = picture_new (20, 18, 4), small = NULL;

  for (int i = 0; i < 20 * 18; i++)
    picture->data[4 * i + 3] = 0;
  small = shrunk (picture, &options, 1, NULL);
  for (int i = 0; i < 10 * 9; i++)
    g_assert_cmpfloat (small->data[4 * i + 3], ==, 0);
  g_assert_true (isinf (fidelity (small, picture)));
}

static void
test_bad_arguments (void)
{
  g_autoptr (TripImage) picture = picture_new (20, 18, 3), sink_image = picture_constant (10, 9, 3, 0.25);
  g_autoptr (TripImage) untouched = picture_constant (10, 9, 3, 0.25);
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  const TripImagePart whole = { picture, 0, 0 };
  const TripSource source = trip_source_from_part (&whole, 20, 18);
  TripShrinkOptions bad[] = { to_size (0, 9), to_size (10, -1), to_size (21, 9), to_size (10, 19), to_size (10, 9),
                              to_size (10, 9), to_size (10, 9) };

  bad[4].strength = -0.1;
  bad[5].strength = 1.1;
  bad[6].strength = NAN;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      TripSink sink = trip_sink_to_image (sink_image);
      const TripRun run = TRIP_RUN_INIT;
      g_autoptr (GError) error = NULL;

      g_assert_false (trip_shrink (shrinker, &source, &bad[i], &sink, &run, &error));
      g_assert_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpfloat (picture_distance (sink_image, untouched), ==, 0);
    }
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (100000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (TripImage) picture = picture_new (1600, 1600, 3), small = trip_image_new (800, 800, 3, NULL);
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const TripImagePart whole = { picture, 0, 0 };
  const TripSource source = trip_source_from_part (&whole, 1600, 1600);
  const TripShrinkOptions options = to_size (800, 800);
  TripSink sink = trip_sink_to_image (small);
  TripRun run = TRIP_RUN_INIT;
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  const gint64 start = g_get_monotonic_time ();

  run.cancellable = cancellable;
  g_assert_false (trip_shrink (shrinker, &source, &options, &sink, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_test_message ("%.0f ms after cancelling", 1e-3 * (g_get_monotonic_time () - start) - 100);
  g_thread_join (thread);
}

static void
test_cost (void)
{
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  const TripSource small = { 500, 400, 3 }, large = { 12000, 8000, 3 };
  const TripShrinkOptions half = to_size (250, 200), huge = to_size (6000, 4000);
  const TripUpscaleCost a = trip_shrink_cost (shrinker, &small, &half, 2),
                        b = trip_shrink_cost (shrinker, &large, &huge, 2);

  g_assert_cmpfloat (a.macs, >, 250. * 200 * 1e6);
  g_assert_cmpfloat (b.macs, >, 100 * a.macs);
  g_assert_cmpfloat (b.bytes, <, 600e6);
}

/* What is a single tile needs the memory of one, however many threads there are. */
static void
test_idle_threads (void)
{
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (MODEL, NULL);
  const TripSource tiny = { 120, 100, 3 }, wide = { 3000, 100, 3 };
  const TripShrinkOptions one = to_size (60, 50), row = to_size (1500, 50);

  g_assert_cmpfloat (trip_shrink_cost (shrinker, &tiny, &one, 16).bytes, ==,
                     trip_shrink_cost (shrinker, &tiny, &one, 1).bytes);
  g_assert_cmpfloat (trip_shrink_cost (shrinker, &wide, &row, 64).bytes, ==,
                     trip_shrink_cost (shrinker, &wide, &row, 32).bytes);
  g_assert_cmpfloat (trip_shrink_cost (shrinker, &wide, &row, 2).bytes, >,
                     trip_shrink_cost (shrinker, &wide, &row, 1).bytes);
}

static void
test_note (void)
{
  const TripShrinkNote note = { 640, 481, 320, 1, TRIP_RESTORER_BALANCED_1 };
  g_autofree char *line = trip_shrink_note (&note);
  g_autofree char *comment = g_strconcat ("Created with care\n", line, "\nand more", NULL);
  TripShrinkNote read;

  g_assert_null (strchr (line, '\n'));
  g_assert_true (trip_shrink_note_parse (comment, &read));
  g_assert_cmpint (read.width, ==, note.width);
  g_assert_cmpint (read.height, ==, note.height);
  g_assert_cmpint (read.small_width, ==, note.small_width);
  g_assert_cmpint (read.small_height, ==, note.small_height);
  g_assert_cmpint (read.restorer, ==, note.restorer);
}

static void
test_bad_notes (void)
{
  static const char *const bad[] = {
    "", "a comment", "Triptych: shrunk from ", "Triptych: shrunk from 640 x 480 px for restorer-balanced-1",
    "Triptych: shrunk from 640 x 480 px for huge to 320 x 240 px",
    "Triptych: shrunk from 640 x 480 px for restorer-restorer-restorer-restorer to 320 x 240 px",
    "Triptych: shrunk from 0 x 480 px for restorer-balanced-1 to 320 x 240 px",
    "Triptych: shrunk from 640 x -480 px for restorer-balanced-1 to 320 x 240 px",
    "Triptych: shrunk from 524289 x 480 px for restorer-balanced-1 to 320 x 240 px",
    "Triptych: shrunk from 99999999999999999999 x 480 px for restorer-balanced-1 to 320 x 240 px",
    "Triptych: shrunk from 640 x 480 px for restorer-balanced-1 to 641 x 240 px",
    "Triptych: shrunk from 640 x 480 px for restorer-balanced-1 to 320 x 0 px",
    "triptych: shrunk from 640 x 480 px for restorer-balanced-1 to 320 x 240 px",
  };
  TripShrinkNote note;

  g_assert_false (trip_shrink_note_parse (NULL, &note));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (trip_shrink_note_parse (bad[i], &note));
  g_assert_true (trip_shrink_note_parse ("Triptych: shrunk from a ruin\n"
                                         "Triptych: shrunk from 640 x 480 px for restorer-fast-1 to 320 x 240 px",
                                         &note));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shrink/no-strength", test_no_strength);
  g_test_add_func ("/shrink/constant-stays", test_constant_stays);
  g_test_add_func ("/shrink/deterministic", test_deterministic);
  g_test_add_func ("/shrink/restores", test_restores);
  g_test_add_func ("/shrink/looks-plain", test_looks_plain);
  g_test_add_func ("/shrink/extreme-sizes", test_extreme_sizes);
  g_test_add_func ("/shrink/transparent", test_transparent);
  g_test_add_func ("/shrink/bad-arguments", test_bad_arguments);
  g_test_add_func ("/shrink/progress", test_progress);
  g_test_add_func ("/shrink/cancel", test_cancel);
  g_test_add_func ("/shrink/cost", test_cost);
  g_test_add_func ("/shrink/idle-threads", test_idle_threads);
  g_test_add_func ("/shrink/note", test_note);
  g_test_add_func ("/shrink/bad-notes", test_bad_notes);
  return g_test_run ();
}
