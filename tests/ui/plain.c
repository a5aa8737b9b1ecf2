/* The plain scaling that a preview compares with. */
#include "plain.h"

#include <math.h>

#define WIDTH 40
#define HEIGHT 30

static TripImage *
new_picture (double (*value) (int x, int y, int c))
{
  TripImage *image = trip_image_new (WIDTH, HEIGHT, 4, NULL);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      for (int c = 0; c < 4; c++)
        trip_image_row (image, y)[4 * x + c] = value (x, y, c);
  return image;
}

/* Linear, premultiplied. */
static TripImage *
scale (const TripImage *image, int width, int height, const TripRect *region)
{
  const TripImagePart part = { image, 0, 0 };
  g_autoptr (GError) error = NULL;
  const Babl *format;
  TripImage *out = ui_plain_scale (&part, babl_format ("RaGaBaA float"), WIDTH, HEIGHT, width,
                                   height, region, &format, &error);

  g_assert_no_error (error);
  g_assert_true (format == babl_format ("RaGaBaA float"));
  g_assert_cmpint (out->width, ==, region->width);
  g_assert_cmpint (out->height, ==, region->height);
  return out;
}

static double
constant (int x, int y, int c)
{
  return 0.3 + 0.1 * c;
}

static double
ramp (int x, int y, int c)
{
  return c % 2 ? y + 0.5 : x + 0.5;
}

static double
noise (int x, int y, int c)
{
  return (((x * 73 + y * 151 + c * 31) * 2654435761u) >> 8 & 0xffff) / 65535.0;
}

static void
test_constant (void)
{
  g_autoptr (TripImage) in = new_picture (constant);
  const int sizes[] = { 3, 17, 40, 111, 400 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
      {
        const TripRect all = { 0, 0, sizes[i], sizes[k] };
        g_autoptr (TripImage) out = scale (in, sizes[i], sizes[k], &all);

        for (int y = 0; y < out->height; y++)
          for (int x = 0; x < 4 * out->width; x++)
            g_assert_cmpfloat_with_epsilon (trip_image_row (out, y)[x], constant (0, 0, x % 4),
                                            1e-5);
      }
}

/* The centres of pixels lie where the picture says: a ramp stays the same ramp, at any size. */
static void
test_phase (void)
{
  g_autoptr (TripImage) in = new_picture (ramp);
  const int sizes[][2] = { { 80, 60 }, { 100, 90 }, { 57, 33 }, { 20, 15 }, { 23, 71 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const int width = sizes[i][0], height = sizes[i][1];
      const TripRect all = { 0, 0, width, height };
      g_autoptr (TripImage) out = scale (in, width, height, &all);

      for (int y = height / 4; y < height * 3 / 4; y++)
        for (int x = width / 4; x < width * 3 / 4; x++)
          {
            const float *pixel = trip_image_row (out, y) + 4 * x;

            g_assert_cmpfloat_with_epsilon (pixel[0], (x + 0.5) * WIDTH / width, 0.03);
            g_assert_cmpfloat_with_epsilon (pixel[1], (y + 0.5) * HEIGHT / height, 0.03);
          }
    }
}

static void
test_identity (void)
{
  g_autoptr (TripImage) in = new_picture (noise);
  const TripRect all = { 0, 0, WIDTH, HEIGHT };
  g_autoptr (TripImage) out = scale (in, WIDTH, HEIGHT, &all);

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < 4 * WIDTH; x++)
      g_assert_cmpfloat_with_epsilon (trip_image_row (out, y)[x], trip_image_row (in, y)[x], 1e-6);
}

/* A region computed from no more than the part it needs equals that region of the whole. */
static void
test_region (void)
{
  g_autoptr (TripImage) in = new_picture (noise);
  const int sizes[][2] = { { 400, 300 }, { 61, 200 }, { 20, 15 } };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      const int width = sizes[i][0], height = sizes[i][1];
      const TripRect all = { 0, 0, width, height };
      const TripRect region = { width / 3, height / 2, width / 3, height / 4 };
      TripUpscaleOptions options = { .width = width, .height = height, .region = region };
      const TripRect needs = trip_upscale_needs (WIDTH, HEIGHT, &options);
      const TripImagePart whole = { in, 0, 0 };
      const TripSource source = trip_source_from_part (&whole, WIDTH, HEIGHT);
      g_autoptr (TripImage) cut = trip_source_read (&source, &needs, NULL);
      const TripImagePart part = { cut, needs.x, needs.y };
      g_autoptr (TripImage) expected = scale (in, width, height, &all);
      const Babl *format;
      g_autoptr (TripImage) out = ui_plain_scale (&part, babl_format ("RaGaBaA float"), WIDTH,
                                                  HEIGHT, width, height, &region, &format, NULL);

      for (int y = 0; y < region.height; y++)
        for (int x = 0; x < 4 * region.width; x++)
          g_assert_cmpfloat_with_epsilon (trip_image_row (out, y)[x],
                                          trip_image_row (expected, y + region.y)[x + 4 * region.x],
                                          1e-6);
    }
}

int
main (int argc, char **argv)
{
  babl_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plain/constant", test_constant);
  g_test_add_func ("/plain/phase", test_phase);
  g_test_add_func ("/plain/identity", test_identity);
  g_test_add_func ("/plain/region", test_region);
  return g_test_run ();
}
