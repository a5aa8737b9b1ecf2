/* What a shrunk image remembers of its original: a note of core as a parasite of ours and, as not
 * every file format keeps that, as a line of the image's comment. */
#pragma once

#include "trip.h"

#include <libgimp/gimp.h>

/* FALSE if image carries no note, or one that is no longer true as the image has another size by
 * now. */
gboolean note_get (GimpImage *image, TripShrinkNote *note);

/* Both can be undone. */
void note_set (GimpImage *image, const TripShrinkNote *note);
void note_remove (GimpImage *image);
