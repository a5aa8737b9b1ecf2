#include "layer-grown.h"

#include <gegl.h>

/* Puts copy alone into its image, with reach px around it; a layer with what is to be seen then. */
static GimpLayer *
render (GimpLayer *copy, int reach_x, int reach_y)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (copy));
  const int width = gimp_drawable_get_width (GIMP_DRAWABLE (copy));
  const int height = gimp_drawable_get_height (GIMP_DRAWABLE (copy));

  if (! gimp_image_resize (image, width + 2 * reach_x, height + 2 * reach_y, 0, 0)
      || ! gimp_image_insert_layer (image, copy, NULL, 0))
    return NULL;
  gimp_item_set_lock_position (GIMP_ITEM (copy), FALSE);
  gimp_item_set_lock_visibility (GIMP_ITEM (copy), FALSE);
  gimp_layer_set_offsets (copy, reach_x, reach_y);
  gimp_layer_set_opacity (copy, 100);
  gimp_layer_set_mode (copy, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_composite_mode (copy, GIMP_LAYER_COMPOSITE_UNION);
  gimp_item_set_visible (GIMP_ITEM (copy), TRUE);
  if (gimp_layer_get_mask (copy))
    {
      gimp_layer_set_show_mask (copy, FALSE);
      gimp_layer_set_apply_mask (copy, FALSE);
    }
  return gimp_layer_new_from_visible (image, image, NULL);
}

/* Grows part to all of pixels that is not transparent. */
static void
grow (GeglRectangle *part, GeglBuffer *pixels)
{
  const int width = gegl_buffer_get_width (pixels);
  g_autofree float *alpha = g_new (float, width);

  for (int y = 0; y < gegl_buffer_get_height (pixels); y++)
    {
      int left = width, right = -1;

      gegl_buffer_get (pixels, GEGL_RECTANGLE (0, y, width, 1), 1.0, babl_format ("A float"), alpha,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (int x = 0; x < width; x++)
        if (alpha[x] > 0)
          {
            left = MIN (left, x);
            right = x;
          }
      if (right >= 0)
        gegl_rectangle_bounding_box (part, part, GEGL_RECTANGLE (left, y, right + 1 - left, 1));
    }
}

static void
copy_pixels (GimpDrawable *from, const GeglRectangle *part, GimpDrawable *to, int x, int y)
{
  GeglBuffer *source = gimp_drawable_get_buffer (from), *target = gimp_drawable_get_buffer (to);

  gegl_buffer_copy (source, part, GEGL_ABYSS_NONE, target, GEGL_RECTANGLE (x, y, 0, 0));
  g_object_unref (source);
  g_object_unref (target); /* sends them to GIMP */
}

/* Around the layer that it was made for the mask hides all: switched on, GIMP shows nothing there. */
static gboolean
copy_mask (GimpLayer *from, GimpLayer *to, int x, int y)
{
  GimpLayerMask *mask = gimp_layer_get_mask (from), *copy;

  if (! mask)
    return TRUE;
  copy = gimp_layer_create_mask (to, GIMP_ADD_MASK_BLACK);
  if (! copy || ! gimp_layer_add_mask (to, copy))
    return FALSE;
  copy_pixels (GIMP_DRAWABLE (mask), NULL, GIMP_DRAWABLE (copy), x, y);
  return TRUE;
}

GimpLayer *
layer_grown_new (GimpLayer *copy, int reach_x, int reach_y)
{
  const gboolean gray = gimp_drawable_is_gray (GIMP_DRAWABLE (copy));
  const gboolean clipped = gimp_layer_get_mask (copy) && gimp_layer_get_apply_mask (copy); /* to its own size */
  const gboolean alpha = gimp_drawable_has_alpha (GIMP_DRAWABLE (copy)) || ! clipped;
  const GeglRectangle own = { reach_x, reach_y, gimp_drawable_get_width (GIMP_DRAWABLE (copy)),
                              gimp_drawable_get_height (GIMP_DRAWABLE (copy)) };
  g_autofree char *name = gimp_item_get_name (GIMP_ITEM (copy));
  GeglRectangle part = own;
  GimpLayer *all, *layer;
  int x, y;

  gimp_drawable_get_offsets (GIMP_DRAWABLE (copy), &x, &y);
  all = render (copy, reach_x, reach_y);
  if (! all)
    return NULL;
  if (! clipped)
    {
      GeglBuffer *pixels = gimp_drawable_get_buffer (GIMP_DRAWABLE (all));

      grow (&part, pixels);
      g_object_unref (pixels);
    }
  layer = gimp_layer_new (gimp_item_get_image (GIMP_ITEM (copy)), name, part.width, part.height,
                          gray ? (alpha ? GIMP_GRAYA_IMAGE : GIMP_GRAY_IMAGE)
                               : (alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE),
                          100, GIMP_LAYER_MODE_NORMAL);
  if (! layer || ! copy_mask (copy, layer, own.x - part.x, own.y - part.y))
    return NULL;
  copy_pixels (GIMP_DRAWABLE (all), &part, GIMP_DRAWABLE (layer), 0, 0);
  gimp_item_delete (GIMP_ITEM (all)); /* gives its memory back */
  gimp_layer_set_offsets (layer, x + part.x - own.x, y + part.y - own.y);
  gimp_layer_set_apply_mask (layer, clipped);
  return layer;
}
