/* Pictures as small as the network sees them: reading a source of any size from top to bottom. */
#pragma once

#include "../image.h"
#include "../run.h"

/* rect of source at width x height px, by a triangle filter that reaches as far as a pixel of the result. Of many rows
 * and columns some are left out, so that TRIP_PLACE_ROWS are read for each of the result. Returns 4 channels, colours
 * multiplied by alpha; the caller owns it. NULL with NO_MEMORY, cancelled or what source returns. */
TripImage *trip_place_read (const TripSource *source, const TripRect *rect, int width, int height, const TripRun *run,
                            GError **error);

/* What is visible of an object: the pixels with an alpha of at least 0.1, or any where there are none. Of objects
 * more than 2048 px high not every row is looked at. FALSE with EMPTY_MASK, cancelled or what source returns. */
gboolean trip_place_visible (const TripSource *object, TripRect *rect, const TripRun *run, GError **error);
