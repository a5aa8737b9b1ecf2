#include "cli-decompose.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const names[TRIP_N_LAYERS] = { "background.png", "effects.png", "foreground.png" };

typedef struct
{
  char *paths[TRIP_N_LAYERS];
  PngWriter *writers[TRIP_N_LAYERS];
  TripImage *layers[TRIP_N_LAYERS];
} Output;

static void
output_clear (Output *self)
{
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    {
      g_free (self->paths[i]);
      png_writer_free (self->writers[i]);
      trip_image_free (self->layers[i]);
    }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Output, output_clear)

/* How much of the object each pixel is: one channel. */
static TripImage *
read_selection (PngPicture *selection, GError **error)
{
  const TripSource source = png_picture_source (selection);
  const int n = selection->n_channels, n_colours = n - trip_has_alpha (n);
  g_autoptr (TripImage) all
      = trip_source_read (&source, &(TripRect) { 0, 0, selection->width, selection->height }, error);
  TripImage *result = all ? trip_image_new (all->width, all->height, 1, error) : NULL;

  for (int y = 0; result && y < all->height; y++)
    for (int x = 0; x < all->width; x++)
      {
        const float *p = trip_image_row (all, y) + (gsize) x * n;
        float sum = 0;

        for (int c = 0; c < n_colours; c++)
          sum += p[c] / n_colours;
        trip_image_row (result, y)[x] = n_colours < n ? sum * p[n - 1] : sum;
      }
  return result;
}

static gboolean
find_window (const TripImage *selection, TripRect *window, GError **error)
{
  const TripRect bounds = trip_layer_bounds (selection);

  if (trip_image_row (selection, bounds.y)[bounds.x] <= 0 && bounds.width == 1 && bounds.height == 1)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing is selected");
      return FALSE;
    }
  *window = trip_decompose_needs (selection->width, selection->height, &bounds);
  return TRUE;
}

static gboolean
make_layers (const TripSource *picture, const TripImage *selection, const TripRect *window, int levels,
             const TripDecomposeOptions *options, const TripRun *run, TripImage *layers[TRIP_N_LAYERS], GError **error)
{
  const TripImagePart all = { selection, 0, 0 };
  const TripSource source = trip_source_from_part (&all, selection->width, selection->height);
  const TripRun first = trip_run_part (run, 0, 0.97), second = trip_run_part (run, 0.97, 1);
  g_autoptr (TripImage) seen = trip_source_read (picture, window, error);
  g_autoptr (TripImage) selected = seen ? trip_source_read (&source, window, error) : NULL;
  g_auto (TripParts) parts = { NULL };
  TripSum sum;

  if (! selected || ! trip_decompose (seen, selected, options, &first, &parts, error))
    return FALSE;
  sum = (TripSum) { seen, parts.alpha, parts.background, parts.behind, levels };
  return trip_recompose (&sum, &second, layers, error);
}

/* Writes layer, which lies at window, as a picture of the whole size: around it what picture is, or nothing. */
static gboolean
write_layer (PngWriter *writer, const TripImage *layer, const TripRect *window, const TripSource *picture,
             gboolean is_background, GError **error)
{
  const TripSink sink = png_writer_sink (writer);
  const int n = layer->n_channels;

  for (int y = 0; y < picture->height; y++)
    {
      const TripRect rect = { 0, y, picture->width, 1 };
      g_autoptr (TripImage) row = is_background ? trip_source_read (picture, &rect, error)
                                                : trip_image_new (picture->width, 1, n, error);

      if (! row)
        return FALSE;
      if (! is_background)
        memset (row->data, 0, row->stride * sizeof (float));
      if (y >= window->y && y < window->y + window->height)
        memcpy (row->data + (gsize) window->x * n, trip_image_row (layer, y - window->y),
                layer->stride * sizeof (float));
      if (! sink.write (row, y, sink.data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_layers (Output *self, const PngPicture *picture, const TripSource *source, const TripRect *window,
              const char *folder, GError **error)
{
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    {
      const PngPicture like = { .n_channels = self->layers[i]->n_channels, .bits = picture->bits };

      self->paths[i] = g_build_filename (folder, names[i], NULL);
      self->writers[i] = png_writer_new (self->paths[i], picture->width, picture->height, &like, NULL, error);
      if (! self->writers[i]
          || ! write_layer (self->writers[i], self->layers[i], window, source, i == TRIP_LAYER_BACKGROUND, error))
        return FALSE;
    }
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    if (! png_writer_finish (self->writers[i], error))
      {
        while (i-- > 0)
          g_unlink (self->paths[i]);
        return FALSE;
      }
  return TRUE;
}

gboolean
cli_decompose (PngPicture *picture, PngPicture *selection, const TripDecomposeOptions *options, const char *folder,
               const TripRun *run, GError **error)
{
  const TripSource source = png_picture_source (picture);
  g_autoptr (TripImage) selected = NULL;
  g_auto (Output) output = { { NULL } };
  gboolean is_new;
  TripRect window;

  if (selection->width != picture->width || selection->height != picture->height)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "the selection must have %dx%d px, as the picture",
                   picture->width, picture->height);
      return FALSE;
    }
  if (! (selected = read_selection (selection, error)) || ! find_window (selected, &window, error)
      || ! make_layers (&source, selected, &window, picture->bits == 16 ? 65535 : 255, options, run, output.layers,
                        error))
    return FALSE;
  is_new = g_mkdir (folder, 0777) == 0;
  if (! is_new && errno != EEXIST)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  if (write_layers (&output, picture, &source, &window, folder, error))
    return TRUE;
  output_clear (&output);
  output = (Output) { { NULL } };
  if (is_new)
    g_rmdir (folder);
  return FALSE;
}
