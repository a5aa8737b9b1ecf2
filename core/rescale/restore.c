#include "restore.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const TripSource *picture;
  const TripSink *sink; /* or NULL */
  double apart, whole;
} Comparison;

static gboolean
compare_rows (const TripImage *part, int first, gpointer data, GError **error)
{
  Comparison *self = data;
  const TripRect rect = { 0, first, part->width, part->height };
  g_autoptr (TripImage) wanted = trip_source_read (self->picture, &rect, error);
  const int n = part->n_channels, n_colours = n >= 3 ? 3 : 1;

  for (int y = 0; wanted && y < part->height; y++)
    for (int x = 0; x < part->width; x++)
      {
        const float *a = trip_image_row (part, y) + (gsize) x * n, *b = trip_image_row (wanted, y) + (gsize) x * n;
        const double weight = trip_has_alpha (n) ? b[n - 1] : 1;

        for (int c = 0; c < n_colours; c++)
          self->apart += weight * (a[c] - b[c]) * (a[c] - b[c]);
        self->whole += weight * n_colours;
      }
  return wanted && (! self->sink || self->sink->write (part, first, self->sink->data, error));
}

gboolean
trip_shrink_restore (const TripUpscaler *upscaler, const TripSource *small, const TripSource *picture,
                     const TripSink *sink, const TripRun *run, double *fidelity, GError **error)
{
  Comparison comparison = { picture, sink, 0, 0 };
  const TripSink compare = { compare_rows, &comparison };
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = picture->width;
  options.height = picture->height;
  if (! trip_upscale (upscaler, small, &options, &compare, run, error))
    return FALSE;
  *fidelity = comparison.apart > 0 ? -10 * log10 (comparison.apart / comparison.whole) : INFINITY;
  return TRUE;
}

#define NOTE "Triptych: shrunk from "

gboolean
trip_shrink_note_fits (const TripShrinkNote *note, int small_width, int small_height, int width, int height)
{
  return note->small_width == small_width && note->small_height == small_height && note->width == width
         && note->height == height;
}

char *
trip_shrink_note (const TripShrinkNote *note)
{
  return g_strdup_printf (NOTE "%d x %d px for %s to %d x %d px", note->width, note->height,
                          trip_model_name (note->restorer), note->small_width, note->small_height);
}

/* Whether it is a size that an enlarged picture has. */
static gboolean
is_size (int width, int height)
{
  return width >= 1 && width <= TRIP_MAX_SIZE && height >= 1 && height <= TRIP_MAX_SIZE;
}

gboolean
trip_shrink_note_parse (const char *comment, TripShrinkNote *note)
{
  char name[32];

  for (const char *at = comment; at && (at = strstr (at, NOTE)); at++)
    if (sscanf (at + strlen (NOTE), "%6d x %6d px for %31[a-z0-9-] to %6d x %6d px", &note->width, &note->height, name,
                &note->small_width, &note->small_height) == 5
        && is_size (note->width, note->height) && is_size (note->small_width, note->small_height)
        && note->small_width <= note->width && note->small_height <= note->height
        && trip_model_from_name (name, &note->restorer))
      return TRUE;
  return FALSE;
}
