/* Which colours a part of a picture has, and where: a mixture of Gaussians each of which has a place. */
#pragma once

#include <glib.h>

typedef struct
{
  float colour[3]; /* perceptual */
  float x, y;      /* px */
  float weight;    /* how surely it belongs to the part, 0..1 */
} TripSample;

typedef struct _TripColourModel TripColourModel;

/* reach: px, how far around a place its colours count as much. Samples with weight 0 do not count. NULL where none
 * counts. The caller owns the result. */
TripColourModel *trip_colour_model_new (const TripSample *samples, gsize n, int n_places, float reach);
void trip_colour_model_free (TripColourModel *colours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripColourModel, trip_colour_model_free)

/* How dense the part's colours are around colour near x, y; 1 were they spread evenly over 0..1 of each channel. */
float trip_colour_model_density (const TripColourModel *colours, const float *colour, float x, float y);

/* Makes share of the part lie in a shadow that none of the samples did: the same hues, darker. */
void trip_colour_model_shade (TripColourModel **colours, float share);
