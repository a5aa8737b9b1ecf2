#include "canvas.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_WIDTH 240 /* logical px, as all below */
#define MIN_HEIGHT 180
#define NATURAL_WIDTH 520
#define NATURAL_HEIGHT 400
#define ZOOM_STEP 1.25
#define MAX_ZOOM 16.0
#define LABEL_MARGIN 8.0

typedef enum
{
  DRAG_NONE,
  DRAG_VIEW,
  DRAG_BRUSH
} Drag;

struct _UiCanvas
{
  GtkDrawingArea parent_instance;

  int width, height;         /* of the picture */
  double zoom;               /* logical px for a px of the picture; 0: all of it is shown */
  double centre_x, centre_y; /* px of the picture in the middle of the view */
  cairo_surface_t *surface, *overlay;
  double brush; /* diameter in px of the picture */
  char *note;

  Drag drag;
  double last_x, last_y; /* of the pointer */
  gboolean is_inside;    /* the pointer */
};

G_DEFINE_TYPE (UiCanvas, ui_canvas, GTK_TYPE_DRAWING_AREA)

static guint stroke_signal, stroke_end_signal;

static double
zoom_to_fit (UiCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  return MIN ((double) gtk_widget_get_allocated_width (widget) / self->width,
              (double) gtk_widget_get_allocated_height (widget) / self->height);
}

static double
get_zoom (UiCanvas *self)
{
  return self->zoom > 0 ? self->zoom : zoom_to_fit (self);
}

/* Where the picture's top left corner lies in the widget. */
static void
get_origin (UiCanvas *self, double *x, double *y)
{
  const double zoom = get_zoom (self);

  *x = 0.5 * gtk_widget_get_allocated_width (GTK_WIDGET (self)) - zoom * self->centre_x;
  *y = 0.5 * gtk_widget_get_allocated_height (GTK_WIDGET (self)) - zoom * self->centre_y;
}

static void
to_picture (UiCanvas *self, double *x, double *y)
{
  const double zoom = get_zoom (self);
  double left, top;

  get_origin (self, &left, &top);
  *x = (*x - left) / zoom;
  *y = (*y - top) / zoom;
}

static void
set_centre (UiCanvas *self, double x, double y)
{
  self->centre_x = CLAMP (x, 0, self->width);
  self->centre_y = CLAMP (y, 0, self->height);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pan (UiCanvas *self, double dx, double dy)
{
  if (self->zoom > 0)
    set_centre (self, self->centre_x + dx / self->zoom, self->centre_y + dy / self->zoom);
}

/* The picture's point at x, y of the widget stays there. */
static void
zoom_by (UiCanvas *self, double factor, double x, double y)
{
  const double least = zoom_to_fit (self), old = get_zoom (self), zoom = MIN (old * factor, MAX (MAX_ZOOM, least));
  const double from_x = x - 0.5 * gtk_widget_get_allocated_width (GTK_WIDGET (self));
  const double from_y = y - 0.5 * gtk_widget_get_allocated_height (GTK_WIDGET (self));

  self->zoom = zoom > least ? zoom : 0;
  if (self->zoom == 0)
    set_centre (self, 0.5 * self->width, 0.5 * self->height);
  else
    set_centre (self, self->centre_x + from_x / old - from_x / zoom, self->centre_y + from_y / old - from_y / zoom);
}

static void
draw_layer (UiCanvas *self, cairo_t *cr, cairo_surface_t *surface)
{
  if (! surface)
    return;
  cairo_save (cr);
  cairo_scale (cr, (double) self->width / cairo_image_surface_get_width (surface),
               (double) self->height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), get_zoom (self) > 2 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
draw_brush (UiCanvas *self, cairo_t *cr)
{
  if (self->brush <= 0 || ! self->is_inside)
    return;
  cairo_set_line_width (cr, 1);
  for (int i = 0; i < 2; i++)
    {
      cairo_arc (cr, self->last_x, self->last_y, MAX (0.5 * self->brush * get_zoom (self) - i, 1), 0, 2 * G_PI);
      cairo_set_source_rgb (cr, i, i, i);
      cairo_stroke (cr);
    }
}

static void
draw_note (UiCanvas *self, cairo_t *cr)
{
  g_autoptr (PangoLayout) layout = NULL;
  int width, height;

  if (! self->note)
    return;
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->note);
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_rectangle (cr, LABEL_MARGIN, LABEL_MARGIN, width + LABEL_MARGIN, height + LABEL_MARGIN);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, 1.5 * LABEL_MARGIN, 1.5 * LABEL_MARGIN);
  pango_cairo_show_layout (cr, layout);
}

