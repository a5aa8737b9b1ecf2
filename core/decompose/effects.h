/* The shadow and the reflection that an object leaves in the picture, found by a small network from picture and
 * object. */
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
  TRIP_EFFECTS_ALL,    /* and reflections */
} TripEffectsKind;

/* picture: 1 or 3 colours (an alpha channel is not looked at), perceptual; alpha: the object's coverage, 1 channel of
 * its size. The result is the picture without the effects, relit rather than refilled so that texture stays: the
 * picture's own colour channels; where no effect is, exactly the picture. Under the object it is undefined. NULL with
 * NO_MEMORY or cancelled. The caller owns the result. */
TripImage *trip_effects_remove (const TripEffects *effects, const TripImage *picture, const TripImage *alpha,
                                TripEffectsKind kind, const TripRun *run, GError **error);
