#include "marks.h"

#include <glib/gi18n.h>

#include "trip.h"

#define RADIUS 10.0
#define BAR_WIDTH 160.0
#define BAR_HEIGHT 8.0
#define BAR_STEPS 32
#define PADDING 4.0

void
ui_marks_draw_number (GtkWidget *widget, cairo_t *cr, double x, double y, int number,
                      gboolean is_chosen)
{
  const double inside = is_chosen ? 1 : 0.1, outside = is_chosen ? 0 : 1;
  g_autofree char *text = g_strdup_printf ("%d", number);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, RADIUS, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, inside, inside, inside, 0.85);
  cairo_fill_preserve (cr);
  cairo_set_line_width (cr, 1.5);
  cairo_set_source_rgb (cr, outside, outside, outside);
  cairo_stroke (cr);
  cairo_move_to (cr, x - width / 2.0, y - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}

void
ui_marks_draw_frame (cairo_t *cr, double x, double y, double width, double height)
{
  cairo_rectangle (cr, x, y, width, height);
  cairo_set_line_width (cr, 3);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 1);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_stroke (cr);
}

void
ui_marks_draw_surface (cairo_t *cr, cairo_surface_t *surface, double left, double top, double width,
                       double height, double opacity)
{
  cairo_save (cr);
  cairo_translate (cr, left, top);
  cairo_scale (cr, width / cairo_image_surface_get_width (surface),
               height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_rectangle (cr, 0, 0, cairo_image_surface_get_width (surface),
                   cairo_image_surface_get_height (surface));
  cairo_clip (cr);
  cairo_paint_with_alpha (cr, opacity);
  cairo_restore (cr);
}

static void
draw_bar (cairo_t *cr, double left, double top)
{
  for (int i = 0; i < BAR_STEPS; i++)
    {
      float colour[3];

      trip_heat_colour (i / (BAR_STEPS - 1.0), colour);
      cairo_set_source_rgb (cr, colour[0], colour[1], colour[2]);
      cairo_rectangle (cr, left + i * BAR_WIDTH / BAR_STEPS, top, BAR_WIDTH / BAR_STEPS,
                       BAR_HEIGHT);
      cairo_fill (cr);
    }
}

void
ui_marks_draw_legend (GtkWidget *widget, cairo_t *cr, double left, double bottom)
{
  g_autoptr (PangoLayout) low = gtk_widget_create_pango_layout (widget, _("unlikely"));
  g_autoptr (PangoLayout) high = gtk_widget_create_pango_layout (widget, _("best"));
  int low_width, high_width, height;
  double width, top;

  pango_layout_get_pixel_size (low, &low_width, &height);
  pango_layout_get_pixel_size (high, &high_width, NULL);
  width = low_width + BAR_WIDTH + high_width + 4 * PADDING;
  top = bottom - height - 2 * PADDING;
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_rectangle (cr, left, top, width, height + 2 * PADDING);
  cairo_fill (cr);
  draw_bar (cr, left + 2 * PADDING + low_width, top + PADDING + (height - BAR_HEIGHT) / 2);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, left + PADDING, top + PADDING);
  pango_cairo_show_layout (cr, low);
  cairo_move_to (cr, left + width - PADDING - high_width, top + PADDING);
  pango_cairo_show_layout (cr, high);
}
