/* However a result is cut into tiles, regions and threads, it is the same: at random, but the same
 * cases every time. */
#include <math.h>
#include <string.h>

#include "support/pictures.h"

#define N_RANDOM 120
#define MAX_SIDE 70        /* px of a random picture */
#define MAX_RESULT 60000.0 /* px */
#define MAX_WORK 150000.0  /* px of all tiles with their margins */
#define MARGIN 16          /* px, about */
#define MAX_TILE 100       /* px */

typedef struct
{
  TripModel model;
  int width, height, n_channels;
  TripUpscaleOptions options;
  int n_threads;
} Case;

static double
magnitude (GRand *rand, double least, double most)
{
  return exp (g_rand_double_range (rand, log (least), log (most)));
}

static int
between (GRand *rand, int least, int most)
{
  return g_rand_int_range (rand, least, most + 1);
}

/* A part of the result, tiles and threads. */
static void
cut_at_random (Case *c, GRand *rand)
{
  TripUpscaleOptions *o = &c->options;
  TripRect *r = &o->region;
  double covered_x, covered_y;

  *r = (TripRect) { 0 };
  if (between (rand, 0, 2) > 0)
    {
      r->x = between (rand, 0, o->width - 1);
      r->y = between (rand, 0, o->height - 1);
      r->width = between (rand, 1, o->width - r->x);
      r->height = between (rand, 1, o->height - r->y);
    }
  c->n_threads = between (rand, 1, 4);
  o->tile = between (rand, 0, 3) ? magnitude (rand, 1, MAX_TILE) : 0;
  covered_x = (double) MIN (c->width, o->width) * (r->width ? r->width : o->width) / o->width;
  covered_y = (double) MIN (c->height, o->height) * (r->width ? r->height : o->height) / o->height;
  while (o->tile > 0 && o->tile < MAX_TILE
         && (ceil (covered_x / o->tile) * (o->tile + 2 * MARGIN) * ceil (covered_y / o->tile)
             * (o->tile + 2 * MARGIN))
                > MAX_WORK)
    o->tile++;
}

/* The region from no more of the picture than trip_upscale_needs() names. */
static TripImage *
run_case (const Case *c, const TripUpscaler *upscaler, const TripImage *picture)
{
  const TripRect needs = trip_upscale_needs (c->width, c->height, &c->options),
                 *r = &c->options.region;
  const TripImagePart all = { picture, 0, 0 };
  const TripSource everything = trip_source_from_part (&all, c->width, c->height);
  g_autoptr (TripImage) needed = trip_source_read (&everything, &needs, NULL);
  const TripImagePart part = { needed, needs.x, needs.y };
  const TripSource source = trip_source_from_part (&part, c->width, c->height);
  TripImage *result
      = trip_image_new (r->width ? r->width : c->options.width,
                        r->width ? r->height : c->options.height, c->n_channels, NULL);
  const TripSink sink = trip_sink_to_image (result);
  const TripRun run = { .n_threads = c->n_threads, .to = 1 };
  g_autoptr (GError) error = NULL;

  trip_upscale (upscaler, &source, &c->options, &sink, &run, &error);
  g_assert_no_error (error);
  return result;
}

static TripImage *
cut_out (const TripImage *image, const TripRect *rect)
{
  const TripImagePart all = { image, 0, 0 };
  const TripSource source = trip_source_from_part (&all, image->width, image->height);
  const TripRect whole = { 0, 0, image->width, image->height };

  return trip_source_read (&source, rect->width ? rect : &whole, NULL);
}

/* Some pixels transparent, some nearly, in places of every size. */
static void
cut_holes (TripImage *image)
{
  const int n = image->n_channels;

  for (int y = 0; trip_has_alpha (n) && y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        float *alpha = trip_image_row (image, y) + x * n + n - 1;

        *alpha = MAX (1.5f * *alpha - 0.5f + 0.8f * sinf (0.05f * x * y), 0);
      }
}

