/* Settling in: what is measured, what becomes of the object's pixels, and the shadow. */
#include <math.h>
#include <string.h>

#include "blur.h"
#include "place/picture.h"
#include "place/settle.h"
#include "place/shadow.h"
#include "support/pictures.h"

/* A disc of picture_new (), soft at its rim, with something absurd where it is transparent. */
static TripImage *
disc (int width, int height, int n_channels)
{
  TripImage *image = picture_new (width, height, n_channels);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        float *p = trip_image_row (image, y) + x * n_channels;
        const double r = hypot ((x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5);

        p[n_channels - 1] = CLAMP (10 * (0.45 - r), 0, 1);
        for (int c = 0; c < n_channels - 1 && p[n_channels - 1] == 0; c++)
          p[c] = 77;
      }
  return image;
}

/* Every colour channel times its factor. */
static TripImage *
tinted (const TripImage *image, double red, double green, double blue)
{
  const double factors[] = { red, green, blue, 1 };
  TripImage *out = trip_image_new (image->width, image->height, image->n_channels, NULL);

  for (int y = 0; y < image->height; y++)
    for (int i = 0; i < image->width * image->n_channels; i++)
      trip_image_row (out, y)[i] = trip_image_row (image, y)[i] * factors[i % image->n_channels];
  return out;
}

static TripImage *
settled (const TripImage *object, const TripSettling *settling)
{
  const TripImagePart part = { object, 0, 0 };
  const TripSource source = trip_source_from_part (&part, object->width, object->height);
  TripImage *out = trip_image_new (object->width, object->height, object->n_channels, NULL);
  const TripSink sink = trip_sink_to_image (out);
  const TripRun run = TRIP_RUN_INIT;
  g_autoptr (GError) error = NULL;

  trip_settle (&source, settling, &sink, &run, &error);
  g_assert_no_error (error);
  return out;
}

