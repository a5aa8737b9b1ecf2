#include "size.h"

#include <math.h>

UiSize
ui_size_from_config (GObject *config)
{
  UiSize size;

  g_object_get (config, "scale-x", &size.scale_x, "scale-y", &size.scale_y, "width", &size.width,
                "height", &size.height, NULL);
  return size;
}

static int
to_pixels (double value)
{
  return (int) CLAMP (floor (value + 0.5), 1, G_MAXINT);
}

gboolean
ui_size_in_pixels (const UiSize *size)
{
  return size->width > 0 || size->height > 0;
}

void
ui_size_resolve (const UiSize *size, const int picture[UI_N_AXES], int result[UI_N_AXES])
{
  if (! ui_size_in_pixels (size))
    {
      result[UI_AXIS_X] = to_pixels (picture[UI_AXIS_X] * size->scale_x);
      result[UI_AXIS_Y] = to_pixels (picture[UI_AXIS_Y] * size->scale_y);
      return;
    }
  result[UI_AXIS_X] = size->width > 0 ? size->width
    : to_pixels ((double) size->height * picture[UI_AXIS_X] / picture[UI_AXIS_Y]);
  result[UI_AXIS_Y] = size->height > 0 ? size->height
    : to_pixels ((double) size->width * picture[UI_AXIS_Y] / picture[UI_AXIS_X]);
}

gboolean
ui_size_is_smaller (const int result[UI_N_AXES], const int picture[UI_N_AXES])
{
  return result[UI_AXIS_X] <= picture[UI_AXIS_X] && result[UI_AXIS_Y] <= picture[UI_AXIS_Y]
         && (result[UI_AXIS_X] < picture[UI_AXIS_X] || result[UI_AXIS_Y] < picture[UI_AXIS_Y]);
}

gboolean
ui_size_linked (const UiSize *size, const int picture[UI_N_AXES])
{
  UiSize one_side = *size;
  int result[UI_N_AXES];

  if (! ui_size_in_pixels (size))
    return size->scale_x == size->scale_y;
  if (size->width == 0 || size->height == 0)
    return TRUE;
  one_side.height = 0;
  ui_size_resolve (&one_side, picture, result);
  return result[UI_AXIS_Y] == size->height;
}

double
ui_size_get (const UiSize *size, const int picture[UI_N_AXES], UiAxis axis, UiUnit unit)
{
  int result[UI_N_AXES];
  double factor;

  ui_size_resolve (size, picture, result);
  if (unit == UI_UNIT_PIXELS)
    return result[axis];
  if (ui_size_in_pixels (size))
    factor = (double) result[axis] / picture[axis];
  else
    factor = axis == UI_AXIS_X ? size->scale_x : size->scale_y;
  return unit == UI_UNIT_PERCENT ? 100 * factor : factor;
}

UiSize
ui_size_set (const UiSize *size, const int picture[UI_N_AXES], UiAxis axis, double value,
             UiUnit unit, gboolean linked)
{
  const UiAxis other = 1 - axis;
  double scale[UI_N_AXES];
  int pixels[UI_N_AXES] = { 0, 0 };

  for (UiAxis i = 0; i < UI_N_AXES; i++)
    scale[i] = ui_size_get (size, picture, i, UI_UNIT_TIMES);
  if (unit == UI_UNIT_PIXELS)
    {
      pixels[axis] = to_pixels (value);
      if (! linked)
        pixels[other] = (int) ui_size_get (size, picture, other, UI_UNIT_PIXELS);
      scale[axis] = (double) pixels[axis] / picture[axis];
    }
  else
    scale[axis] = unit == UI_UNIT_PERCENT ? value / 100 : value;
  if (linked)
    scale[other] = scale[axis];
  return (UiSize) {
    CLAMP (scale[UI_AXIS_X], UI_MIN_SCALE, UI_MAX_SCALE),
    CLAMP (scale[UI_AXIS_Y], UI_MIN_SCALE, UI_MAX_SCALE),
    pixels[UI_AXIS_X], pixels[UI_AXIS_Y]
  };
}
