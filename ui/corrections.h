/* What the user paints on a picture to correct how it is taken apart. */
#pragma once

#include "trip.h"

#include <cairo.h>

/* Marks what a round brush covers on its way from x1, y1 to x2, y2; px. */
void ui_corrections_paint (TripImage *corrections, double x1, double y1, double x2, double y2, double diameter,
                           TripCorrection correction);

/* Marks what is selected (1 channel, of the same size) by more than half. */
void ui_corrections_add (TripImage *corrections, const TripImage *selection, TripCorrection correction);

gboolean ui_corrections_any (const TripImage *corrections);

/* Every step-th pixel of them; NULL with TRIP_ERROR_NO_MEMORY. */
TripImage *ui_corrections_reduce (const TripImage *corrections, int step, GError **error);

/* Translucent colours for every step-th pixel. */
cairo_surface_t *ui_corrections_draw (const TripImage *corrections, int step);
