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

/* A layer of a shrunk image remembers where it lay, since its edges lie between the small pixels. was: of the original,
 * in px of its image. FALSE if there is no such note, or the layer has another size or place by now. */
gboolean note_get_place (GimpItem *layer, GeglRectangle *was);
void note_set_place (GimpItem *layer, const GeglRectangle *was);
void note_remove_place (GimpItem *layer);
