/* Colours for a hole from its border alone. */
#pragma once

#include "../image.h"
#include "../run.h"

/* Gives the pixels of image where known (1 byte a pixel, without padding) is 0 colours from those where it is not: they
 * spread ring by ring, and the hole is then smoothed n_rounds times. Where nothing is known, nothing changes. FALSE
 * with NO_MEMORY or cancelled. */
gboolean trip_spread (TripImage *image, const guint8 *known, int n_rounds, const TripRun *run, GError **error);
