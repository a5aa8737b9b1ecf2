/* What a layer shows whose filters reach out of it. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* What is seen of copy, a layer with filters for an image that has no layers yet: with its filters applied, with at
 * most reach_x and reach_y px around it, where it belongs in the image that it was copied from, and with its mask. Not
 * in the image; NULL if GIMP could not make it. */
GimpLayer *layer_grown_new (GimpLayer *copy, int reach_x, int reach_y);
