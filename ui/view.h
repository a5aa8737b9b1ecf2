/* The preview of Upscale: keeps the visible part of the result computed. */
#pragma once

#include "upscale.h"

typedef struct _UiView UiView;

/* picture must outlive the view. measured is called when the rate below has changed. */
UiView *ui_view_new (const UiPicture *picture, void (*measured) (gpointer data), gpointer data);

/* Waits for the worker, which takes less than 100 ms. */
void ui_view_free (UiView *self);

GtkWidget *ui_view_get_widget (UiView *self);

/* Shows the picture at width x height px from now on. upscaler must outlive the view. */
void ui_view_show (UiView *self, const TripUpscaler *upscaler, int width, int height,
                   double clean_up);

/* The number of threads that the user allows GIMP. */
int ui_view_get_threads (const UiView *self);

/* Multiply-adds per second on this machine, as measured so far. */
double ui_view_get_rate (const UiView *self);
