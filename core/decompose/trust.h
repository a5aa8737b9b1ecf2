/* Where a selection is precise already, it is better than anything found anew. */
#pragma once

#include "../image.h"
#include "../run.h"

/* Makes alpha, the coverage found for selection, selection's own values where that is drawn as the picture changes:
 * where near an outline colours explain the selection well, by a linear model of each small window as in "Guided Image
 * Filtering" (He et al., 2013), and alpha not much better. trimap, which alpha was found from, becomes certain where
 * the selection alone counts, and is. picture: 1 to 4 channels of their size, perceptual; selection: 1 channel, from 0
 * to any value, which means 1. FALSE with NO_MEMORY or cancelled; nothing has changed then. */
gboolean trip_trust (const TripImage *picture, const TripImage *selection, TripImage *trimap, TripImage *alpha,
                     const TripRun *run, GError **error);
