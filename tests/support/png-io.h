/* PNG files of 8 or 16 bits, gray or RGB, with or without alpha, as sources and sinks of core. */
#pragma once

#include "image.h"

typedef struct
{
  int width, height, n_channels, bits;
  char *note;   /* the text that png_writer_new () was given, or NULL */
  guint8 *data; /* width * n_channels samples a row, without padding; 16-bit ones in the machine's order */
} PngPicture;

PngPicture *png_picture_read (const char *path, GError **error);
void png_picture_free (PngPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PngPicture, png_picture_free)

/* The picture must outlive the source. */
TripSource png_picture_source (PngPicture *picture);

/* note: a text to go with the picture, or NULL. Writes rows as they come to a temporary file beside path, which takes
 * its place in png_writer_finish(); without that, nothing is left behind. Channels, bits and colour chunks are
 * like's. */
typedef struct _PngWriter PngWriter;

PngWriter *png_writer_new (const char *path, int width, int height, const PngPicture *like, const char *note,
                           GError **error);
TripSink png_writer_sink (PngWriter *writer);
gboolean png_writer_finish (PngWriter *writer, GError **error);
void png_writer_free (PngWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PngWriter, png_writer_free)
