/* Layers that add up to a picture exactly, with the smallest alpha that explains it.
 *
 * Everything here is in the encoding in which the layers are stored and blended, whichever that is. Per pixel and from
 * bottom to top: the lower layers are what they are once they are stored, and the next one gets the least alpha,
 * rounded up, with which a colour in range explains what is to be seen over them; then that colour. What rounding the
 * colour leaves is less than half a step. */
#pragma once

#include "../image.h"
#include "../run.h"

typedef enum
{
  TRIP_LAYER_BACKGROUND,
  TRIP_LAYER_EFFECTS,
  TRIP_LAYER_FOREGROUND,
  TRIP_N_LAYERS
} TripLayerRole;

/* All of the picture's size. Values of a layer: colours 0..1, or as far beyond as the picture goes there. */
typedef struct
{
  const TripImage *picture;    /* what the layers must add up to, 1 to 4 channels */
  const TripImage *alpha;      /* the object's coverage, 1 channel, 0..1 */
  const TripImage *background; /* without object and effects; the picture's channels */
  const TripImage *behind;     /* without the object, but with its effects; the same channels */
  int levels;                  /* values are stored as multiples of 1 / levels: 255, 65535; 0: as they are */
} TripSum;

/* Fills layers: the background has the picture's channels, the others its colours and alpha; all in Normal mode, with
 * straight alpha, within the limits of levels. Effects lie only where the picture is opaque and the object does not
 * cover all. Where the picture is partly transparent, object and background share its alpha. The caller owns the
 * layers. FALSE with NO_MEMORY or cancelled. */
gboolean trip_recompose (const TripSum *sum, const TripRun *run, TripImage *layers[TRIP_N_LAYERS], GError **error);

/* The least alpha with which a colour in range over under gives seen; in range is 0..1, or as far beyond as seen goes.
 * 0 where they differ by less than half a step of 16 bits. */
float trip_least_alpha (const float *seen, const float *under, int n_colours);

/* The part of layer, which has alpha, that is not empty; of an empty one, its first pixel. */
TripRect trip_layer_bounds (const TripImage *layer);
