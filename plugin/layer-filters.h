/* GIMP's filters that stay editable. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* Whether a layer looks different from its pixels, by filters that are switched on. */
gboolean layer_has_filters (GimpLayer *layer);

/* Takes the filters that are switched on off a layer whose pixels, then of width x height px, are to be overwritten,
 * and leaves the others. FALSE if GIMP could not. */
gboolean layer_drop_filters (GimpLayer *layer, int width, int height);

/* Makes lengths and places in the filters of drawable fit a picture that is so many times as wide and as high. GIMP
 * records no undo step of it. */
void layer_scale_filters (GimpDrawable *drawable, double factor_x, double factor_y);
