/* Takes the seams out of a hole that was put together from many places: its pixels are made a little lighter or darker
 * so that the differences of neighbours are those of where they come from, as in "Poisson Image Editing" (Perez et al.,
 * 2003), but less the farther from a seam ("Fourier Analysis of the 2D Screened Poisson Equation for Gradient Domain
 * Problems", Bhat et al., 2008). Where things end at a seam it stays. Internal to inpainting. */
#pragma once

#include "vote.h"

/* Changes composition's out. FALSE with NO_MEMORY or cancelled. */
gboolean trip_blend (const TripComposition *composition, const TripRun *run, GError **error);
