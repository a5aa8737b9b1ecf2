#include "png-io.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <png.h>
#include <stdio.h>

#define NOTE_KEY "Comment"

struct _PngWriter
{
  char *path, *part;
  FILE *file;
  png_structp png;
  png_infop info;
  int width, n_channels, bits;
  guint8 *row;
  char *problem;
};

/* libpng calls this and must not get control back. */
G_NORETURN static void
keep_problem (png_structp png, png_const_charp message)
{
  char **problem = png_get_error_ptr (png);

  g_free (*problem);
  *problem = g_strdup (message);
  png_longjmp (png, 1);
}

static void
ignore_warning (png_structp png, png_const_charp message)
{
}

static gboolean
fail (GError **error, const char *path, const char *why)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, why);
  return FALSE;
}

static void
decode (png_structp png, png_infop info, FILE *file, PngPicture *picture, png_bytep **rows)
{
  png_textp texts = NULL;

  png_init_io (png, file);
  png_set_user_limits (png, 1 << 20, 1 << 20);
  png_read_info (png, info);
  png_set_palette_to_rgb (png);
  png_set_expand_gray_1_2_4_to_8 (png);
  png_set_tRNS_to_alpha (png);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (png);
  png_set_interlace_handling (png);
  png_read_update_info (png, info);
  picture->width = png_get_image_width (png, info);
  picture->height = png_get_image_height (png, info);
  picture->n_channels = png_get_channels (png, info);
  picture->bits = png_get_bit_depth (png, info);
  picture->data = g_try_malloc_n (picture->height, png_get_rowbytes (png, info));
  *rows = g_try_new (png_bytep, picture->height);
  if (! picture->data || ! *rows)
    png_error (png, "not enough memory");
  for (int y = 0; y < picture->height; y++)
    (*rows)[y] = picture->data + y * png_get_rowbytes (png, info);
  png_read_image (png, *rows);
  png_read_end (png, info);
  for (int i = png_get_text (png, info, &texts, NULL) - 1; i >= 0 && ! picture->note; i--)
    if (g_str_equal (texts[i].key, NOTE_KEY))
      picture->note = g_strdup (texts[i].text);
}

/* FALSE where libpng jumped out; alone, so that no local variable is lost by the jump. */
static gboolean
try_decode (png_structp png, png_infop info, FILE *file, PngPicture *picture, png_bytep **rows)
{
  if (setjmp (png_jmpbuf (png)))
    return FALSE;
  decode (png, info, file, picture, rows);
  return TRUE;
}

PngPicture *
png_picture_read (const char *path, GError **error)
{
  g_autofree char *problem = NULL;
  g_autoptr (PngPicture) picture = g_new0 (PngPicture, 1);
  FILE *file = g_fopen (path, "rb");
  png_structp png;
  png_infop info;
  png_bytep *rows = NULL;
  gboolean done;

  if (! file)
    {
      fail (error, path, g_strerror (errno));
      return NULL;
    }
  png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &problem, keep_problem, ignore_warning);
  info = png_create_info_struct (png);
  done = try_decode (png, info, file, picture, &rows);
  png_destroy_read_struct (&png, &info, NULL);
  fclose (file);
  g_free (rows);
  if (! done)
    {
      fail (error, path, problem);
      return NULL;
    }
  return g_steal_pointer (&picture);
}

void
png_picture_free (PngPicture *picture)
{
  if (! picture)
    return;
  g_free (picture->data);
  g_free (picture->note);
  g_free (picture);
}

static TripImage *
read_picture (const TripRect *rect, gpointer data, GError **error)
{
  const PngPicture *picture = data;
  TripImage *image = trip_image_new (rect->width, rect->height, picture->n_channels, error);

  for (int y = 0; image && y < rect->height; y++)
    {
      float *to = trip_image_row (image, y);
      gsize first = ((gsize) (rect->y + y) * picture->width + rect->x) * picture->n_channels;

      for (gsize i = 0; i < image->stride; i++)
        to[i] = picture->bits == 16 ? ((guint16 *) picture->data)[first + i] / 65535.0f
                                    : picture->data[first + i] / 255.0f;
    }
  return image;
}