static gboolean
draw (GtkWidget *widget, cairo_t *cr)
{
  UiCanvas *self = UI_CANVAS (widget);
  const double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);
  double left, top;

  get_origin (self, &left, &top);
  gtk_render_background (gtk_widget_get_style_context (widget), cr, 0, 0, width, height);
  cairo_save (cr);
  cairo_translate (cr, left, top);
  cairo_scale (cr, get_zoom (self), get_zoom (self));
  cairo_rectangle (cr, 0, 0, self->width, self->height);
  cairo_clip (cr);
  draw_layer (self, cr, self->surface);
  draw_layer (self, cr, self->overlay);
  cairo_restore (cr);
  draw_brush (self, cr);
  draw_note (self, cr);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (gtk_widget_get_style_context (widget), cr, 1, 1, width - 2, height - 2);
  return FALSE;
}

/* From where the pointer was to x, y of the widget. */
static void
paint (UiCanvas *self, double x, double y)
{
  double from_x = self->last_x, from_y = self->last_y;

  to_picture (self, &from_x, &from_y);
  to_picture (self, &x, &y);
  g_signal_emit (self, stroke_signal, 0, from_x, from_y, x, y);
}

static gboolean
button_press (GtkWidget *widget, GdkEventButton *event)
{
  UiCanvas *self = UI_CANVAS (widget);

  if ((event->button != GDK_BUTTON_PRIMARY && event->button != GDK_BUTTON_MIDDLE)
      || event->type != GDK_BUTTON_PRESS || self->drag != DRAG_NONE)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (widget);
  self->drag = event->button == GDK_BUTTON_PRIMARY && self->brush > 0 ? DRAG_BRUSH : DRAG_VIEW;
  self->last_x = event->x;
  self->last_y = event->y;
  if (self->drag == DRAG_BRUSH)
    paint (self, event->x, event->y);
  return GDK_EVENT_STOP;
}

static void
end_drag (UiCanvas *self)
{
  const gboolean painted = self->drag == DRAG_BRUSH;

  self->drag = DRAG_NONE;
  if (painted)
    g_signal_emit (self, stroke_end_signal, 0);
}

static gboolean
button_release (GtkWidget *widget, GdkEventButton *event)
{
  end_drag (UI_CANVAS (widget));
  return GDK_EVENT_STOP;
}

static gboolean
motion (GtkWidget *widget, GdkEventMotion *event)
{
  UiCanvas *self = UI_CANVAS (widget);

  if (self->drag == DRAG_VIEW)
    pan (self, self->last_x - event->x, self->last_y - event->y);
  else if (self->drag == DRAG_BRUSH)
    paint (self, event->x, event->y);
  self->last_x = event->x;
  self->last_y = event->y;
  self->is_inside = TRUE;
  if (self->brush > 0)
    gtk_widget_queue_draw (widget);
  return GDK_EVENT_STOP;
}

