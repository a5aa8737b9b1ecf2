/* The numbered list of an object's best places. */
#pragma once

#include "place.h"

typedef struct
{
  GtkWidget *widget;
  TripPlacement places[TRIP_MAX_PLACEMENTS]; /* px of the scene, best first */
  int n_places;

  /* private: */
  GtkWidget *list;
  void (*chosen) (const TripPlacement *place, gpointer data);
  gpointer data;
  gboolean is_updating; /* rows are changed by us */
} UiPlaces;

/* chosen is called when the user chooses a row. */
void ui_places_init (UiPlaces *self, void (*chosen) (const TripPlacement *place, gpointer data), gpointer data);

/* Lists the best places of map that fit to fixed, at most count. */
void ui_places_find (UiPlaces *self, const TripHeatmap *map, const TripPlaceFixed *fixed, int count);

/* Marks the row of place, or none, if that is not one of them. */
void ui_places_mark (UiPlaces *self, const TripPlacement *place);

/* An object's size, 1: that of its own pixels, in words. */
char *ui_places_describe_size (double scale);
