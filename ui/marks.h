/* What is drawn over and under a heatmap. */
#pragma once

#include <gtk/gtk.h>

/* A number in a circle around x, y. widget: whose font it has, as below. */
void ui_marks_draw_number (GtkWidget *widget, cairo_t *cr, double x, double y, int number,
                           gboolean is_chosen);

/* A frame that is seen on everything. */
void ui_marks_draw_frame (cairo_t *cr, double x, double y, double width, double height);

/* surface over width x height logical px at left, top. */
void ui_marks_draw_surface (cairo_t *cr, cairo_surface_t *surface, double left, double top,
                            double width, double height, double opacity);

/* What the colours mean, with its bottom left corner at left, bottom. */
void ui_marks_draw_legend (GtkWidget *widget, cairo_t *cr, double left, double bottom);
