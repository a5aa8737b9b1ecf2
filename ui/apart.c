#include "apart.h"

#include <string.h>

#define SHADE 0.35f /* of what is not the object */

TripImage *
ui_apart_reduce (const TripImage *image, int step, GError **error)
{
  const int n = image->n_channels;
  TripImage *small = trip_image_new ((image->width + step - 1) / step, (image->height + step - 1) / step, n, error);

  for (int y = 0; small && y < small->height; y++)
    for (int x = 0; x < small->width; x++)
      {
        const int right = MIN ((x + 1) * step, image->width), bottom = MIN ((y + 1) * step, image->height);
        float *to = trip_image_row (small, y) + (gsize) x * n;

        for (int c = 0; c < n; c++)
          to[c] = 0;
        for (int i = y * step; i < bottom; i++)
          for (int j = x * step; j < right; j++)
            for (int c = 0; c < n; c++)
              to[c] += trip_image_row (image, i)[(gsize) j * n + c] / ((right - x * step) * (bottom - y * step));
      }
  return small;
}

void
ui_apart_request_free (gpointer request)
{
  UiApartRequest *self = request;

  trip_image_free (self->corrections);
  g_free (self);
}

void
ui_apart_result_free (gpointer result)
{
  UiApartResult *self = result;

  if (! self)
    return;
  trip_parts_clear (&self->parts);
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    trip_image_free (self->layers[i]);
  g_free (self);
}

gpointer
ui_apart_run (gpointer request, GCancellable *cancellable, GError **error)
{
  const UiApartRequest *self = request;
  UiApartResult *result = g_new0 (UiApartResult, 1);
  TripRun run = TRIP_RUN_INIT;

  run.cancellable = cancellable;
  run.n_threads = self->n_threads;
  if (trip_decompose (self->picture, self->selection, &self->options, &run, &result->parts, error))
    {
      const TripSum sum = { self->picture, result->parts.alpha, result->parts.background, result->parts.behind, 0 };

      if (trip_recompose (&sum, &run, result->layers, error))
        return result;
    }
  ui_apart_result_free (result);
  return NULL;
}

TripImage *
ui_apart_outline (const TripImage *picture, const TripImage *trimap, GError **error)
{
  static const float tint[] = { 1, 0.85f, 0.1f };
  const int n = picture->n_channels, n_colours = n - trip_has_alpha (n);
  TripImage *image = trip_image_new (picture->width, picture->height, n, error);

  for (int y = 0; image && y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        const float *from = trip_image_row (picture, y) + (gsize) x * n, known = trip_image_row (trimap, y)[x];
        float *to = trip_image_row (image, y) + (gsize) x * n;

        memcpy (to, from, n * sizeof (float));
        for (int c = 0; c < n_colours; c++)
          if (known <= 0)
            to[c] = SHADE * from[c];
          else if (known < 1)
            to[c] = 0.5f * (from[c] + tint[n_colours == 1 ? 0 : c]);
      }
  return image;
}

TripImage *
ui_apart_sum (TripImage *const layers[TRIP_N_LAYERS], GError **error)
{
  const TripImage *bottom = layers[TRIP_LAYER_BACKGROUND];
  const int n = bottom->n_channels, n_colours = n - trip_has_alpha (n);
  TripImage *sum = trip_image_new (bottom->width, bottom->height, n, error);

  for (int y = 0; sum && y < sum->height; y++)
    for (int x = 0; x < sum->width; x++)
      {
        float *to = trip_image_row (sum, y) + (gsize) x * n, under = 1;

        memcpy (to, trip_image_row (bottom, y) + (gsize) x * n, n * sizeof (float));
        for (int i = TRIP_LAYER_EFFECTS; i < TRIP_N_LAYERS; i++)
          {
            const float *top = trip_image_row (layers[i], y) + (gsize) x * (n_colours + 1), alpha = top[n_colours];
            float all;

            under = n_colours < n ? to[n_colours] : 1;
            all = alpha + (1 - alpha) * under;
            for (int c = 0; c < n_colours && all > 0; c++)
              to[c] = (alpha * top[c] + (1 - alpha) * under * to[c]) / all;
            if (n_colours < n)
              to[n_colours] = all;
          }
      }
  return sum;
}
