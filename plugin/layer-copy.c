#include "layer-copy.h"

#include <glib/gi18n.h>

#include "items.h"
#include "layer-grown.h"

gboolean
layer_is_plain (GimpLayer *layer)
{
  return G_OBJECT_TYPE (layer) == GIMP_TYPE_LAYER;
}

void
layer_copy_attributes (GimpLayer *from, GimpLayer *to)
{
  g_auto (GStrv) parasites = gimp_item_get_parasite_list (GIMP_ITEM (from));

  gimp_layer_set_blend_space (to, gimp_layer_get_blend_space (from));
  gimp_layer_set_composite_space (to, gimp_layer_get_composite_space (from));
  gimp_layer_set_composite_mode (to, gimp_layer_get_composite_mode (from));
  gimp_item_set_visible (GIMP_ITEM (to), gimp_item_get_visible (GIMP_ITEM (from)));
  gimp_item_set_color_tag (GIMP_ITEM (to), gimp_item_get_color_tag (GIMP_ITEM (from)));
  for (char **name = parasites; *name; name++)
    {
      GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (from), *name);

      /* GIMP's own, such as that of a text, tell how to render the original */
      if (! g_str_has_prefix (*name, "gimp-"))
        gimp_item_attach_parasite (GIMP_ITEM (to), parasite);
      gimp_parasite_free (parasite);
    }
}

GeglBuffer *
drawable_copy_pixels (GimpDrawable *drawable)
{
  g_autoptr (GeglBuffer) pixels = gimp_drawable_get_buffer (drawable);

  return gegl_buffer_dup (pixels);
}

void
layer_mask_copy_init (LayerMaskCopy *self, GimpLayer *layer)
{
  GimpLayerMask *mask = gimp_layer_get_mask (layer);

  self->pixels = mask ? drawable_copy_pixels (GIMP_DRAWABLE (mask)) : NULL;
  self->apply = mask && gimp_layer_get_apply_mask (layer);
}

void
layer_mask_copy_clear (LayerMaskCopy *self)
{
  g_clear_object (&self->pixels);
}

gboolean
layer_mask_copy_add (const LayerMaskCopy *self, GimpLayer *layer)
{
  GimpLayerMask *mask;
  GeglBuffer *pixels;

  if (! self->pixels)
    return TRUE;
  mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
  if (! mask || ! gimp_layer_add_mask (layer, mask))
    return FALSE;
  pixels = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
  gegl_buffer_copy (self->pixels, NULL, GEGL_ABYSS_NONE, pixels, NULL);
  g_object_unref (pixels); /* sends them to GIMP */
  return gimp_layer_set_apply_mask (layer, self->apply);
}

/* What group, alone in image, shows of itself, with a copy of its mask. */
static GimpLayer *
render_group (GimpLayer *group, GimpImage *image)
{
  GimpLayer *copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (group), image), *layer;
  g_auto (LayerMaskCopy) mask = { NULL };
  int x, y;

  gimp_drawable_get_offsets (GIMP_DRAWABLE (group), &x, &y);
  if (! copy || ! gimp_image_insert_layer (image, copy, NULL, 0))
    return NULL;
  items_unlock (image);
  gimp_layer_set_offsets (copy, 0, 0);
  gimp_layer_set_opacity (copy, 100);
  gimp_layer_set_mode (copy, GIMP_LAYER_MODE_NORMAL);
  gimp_item_set_visible (GIMP_ITEM (copy), TRUE);
  gimp_layer_set_apply_mask (copy, FALSE);
  layer = gimp_layer_new_from_visible (image, image, NULL);
  if (! layer)
    return NULL;
  gimp_layer_set_offsets (layer, x, y);
  layer_mask_copy_init (&mask, group);
  return layer_mask_copy_add (&mask, layer) ? layer : NULL;
}

/* Merging in GIMP 3.0 makes a layer as large as its filters need, but cuts off what lies to the left of or above it. Of
 * layer, of which merged is such a copy, the one that takes its place. */
static GimpLayer *
merge_grown (GimpLayer *layer, GimpLayer *merged)
{
  const int reach_x
      = gimp_drawable_get_width (GIMP_DRAWABLE (merged)) - gimp_drawable_get_width (GIMP_DRAWABLE (layer));
  const int reach_y
      = gimp_drawable_get_height (GIMP_DRAWABLE (merged)) - gimp_drawable_get_height (GIMP_DRAWABLE (layer));
  GimpLayer *copy;

  if (reach_x == 0 && reach_y == 0)
    return merged;
  copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), gimp_item_get_image (GIMP_ITEM (merged)));
  gimp_item_delete (GIMP_ITEM (merged));
  return copy ? layer_grown_new (copy, MAX (reach_x, 0), MAX (reach_y, 0)) : NULL;
}

GimpLayer *
layer_copy_filtered (GimpLayer *layer, GError **error)
{
  GimpImage *original = gimp_item_get_image (GIMP_ITEM (layer));
  g_autofree char *name = gimp_item_get_name (GIMP_ITEM (layer));
  g_autoptr (GimpColorProfile) profile = gimp_image_get_color_profile (original);
  GimpImage *image = gimp_image_new_with_precision (
      gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
      gimp_drawable_get_height (GIMP_DRAWABLE (layer)),
      gimp_drawable_is_gray (GIMP_DRAWABLE (layer)) ? GIMP_GRAY : GIMP_RGB,
      gimp_image_get_precision (original));
  GimpLayer *copy;

  gimp_image_undo_disable (image);
  if (profile)
    gimp_image_set_color_profile (image, profile);
  if (gimp_item_is_group (GIMP_ITEM (layer)))
    {
      copy = render_group (layer, image);
    }
  else
    {
      copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), image);
      if (copy && ! gimp_drawable_merge_filters (GIMP_DRAWABLE (copy)))
        copy = NULL;
      if (copy)
        copy = merge_grown (layer, copy);
    }
  if (! copy)
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not apply the layer's filters: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
      gimp_image_delete (image);
      return NULL;
    }
  gimp_item_set_name (GIMP_ITEM (copy), name); /* which sentences about it give */
  return copy;
}

GimpLayer *
layer_copy_seen (GimpLayer *layer, GError **error)
{
  GimpLayer *copy = layer_copy_filtered (layer, error);

  if (! copy || ! gimp_layer_get_mask (copy) || ! gimp_layer_get_apply_mask (layer))
    return copy;
  gimp_item_set_lock_content (GIMP_ITEM (copy), FALSE);
  if (gimp_image_insert_layer (gimp_item_get_image (GIMP_ITEM (copy)), copy, NULL, 0)
      && gimp_layer_add_alpha (copy) && gimp_layer_remove_mask (copy, GIMP_MASK_APPLY))
    return copy;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not apply the layer's mask: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  layer_copy_delete (copy);
  return NULL;
}

void
layer_copy_delete (GimpLayer *copy)
{
  gimp_image_delete (gimp_item_get_image (GIMP_ITEM (copy)));
}
