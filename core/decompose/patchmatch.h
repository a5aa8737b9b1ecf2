/* The likenesses of a level's patches, which may be mirrored or turned by quarters. "PatchMatch" (Barnes et al., 2009)
 * and "The Generalized PatchMatch Correspondence Algorithm" (Barnes et al., 2010); here each pass reads only what the
 * one before it found, and random numbers are a function of place and pass, so that neither threads nor their order
 * matter. Internal to inpainting. */
#pragma once

#include "level.h"

typedef struct
{
  guint32 seed;
  int max_bias; /* in a level's values: how far a likeness may be brightened or darkened */
  int step;     /* px: how far away the neighbours are whose likenesses are tried; 0: none are */
  int reach;    /* px: how far around its likeness so far each patch looks at random, at first; 0: it does not */
} TripMatchSearch;

/* All need a level that is prepared and has a source, and return FALSE only when cancelled. */

/* Gives each patch a likeness: where the one at half the size has its own, or at random where small is NULL. */
gboolean trip_match_start (TripLevel *level, const TripLevel *small, guint32 seed, const TripRun *run, GError **error);

/* Tries every source for every patch. */
gboolean trip_match_all (TripLevel *level, const TripMatchSearch *search, const TripRun *run, GError **error);

/* One pass: likenesses are measured anew, then the neighbours' and random ones are tried. */
gboolean trip_match_pass (TripLevel *level, const TripMatchSearch *search, const TripRun *run, GError **error);
