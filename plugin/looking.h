/* Looking for places of an object: what the dialog shows and the placements come from. Main thread only. */
#pragma once

#include "layer-copy.h"
#include "place.h"
#include "scene.h"

/* Of object in what is below it, or in background, which may be NULL; with pictures, those for the dialog too. FALSE
 * with a GIMP_PLUG_IN_ERROR, or as trip_place(); seen is then as it was. Frees what was in seen. copies: as
 * scene_new(). */
gboolean looking_find (GimpLayer *object, GimpDrawable *background, gboolean pictures, const TripRun *run,
                       GPtrArray *copies, UiPlacePicture *seen, GError **error);

void looking_clear (UiPlacePicture *seen);

/* What settling in takes at a place, px of the image. visible: as trip_heatmap_visible(). Errors as above. */
gboolean looking_settle (GimpLayer *object, GimpDrawable *background, const TripRect *visible,
                         const TripPlacement *place, const TripRun *run, TripSettled *settled, GError **error);
