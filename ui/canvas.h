/* A picture in any zoom, to be looked at and painted on.
 *
 * The wheel zooms, and dragging moves the view or, with a brush, paints; the middle button moves it in any case.
 * Keys: arrows move the view, plus and minus zoom, Home shows all. */
#pragma once

#include <gtk/gtk.h>

#define UI_TYPE_CANVAS (ui_canvas_get_type ())
G_DECLARE_FINAL_TYPE (UiCanvas, ui_canvas, UI, CANVAS, GtkDrawingArea)

/* Of a picture of width x height px.
 * Signals: "stroke" (double x1, y1, x2, y2: px of the picture), a piece of a brush stroke; "stroke-end". */
GtkWidget *ui_canvas_new (int width, int height);

/* What is shown on the whole of the picture, in any size; takes surface. overlay lies above it, NULL: nothing. */
void ui_canvas_set_surface (UiCanvas *self, cairo_surface_t *surface);
void ui_canvas_set_overlay (UiCanvas *self, cairo_surface_t *overlay);

/* diameter: px of the picture; 0: dragging moves the view. */
void ui_canvas_set_brush (UiCanvas *self, double diameter);

/* A word in a corner; NULL: none. */
void ui_canvas_set_note (UiCanvas *self, const char *note);
