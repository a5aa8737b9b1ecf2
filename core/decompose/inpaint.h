/* Filling a hole with what is around it, so that structure and texture run through at full resolution: exemplars found
 * by PatchMatch from coarse to fine and put together by voting. "PatchMatch: A Randomized Correspondence Algorithm for
 * Structural Image Editing" (Barnes et al., 2009), "Image Melding" (Darabi et al., 2012). */
#pragma once

#include "../image.h"
#include "../run.h"

typedef struct
{
  guint32 seed;              /* the same seed and picture give the same result, for every number of threads */
  const TripImage *excluded; /* 1 channel of the picture's size, or NULL: above 0 nothing is copied from there */
} TripInpaintOptions;

/* Fills picture (1 to 4 channels, perceptual) where hole (1 channel, of its size) is above 0, in place; all other
 * pixels stay exactly as they are. Where nothing is left to copy from the hole gets the colours of its border, and of
 * a picture that is all hole its mean. FALSE with NO_MEMORY or cancelled; picture is then as it was. */
gboolean trip_inpaint (TripImage *picture, const TripImage *hole, const TripInpaintOptions *options, const TripRun *run,
                       GError **error);
