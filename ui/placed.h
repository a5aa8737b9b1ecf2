/* An object drawn at a place in a scene, as it is or settled in. */
#pragma once

#include "place.h"
#include "screen.h"

/* From px of the scene to logical px. */
typedef struct
{
  double scale, left, top;
} UiPlaceView;

typedef struct
{
  const UiPlacePicture *picture;
  const UiScreen *screen;
  gboolean settles;

  /* private: */
  cairo_surface_t *plain, *settled, *shadow; /* or NULL */
  TripPlacement place;                       /* of the latter two, */
  TripSettled found;                         /* in px of picture's scene */
} UiPlaced;

/* Forgets what was made of the picture. */
void ui_placed_clear (UiPlaced *self);

/* Where the object is drawn: x, y, width and height in logical px, at least one px large. */
void ui_placed_get_frame (const UiPlaced *self, const UiPlaceView *view, const TripPlacement *place,
                          double frame[4]);

void ui_placed_draw (UiPlaced *self, cairo_t *cr, const UiPlaceView *view, const TripPlacement *place);
