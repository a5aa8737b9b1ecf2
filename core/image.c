#include "image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "memory.h"

TripImage *
trip_image_new (int width, int height, int n_channels, GError **error)
{
  g_autofree TripImage *image = g_new0 (TripImage, 1);
  gsize n;

  if (width < 1 || height < 1 || n_channels < 1 || n_channels > 4)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT,
                   "no picture has %d x %d px and %d channels", width, height, n_channels);
      return NULL;
    }
  image->width = width;
  image->height = height;
  image->n_channels = n_channels;
  image->stride = (gsize) width * n_channels;
  if (! g_size_checked_mul (&n, image->stride, height) || ! (image->data = trip_floats_new (n)))
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %d x %d px", width, height);
      return NULL;
    }
  return g_steal_pointer (&image);
}

TripImage *
trip_image_copy (const TripImage *image, GError **error)
{
  TripImage *copy = trip_image_new (image->width, image->height, image->n_channels, error);

  for (int y = 0; copy && y < image->height; y++)
    memcpy (trip_image_row (copy, y), trip_image_row (image, y), copy->stride * sizeof (float));
  return copy;
}

TripImage *
trip_image_mirrored (const TripImage *image, GError **error)
{
  const int n = image->n_channels;
  TripImage *out = trip_image_new (image->width, image->height, n, error);

  for (int y = 0; out && y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      memcpy (trip_image_row (out, y) + x * n, trip_image_row (image, y) + (image->width - 1 - x) * n,
              n * sizeof (float));
  return out;
}

void
trip_image_free (TripImage *image)
{
  if (! image)
    return;
  free (image->data);
  g_free (image);
}

TripImage *
trip_source_read (const TripSource *source, const TripRect *rect, GError **error)
{
  TripImage *image = source->read (rect, source->data, error);

  for (int y = 0; image && y < image->height; y++)
    {
      float *row = trip_image_row (image, y);

      for (gsize i = 0; i < (gsize) image->width * image->n_channels; i++)
        row[i] = isfinite (row[i]) ? row[i] : 0;
    }
  return image;
}

static TripImage *
read_part (const TripRect *rect, gpointer data, GError **error)
{
  const TripImagePart *part = data;
  const TripImage *image = part->image;
  int x = rect->x - part->x, y = rect->y - part->y;
  TripImage *copy;

  if (x < 0 || y < 0 || rect->width > image->width - x || rect->height > image->height - y)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "reading outside the part");
      return NULL;
    }
  copy = trip_image_new (rect->width, rect->height, image->n_channels, error);
  if (! copy)
    return NULL;
  for (int row = 0; row < rect->height; row++)
    memcpy (trip_image_row (copy, row), trip_image_row (image, y + row) + (gsize) x * image->n_channels,
            (gsize) rect->width * image->n_channels * sizeof (float));
  return copy;
}

TripSource
trip_source_from_part (const TripImagePart *part, int width, int height)
{
  return (TripSource) { width, height, part->image->n_channels, read_part, (gpointer) part };
}

static gboolean
write_image (const TripImage *part, int y, gpointer data, GError **error)
{
  TripImage *image = data;

  for (int row = 0; row < part->height; row++)
    memcpy (trip_image_row (image, y + row), trip_image_row (part, row),
            (gsize) part->width * part->n_channels * sizeof (float));
  return TRUE;
}

TripSink
trip_sink_to_image (TripImage *image)
{
  return (TripSink) { write_image, image };
}
