#include "items.h"

#include <glib/gi18n.h>

gboolean
fail_with (GError **error, const char *sentence)
{
  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, sentence);
  return FALSE;
}

gboolean
item_fail (GimpItem *item, GError **error, const char *sentence)
{
  g_autofree char *name = gimp_item_get_name (item);

  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, sentence, name);
  return FALSE;
}

gboolean
item_check_valid (GimpItem *item, GError **error)
{
  return gimp_item_is_valid (item)
         || fail_with (error, _("The layer was deleted while the result was computed. Run it again."));
}

GimpItem *
items_layer_of (GimpItem *item)
{
  return GIMP_IS_LAYER_MASK (item) ? GIMP_ITEM (gimp_layer_from_mask (GIMP_LAYER_MASK (item))) : item;
}

static void
list_layers (GimpItem **layers, GPtrArray *list)
{
  for (; *layers; layers++)
    {
      GimpLayerMask *mask = gimp_layer_get_mask (GIMP_LAYER (*layers));

      g_ptr_array_add (list, *layers);
      if (mask)
        g_ptr_array_add (list, mask);
      if (gimp_item_is_group (*layers))
        {
          g_autofree GimpItem **children = gimp_item_get_children (*layers);

          list_layers (children, list);
        }
    }
}

GPtrArray *
items_list_drawables (GimpImage *image)
{
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);
  g_autofree GimpChannel **channels = gimp_image_get_channels (image);
  GPtrArray *list = g_ptr_array_new ();

  list_layers ((GimpItem **) layers, list);
  for (GimpChannel **channel = channels; *channel; channel++)
    g_ptr_array_add (list, *channel);
  return list;
}

GimpLayer *
items_find_layer (GimpImage *image, GimpDrawable *drawable, GError **error)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (image);
  GimpItem *layer = items_layer_of (GIMP_ITEM (drawable));

  if (g_ptr_array_find (drawables, drawable, NULL))
    return GIMP_LAYER (layer);
  item_fail (layer ? layer : GIMP_ITEM (drawable), error,
             _("The layer “%s” is not in the image. Add it to the image, or choose one that is, and try again."));
  return NULL;
}

GimpItem *
items_find_lock (GimpLayer *layer)
{
  GimpItem *item = GIMP_ITEM (layer);

  while (item && ! gimp_item_get_lock_content (item) && ! gimp_item_get_lock_position (item))
    item = gimp_item_get_parent (item);
  return item;
}

gboolean
items_check_locks (GimpLayer *layer, GError **error)
{
  GimpItem *item = items_find_lock (layer);

  return ! item
         || item_fail (item, error,
                       _("The layer “%s” is locked. Unlock its pixels and its position in the Layers "
                         "dialog, and try again."));
}

/* The first item in group, at any depth, whose position is locked; NULL if none is. */
static GimpItem *
find_fixed (GimpItem *group)
{
  g_autofree GimpItem **children = gimp_item_is_group (group) ? gimp_item_get_children (group) : NULL;
  GimpItem *fixed = NULL;

  for (GimpItem **child = children; child && *child && ! fixed; child++)
    fixed = gimp_item_get_lock_position (*child) ? *child : find_fixed (*child);
  return fixed;
}

gboolean
items_check_movable (GimpLayer *layer, GError **error)
{
  GimpItem *fixed = find_fixed (GIMP_ITEM (layer));

  return items_check_locks (layer, error) && (! fixed || items_check_locks (GIMP_LAYER (fixed), error));
}

void
items_unlock (GimpImage *copy)
{
  g_autoptr (GPtrArray) items = items_list_drawables (copy);

  for (guint i = 0; i < items->len; i++)
    if (! GIMP_IS_LAYER_MASK (items->pdata[i]))
      {
        gimp_item_set_lock_visibility (items->pdata[i], FALSE);
        gimp_item_set_lock_position (items->pdata[i], FALSE);
      }
}

gboolean
items_check_floating (GimpImage *image, GError **error)
{
  return ! gimp_image_get_floating_sel (image)
         || fail_with (error, _("The image has a floating selection. Anchor it, or make it a layer, and try "
                                "again."));
}

gboolean
items_check_one (GimpImage *image, GimpDrawable **drawables, const char *indexed, const char *several, GError **error)
{
  const char *sentence = NULL;

  if (gimp_image_get_base_type (image) == GIMP_INDEXED)
    sentence = indexed;
  else if (! drawables[0] || drawables[1] || ! (GIMP_IS_LAYER (drawables[0]) || GIMP_IS_LAYER_MASK (drawables[0])))
    sentence = several;
  return sentence ? fail_with (error, sentence) : items_check_floating (image, error);
}
