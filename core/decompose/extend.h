/* Smooth values for pixels that have none, from those around them: means over squares that grow by halving the
 * picture, as in "The Lumigraph" (Gortler et al., 1996). */
#pragma once

#include "../image.h"

/* Gives each pixel of image whose last channel, its weight, is 0 the means of the pixels around it; weights become at
 * most 1. Pixels of weight 1 stay; where all weights are 0 all values become 0. FALSE with NO_MEMORY. */
gboolean trip_extend (TripImage *image, GError **error);