static gboolean
leave (GtkWidget *widget, GdkEventCrossing *event)
{
  UI_CANVAS (widget)->is_inside = FALSE;
  gtk_widget_queue_draw (widget);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
scroll (GtkWidget *widget, GdkEventScroll *event)
{
  double dx = 0, dy = 0;

  if (! gdk_event_get_scroll_deltas ((GdkEvent *) event, &dx, &dy))
    dy = (event->direction == GDK_SCROLL_DOWN) - (event->direction == GDK_SCROLL_UP);
  if (dy != 0)
    zoom_by (UI_CANVAS (widget), pow (ZOOM_STEP, -dy), event->x, event->y);
  return GDK_EVENT_STOP;
}

static gboolean
key_press (GtkWidget *widget, GdkEventKey *event)
{
  UiCanvas *self = UI_CANVAS (widget);
  const double width = gtk_widget_get_allocated_width (widget), height = gtk_widget_get_allocated_height (widget);

  switch (event->keyval)
    {
    case GDK_KEY_Left: case GDK_KEY_KP_Left:
      pan (self, -width / 8, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right: case GDK_KEY_KP_Right:
      pan (self, width / 8, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up: case GDK_KEY_KP_Up:
      pan (self, 0, -height / 8);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down: case GDK_KEY_KP_Down:
      pan (self, 0, height / 8);
      return GDK_EVENT_STOP;
    case GDK_KEY_plus: case GDK_KEY_KP_Add: case GDK_KEY_equal:
      zoom_by (self, ZOOM_STEP, width / 2, height / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus: case GDK_KEY_KP_Subtract:
      zoom_by (self, 1 / ZOOM_STEP, width / 2, height / 2);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home: case GDK_KEY_KP_Home:
      self->zoom = 0;
      set_centre (self, 0.5 * self->width, 0.5 * self->height);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
get_preferred_width (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = MIN_WIDTH;
  *natural = NATURAL_WIDTH;
}

static void
get_preferred_height (GtkWidget *widget, int *minimum, int *natural)
{
  *minimum = MIN_HEIGHT;
  *natural = NATURAL_HEIGHT;
}

static void
finalize (GObject *object)
{
  UiCanvas *self = UI_CANVAS (object);

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_clear_pointer (&self->overlay, cairo_surface_destroy);
  g_free (self->note);
  G_OBJECT_CLASS (ui_canvas_parent_class)->finalize (object);
}

static void
ui_canvas_class_init (UiCanvasClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget->draw = draw;
  widget->button_press_event = button_press;
  widget->button_release_event = button_release;
  widget->motion_notify_event = motion;
  widget->leave_notify_event = leave;
  widget->scroll_event = scroll;
  widget->key_press_event = key_press;
  widget->get_preferred_width = get_preferred_width;
  widget->get_preferred_height = get_preferred_height;
  stroke_signal = g_signal_new ("stroke", UI_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                                G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
  stroke_end_signal = g_signal_new ("stroke-end", UI_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
ui_canvas_init (UiCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  gtk_widget_set_can_focus (widget, TRUE);
  gtk_widget_add_events (widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK
                                   | GDK_LEAVE_NOTIFY_MASK | GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK
                                   | GDK_KEY_PRESS_MASK);
  atk_object_set_name (accessible, _("Preview"));
  atk_object_set_description (accessible, _("The arrow keys move the view, plus and minus zoom, Home shows all."));
}

GtkWidget *
ui_canvas_new (int width, int height)
{
  UiCanvas *self = g_object_new (UI_TYPE_CANVAS, NULL);

  self->width = width;
  self->height = height;
  self->centre_x = 0.5 * width;
  self->centre_y = 0.5 * height;
  return GTK_WIDGET (self);
}

static void
replace (UiCanvas *self, cairo_surface_t **slot, cairo_surface_t *surface)
{
  g_clear_pointer (slot, cairo_surface_destroy);
  *slot = surface;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_canvas_set_surface (UiCanvas *self, cairo_surface_t *surface)
{
  replace (self, &self->surface, surface);
}

void
ui_canvas_set_overlay (UiCanvas *self, cairo_surface_t *overlay)
{
  replace (self, &self->overlay, overlay);
}

void
ui_canvas_set_brush (UiCanvas *self, double diameter)
{
  end_drag (self);
  self->brush = diameter;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_canvas_set_note (UiCanvas *self, const char *note)
{
  g_free (self->note);
  self->note = g_strdup (note);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
