/* A heatmap as a layer. Main thread only. */
#pragma once

#include "trip.h"

#include <libgimp/gimp.h>

#define HEAT_LAYER_NOTE "triptych-heatmap" /* for made_mark(); tells such a layer from a picture */

/* The scores that map has for scale, as colours: a translucent layer of the scene's size, for place
 * (px in image), not yet in image. run gets the progress. NULL with a GIMP_PLUG_IN_ERROR, or as
 * trip_run_step(). */
GimpLayer *heat_layer_new (GimpImage *image, const TripHeatmap *map, double scale,
                           const TripRect *place, const TripRun *run, GError **error);
