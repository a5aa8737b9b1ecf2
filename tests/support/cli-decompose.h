/* triptych-cli decompose: an object of a PNG file taken out, as three PNG files in Normal mode, blended in the
 * picture's own values. */
#pragma once

#include "png-io.h"
#include "trip.h"

/* selection: bright where the object is, of picture's size. Leaves background.png, effects.png and foreground.png in
 * folder, which is made if there is none; on failure nothing of that. */
gboolean cli_decompose (PngPicture *picture, PngPicture *selection, const TripDecomposeOptions *options,
                        const char *folder, const TripRun *run, GError **error);
