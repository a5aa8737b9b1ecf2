/* The help of the dialog of Place. */
#pragma once

#include <libgimp/gimpui.h>

/* A GimpHelpFunc of that dialog. */
void ui_place_show_help (const gchar *help_id, gpointer dialog);
