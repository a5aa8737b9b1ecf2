/* The shadow of an object as a layer, and pixels of an object that settle in. Main thread only. */
#pragma once

#include "plan.h"

#define SHADOW_LAYER_NOTE "triptych-shadow" /* for made_mark() */

/* Black, as opaque as settled says, not yet in image. NULL with a GIMP_PLUG_IN_ERROR. */
GimpLayer *shadow_layer_new (GimpImage *image, const TripSettled *settled, GError **error);

/* Changes the result of part, if it is a layer's colours, as data, a TripSettling, says. A ScalingFunc. */
gboolean shadow_layer_settle (ScalePart *part, const TripRun *run, gpointer data, GError **error);