static void
check_case (Case *c, GRand *rand, int n_cuts)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (c->model, NULL);
  g_autoptr (TripImage) picture = picture_new (c->width, c->height, c->n_channels), whole = NULL;

  cut_holes (picture);
  c->options.tile = TRIP_MAX_SIZE; /* all of it one tile */
  c->n_threads = 1;
  whole = run_case (c, upscaler, picture);
  for (int i = 0; i < n_cuts; i++)
    {
      g_autoptr (TripImage) result = NULL, again = NULL, wanted = NULL;
      float distance;

      if (i > 0)
        cut_at_random (c, rand);
      else
        c->options.tile = 0;
      result = run_case (c, upscaler, picture);
      again = run_case (c, upscaler, picture);
      wanted = cut_out (whole, &c->options.region);
      distance = picture_distance (result, wanted);
      if (! (distance <= 1e-4) || picture_distance (result, again) != 0)
        g_test_message ("%s: %d x %d px, %d channels, to %d x %d px, region %d, %d, %d x %d px, "
                        "clean-up %g, tile %d, "
                        "%d threads: differs by %g",
                        trip_model_name (c->model), c->width, c->height, c->n_channels,
                        c->options.width, c->options.height, c->options.region.x,
                        c->options.region.y, c->options.region.width, c->options.region.height,
                        c->options.clean_up, c->options.tile, c->n_threads, distance);
      g_assert_cmpfloat (distance, <=, 1e-4);
      g_assert_cmpfloat (picture_distance (result, again), ==, 0);
    }
}

static int
scaled (int length, double factor)
{
  return MAX ((int) (length * factor + 0.5), 1);
}

static Case
to_size (TripModel model, int width, int height, int n_channels, int result_width,
         int result_height)
{
  Case c = { model, width, height, n_channels, .n_threads = 1 };

  trip_upscale_options_init (&c.options);
  c.options.width = result_width;
  c.options.height = result_height;
  return c;
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20);

  for (int i = 0; i < N_RANDOM; i++)
    {
      const int width = magnitude (rand, 1, MAX_SIDE + 1),
                height = magnitude (rand, 1, MAX_SIDE + 1);
      const TripModel model = i % 12 == 0  ? TRIP_MODEL_BEST
                              : i % 4 == 0 ? TRIP_MODEL_BALANCED
                                           : TRIP_MODEL_FAST;
      const double most = sqrt (MAX_RESULT / (width * height));
      Case c = to_size (model, width, height, between (rand, 1, 4),
                        scaled (width, magnitude (rand, 0.05, MIN (most, 32))),
                        scaled (height, magnitude (rand, 0.05, MIN (most, 32))));

      c.options.clean_up = i % 3 ? 0 : 0.5;
      check_case (&c, rand, 3);
    }
}

static void
test_extremes (void)
{
  static const int sizes[][2]
      = { { 1, 1 }, { 1, 2 }, { 2, 2 }, { 1, 60 }, { 60, 1 }, { 2, 47 }, { 5, 3 } };
  static const double scales[][2] = { { 32, 32 },  { 32, 0.05 },   { 0.05, 32 }, { 0.05, 0.05 },
                                      { 1.02, 1 }, { 1.02, 0.98 }, { 1, 7.3 },   { 3, 2 } };
  g_autoptr (GRand) rand = g_rand_new_with_seed (21);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (scales); j++)
      {
        Case c = to_size (TRIP_MODEL_FAST, sizes[i][0], sizes[i][1], 1 + (i + j) % 4,
                          scaled (sizes[i][0], scales[j][0]), scaled (sizes[i][1], scales[j][1]));

        check_case (&c, rand, 2);
      }
}

/* So long that not all of a band is read at once. */
static void
test_strip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (22);
  Case c = to_size (TRIP_MODEL_FAST, 7000, 3, 4, 8000, 5);

  check_case (&c, rand, 3);
}

/* So much smaller that reading one tile needs much of the picture. */
static void
test_reductions (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);

  for (int n_channels = 1; n_channels <= 4; n_channels++)
    {
      Case both = to_size (TRIP_MODEL_FAST, 2400, 600 + n_channels, n_channels, 130, 40);
      Case one = to_size (TRIP_MODEL_FAST, 3000, 20 * n_channels, n_channels, 300, 25 * n_channels);

      both.options.clean_up = n_channels % 2;
      check_case (&both, rand, 3);
      check_case (&one, rand, 2);
    }
}

/* What tiles compute twice does not eat up what more threads give. */
static void
test_many_threads (void)
{
  const TripSource source = { 2000, 1500, 3, NULL, NULL };
  TripUpscaleOptions twice;

  trip_upscale_options_init (&twice);
  twice.width = 4000;
  twice.height = 3000;
  for (int model = 0; model < TRIP_N_CHOICES; model++)
    {
      g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (model, NULL);
      const double one = trip_upscale_cost (upscaler, &source, &twice, 1).macs;

      for (int n_threads = 2; n_threads <= 16; n_threads++)
        g_assert_cmpfloat (trip_upscale_cost (upscaler, &source, &twice, n_threads).macs, <, 1.5 * one);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiles/random", test_random);
  g_test_add_func ("/tiles/extremes", test_extremes);
  g_test_add_func ("/tiles/strip", test_strip);
  g_test_add_func ("/tiles/reductions", test_reductions);
  g_test_add_func ("/tiles/many-threads", test_many_threads);
  return g_test_run ();
}
