/* Makes an enlarged picture agree with the small one: what it lacks of that when it is reduced again is enlarged and
 * added. One step of iterative back-projection ("Improving Resolution by Image Registration",
 * Irani and Peleg, 1991). */
#pragma once

#include "tile-band.h"

#define TRIP_BACK_REACH 4 /* small px around a pixel of the result from which others change it */

/* Floats of arena for so many small pixels and columns of the result. */
gsize trip_back_project_need (int small_width, int small_height, int n_columns);

/* pixels: 1 or 3 channels of the result at place, which holds the small pixels of rect and TRIP_BACK_REACH around them,
 * as far as there is a picture. Writes those of rect that band->out holds to its channels from first_channel on. FALSE
 * with TRIP_ERROR_NO_MEMORY or G_IO_ERROR_CANCELLED. */
gboolean trip_back_project (const TripTileBand *band, const TripImage *pixels, const TripRect *place,
                            const TripRect *rect, int first_channel, TripArena *arena, GCancellable *cancellable,
                            GError **error);
