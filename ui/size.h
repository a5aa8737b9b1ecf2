/* What the arguments scale-x, scale-y, width and height mean, and what edits in the dialog do. */
#pragma once

#include <glib-object.h>

/* The four arguments. A width or height other than 0 counts before the factors; where only one of
 * the two is given, the other keeps the picture's proportions. */
typedef struct
{
  double scale_x, scale_y;
  int width, height; /* px; 0: not given */
} UiSize;

/* The four properties of config, a procedure's arguments. */
UiSize ui_size_from_config (GObject *config);

#define UI_MIN_SCALE 0.05
#define UI_MAX_SCALE 32.0

typedef enum
{
  UI_AXIS_X,
  UI_AXIS_Y,
  UI_N_AXES
} UiAxis;

typedef enum
{
  UI_UNIT_TIMES,
  UI_UNIT_PERCENT,
  UI_UNIT_PIXELS,
  UI_N_UNITS
} UiUnit;

/* The result of a picture of picture[] px (both at least 1): at least 1 px on a side, and possibly
 * more than is allowed. */
void ui_size_resolve (const UiSize *size, const int picture[UI_N_AXES], int result[UI_N_AXES]);

/* Whether result is at most as large as the picture, and smaller on an axis. */
gboolean ui_size_is_smaller (const int result[UI_N_AXES], const int picture[UI_N_AXES]);

/* Whether the size is given in pixels. */
gboolean ui_size_in_pixels (const UiSize *size);

/* Whether both axes go together, so that an edit of one shall change the other. */
gboolean ui_size_linked (const UiSize *size, const int picture[UI_N_AXES]);

/* An axis as a number in unit. */
double ui_size_get (const UiSize *size, const int picture[UI_N_AXES], UiAxis axis, UiUnit unit);

/* size after the user has set axis to value in unit. Linked pixels are kept as the one side that
 * was entered, so that the next picture keeps its own proportions. */
UiSize ui_size_set (const UiSize *size, const int picture[UI_N_AXES], UiAxis axis, double value,
                    UiUnit unit, gboolean linked);
