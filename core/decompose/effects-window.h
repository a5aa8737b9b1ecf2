/* What the network for shadows and reflections sees of a window beside colours and coverage: places, and a mirror. */
#pragma once

#include "window.h"

/* Fills input, of TRIP_EFFECTS_INPUTS planes and the window's size, from picture (1 to 4 channels) and alpha. FALSE
 * with NO_MEMORY or cancelled. */
gboolean trip_effects_window_read (const TripWindow *window, const TripImage *picture, const TripImage *alpha,
                                   const TripTensor *input, const TripRun *run, GError **error);
