/* The shadow and the reflection that an object leaves in the picture, found by a small network from picture and
 * object: for each pixel and colour a gain and an offset. Relighting after "Shadow Removal via Shadow Image
 * Decomposition" (Le and Samaras, 2019). A reflection whose outline can be made out is taken off by itself, before that
 * and, as a shadow may have hidden some of it, after (reflection.h). */
#pragma once

#include "../image.h"
#include "../run.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripEffects TripEffects;

/* The network that is shipped; NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripEffects *trip_effects_new (GError **error);
void trip_effects_free (TripEffects *effects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripEffects, trip_effects_free)

typedef enum
{
  TRIP_EFFECTS_NONE,
  TRIP_EFFECTS_SHADOW, /* what darkens */
  TRIP_EFFECTS_ALL,    /* and reflections, and what sharpening has drawn around the object (decompose.h) */
} TripEffectsKind;

/* picture: 1 to 4 channels (an alpha channel is not looked at), perceptual; alpha: the object's coverage 0..1, 1
 * channel of its size. The result is the picture without the effects, relit rather than refilled so that texture stays:
 * the picture's own colour channels; where no effect is, and farther from the object than 2.2 times its longer side,
 * exactly the picture. Values beyond 0..1 stay there or come nearer. Where alpha
 * covers by more than half it is the picture, too. NULL with NO_MEMORY or cancelled. The caller owns the
 * result. */
TripImage *trip_effects_remove (const TripEffects *effects, const TripImage *picture, const TripImage *alpha,
                                TripEffectsKind kind, const TripRun *run, GError **error);
