/* The soft shadow of an object where it touches the ground. */
#pragma once

#include "../image.h"

/* How dark the ground gets, 0..1: 1 channel, black's opacity, on the grid of object's pixels; its top left corner lies
 * at x, y of it. It follows the lower outline of what is visible: darkest where that lies on the ground, which is taken
 * for the outline's lower hull, and fading to all sides, the wider the larger the object. A few hundred px on a side of
 * the object are enough. NULL with TRIP_ERROR_NO_MEMORY, or with EMPTY_MASK where nothing is visible. The caller owns
 * it. */
TripImage *trip_shadow (const TripImage *object, int *x, int *y, GError **error);

/* The opacity at a point of its grid, between its pixels; 0 outside. */
double trip_shadow_at (const TripImage *shadow, double x, double y);
