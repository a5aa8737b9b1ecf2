/* How far each pixel is from the outline of what is selected. "Distance Transforms of Sampled Functions"
 * (Felzenszwalb and Huttenlocher, 2012). */
#pragma once

#include "../image.h"
#include "../run.h"

/* Where everything or nothing is selected. */
#define TRIP_DISTANCE_FAR 1e6f

/* px from each pixel's centre to the outline, above 0 inside, which is where mask (1 channel) is at least level; the
 * picture's border is no outline. NULL with NO_MEMORY or cancelled. The caller owns the result. */
TripImage *trip_distance (const TripImage *mask, float level, const TripRun *run, GError **error);
