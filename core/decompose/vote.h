/* What the likenesses of a level's patches make of its hole: every pixel is under many patches, and each has its say.
 * Internal to inpainting. */
#pragma once

#include "level.h"

/* Fills the hole with the mean of what its patches' likenesses say; the better ones count more. */
gboolean trip_vote (TripLevel *level, const TripRun *run, GError **error);

/* The same for the picture itself, whose pixel x, y is the level's 0, 0, and without a mean, so that nothing is blurred:
 * each hole pixel of out, which is the picture's rectangle at, is copied from where most patches over it agree. */
gboolean trip_vote_compose (const TripLevel *level, const TripImage *picture, int x, int y, TripImage *out,
                            const TripRect *at, const TripRun *run, GError **error);
