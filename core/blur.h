/* Gaussian blur, about as fast for any width. */
#pragma once

#include "image.h"

/* By how many px a blur of this standard deviation spreads values. */
int trip_blur_reach (double sigma);

/* Blurs every channel of image in place, with standard deviations in px along the rows and along the columns, and 0 for
 * what lies outside of it. Three extended boxes, after "Theoretical Foundations of Gaussian Convolution by Extended Box
 * Filtering" (Gwosdek et al., 2011). */
void trip_blur (TripImage *image, double sigma_x, double sigma_y);
