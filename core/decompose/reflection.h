/* An object's reflection in a glossy floor, taken off as it came on: by adding light.
 *
 * The floor's own light and what is mirrored in it add up; where the object is mirrored, what lies behind it is not. As
 * floors show an object from below, mostly in its own shade, that is near enough one change of light for all of the
 * reflection: what its edges tell. Whether there is a reflection is told by a logistic regression of some signs, which
 * core/train/effects/reflection.py has fitted. */
#pragma once

#include "../image.h"
#include "../run.h"

/* Takes the reflection of what alpha (1 channel of the picture's size, 0..1) covers out of picture (1 or 3 channels,
 * perceptual), and tells whether; where there seems to be none nothing changes. FALSE with NO_MEMORY or cancelled, and
 * then picture may have changed in part. */
gboolean trip_reflection_remove (TripImage *picture, const TripImage *alpha, gboolean *changed, const TripRun *run,
                                 GError **error);