TripSource
png_picture_source (PngPicture *picture)
{
  return (TripSource) { picture->width, picture->height, picture->n_channels, read_picture, picture };
}

static gboolean
try_begin (PngWriter *self, int width, int height, int type, const char *note)
{
  if (setjmp (png_jmpbuf (self->png)))
    return FALSE;
  png_init_io (self->png, self->file);
  png_set_IHDR (self->png, self->info, width, height, self->bits, type, PNG_INTERLACE_NONE,
                PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (note)
    png_set_text (self->png, self->info,
                  &(png_text) { .compression = PNG_TEXT_COMPRESSION_NONE, .key = NOTE_KEY, .text = (char *) note }, 1);
  png_set_compression_level (self->png, 3);
  png_write_info (self->png, self->info);
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    png_set_swap (self->png);
  return TRUE;
}

PngWriter *
png_writer_new (const char *path, int width, int height, const PngPicture *like, const char *note, GError **error)
{
  static const int types[] = { 0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                               PNG_COLOR_TYPE_RGB_ALPHA };
  g_autoptr (PngWriter) self = g_new0 (PngWriter, 1);
  int fd;

  self->path = g_strdup (path);
  self->part = g_strconcat (path, ".XXXXXX", NULL);
  self->width = width;
  self->n_channels = like->n_channels;
  self->bits = like->bits;
  self->row = g_new (guint8, (gsize) width * like->n_channels * like->bits / 8);
  fd = g_mkstemp_full (self->part, O_WRONLY, 0666);
  self->file = fd < 0 ? NULL : fdopen (fd, "wb");
  if (! self->file)
    {
      fail (error, path, g_strerror (errno));
      return NULL;
    }
  self->png = png_create_write_struct (PNG_LIBPNG_VER_STRING, &self->problem, keep_problem, ignore_warning);
  self->info = png_create_info_struct (self->png);
  if (! try_begin (self, width, height, types[like->n_channels], note))
    {
      fail (error, path, self->problem);
      return NULL;
    }
  return g_steal_pointer (&self);
}

static gboolean
write_rows (const TripImage *part, int first, gpointer data, GError **error)
{
  PngWriter *self = data;

  if (setjmp (png_jmpbuf (self->png)))
    return fail (error, self->path, self->problem);
  for (int y = 0; y < part->height; y++)
    {
      const float *from = trip_image_row (part, y);

      for (gsize i = 0; i < (gsize) self->width * self->n_channels; i++)
        if (self->bits == 16)
          ((guint16 *) self->row)[i] = CLAMP (from[i], 0, 1) * 65535 + 0.5f;
        else
          self->row[i] = CLAMP (from[i], 0, 1) * 255 + 0.5f;
      png_write_row (self->png, self->row);
    }
  return TRUE;
}

TripSink
png_writer_sink (PngWriter *self)
{
  return (TripSink) { write_rows, self };
}

gboolean
png_writer_finish (PngWriter *self, GError **error)
{
  if (setjmp (png_jmpbuf (self->png)))
    return fail (error, self->path, self->problem);
  png_write_end (self->png, self->info);
  if (fclose (g_steal_pointer (&self->file)) != 0 || g_rename (self->part, self->path) != 0)
    return fail (error, self->path, g_strerror (errno));
  return TRUE;
}

void
png_writer_free (PngWriter *self)
{
  if (! self)
    return;
  if (self->png)
    png_destroy_write_struct (&self->png, &self->info);
  if (self->file)
    fclose (self->file);
  if (self->part)
    g_unlink (self->part);
  g_free (self->path);
  g_free (self->part);
  g_free (self->row);
  g_free (self->problem);
  g_free (self);
}
