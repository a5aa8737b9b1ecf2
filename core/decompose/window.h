/* The part of a picture around an object, at the size at which a network sees it. */
#pragma once

#include "../image.h"
#include "../nn/unet.h"
#include "../run.h"

typedef struct
{
  TripRect box;      /* of the object, in the picture */
  TripRect rect;     /* of the picture */
  int width, height; /* as the network sees it */
} TripWindow;

/* The planes that reading fills: red, green and blue less 0.5, and coverage. */
#define TRIP_WINDOW_PLANES 4

/* The most planes of what a network found that can be looked up. */
#define TRIP_WINDOW_MOST 6

/* The window around what mask (1 channel, 0..1) covers by more than half, with a margin in units of the longer side of
 * that; its sides are multiples of multiple, the longer one near longer_side. FALSE where that is nothing. */
gboolean trip_window_find (const TripImage *mask, float margin, int longer_side, int multiple, TripWindow *window);

/* Fills the first planes of input, which has the window's size, from picture (1 to 4 channels) and mask, both averaged
 * with a triangle as wide as two pixels of the larger size. FALSE with NO_MEMORY or cancelled. */
gboolean trip_window_read (const TripWindow *window, const TripImage *picture, const TripImage *mask,
                           const TripTensor *input, const TripRun *run, GError **error);

/* How a network is asked: trip_unet_run () or the like. */
typedef gboolean (*TripWindowAsk) (const TripUnet *network, const TripTensor *input, float *out, TripArena *arena,
                                   GCancellable *cancellable, GError **error);

/* The mean of what a network finds in input and in its mirror image, where left and right change places and plane
 * negated (-1: none) its sign, so that what is found does not depend on which it is. found: height x width pixels of n
 * planes. FALSE with NO_MEMORY or cancelled. */
gboolean trip_window_see (const TripUnet *network, TripWindowAsk ask, const TripTensor *input, int negated, int n,
                          float *found, const TripRun *run, GError **error);

/* What was found (height x width pixels of n planes) at column x and row y of the window's rect, where the picture has
 * such a pixel of n_channels: of what lies around it that of like colours, so that edges stay where they are. "Joint
 * Bilateral Upsampling" (Kopf et al., 2007). */
void trip_window_look_up (const TripWindow *window, const TripTensor *input, const float *found, int n, int x, int y,
                          const float *pixel, int n_channels, float *out);
