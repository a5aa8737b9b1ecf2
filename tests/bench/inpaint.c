/* Fills the holes of a folder of pictures: NAME.png with NAME.hole.png to NAME.filled.png; prints the seconds of
 * each. */
#include <stdlib.h>

#include "../support/png-io.h"
#include "decompose/inpaint.h"

static TripImage *
read_png (const char *folder, const char *name, const char *suffix, PngPicture **like, GError **error)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (PngPicture) picture = png_picture_read (path, error);
  TripSource source;
  TripImage *image;

  if (! picture)
    return NULL;
  source = png_picture_source (picture);
  image = source.read (&(TripRect) { 0, 0, source.width, source.height }, source.data, error);
  if (like)
    *like = g_steal_pointer (&picture);
  return image;
}

static gboolean
fill (const char *folder, const char *name, int n_threads, GError **error)
{
  const TripRun run = { .to = 1, .n_threads = n_threads };
  g_autoptr (PngPicture) like = NULL;
  g_autoptr (TripImage) picture = read_png (folder, name, ".png", &like, error);
  g_autoptr (TripImage) hole = picture ? read_png (folder, name, ".hole.png", NULL, error) : NULL;
  g_autofree char *file = g_strconcat (name, ".filled.png", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  const gint64 start = g_get_monotonic_time ();
  PngWriter *writer;
  TripSink sink;
  gboolean is_done;

  if (! hole || ! trip_inpaint (picture, hole, 1, &run, error))
    return FALSE;
  g_print ("%s %.2f\n", name, (g_get_monotonic_time () - start) * 1e-6);
  if (! (writer = png_writer_new (path, picture->width, picture->height, like, NULL, error)))
    return FALSE;
  sink = png_writer_sink (writer);
  is_done = sink.write (picture, 0, sink.data, error) && png_writer_finish (writer, error);
  png_writer_free (writer);
  return is_done;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *file;
  GDir *dir;

  if (argc < 2 || ! (dir = g_dir_open (argv[1], 0, &error)))
    {
      g_printerr ("bench-inpaint FOLDER [THREADS]%s%s\n", error ? ": " : "", error ? error->message : "");
      return 2;
    }
  while (! error && (file = g_dir_read_name (dir)))
    if (g_str_has_suffix (file, ".hole.png"))
      {
        g_autofree char *name = g_strndup (file, strlen (file) - strlen (".hole.png"));

        fill (argv[1], name, argc > 2 ? atoi (argv[2]) : 0, &error);
      }
  g_dir_close (dir);
  if (error)
    g_printerr ("%s\n", error->message);
  return error != NULL;
}