/* Where scene and object are alike nothing changes. */
static void
test_same (void)
{
  static const int kinds[][3] = { { 90, 70, 3 }, { 41, 60, 4 }, { 64, 64, 1 }, { 33, 90, 2 }, { 1, 1, 3 },
                                  { 5, 3, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const int n = kinds[i][2];
      g_autoptr (TripImage) image = trip_has_alpha (n) ? disc (kinds[i][0], kinds[i][1], n)
                                                       : picture_new (kinds[i][0], kinds[i][1], n);
      const TripSettling settling = trip_settle_measure (image, image);
      g_autoptr (TripImage) out = settled (image, &settling);

      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat (settling.gain[c], ==, 1);
      g_assert_cmpfloat (settling.blur, ==, 0);
      g_assert_cmpfloat (picture_distance (out, image), ==, 0);
    }
}

/* Into the dark, the light and under coloured light; black and white stay, and so does what is beside them. */
static void
test_tone (void)
{
  g_autoptr (TripImage) object = disc (80, 60, 4), scene = picture_new (200, 150, 3);
  g_autoptr (TripImage) gray = trip_image_new (200, 150, 3, NULL), dark = NULL, warm = NULL, light = NULL;
  g_autoptr (TripImage) row = trip_image_new (64, 1, 3, NULL), out = NULL;
  TripSettling settling, bright = { { 1.3, 1.3, 1.3 }, 0 };

  for (int y = 0; y < 150; y++)
    for (int i = 0; i < 600; i++)
      trip_image_row (gray, y)[i] = trip_image_row (scene, y)[i / 3 * 3];
  dark = tinted (gray, 0.3, 0.3, 0.3);
  settling = trip_settle_measure (dark, object);
  g_assert_cmpfloat (settling.gain[1], <, 0.9);
  g_assert_cmpfloat (settling.gain[1], >, 0.6);
  light = tinted (dark, 10.0 / 3, 10.0 / 3, 10.0 / 3);
  g_assert_cmpfloat (trip_settle_measure (gray, dark).gain[1], >, 1.1);
  g_assert_cmpfloat_with_epsilon (trip_settle_measure (light, gray).gain[1], 1, 0.01);
  warm = tinted (gray, 1, 0.85, 0.6);
  settling = trip_settle_measure (warm, gray);
  g_assert_cmpfloat (settling.gain[0], >, settling.gain[1] * 1.02);
  g_assert_cmpfloat (settling.gain[1], >, settling.gain[2] * 1.02);
  g_assert_cmpfloat (settling.gain[0], <, settling.gain[2] * 1.3);

  for (int i = 0; i < 3 * 64; i++)
    row->data[i] = i / 3 / 40.0 - 0.2; /* also below 0 and above 1 */
  out = settled (row, &bright);
  for (int i = 3; i < 3 * 64; i++)
    {
      g_assert_cmpfloat (out->data[i], >, out->data[i - 3]);
      g_assert_true ((out->data[i] <= 1 + 1e-6) == (row->data[i] <= 1 + 1e-6));
      g_assert_true ((out->data[i] < 0) == (row->data[i] < 0));
    }
}

/* Whatever the scene: numbers, the same alpha, and nothing but alpha's own colours in it. */
static void
test_sane (void)
{
  const float values[] = { 0, 1, 0.5f, 9, -3 };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    for (int n = 2; n <= 4; n += 2)
      {
        g_autoptr (TripImage) object = disc (70, 50, n), scene = picture_constant (120, 90, 5 - n, values[i]);
        TripSettling settling = trip_settle_measure (scene, object);
        g_autoptr (TripImage) out = NULL;

        settling.blur = 1.7;
        out = settled (object, &settling);
        for (int k = 0; k < 70 * 50; k++)
          {
            const float *p = out->data + k / 70 * out->stride + k % 70 * n;
            const float *own = object->data + k / 70 * object->stride + k % 70 * n;

            g_assert_true (p[n - 1] == own[n - 1]);
            for (int c = 0; c < n - 1; c++)
              {
                g_assert_true (isfinite (p[c]));
                if (own[n - 1] > 0)
                  g_assert_true (p[c] >= 0 && p[c] <= 1);
              }
          }
      }
}

static void
test_mirrored (void)
{
  g_autoptr (TripImage) object = disc (75, 61, 4), scene = picture_new (211, 140, 3);
  g_autoptr (TripImage) turned = trip_image_mirrored (object, NULL), other_scene = trip_image_mirrored (scene, NULL);
  const TripSettling settling = trip_settle_measure (scene, object);
  TripSettling other = trip_settle_measure (other_scene, turned);
  g_autoptr (TripImage) out = NULL, other_out = NULL, back = NULL, shadow = NULL, other_shadow = NULL;
  int x, y, other_x, other_y;

  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (settling.gain[c], other.gain[c], 1e-5);
  g_assert_cmpfloat_with_epsilon (settling.blur, other.blur, 1e-3);
  other = settling;
  other.blur = 2.3;
  out = settled (object, &other);
  other_out = settled (turned, &other);
  back = trip_image_mirrored (other_out, NULL);
  g_assert_cmpfloat (picture_distance (out, back), <, 1e-4);

  shadow = trip_shadow (object, &x, &y, NULL);
  other_shadow = trip_shadow (turned, &other_x, &other_y, NULL);
  g_clear_pointer (&back, trip_image_free);
  back = trip_image_mirrored (other_shadow, NULL);
  g_assert_cmpint (y, ==, other_y);
  g_assert_cmpint (x, ==, 75 - other_x - other_shadow->width);
  g_assert_cmpfloat (picture_distance (shadow, back), <, 1e-5);
}

/* The blur of a px has the wanted variance, and bands of rows make no difference. */
static void
test_blur (void)
{
  static const double sigmas[] = { 0.4, 1, 1.7, 5.3, 12 };
  const TripSettling settling = { { 1, 1, 1 }, 3.1 };
  g_autoptr (TripImage) tall = disc (1500, 500, 4), wide = NULL, out = NULL, turned = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (sigmas); i++)
    {
      const int half = trip_blur_reach (sigmas[i]) + 1;
      g_autoptr (TripImage) image = picture_constant (2 * half + 1, 2 * half + 1, 1, 0);
      double sum = 0, across = 0, down = 0;

      trip_image_row (image, half)[half] = 1;
      trip_blur (image, sigmas[i], sigmas[i] / 2);
      for (int y = -half; y <= half; y++)
        for (int x = -half; x <= half; x++)
          {
            const float value = trip_image_row (image, y + half)[x + half];

            sum += value;
            across += value * x * x;
            down += value * y * y;
          }
      g_assert_cmpfloat_with_epsilon (sum, 1, 1e-4);
      g_assert_cmpfloat_with_epsilon (sqrt (across) / sigmas[i], 1, 1e-3);
      g_assert_cmpfloat_with_epsilon (sqrt (down) / sigmas[i], 0.5, 1e-3);
    }
  out = settled (tall, &settling); /* in several bands, and turned in others */
  wide = picture_turned (tall);
  turned = settled (wide, &settling);
  g_clear_pointer (&wide, trip_image_free);
  wide = picture_turned (out);
  g_assert_cmpfloat (picture_distance (turned, wide), <, 1e-4);
}

