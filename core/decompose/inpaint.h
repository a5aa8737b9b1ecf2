/* Filling a hole with what is around it, so that structure and texture run through at full resolution: exemplars,
 * mirrored or turned where that suits, found by PatchMatch from coarse to fine and put together by voting, and a small
 * network that tells which colours to expect where. "Space-Time Completion of Video" (Wexler et al., 2007),
 * "PatchMatch: A Randomized Correspondence Algorithm for Structural Image Editing" (Barnes et al., 2009), "Image
 * Melding" (Darabi et al., 2012). */
#pragma once

#include "../image.h"
#include "../run.h"

/* Fills picture (1 to 4 channels, perceptual) where hole (1 channel, of its size) is above 0, in place; all other
 * pixels stay exactly as they are. Each filled pixel is one of the picture's, from no farther away than the hole is
 * wide or high, or 128 px, with light and colour changed smoothly: no seam shows, and where nothing matched well they
 * come nearer to what is expected. Where nothing is
 * left to copy (a patch is 7 x 7 px) the hole gets the colours of its border, and in a picture that is all hole its
 * mean. FALSE with NO_MEMORY, BAD_WEIGHTS or cancelled; picture is then as it was. */
gboolean trip_inpaint (TripImage *picture, const TripImage *hole, guint32 seed, const TripRun *run, GError **error);

/* About how much memory that allocates for a hole with these bounds in a picture of width x height px. */
double trip_inpaint_bytes (int width, int height, int n_channels, const TripRect *bounds);
