#include "corrections.h"

#include <math.h>

void
ui_corrections_paint (TripImage *corrections, double x1, double y1, double x2, double y2, double diameter,
                      TripCorrection correction)
{
  const double radius = MAX (diameter / 2, 0.5), dx = x2 - x1, dy = y2 - y1, length = dx * dx + dy * dy;
  const int left = MAX (MIN (x1, x2) - radius, 0), top = MAX (MIN (y1, y2) - radius, 0);
  const int right = MIN (MAX (x1, x2) + radius, corrections->width - 1);
  const int bottom = MIN (MAX (y1, y2) + radius, corrections->height - 1);

  for (int y = top; y <= bottom; y++)
    for (int x = left; x <= right; x++)
      {
        const double from_x = x + 0.5 - x1, from_y = y + 0.5 - y1;
        const double along = length > 0 ? CLAMP ((from_x * dx + from_y * dy) / length, 0, 1) : 0;

        if (hypot (from_x - along * dx, from_y - along * dy) <= radius)
          trip_image_row (corrections, y)[x] = correction;
      }
}

void
ui_corrections_add (TripImage *corrections, const TripImage *selection, TripCorrection correction)
{
  for (int y = 0; y < corrections->height; y++)
    for (int x = 0; x < corrections->width; x++)
      if (trip_image_row (selection, y)[x] > 0.5f)
        trip_image_row (corrections, y)[x] = correction;
}

gboolean
ui_corrections_any (const TripImage *corrections)
{
  for (int y = 0; y < corrections->height; y++)
    for (int x = 0; x < corrections->width; x++)
      if (trip_image_row (corrections, y)[x] != TRIP_CORRECTION_NONE)
        return TRUE;
  return FALSE;
}

TripImage *
ui_corrections_reduce (const TripImage *corrections, int step, GError **error)
{
  TripImage *small = trip_image_new ((corrections->width + step - 1) / step, (corrections->height + step - 1) / step,
                                     1, error);

  for (int y = 0; small && y < small->height; y++)
    for (int x = 0; x < small->width; x++)
      trip_image_row (small, y)[x] = trip_image_row (corrections, y * step)[x * step];
  return small;
}

cairo_surface_t *
ui_corrections_draw (const TripImage *corrections, int step)
{
  /* premultiplied: green and red for the object, blue and yellow for effects */
  static const guint32 colours[] = { 0, 0x80008000, 0x80800000, 0x80002080, 0x80806000 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (corrections->width + step - 1) / step,
                                                         (corrections->height + step - 1) / step);
  guint8 *data = cairo_image_surface_get_data (surface);

  for (int y = 0; data && y < cairo_image_surface_get_height (surface); y++)
    {
      guint32 *row = (guint32 *) (data + (gsize) y * cairo_image_surface_get_stride (surface));

      for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
        row[x] = colours[(int) trip_image_row (corrections, y * step)[x * step]];
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}
