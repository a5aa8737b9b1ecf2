/* Colours of scores for people: dark violet for 0, by way of blue, teal and green to light yellow for 1.
 *
 * A helix of constant chroma around the gray axis of Oklab ("A perceptual color space for image processing",
 * B. Ottosson, 2020): lightness and hue go evenly, so equal steps of the score look equally large, and lightness alone,
 * as on a gray picture, tells the order too. */
#pragma once

#include <glib.h>

/* score: 0..1, what is beyond counts as the nearest. Writes sRGB, 0..1. */
void trip_heat_colour (double score, float colour[3]);
