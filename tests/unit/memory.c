/* How much memory a run takes: little, and not more for a larger picture.
 *
 * Core's large memory comes from aligned_alloc() and, to decompose, from GLib. The linker puts the functions here in
 * their place and in that of free(), see meson.build, so what is counted is exact under sanitizers too.
 */
#include <malloc.h>
#include <math.h>

#include "support/synthetic.h"

#define LIMIT 400e6 /* bytes, beside the picture and the result */
#define FEW 4       /* threads that this is for */
#define MORE 36e6   /* bytes for each further one */

static gssize held, most; /* bytes; atomic */
static gssize large = G_MAXSSIZE; /* bytes: what of GLib's memory counts, as smaller pieces come from inside of it */

void *__real_aligned_alloc (size_t alignment, size_t size);
void __real_free (void *memory);
void *__wrap_aligned_alloc (size_t alignment, size_t size);
void __wrap_free (void *memory);

static void *
count (void *memory, gssize least)
{
  const gssize size = malloc_usable_size (memory); /* of NULL: 0 */
  gssize before, now;

  if (size < least)
    return memory;
  now = size + g_atomic_pointer_add (&held, size);
  do
    before = (gssize) g_atomic_pointer_get (&most);
  while (before < now && ! g_atomic_pointer_compare_and_exchange (&most, before, now));
  return memory;
}

void *
__wrap_aligned_alloc (size_t alignment, size_t size)
{
  return count (__real_aligned_alloc (alignment, size), 0);
}

/* The linker wants to see them: other libraries use these, too, if not here. */
#pragma GCC visibility push(default)

#define COUNT_ONE(name)                                                                                                \
  void *__real_##name (gsize size);                                                                                    \
  void *__wrap_##name (gsize size);                                                                                    \
  void *__wrap_##name (gsize size)                                                                                     \
  {                                                                                                                    \
    return count (__real_##name (size), large);                                                                        \
  }
#define COUNT_MANY(name)                                                                                               \
  void *__real_##name (gsize n, gsize size);                                                                           \
  void *__wrap_##name (gsize n, gsize size);                                                                           \
  void *__wrap_##name (gsize n, gsize size)                                                                            \
  {                                                                                                                    \
    return count (__real_##name (n, size), large);                                                                     \
  }
COUNT_ONE (g_malloc)
COUNT_ONE (g_malloc0)
COUNT_ONE (g_try_malloc)
COUNT_ONE (g_try_malloc0)
COUNT_MANY (g_malloc_n)
COUNT_MANY (g_malloc0_n)
COUNT_MANY (g_try_malloc_n)
COUNT_MANY (g_try_malloc0_n)

void *__real_g_realloc_n (void *memory, gsize n, gsize size);
void *__wrap_g_realloc_n (void *memory, gsize n, gsize size);
void __real_g_free (void *memory);
void __wrap_g_free (void *memory);

static void
forget (void *memory)
{
  const gssize size = malloc_usable_size (memory);

  if (size >= large)
    g_atomic_pointer_add (&held, -size);
}

void *
__wrap_g_realloc_n (void *memory, gsize n, gsize size)
{
  forget (memory);
  return count (__real_g_realloc_n (memory, n, size), large);
}

void
__wrap_g_free (void *memory)
{
  forget (memory);
  __real_g_free (memory);
}

#pragma GCC visibility pop

void
__wrap_free (void *memory)
{
  if (memory)
    g_atomic_pointer_add (&held, -(gssize) malloc_usable_size (memory));
  __real_free (memory);
}

static TripUpscaleOptions
scaled (const TripSource *source, double scale_x, double scale_y)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = CLAMP (source->width * scale_x, 1, TRIP_MAX_SIZE);
  options.height = CLAMP (source->height * scale_y, 1, TRIP_MAX_SIZE);
  return options;
}

static void
test_estimates (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int model = 0; model < TRIP_N_CHOICES; model++)
    {
      g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (model, NULL);
      double largest = 0;

      for (int i = 0; i < 5000; i++)
        {
          /* sizes and factors of every magnitude */
          const TripSource source = { exp (g_rand_double_range (rand, 0, log (TRIP_MAX_SIZE))),
                                      exp (g_rand_double_range (rand, 0, log (TRIP_MAX_SIZE))),
                                      g_rand_int_range (rand, 1, 5) };
          TripUpscaleOptions options
              = scaled (&source, exp (g_rand_double_range (rand, log (0.05), log (32))),
                        exp (g_rand_double_range (rand, log (0.05), log (32))));
          const int n_threads = g_rand_int_range (rand, 1, 9);
          double bytes;

          options.clean_up = i % 2;
          bytes = trip_upscale_cost (upscaler, &source, &options, n_threads).bytes - MORE * MAX (n_threads - FEW, 0);
          if (bytes > LIMIT)
            g_test_message ("%d x %d px, %d channels, to %d x %d px, %d threads: %.0f MB for few threads",
                            source.width, source.height, source.n_channels, options.width,
                            options.height, n_threads, 1e-6 * bytes);
          largest = MAX (largest, bytes);
        }
      g_test_message ("%s: %.0f MB at most", trip_model_name (model), 1e-6 * largest);
      g_assert_cmpfloat (largest, <, LIMIT);
    }
}

