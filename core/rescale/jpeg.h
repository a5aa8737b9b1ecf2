/* What JPEG has left of a picture: edges between blocks of 8 x 8 pixels, by how much the steps across them stand out.
 * After "A New Approach to the Blockiness Problem: No-Reference Perceptual Quality Assessment" (Wang, Sheikh and Bovik,
 * 2002), in the pixels instead of the spectrum. */
#pragma once

#include "../image.h"

/* The clean-up that fits the traces of JPEG in the middle of a picture, 0..1; 0 where there are none, as after saving
 * without loss, or scaling. FALSE with the source's errors. */
gboolean trip_jpeg_clean_up (const TripSource *source, double *clean_up, GError **error);
