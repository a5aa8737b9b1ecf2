/* Settling in: an object gets the brightness, the colour cast and the sharpness of what is around it, moderately.
 *
 * What makes a composite look real is above all that highlights and colour temperature agree ("Understanding and
 * Improving the Realism of Image Composites", Xue et al., 2012). Colours are changed by a factor for each channel,
 * which no object loses its own colours by; the sharpness by a blur, if the object is sharper than the scene. */
#pragma once

#include "place.h"

typedef struct
{
  double gain[3]; /* of red, green and blue near black; gray pictures get the second */
  double blur;    /* px: standard deviation; 0: none */
} TripSettling;

#define TRIP_SETTLING_INIT { { 1, 1, 1 }, 0 }

/* The part of a scene of width x height px that is around an object in box, px of the scene; at least one px. */
TripRect trip_settle_around (int width, int height, const TripRect *box);

/* What the object needs that is to stand in around, a part of a scene at the object's scale. Nothing where too little
 * is visible of one of them. A few hundred px on a side are enough, and more only cost time. */
TripSettling trip_settle_measure (const TripImage *around, const TripImage *object);

/* Writes the settled object to sink. Alpha stays as it is; colours under transparent pixels do not reach visible ones;
 * what lies within 0..1 stays there. Errors: NO_MEMORY, cancelled, and whatever object and sink return. */
gboolean trip_settle (const TripSource *object, const TripSettling *settling, const TripSink *sink, const TripRun *run,
                      GError **error);

/* What settling in takes at a place. */
typedef struct
{
  TripSettling settling; /* blur in px of the scene */
  TripImage *shadow;     /* as trip_shadow(), */
  double x, y;           /* px of the scene: where its top left corner lies, */
  double step_x, step_y; /* and how far its pixels are apart */
} TripSettled;

void trip_settled_clear (TripSettled *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TripSettled, trip_settled_clear)

/* Finds it, from no more pixels than it takes. visible: as trip_heatmap_visible(). FALSE with NO_MEMORY, EMPTY_MASK,
 * cancelled, or what the sources return. */
gboolean trip_settle_look (const TripSource *scene, const TripSource *object, const TripRect *visible,
                           const TripPlacement *place, const TripRun *run, TripSettled *settled, GError **error);
