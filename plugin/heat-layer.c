#include "heat-layer.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "places.h"

#define OPACITY 60 /* percent */
#define N_COLOURS 256
#define ROWS 64 /* written at once */

typedef guint8 Colour[4]; /* R'G'B'A, sRGB */

static void
make_colours (Colour colours[N_COLOURS])
{
  for (int i = 0; i < N_COLOURS; i++)
    {
      float rgb[3];

      trip_heat_colour (i / (N_COLOURS - 1.0), rgb);
      for (int k = 0; k < 3; k++)
        colours[i][k] = lround (255 * rgb[k]);
      colours[i][3] = 255;
    }
}

static gboolean
paint (GeglBuffer *pixels, const TripHeatmap *map, double scale, const TripRun *run, GError **error)
{
  const int width = gegl_buffer_get_width (pixels), height = gegl_buffer_get_height (pixels);
  const Babl *format = babl_format ("R'G'B'A u8");
  g_autofree Colour *part = g_new (Colour, (gsize) width * ROWS);
  Colour colours[N_COLOURS];

  make_colours (colours);
  for (int y = 0; y < height; y += ROWS)
    {
      const int n_rows = MIN (ROWS, height - y);
      Colour *out = part;

      if (! trip_run_step (run, (double) y / height, error))
        return FALSE;
      for (int i = 0; i < n_rows; i++)
        for (int x = 0; x < width; x++, out++)
          {
            const double score = trip_heatmap_score (map, x + 0.5, y + i + 0.5, scale);
            const Colour *colour = &colours[lround (CLAMP (score, 0, 1) * (N_COLOURS - 1))];

            memcpy (out, colour, sizeof (Colour));
          }
      gegl_buffer_set (pixels, GEGL_RECTANGLE (0, y, width, n_rows), 0, format, part,
                       GEGL_AUTO_ROWSTRIDE);
    }
  return TRUE;
}

GimpLayer *
heat_layer_new (GimpImage *image, const TripHeatmap *map, double scale, const TripRect *place,
                const TripRun *run, GError **error)
{
  g_autofree char *size = ui_places_describe_size (scale);
  /* Translators: the name of a layer; with the object's size, such as 80 % */
  g_autofree char *name = g_strdup_printf (_("Heatmap, object at %s"), size);
  const gboolean gray = gimp_image_get_base_type (image) == GIMP_GRAY;
  GimpLayer *layer
    = gimp_layer_new (image, name, place->width, place->height,
                      gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, OPACITY, GIMP_LAYER_MODE_NORMAL);
  GeglBuffer *pixels;
  gboolean done;

  if (! layer)
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not make the heatmap layer: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
      return NULL;
    }
  gimp_layer_set_offsets (layer, place->x, place->y);
  pixels = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  done = paint (pixels, map, scale, run, error);
  g_object_unref (pixels); /* sends them to GIMP */
  if (! done)
    gimp_item_delete (GIMP_ITEM (layer));
  return done ? layer : NULL;
}
