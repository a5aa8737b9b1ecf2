/* Where the object of a rough selection is, as a network sees it that was trained on objects with known outlines.
 * Picture and selection go in together, as in "Deep Interactive Object Selection" (Xu et al., 2016); the twin of
 * core/train/outline/model.py. */
#pragma once

#include "../image.h"
#include "../nn/unet.h"
#include "../run.h"

/* Of the network: red, green and blue less 0.5, and the selection; the logarithm of how much likelier than not it is
 * the object. */
#define TRIP_OUTLINE_INPUTS 4
#define TRIP_OUTLINE_OUTPUTS 1

/* How far around the selection is looked, in units of the longer side of its box. */
#define TRIP_OUTLINE_MARGIN 0.3f

/* kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripUnet *trip_outline_network_new (GBytes *file, const TripKernels *kernels, GError **error);

/* How likely each pixel of picture (1 to 4 channels) is the object: 0..1, 1 channel, 0 far from the selection (1
 * channel, 0..1, of the picture's size), and all over where that is nowhere more than half. Where what the network
 * says tells that the hand followed the object, the selection is believed, too. *size gets how many px of the picture
 * one that the network sees is wide. NULL with BAD_WEIGHTS, NO_MEMORY or cancelled. The caller owns the result. */
TripImage *trip_outline (const TripImage *picture, const TripImage *selection, float *size, const TripRun *run,
                         GError **error);