/* What has been allocated when the first tile is done: all that there is to allocate. */
static void
cancel (double fraction, gpointer data)
{
  if (fraction > 0)
    g_cancellable_cancel (data);
}

static void
test_large_pictures (void)
{
  static const struct
  {
    int width, height, n_channels;
    double scale_x, scale_y, clean_up;
    int n_threads;
    TripModel model;
  } runs[] = {
    { 6000, 4000, 3, 2, 2, 0, 1 },         { 6000, 4000, 3, 2, 2, 0, 2 },
    { 6000, 4000, 4, 4, 4, 0, 2 },         { 100000, 200, 4, 2, 2, 0, 2 },
    { 200, 100000, 3, 2, 2, 0, 8 },        { 100000, 200, 3, 1, 32, 0, 2 },
    { 3000, 2000, 4, 32, 32, 0, 1 },       { 6000, 4000, 4, 0.5, 4, 0, 2 },
    { 20000, 10000, 4, 0.05, 0.05, 1, 1 }, { 20000, 10000, 4, 0.3, 0.3, 0, 1 },
    { 400000, 9, 1, 1, 1.2, 0, 2 },        { 700, 500, 3, 2, 2, 0, 2, TRIP_MODEL_BEST },
    { 400, 300, 4, 4, 4, 0, 4, TRIP_MODEL_BEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (runs[i].model, NULL);
      const TripSource source
          = synthetic_source (runs[i].width, runs[i].height, runs[i].n_channels);
      TripUpscaleOptions options = scaled (&source, runs[i].scale_x, runs[i].scale_y);
      const TripSink sink = synthetic_sink ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      const TripRun run = { .cancellable = cancellable,
                            .progress = cancel,
                            .progress_data = cancellable,
                            .n_threads = runs[i].n_threads,
                            .to = 1 };
      g_autoptr (GError) error = NULL;
      double estimate;

      options.clean_up = runs[i].clean_up;
      estimate = trip_upscale_cost (upscaler, &source, &options, run.n_threads).bytes;
      most = 0;
      g_assert_false (trip_upscale (upscaler, &source, &options, &sink, &run, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_test_message (
          "%d x %d px, %d channels, to %d x %d px, %d threads: %.0f MB, estimated %.0f MB",
          source.width, source.height, source.n_channels, options.width, options.height,
          run.n_threads, 1e-6 * most, 1e-6 * estimate);
      g_assert_cmpfloat (most, <, LIMIT);
      g_assert_cmpfloat (most, <, estimate + 1e6);
      g_assert_cmpfloat (most, >, 0.5 * estimate);
      g_assert_cmpint (held, ==, 0);
    }
}

/* The whole of a picture that is many bands high. */
static gssize
peak_of (int width, int height, int n_channels)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (TRIP_MODEL_FAST, NULL);
  const TripSource source = synthetic_source (width, height, n_channels);
  const TripUpscaleOptions options = scaled (&source, 2, 2);
  const TripSink sink = synthetic_sink ();
  const TripRun run = { .n_threads = 2, .to = 1 };

  most = 0;
  g_assert_true (trip_upscale (upscaler, &source, &options, &sink, &run, NULL));
  g_assert_cmpint (held, ==, 0);
  return most;
}

static void
test_does_not_grow (void)
{
  /* of as many rows that tiles are equally high, for which they share a picture evenly */
  for (int n_channels = 3; n_channels <= 4; n_channels++)
    g_assert_cmpfloat (1.05 * peak_of (8, 4224, n_channels), >=, peak_of (8, 12672, n_channels));
}

static gssize
shrinking_peak (int n_threads)
{
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (TRIP_RESTORER_FAST_1, NULL);
  const TripSource source = synthetic_source (120, 100, 3);
  const TripShrinkOptions options = { .width = 60, .height = 50 };
  const TripSink sink = synthetic_sink ();
  const TripRun run = { .n_threads = n_threads, .to = 1 };

  most = 0;
  g_assert_true (trip_shrink (shrinker, &source, &options, &sink, &run, NULL));
  return most;
}

/* Threads that get no tile of a small picture take no memory. */
static void
test_idle_threads (void)
{
  g_assert_cmpint (shrinking_peak (16), ==, shrinking_peak (1));
}

/* An object in a window, as it is found in a picture. */
static void
test_decomposing (void)
{
  static const struct
  {
    int width, height, n_channels;
    TripRect selected;
  } runs[] = {
    { 700, 600, 3, { 300, 250, 120, 140 } }, { 700, 600, 3, { 300, 250, 120, 140 } },
    { 1400, 1100, 3, { 600, 450, 200, 180 } }, { 1400, 1100, 3, { 600, 450, 200, 180 } },
    { 900, 700, 4, { 80, 80, 700, 560 } }, { 900, 700, 4, { 80, 80, 700, 560 } },
    { 700, 800, 1, { 0, 400, 400, 400 } }, { 700, 800, 1, { 0, 400, 400, 400 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      const TripRect *selected = &runs[i].selected;
      const TripRect needs = trip_decompose_needs (runs[i].width, runs[i].height, selected);
      const TripSource source = synthetic_source (runs[i].width, runs[i].height, runs[i].n_channels);
      const double estimate = trip_decompose_bytes (&needs, selected, runs[i].n_channels);
      const TripRun run = { .n_threads = 2, .to = 1 };
      g_autoptr (TripImage) picture = trip_source_read (&source, &needs, NULL);
      g_autoptr (TripImage) selection = trip_image_new (needs.width, needs.height, 1, NULL);
      g_auto (TripParts) parts = { NULL };
      TripImage *layers[TRIP_N_LAYERS];
      TripDecomposeOptions options;
      gssize before;

      large = 1 << 16;
      trip_decompose_options_init (&options);
      options.edge = i % 2 ? 0 : 20; /* where the network is asked, it may see less than is selected */
      for (int y = 0; y < needs.height; y++)
        for (int x = 0; x < needs.width; x++)
          trip_image_row (selection, y)[x] = hypot ((needs.x + x - selected->x + 0.5) / selected->width - 0.5,
                                                    (needs.y + y - selected->y + 0.5) / selected->height - 0.5) < 0.5;
      before = most = held;
      g_assert_true (trip_decompose (picture, selection, &options, &run, &parts, NULL));
      g_assert_true (trip_recompose (&(TripSum) { picture, parts.alpha, parts.background, parts.behind, 255 }, &run,
                                     layers, NULL));
      g_test_message ("%d x %d px of %d x %d, %d channels: %.1f MB, estimated %.1f MB", needs.width, needs.height,
                      runs[i].width, runs[i].height, runs[i].n_channels, 1e-6 * (most - before), 1e-6 * estimate);
      for (int k = 0; k < TRIP_N_LAYERS; k++)
        trip_image_free (layers[k]);
      trip_parts_clear (&parts);
      g_assert_cmpint (held, ==, before);
      g_assert_cmpfloat (most - before, <, estimate);
      if (options.edge > 0)
        g_assert_cmpfloat (1.2 * (most - before), >, estimate);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/memory/estimates", test_estimates);
  g_test_add_func ("/memory/large-pictures", test_large_pictures);
  g_test_add_func ("/memory/does-not-grow", test_does_not_grow);
  g_test_add_func ("/memory/idle-threads", test_idle_threads);
  g_test_add_func ("/memory/decomposing", test_decomposing);
  return g_test_run ();
}
