/* How sharp pictures are, at their edges. */
#pragma once

#include "../image.h"

/* The standard deviation in px of the blur that makes object, at its edges within what is opaque, as soft as around, at
 * the sharper ones of its own; 0 where it is so already, or where there are too few edges to tell. After "Defocus Map
 * Estimation from a Single Image" (Zhuo and Sim, 2011): of the gradients before and after another blur. */
double trip_sharpness_blur (const TripImage *around, const TripImage *object);
