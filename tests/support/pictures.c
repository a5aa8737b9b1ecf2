#include "pictures.h"

#include <math.h>

TripImage *
picture_new (int width, int height, int n_channels)
{
  TripImage *image = trip_image_new (width, height, n_channels, NULL);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < n_channels; c++)
        {
          gboolean inside = abs (2 * x - width) < width / 2 && abs (2 * y - height) < height / 2;
          float wave = 0.5f + 0.3f * sinf (0.7f * x + c) * cosf (0.4f * y - c);

          trip_image_row (image, y)[x * n_channels + c] = inside ? 1 - wave : wave;
        }
  return image;
}

TripImage *
picture_constant (int width, int height, int n_channels, float value)
{
  TripImage *image = trip_image_new (width, height, n_channels, NULL);

  for (gsize i = 0; i < image->stride * height; i++)
    image->data[i] = value;
  return image;
}

#define FLOOR 0.4 /* of a scene's height */

static float
disc (double x, double y, double centre_x, double centre_y, double radius_x, double radius_y, double soft)
{
  const double distance = hypot ((x - centre_x) / radius_x, (y - centre_y) / radius_y);

  return CLAMP ((1 - distance) / soft + 0.5, 0, 1);
}

PictureScene
picture_scene (int width, int height, int n_channels, float darkness, float softness)
{
  PictureScene scene = { trip_image_new (width, height, n_channels, NULL),
                         trip_image_new (width, height, n_channels, NULL), trip_image_new (width, height, 1, NULL) };
  const double radius = height * 0.15;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const float ball = disc (x, y, width * 0.45, height * 0.6, radius, radius, 0.05);
        const float shade = y < height * FLOOR ? 0
                            : disc (x, y, width * 0.55, height * 0.72, radius * 1.5, radius * 0.45, softness);

        trip_image_row (scene.alpha, y)[x] = ball;
        for (int c = 0; c < n_channels; c++)
          {
            const float stripes = 0.04f * sinf (x * 0.9f + y * 0.3f);
            const float ground = y < height * FLOOR ? 0.8f - 0.1f * c : 0.6f + 0.05f * c + stripes;

            trip_image_row (scene.clean, y)[x * n_channels + c] = ground;
            trip_image_row (scene.picture, y)[x * n_channels + c]
              = ball * 0.2f * (c + 1) + (1 - ball) * ground * (1 - darkness * shade);
          }
      }
  return scene;
}

void
picture_scene_clear (PictureScene *scene)
{
  g_clear_pointer (&scene->clean, trip_image_free);
  g_clear_pointer (&scene->picture, trip_image_free);
  g_clear_pointer (&scene->alpha, trip_image_free);
}

TripImage *
picture_turned (const TripImage *image)
{
  const int n = image->n_channels;
  TripImage *turned = trip_image_new (image->height, image->width, n, NULL);

  for (int y = 0; y < turned->height; y++)
    for (int x = 0; x < turned->width; x++)
      for (int c = 0; c < n; c++)
        trip_image_row (turned, y)[x * n + c] = trip_image_row (image, x)[(image->width - 1 - y) * n + c];
  return turned;
}

double
picture_difference_beside (const TripImage *a, const TripImage *b, const TripImage *alpha)
{
  double sum = 0;

  for (int y = 0; y < a->height; y++)
    for (int i = 0; i < a->width * a->n_channels; i++)
      if (trip_image_row (alpha, y)[i / a->n_channels] <= 0)
        sum += fabsf (trip_image_row (a, y)[i] - trip_image_row (b, y)[i]);
  return sum;
}

float
picture_distance (const TripImage *a, const TripImage *b)
{
  float most = 0;

  g_assert_cmpint (a->width, ==, b->width);
  g_assert_cmpint (a->height, ==, b->height);
  g_assert_cmpint (a->n_channels, ==, b->n_channels);
  for (int y = 0; y < a->height; y++)
    for (gsize i = 0; i < (gsize) a->width * a->n_channels; i++)
      {
        float difference = fabsf (trip_image_row (a, y)[i] - trip_image_row (b, y)[i]);

        /* not a number counts as far away */
        most = difference <= most ? most : isnan (difference) ? INFINITY : difference;
      }
  return most;
}

TripImage *
picture_upscaled (TripModel model, const TripImage *image, const TripUpscaleOptions *options, int n_threads,
                  GError **error)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (model, error);
  const TripImagePart whole = { image, 0, 0 };
  const TripSource source = trip_source_from_part (&whole, image->width, image->height);
  const gboolean part = options->region.width > 0;
  g_autoptr (TripImage) result = NULL;
  TripRun run = TRIP_RUN_INIT;
  TripSink sink;

  if (! upscaler)
    return NULL;
  result = trip_image_new (part ? options->region.width : options->width,
                           part ? options->region.height : options->height, image->n_channels, error);
  if (! result)
    return NULL;
  sink = trip_sink_to_image (result);
  run.n_threads = n_threads;
  return trip_upscale (upscaler, &source, options, &sink, &run, error) ? g_steal_pointer (&result) : NULL;
}
