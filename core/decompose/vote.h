/* What the likenesses of a level's patches make of its hole: every pixel is under many patches, and each has its say.
 * Internal to inpainting. */
#pragma once

#include "level.h"

/* Fills the hole with the mean of what its patches' likenesses say; the better ones count more. */
gboolean trip_vote (TripLevel *level, const TripRun *run, GError **error);

/* The hole of a picture, copied together. */
typedef struct
{
  const TripLevel *level; /* a part of the picture at its own size, with likenesses */
  const TripImage *picture;
  int x, y;      /* of the picture: the level's first pixel */
  TripRect at;   /* of the picture, within the level: what out and from cover */
  TripImage *out;
  guint32 *from; /* y width + x of the level's pixel that each hole pixel is copied from, */
  guint8 *turns; /* and how the patch that it is of was turned */
} TripComposition;

/* The same for the picture itself, and without a mean, so that nothing is blurred: each hole pixel of composition's out
 * is copied from where most patches over it agree. */
gboolean trip_vote_compose (const TripComposition *composition, const TripRun *run, GError **error);
