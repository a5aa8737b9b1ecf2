/* The object's coverage from a rough selection: a trimap, then closed-form matting on what is uncertain. */
#pragma once

#include "../image.h"
#include "../run.h"

/* From selection (1 channel, 0..1) the trimap: 0 surely not the object, 1 surely the object, between them to be found
 * out: the nearer to 0 or 1 the surer the guess, 0.5 none. picture has the selection's size and 1 or 3 colour
 * channels, perceptual values; alpha is not looked at. The selection may be soft, drawn around the object or a little
 * inside it; selected is what is at least half of its highest value.
 * edge: the width of the uncertain band in px, half of it on either side of the outline; 0: from how uncertain the
 * outline is, near where a network sees it (outline.h). NULL with TRIP_ERROR_EMPTY_MASK where nothing is selected,
 * BAD_WEIGHTS, NO_MEMORY or cancelled. The caller owns the result. */
TripImage *trip_trimap (const TripImage *picture, const TripImage *selection, double edge, const TripRun *run,
                        GError **error);

/* The coverage 0..1 (1 channel) for trimap; what is certain there stays exactly 0 or 1, and where nothing speaks for
 * anything else the guess stays. "A Closed-Form Solution to Natural Image Matting" (Levin et al., 2008). NULL with
 * NO_MEMORY or cancelled. The caller owns the result. */
TripImage *trip_matting (const TripImage *picture, const TripImage *trimap, const TripRun *run, GError **error);

/* The same where only part is to be found out anew: outside it the result is earlier, found for a trimap that differs
 * within part only. */
TripImage *trip_matting_again (const TripImage *picture, const TripImage *trimap, const TripImage *earlier,
                               const TripRect *part, const TripRun *run, GError **error);
