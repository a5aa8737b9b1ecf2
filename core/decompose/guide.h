/* Where filling begins: what is expected of the hole at the smaller sizes. Internal to inpainting. */
#pragma once

#include "guess.h"

/* levels, each of half the size of the one before, of a picture of n_channels: gives the smaller ones their guides, the
 * hole of the smallest its first pixels, and what is expected of level *at, which the caller clears. FALSE with
 * BAD_WEIGHTS, NO_MEMORY or cancelled. */
gboolean trip_guide (TripLevel *const *levels, int n_levels, int n_channels, TripGuess *guess, int *at,
                     const TripRun *run, GError **error);