/* Squares with edges as soft as they are told. */
static TripImage *
squares (int width, int height, double softness)
{
  TripImage *image = trip_image_new (width, height, 3, NULL);

  for (int y = 0; y < height; y++)
    for (int i = 0; i < 3 * width; i++)
      trip_image_row (image, y)[i] = (i / 3 / 20 + y / 20) % 2 ? 0.7 : 0.3;
  trip_blur (image, softness, softness);
  return image;
}

static void
test_sharpness (void)
{
  g_autoptr (TripImage) sharp = squares (120, 120, 0.5), soft = squares (360, 360, 2);
  g_autoptr (TripImage) flat = picture_constant (360, 360, 3, 0.4f), large = squares (400, 400, 0.5), out = NULL;
  const TripSettling settling = trip_settle_measure (soft, large);
  TripSettling again;

  g_assert_cmpfloat (settling.blur, >, 1);
  g_assert_cmpfloat (settling.blur, <, 2);
  g_assert_cmpfloat (trip_settle_measure (soft, sharp).blur, <, 1.5); /* not more than so small an object bears */
  out = settled (large, &settling);
  again = trip_settle_measure (soft, out);
  g_assert_cmpfloat (again.blur, <, settling.blur);
  g_assert_cmpfloat (trip_settle_measure (sharp, soft).blur, ==, 0); /* never sharpened */
  g_assert_cmpfloat (trip_settle_measure (flat, sharp).blur, ==, 0);
}

static float
shadow_at (const TripImage *shadow, int left, int top, int x, int y)
{
  x -= left;
  y -= top;
  return x >= 0 && y >= 0 && x < shadow->width && y < shadow->height ? trip_image_row (shadow, y)[x] : 0;
}

/* Of a table: dark below its legs, less so between them and none at its top; fading downwards; twice as wide for one
 * twice as large. */
static void
test_shadow (void)
{
  TripImage *shadows[2];
  int left[2], top[2];

  for (int k = 0; k < 2; k++)
    {
      const int s = k + 1;
      g_autoptr (TripImage) table = picture_constant (140 * s, 90 * s, 2, 0);

      for (int y = 10 * s; y < 80 * s; y++)
        for (int x = 20 * s; x < 120 * s; x++)
          trip_image_row (table, y)[2 * x + 1] = y < 30 * s || x < 30 * s || x >= 110 * s;
      shadows[k] = trip_shadow (table, &left[k], &top[k], NULL);
    }
  for (int y = 80; y < 120; y++)
    {
      g_assert_cmpfloat (shadow_at (shadows[0], left[0], top[0], 25, y), >=,
                         shadow_at (shadows[0], left[0], top[0], 25, y + 1));
      for (int x = 0; x < 140; x++)
        g_assert_cmpfloat_with_epsilon (shadow_at (shadows[0], left[0], top[0], x, y),
                                        (shadow_at (shadows[1], left[1], top[1], 2 * x, 2 * y)
                                         + shadow_at (shadows[1], left[1], top[1], 2 * x + 1, 2 * y + 1)) / 2, 0.05);
    }
  g_assert_cmpfloat (shadow_at (shadows[0], left[0], top[0], 25, 80), >, 0.4);
  g_assert_cmpfloat (shadow_at (shadows[0], left[0], top[0], 70, 80), <, 0.3);
  g_assert_cmpfloat (shadow_at (shadows[0], left[0], top[0], 70, 80), >, 0.01);
  g_assert_cmpfloat (shadow_at (shadows[0], left[0], top[0], 25, 20), <, 0.01);
  for (int k = 0; k < 2; k++)
    trip_image_free (shadows[k]);
}

