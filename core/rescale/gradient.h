/* The way back through the upscaler's network: from the derivatives of a loss by the pixels of the result to those by
 * the pixels of the small picture. The weights are fixed. */
#pragma once

#include "network.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripGradient TripGradient;

/* Of network, which is the one in file. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripGradient *trip_gradient_new (GBytes *file, const TripNetwork *network, GError **error);
void trip_gradient_free (TripGradient *gradient);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripGradient, trip_gradient_free)

/* Floats that trip_gradient_run () takes from an arena. */
gsize trip_gradient_need (const TripGradient *gradient, int width);

/* pixels: the derivatives by the pixels of tile, as for trip_field_rows_back (); masks: those that
 * trip_network_trunk () filled for an input of height x width px. Adds to result (height, width, 3 colours). FALSE with
 * G_IO_ERROR_CANCELLED. */
gboolean trip_gradient_run (const TripGradient *gradient, int height, int width, const TripFieldTile *tile,
                            const float *pixels, TripMask *const *masks, float *result,
                            TripArena *arena, GCancellable *cancellable, GError **error);
