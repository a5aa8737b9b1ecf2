/* From pixels of a layer to pixels of the screen. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* How the pixels of widget's screen come about. */
typedef struct
{
  GtkWidget *widget;
  GimpColorConfig *config; /* the user's colour management */
} UiScreen;

void ui_screen_init (UiScreen *self, GtkWidget *widget);
void ui_screen_clear (UiScreen *self);

/* image, whose pixels are in format, over checks where it is transparent. x, y: where its top left
 * corner lies, for the checks. The caller owns the result. */
cairo_surface_t *ui_screen_surface (const UiScreen *self, const TripImage *image,
                                    const Babl *format, int x, int y);

/* The same, transparent where image is. */
cairo_surface_t *ui_screen_surface_alpha (const UiScreen *self, const TripImage *image,
                                          const Babl *format);
