#include "cli-place.h"

#include <errno.h>
#include <glib/gstdio.h>

static gboolean
write_slice (const char *path, const TripHeatmap *map, double scale, GError **error)
{
  const PngPicture like = { .n_channels = 1, .bits = 8 };
  g_autoptr (TripImage) slice = trip_heatmap_slice (map, scale, error);
  g_autoptr (PngWriter) writer = slice ? png_writer_new (path, slice->width, slice->height, &like, NULL, error) : NULL;
  TripSink sink;

  if (! writer)
    return FALSE;
  sink = png_writer_sink (writer);
  return sink.write (slice, 0, sink.data, error) && png_writer_finish (writer, error);
}

static gboolean
write_slices (const char *folder, const TripHeatmap *map, GError **error)
{
  g_autoptr (GPtrArray) written = g_ptr_array_new_with_free_func (g_free);
  const double *scales = trip_heatmap_scales (map);

  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "%s: %s", folder, g_strerror (errno));
      return FALSE;
    }
  for (int i = 0; i < TRIP_PLACE_SIZES; i++)
    {
      char name[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *file = g_strconcat (g_ascii_formatd (name, sizeof name, "%.6g", scales[i]), ".png", NULL);
      char *path = g_build_filename (folder, file, NULL);

      g_ptr_array_add (written, path);
      if (! write_slice (path, map, scales[i], error))
        {
          for (guint k = 0; k < written->len; k++)
            g_unlink (written->pdata[k]);
          return FALSE;
        }
    }
  return TRUE;
}

static void
print_number (const char *name, double value, const char *after)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_print ("\"%s\":%s%s", name, g_ascii_formatd (text, sizeof text, "%.9g", value), after);
}

static void
print_placements (const TripPlacement *placements, int n)
{
  g_print ("{\"placements\":[");
  for (int i = 0; i < n; i++)
    {
      g_print (i ? ",\n  {" : "\n  {");
      print_number ("x", placements[i].x, ",");
      print_number ("y", placements[i].y, ",");
      print_number ("scale", placements[i].scale, ",");
      print_number ("score", placements[i].score, "}");
    }
  g_print ("]}\n");
}

gboolean
cli_place (PngPicture *scene, PngPicture *object, const CliPlace *options, const TripRun *run, GError **error)
{
  const TripSource scene_source = png_picture_source (scene), object_source = png_picture_source (object);
  const TripRun seeing = trip_run_part (run, 0, 0.7), placing = trip_run_part (run, 0.7, 1);
  g_autoptr (TripPlacer) placer = trip_placer_new (error);
  g_autoptr (TripPlaceScene) seen = placer ? trip_place_scene_new (placer, &scene_source, &seeing, error) : NULL;
  g_autoptr (TripHeatmap) map = seen ? trip_place (seen, &object_source, &placing, error) : NULL;
  TripPlacement placements[TRIP_MAX_PLACEMENTS];

  if (! map || (options->heatmap && ! write_slices (options->heatmap, map, error)))
    return FALSE;
  print_placements (placements, trip_heatmap_best (map, &options->fixed, options->count, placements));
  return TRUE;
}
