/* Where one sees through the object, however deep in the selection: the hole of a handle, gaps between leaves. */
#pragma once

#include "../image.h"

/* odds: how much likelier the background is than the object, as a logarithm, for one pixel in step x step; 0 where that
 * is not to be known. Returns an image (1 channel, width x height px, at most step times the size of odds) that is 1
 * where a patch of neighbouring pixels is clearly background, and a little around it, else 0; NULL in *holes where
 * there is none. FALSE with NO_MEMORY. The caller owns *holes. */
gboolean trip_holes (const TripImage *odds, int step, int width, int height, TripImage **holes, GError **error);
