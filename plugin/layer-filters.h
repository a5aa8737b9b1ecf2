/* GIMP's filters that stay editable. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* Whether a layer looks different from its pixels, by filters that are switched on. */
gboolean layer_has_filters (GimpLayer *layer);

/* Takes the filters that are switched on off a layer whose pixels, then of width x height px, are to be overwritten,
 * and leaves the others. FALSE if GIMP could not. */
gboolean layer_drop_filters (GimpLayer *layer, int width, int height);
