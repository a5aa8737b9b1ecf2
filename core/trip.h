/* Triptych's core: the one header that other parts include.
 *
 *   GeglBuffer --(plugin/layer-io)--> TripSource --trip_<operation>(options, run)--> TripSink --> layer
 *
 * An operation pulls rectangles of its source, works on tiles of them on several threads, and hands
 * finished rows to its sink; those that need all of a picture at once take and give a TripImage.
 * Whatever it needs to know comes in its options; how it runs (progress, cancelling, threads) in a
 * TripRun. Core knows nothing of GIMP and holds no text for users. */
#pragma once

#include "decompose/decompose.h"
#include "error.h"
#include "image.h"
#include "place/palette.h"
#include "place/place.h"
#include "place/settle.h"
#include "place/shadow.h"
#include "rescale/jpeg.h"
#include "rescale/restore.h"
#include "rescale/shrink.h"
#include "rescale/upscale.h"
#include "run.h"
