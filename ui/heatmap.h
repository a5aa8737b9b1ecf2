/* A scene with its heatmap over it, in which an object can be put anywhere.
 *
 * The object follows the pointer, at the size that is best there or at a fixed one, and a click puts
 * it. Keys: arrows move it, with Shift or Ctrl by single pixels; plus and minus, like the wheel, ask
 * for another size; 1 to 9 choose one of the numbered places, Home the first. */
#pragma once

#include "place.h"

#define UI_TYPE_HEATMAP (ui_heatmap_get_type ())
G_DECLARE_FINAL_TYPE (UiHeatmap, ui_heatmap, UI, HEATMAP, GtkDrawingArea)

/* picture must outlive it. Signals: "placed": the user has put the object somewhere. "resized", with
 * an int: the user wants that many sizes more. */
GtkWidget *ui_heatmap_new (const UiPlacePicture *picture);

/* After the picture has changed. */
void ui_heatmap_reset (UiHeatmap *self);

/* The size to show the heatmap of, and to draw the object at; 0: at each place the best. */
void ui_heatmap_set_scale (UiHeatmap *self, double scale);

/* Whether colours are shown. */
void ui_heatmap_set_visible (UiHeatmap *self, gboolean visible);

/* Whether the object is shown settled in. */
void ui_heatmap_set_settles (UiHeatmap *self, gboolean settles);

/* The numbered places, px of the scene; n at most TRIP_MAX_PLACEMENTS. */
void ui_heatmap_set_places (UiHeatmap *self, const TripPlacement *places, int n);

/* Whether two places are one. */
static inline gboolean
ui_heatmap_is_same (const TripPlacement *a, const TripPlacement *b)
{
  return a->x == b->x && a->y == b->y && a->scale == b->scale;
}

/* Where the object is, px of the scene. */
void ui_heatmap_set_place (UiHeatmap *self, const TripPlacement *place);
TripPlacement ui_heatmap_get_place (UiHeatmap *self);
