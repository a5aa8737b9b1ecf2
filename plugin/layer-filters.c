#include "layer-filters.h"

/* How many filters of layer are switched on, or off. */
static int
count_filters (GimpLayer *layer, gboolean visible)
{
  g_autofree GimpDrawableFilter **filters = gimp_drawable_get_filters (GIMP_DRAWABLE (layer));
  int n = 0;

  for (GimpDrawableFilter **filter = filters; filter && *filter; filter++)
    n += gimp_drawable_filter_get_visible (*filter) == visible;
  return n;
}

gboolean
layer_has_filters (GimpLayer *layer)
{
  return count_filters (layer, TRUE) > 0;
}

/* GIMP's merging throws away what is switched off. */
gboolean
layer_drop_filters (GimpLayer *layer, int width, int height)
{
  GimpDrawable *drawable = GIMP_DRAWABLE (layer);
  g_autofree GimpDrawableFilter **filters = NULL;

  if (count_filters (layer, FALSE) == 0)
    return ! layer_has_filters (layer) || gimp_drawable_merge_filters (drawable);
  filters = gimp_drawable_get_filters (drawable);
  for (GimpDrawableFilter **filter = filters; *filter; filter++)
    if (gimp_drawable_filter_get_visible (*filter) && ! gimp_drawable_filter_delete (*filter))
      return FALSE;
  if (gimp_drawable_get_width (drawable) == width && gimp_drawable_get_height (drawable) == height)
    return TRUE;
  return gimp_layer_resize (layer, width, height, 0, 0); /* as merging does */
}
