/* The part of a picture around an object, at the size at which the network for shadows and reflections sees it. */
#pragma once

#include "../image.h"
#include "../nn/tensor.h"
#include "../run.h"

typedef struct
{
  TripRect rect;      /* of the picture */
  int width, height;  /* as the network sees it */
  float x, foot, unit; /* of the object there: middle and lower edge of its box, the box's longer side */
} TripEffectsWindow;

/* The window around what alpha (1 channel, 0..1) covers by more than half, with a margin in units of the longer side of
 * that; its sides are multiples of multiple. FALSE where that is nothing. */
gboolean trip_effects_window_find (const TripImage *alpha, float margin, int multiple, TripEffectsWindow *window);

/* Fills input, of TRIP_EFFECTS_INPUTS planes and the window's size, from picture (1 to 4 channels) and alpha, both
 * averaged with a triangle as wide as two pixels of the larger size. FALSE with NO_MEMORY or cancelled. */
gboolean trip_effects_window_read (const TripEffectsWindow *window, const TripImage *picture, const TripImage *alpha,
                                   const TripTensor *input, const TripRun *run, GError **error);

/* Fills out, of the planes and size of input, with the window's mirror image: left and right change places. */
void trip_effects_window_mirror (const TripTensor *input, TripTensor *out);
