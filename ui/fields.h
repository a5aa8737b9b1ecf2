/* Width and height of a result, in a unit of choice, chained or free. */
#pragma once

#include <libgimp/gimpui.h>

#define UI_TYPE_FIELDS (ui_fields_get_type ())
G_DECLARE_FINAL_TYPE (UiFields, ui_fields, UI, FIELDS, GtkBox)

/* Edits the properties scale-x, scale-y, width and height of config, within the range of scale-x,
 * and follows them. The sizes
 * refer to a picture of picture_width x picture_height px. labels aligns the labels of the rows
 * with others. */
GtkWidget *ui_fields_new (GimpProcedureConfig *config, int picture_width, int picture_height,
                          GtkSizeGroup *labels);

/* What the sizes refer to from now on. */
void ui_fields_set_picture (UiFields *self, int width, int height);
