#include "shadow-layer.h"

#include <glib/gi18n.h>
#include <math.h>

#define ROWS 64 /* written at once */

/* pixels begin at x, y of the image. */
static void
paint (GeglBuffer *pixels, const TripSettled *settled, int x, int y)
{
  const int width = gegl_buffer_get_width (pixels), height = gegl_buffer_get_height (pixels);
  g_autofree float *part = g_new0 (float, 2 * (gsize) width * ROWS);

  for (int top = 0; top < height; top += ROWS)
    {
      const int n_rows = MIN (ROWS, height - top);

      for (int i = 0; i < n_rows; i++)
        for (int k = 0; k < width; k++)
          part[2 * ((gsize) i * width + k) + 1]
            = trip_shadow_at (settled->shadow, (x + k + 0.5 - settled->x) / settled->step_x,
                              (y + top + i + 0.5 - settled->y) / settled->step_y);
      gegl_buffer_set (pixels, GEGL_RECTANGLE (0, top, width, n_rows), 0, babl_format ("Y'A float"), part,
                       GEGL_AUTO_ROWSTRIDE);
    }
}

GimpLayer *
shadow_layer_new (GimpImage *image, const TripSettled *settled, GError **error)
{
  const gboolean gray = gimp_image_get_base_type (image) == GIMP_GRAY;
  const int x = floor (settled->x), y = floor (settled->y);
  const int width = ceil (settled->x + settled->step_x * settled->shadow->width) - x;
  const int height = ceil (settled->y + settled->step_y * settled->shadow->height) - y;
  GimpLayer *layer = gimp_layer_new (image, _("Contact shadow"), width, height,
                                     gray ? GIMP_GRAYA_IMAGE : GIMP_RGBA_IMAGE, 100, GIMP_LAYER_MODE_NORMAL);
  GeglBuffer *pixels;

  if (! layer)
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not make the shadow layer: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
      return NULL;
    }
  gimp_layer_set_offsets (layer, x, y);
  /* so that it is as dark as the dialog shows it, whatever the image's precision */
  gimp_layer_set_blend_space (layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
  gimp_layer_set_composite_space (layer, GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL);
  pixels = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  paint (pixels, settled, x, y);
  g_object_unref (pixels); /* sends them to GIMP */
  return layer;
}

gboolean
shadow_layer_settle (ScalePart *part, const TripRun *run, gpointer data, GError **error)
{
  g_autoptr (LayerOutput) before = NULL;

  if (! part->input->is_colour)
    return TRUE;
  before = part->output;
  return trip_settle (&before->source, data, &scale_part_output (part)->sink, run, error);
}
