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
