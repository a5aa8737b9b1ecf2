/* The choice of what an object belongs into. */
#pragma once

#include <libgimp/gimpui.h>

/* A row for the property "background" of config, which it edits and follows: everything below the object, or one of
 * drawables, a list of GimpDrawable. */
GtkWidget *ui_backgrounds_new (GObject *config, const GPtrArray *drawables);
