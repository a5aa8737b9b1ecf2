/* What effects do to the light, and what is behind the object's soft edge. Pictures of 1 to 4 channels; an alpha
 * channel is not looked at. All results are the caller's; NULL or FALSE with NO_MEMORY. */
#pragma once

#include "../image.h"
#include "../run.h"

#define TRIP_LIGHT_BLACK 0.02f /* added to both sides of a gain: in the dark it says little */
#define TRIP_LIGHT_REACH 64 /* px around the object from which the light at its edge is taken */

/* 1 channel: 1 where picture has too little of any colour, beside what relit has, else 0. NULL also if cancelled. */
TripImage *trip_light_lost (const TripImage *picture, const TripImage *relit, const TripRun *run, GError **error);

/* Of rect: how much darker or brighter the effects make each colour, then a weight. On what alpha covers or hole marks
 * it is what they do around that. */
TripImage *trip_light_gains (const TripImage *picture, const TripImage *relit, const TripImage *alpha,
                             const TripImage *hole, const TripRect *rect, GError **error);

/* Where the object covers so little that hole (1 channel) is 0, the background is what the object leaves of the
 * picture, relit by gains: the object's colours are smooth, and filling there would differ from what is seen between
 * the two. Coverage that the colours do not show is not taken off: that would leave the opposite of the object's. FALSE
 * also if cancelled. */
gboolean trip_light_unmix (const TripImage *picture, const TripImage *alpha, const TripImage *hole,
                           const TripImage *gains, const TripRect *rect, const TripRun *run, TripImage *background,
                           GError **error);

/* What would be seen without the object, its effects still there. */
TripImage *trip_light_behind (const TripImage *picture, const TripImage *alpha, const TripImage *background,
                              const TripImage *gains, const TripRect *rect, GError **error);
