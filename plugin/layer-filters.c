#include "layer-filters.h"

#include <gegl.h>
#include <math.h>

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

/* By what a property of operation is to be multiplied; 1 if it is no length. */
static double
factor_of (const char *operation, const char *property, double factor_x, double factor_y)
{
  const char *unit = gegl_operation_get_property_key (operation, property, "unit");
  const char *axis = gegl_operation_get_property_key (operation, property, "axis");

  if (g_strcmp0 (unit, "pixel-distance") != 0 && g_strcmp0 (unit, "pixel-coordinate") != 0)
    return 1;
  if (g_strcmp0 (axis, "x") == 0)
    return factor_x;
  return g_strcmp0 (axis, "y") == 0 ? factor_y : sqrt (factor_x * factor_y);
}

/* As far as the property's range goes. FALSE if it is no number. */
static gboolean
multiply (GObject *config, GParamSpec *spec, double factor)
{
  if (G_IS_PARAM_SPEC_DOUBLE (spec))
    {
      const GParamSpecDouble *range = G_PARAM_SPEC_DOUBLE (spec);
      double value;

      g_object_get (config, spec->name, &value, NULL);
      g_object_set (config, spec->name, CLAMP (value * factor, range->minimum, range->maximum), NULL);
      return TRUE;
    }
  if (G_IS_PARAM_SPEC_INT (spec))
    {
      const GParamSpecInt *range = G_PARAM_SPEC_INT (spec);
      int value;

      g_object_get (config, spec->name, &value, NULL);
      g_object_set (config, spec->name, (int) CLAMP (round (value * factor), range->minimum, range->maximum), NULL);
      return TRUE;
    }
  return FALSE;
}

static void
scale_filter (GimpDrawableFilter *filter, double factor_x, double factor_y)
{
  g_autofree char *operation = gimp_drawable_filter_get_operation_name (filter);
  GObject *config = G_OBJECT (gimp_drawable_filter_get_config (filter));
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (config), &n);
  gboolean changed = FALSE;

  if (! gegl_has_operation (operation)) /* one of GIMP's own, or of a plug-in for it alone */
    return;
  for (guint i = 0; i < n; i++)
    {
      const double factor = factor_of (operation, specs[i]->name, factor_x, factor_y);

      if (factor != 1)
        changed = multiply (config, specs[i], factor) || changed;
    }
  if (! changed)
    return;
  /* updating sets these too, and libgimp does not ask GIMP first */
  gimp_drawable_filter_set_opacity (filter, gimp_drawable_filter_get_opacity (filter));
  gimp_drawable_filter_set_blend_mode (filter, gimp_drawable_filter_get_blend_mode (filter));
  gimp_drawable_filter_update (filter);
}

void
layer_scale_filters (GimpDrawable *drawable, double factor_x, double factor_y)
{
  g_autofree GimpDrawableFilter **filters = gimp_drawable_get_filters (drawable);

  for (GimpDrawableFilter **filter = filters; filter && *filter; filter++)
    scale_filter (*filter, factor_x, factor_y);
}