/* From sources: the same in a scene four times as large, and the shadow where it belongs. */
static void
test_look (void)
{
  g_autoptr (TripImage) scene = picture_new (160, 120, 3), object = disc (40, 60, 4);
  g_autoptr (TripImage) large = trip_image_new (640, 480, 3, NULL), large_object = trip_image_new (160, 240, 4, NULL);
  const TripImagePart parts[] = { { scene, 0, 0 }, { object, 0, 0 }, { large, 0, 0 }, { large_object, 0, 0 } };
  const TripRect visible = { 0, 0, 40, 60 }, larger = { 0, 0, 160, 240 };
  const TripPlacement place = { 70, 50, 0.8, 0 }, far = { 280, 200, 0.8, 0 };
  TripSource sources[4];
  g_auto (TripSettled) one = { TRIP_SETTLING_INIT }, other = { TRIP_SETTLING_INIT };
  const TripRun run = TRIP_RUN_INIT;

  for (int y = 0; y < 480; y++)
    for (int i = 0; i < 640 * 3; i++)
      trip_image_row (large, y)[i] = trip_image_row (scene, y / 4)[i / 12 * 3 + i % 3];
  for (int y = 0; y < 240; y++)
    for (int i = 0; i < 160 * 4; i++)
      trip_image_row (large_object, y)[i] = trip_image_row (object, y / 4)[i / 16 * 4 + i % 4];
  for (int i = 0; i < 4; i++)
    sources[i] = trip_source_from_part (&parts[i], parts[i].image->width, parts[i].image->height);
  g_assert_true (trip_settle_look (&sources[0], &sources[1], &visible, &place, &run, &one, NULL));
  g_assert_true (trip_settle_look (&sources[2], &sources[3], &larger, &far, &run, &other, NULL));
  for (int c = 0; c < 3; c++)
    g_assert_cmpfloat_with_epsilon (one.settling.gain[c], other.settling.gain[c], 0.03);
  for (int i = 0; i < 40; i++)
    {
      const double y = 50 + i, here = trip_shadow_at (one.shadow, (70 - one.x) / one.step_x, (y - one.y) / one.step_y);

      g_assert_cmpfloat_with_epsilon (here, trip_shadow_at (other.shadow, (280 - other.x) / other.step_x,
                                                            (4 * y - other.y) / other.step_y), 0.12);
      g_assert_true (i != 20 || here > 0.2); /* alpha is a half 24 * 0.8 px below the middle */
    }
  g_assert_cmpfloat (trip_shadow_at (one.shadow, -9, 3), ==, 0);
}

static void
test_refused (void)
{
  g_autoptr (TripImage) empty = picture_constant (20, 30, 4, 0), scene = picture_new (60, 60, 3);
  const TripImagePart part = { scene, 0, 0 };
  const TripSource source = trip_source_from_part (&part, 60, 60);
  const TripSink sink = trip_sink_to_image (scene);
  const TripSettling none = trip_settle_measure (scene, empty), other = trip_settle_measure (empty, scene);
  const TripRect box = { 500, -90, 30, 40 }, around = trip_settle_around (100, 80, &box);
  g_autoptr (GError) error = NULL;
  TripRun run = TRIP_RUN_INIT;
  int x, y;

  g_assert_true (none.gain[0] == 1 && none.blur == 0 && other.gain[0] == 1 && other.blur == 0);
  g_assert_true (around.width >= 1 && around.height >= 1 && around.x >= 0 && around.y >= 0);
  g_assert_true (around.x + around.width <= 100 && around.y + around.height <= 80);
  g_assert_null (trip_shadow (empty, &x, &y, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
  g_clear_error (&error);
  run.cancellable = g_cancellable_new ();
  g_cancellable_cancel (run.cancellable);
  g_assert_false (trip_settle (&source, &none, &sink, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (run.cancellable);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settle/same", test_same);
  g_test_add_func ("/settle/tone", test_tone);
  g_test_add_func ("/settle/sane", test_sane);
  g_test_add_func ("/settle/mirrored", test_mirrored);
  g_test_add_func ("/settle/blur", test_blur);
  g_test_add_func ("/settle/sharpness", test_sharpness);
  g_test_add_func ("/settle/shadow", test_shadow);
  g_test_add_func ("/settle/look", test_look);
  g_test_add_func ("/settle/refused", test_refused);
  return g_test_run ();
}
