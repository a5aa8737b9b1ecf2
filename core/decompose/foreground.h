/* The colours of a partly covering object, and of what is behind it. "Fast Multi-Level Foreground Estimation"
 * (Germer et al., 2020). */
#pragma once

#include "../image.h"
#include "../run.h"

/* picture: 1 or 3 colour channels (an alpha channel is not looked at); alpha: 1 channel, 0..1, of the same size.
 * picture = alpha foreground + (1 - alpha) background as nearly as smooth colours allow; both results have the
 * picture's colour channels only and are defined everywhere. background may be NULL. The caller owns the results.
 * FALSE with NO_MEMORY or cancelled. */
gboolean trip_foreground (const TripImage *picture, const TripImage *alpha, const TripRun *run,
                          TripImage **foreground, TripImage **background, GError **error);
