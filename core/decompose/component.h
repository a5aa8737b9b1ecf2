/* Connected pixels of an image. */
#pragma once

#include "../image.h"

/* Lists in pixels, which has room for all of image (1 channel), the pixel first and those above a level that are
 * connected with it by their sides, as y width + x, and sets them in image to 0, or level if that is less.
 * Returns how many they are. */
gsize trip_component_take (TripImage *image, float level, guint32 first, guint32 *pixels);
