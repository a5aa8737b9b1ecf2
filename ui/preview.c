#include "preview.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_WIDTH 240  /* logical px, as all below */
#define MIN_HEIGHT 180
#define NATURAL_WIDTH 480
#define NATURAL_HEIGHT 360
#define GRIP_RADIUS 10.0
#define GRIP_REACH 12.0 /* how close to the split the pointer takes hold of it */
#define LABEL_MARGIN 8.0
#define LABEL_PADDING 5.0
#define SCROLL_STEP 48.0

typedef enum
{
  DRAG_NONE,
  DRAG_SPLIT,
  DRAG_VIEW
} Drag;

struct _UiPreview
{
  GtkDrawingArea parent_instance;

  int width, height; /* of the result */
  double centre_x, centre_y; /* of the view, 0..1 of the result */
  double split; /* 0..1 of the visible part */
  cairo_surface_t *sides[UI_PREVIEW_N_SIDES];
  int side_x[UI_PREVIEW_N_SIDES], side_y[UI_PREVIEW_N_SIDES];
  char *labels[UI_PREVIEW_N_SIDES];
  char *note;

  Drag drag;
  double last_x, last_y; /* of the pointer while dragging */
};

G_DEFINE_TYPE (UiPreview, ui_preview, GTK_TYPE_DRAWING_AREA)

static guint moved_signal;

/* The visible part, and its top left corner's place in the widget, both in px of the screen. */
static TripRect
get_view (UiPreview *self, int *left, int *top)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const int scale = gtk_widget_get_scale_factor (widget);
  const int width = gtk_widget_get_allocated_width (widget) * scale;
  const int height = gtk_widget_get_allocated_height (widget) * scale;
  TripRect view = { .width = MIN (width, self->width), .height = MIN (height, self->height) };

  view.x = CLAMP ((int) round (self->centre_x * self->width - view.width / 2.0), 0,
                  self->width - view.width);
  view.y = CLAMP ((int) round (self->centre_y * self->height - view.height / 2.0), 0,
                  self->height - view.height);
  *left = (width - view.width) / 2;
  *top = (height - view.height) / 2;
  return view;
}

/* The split in logical px, on a whole px of the screen. */
static double
split_position (UiPreview *self)
{
  int left, top;
  const TripRect view = get_view (self, &left, &top);

  return (left + round (self->split * view.width))
         / gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
set_split (UiPreview *self, double split)
{
  self->split = CLAMP (split, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_centre (UiPreview *self, double x, double y)
{
  int left, top;
  const TripRect old = get_view (self, &left, &top);
  const double half_x = 0.5 * old.width / self->width, half_y = 0.5 * old.height / self->height;
  TripRect view;

  self->centre_x = CLAMP (x, half_x, 1 - half_x);
  self->centre_y = CLAMP (y, half_y, 1 - half_y);
  view = get_view (self, &left, &top);
  if (view.x == old.x && view.y == old.y)
    return;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, moved_signal, 0);
}

/* Moves the view by logical px. */
static void
pan (UiPreview *self, double dx, double dy)
{
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  set_centre (self, self->centre_x + dx * scale / self->width,
              self->centre_y + dy * scale / self->height);
}

static void
draw_label (UiPreview *self, cairo_t *cr, const char *text, double left, double right,
            gboolean at_right)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  const double bottom = gtk_widget_get_allocated_height (GTK_WIDGET (self)) - LABEL_MARGIN;
  int width, height;
  double x;

  pango_layout_get_pixel_size (layout, &width, &height);
  if (right - left < width + 2 * (LABEL_MARGIN + LABEL_PADDING))
    return;
  x = at_right ? right - LABEL_MARGIN - LABEL_PADDING - width : left + LABEL_MARGIN + LABEL_PADDING;
  cairo_set_source_rgba (cr, 0, 0, 0, 0.6);
  cairo_rectangle (cr, x - LABEL_PADDING, bottom - height - LABEL_PADDING,
                   width + 2 * LABEL_PADDING, height + LABEL_PADDING);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_move_to (cr, x, bottom - height - LABEL_PADDING / 2);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_split (cairo_t *cr, double x, double height)
{
  const double y = height / 2;

  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_rectangle (cr, x - 2, 0, 4, height);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_rectangle (cr, x - 1, 0, 2, height);
  cairo_fill (cr);

  cairo_arc (cr, x, y, GRIP_RADIUS, 0, 2 * G_PI);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  for (int side = -1; side <= 1; side += 2)
    {
      cairo_move_to (cr, x + side * 2.5, y - 4);
      cairo_rel_line_to (cr, 0, 8);
      cairo_rel_line_to (cr, side * 4.5, -4);
      cairo_close_path (cr);
    }
  cairo_set_source_rgb (cr, 0.2, 0.2, 0.2);
  cairo_fill (cr);
}

static void
draw_side (UiPreview *self, cairo_t *cr, UiPreviewSide side, double origin_x, double origin_y)
{
  cairo_surface_t *surface = self->sides[side];
  const int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  if (! surface)
    return;
  cairo_surface_set_device_scale (surface, scale, scale);
  cairo_set_source_surface (cr, surface, (origin_x + self->side_x[side]) / scale,
                            (origin_y + self->side_y[side]) / scale);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
}

static gboolean
draw (GtkWidget *widget, cairo_t *cr)
{
  UiPreview *self = UI_PREVIEW (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  const double scale = gtk_widget_get_scale_factor (widget);
  const double width = gtk_widget_get_allocated_width (widget);
  const double height = gtk_widget_get_allocated_height (widget);
  const double split = split_position (self);
  int left, top;
  const TripRect view = get_view (self, &left, &top);

  gtk_render_background (style, cr, 0, 0, width, height);
  cairo_save (cr);
  cairo_rectangle (cr, left / scale, top / scale, view.width / scale, view.height / scale);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, 0.4, 0.4, 0.4);
  cairo_paint (cr);
  draw_side (self, cr, UI_PREVIEW_BEFORE, left - view.x, top - view.y);
  cairo_rectangle (cr, split, 0, width, height);
  cairo_clip (cr);
  draw_side (self, cr, UI_PREVIEW_AFTER, left - view.x, top - view.y);
  cairo_restore (cr);

  draw_split (cr, split, height);
  draw_label (self, cr, self->labels[UI_PREVIEW_BEFORE], 0, split, FALSE);
  draw_label (self, cr, self->note ? self->note : self->labels[UI_PREVIEW_AFTER], split, width,
              TRUE);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (style, cr, 1, 1, width - 2, height - 2);
  return FALSE;
}

static void
set_cursor (UiPreview *self, const char *name)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (GdkCursor) cursor = gdk_cursor_new_from_name (gtk_widget_get_display (widget), name);

  gdk_window_set_cursor (gtk_widget_get_window (widget), cursor);
}

static gboolean
button_press (GtkWidget *widget, GdkEventButton *event)
{
  UiPreview *self = UI_PREVIEW (widget);

  if (event->button != GDK_BUTTON_PRIMARY || event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (widget);
  self->drag = fabs (event->x - split_position (self)) <= GRIP_REACH ? DRAG_SPLIT : DRAG_VIEW;
  self->last_x = event->x;
  self->last_y = event->y;
  set_cursor (self, self->drag == DRAG_SPLIT ? "col-resize" : "grabbing");
  return GDK_EVENT_STOP;
}

static gboolean
button_release (GtkWidget *widget, GdkEventButton *event)
{
  UI_PREVIEW (widget)->drag = DRAG_NONE;
  set_cursor (UI_PREVIEW (widget), "grab");
  return GDK_EVENT_STOP;
}

static gboolean
motion (GtkWidget *widget, GdkEventMotion *event)
{
  UiPreview *self = UI_PREVIEW (widget);
  const int scale = gtk_widget_get_scale_factor (widget);
  int left, top;
  const TripRect view = get_view (self, &left, &top);

  switch (self->drag)
    {
    case DRAG_SPLIT:
      set_split (self, (event->x * scale - left) / view.width);
      break;
    case DRAG_VIEW:
      pan (self, self->last_x - event->x, self->last_y - event->y);
      self->last_x = event->x;
      self->last_y = event->y;
      break;
    case DRAG_NONE:
      set_cursor (self,
                  fabs (event->x - split_position (self)) <= GRIP_REACH ? "col-resize" : "grab");
      break;
    }
  return GDK_EVENT_STOP;
}

static gboolean
scroll (GtkWidget *widget, GdkEventScroll *event)
{
  const gboolean sideways = (event->state & GDK_SHIFT_MASK) != 0;
  double dx = 0, dy = 0;

  if (! gdk_event_get_scroll_deltas ((GdkEvent *) event, &dx, &dy))
    {
      dx = (event->direction == GDK_SCROLL_RIGHT) - (event->direction == GDK_SCROLL_LEFT);
      dy = (event->direction == GDK_SCROLL_DOWN) - (event->direction == GDK_SCROLL_UP);
    }
  pan (UI_PREVIEW (widget), SCROLL_STEP * (sideways ? dy : dx), SCROLL_STEP * (sideways ? dx : dy));
  return GDK_EVENT_STOP;
}

static gboolean
key_press (GtkWidget *widget, GdkEventKey *event)
{
  UiPreview *self = UI_PREVIEW (widget);
  const double width = gtk_widget_get_allocated_width (widget);
  const double height = gtk_widget_get_allocated_height (widget);
  const gboolean move_split = (event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;

  switch (event->keyval)
    {
    case GDK_KEY_Left: case GDK_KEY_KP_Left:
    case GDK_KEY_Right: case GDK_KEY_KP_Right:
      {
        int sign = event->keyval == GDK_KEY_Left || event->keyval == GDK_KEY_KP_Left ? -1 : 1;

        if (move_split)
          set_split (self, self->split + 0.05 * sign);
        else
          pan (self, sign * width / 8, 0);
        return GDK_EVENT_STOP;
      }
    case GDK_KEY_Up: case GDK_KEY_KP_Up:
      pan (self, 0, -height / 8);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down: case GDK_KEY_KP_Down:
      pan (self, 0, height / 8);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up: case GDK_KEY_KP_Page_Up:
      pan (self, 0, -height);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down: case GDK_KEY_KP_Page_Down:
      pan (self, 0, height);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home: case GDK_KEY_KP_Home:
      set_split (self, 0.5);
      set_centre (self, 0.5, 0.5);
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
size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  GTK_WIDGET_CLASS (ui_preview_parent_class)->size_allocate (widget, allocation);
  g_signal_emit (widget, moved_signal, 0);
}

static void
finalize (GObject *object)
{
  UiPreview *self = UI_PREVIEW (object);

  for (int i = 0; i < UI_PREVIEW_N_SIDES; i++)
    {
      g_clear_pointer (&self->sides[i], cairo_surface_destroy);
      g_free (self->labels[i]);
    }
  g_free (self->note);
  G_OBJECT_CLASS (ui_preview_parent_class)->finalize (object);
}

static void
ui_preview_class_init (UiPreviewClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget->draw = draw;
  widget->button_press_event = button_press;
  widget->button_release_event = button_release;
  widget->motion_notify_event = motion;
  widget->scroll_event = scroll;
  widget->key_press_event = key_press;
  widget->get_preferred_width = get_preferred_width;
  widget->get_preferred_height = get_preferred_height;
  widget->size_allocate = size_allocate;
  moved_signal = g_signal_new ("moved", UI_TYPE_PREVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 0);
}

static void
ui_preview_init (UiPreview *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  self->width = self->height = 1;
  self->labels[UI_PREVIEW_BEFORE] = g_strdup (_("Before"));
  self->labels[UI_PREVIEW_AFTER] = g_strdup (_("After"));
  self->centre_x = self->centre_y = self->split = 0.5;
  gtk_widget_set_can_focus (widget, TRUE);
  gtk_widget_add_events (widget, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK
                                   | GDK_POINTER_MOTION_MASK | GDK_SCROLL_MASK
                                   | GDK_SMOOTH_SCROLL_MASK | GDK_KEY_PRESS_MASK);
  atk_object_set_name (accessible, _("Preview, before and after"));
  atk_object_set_description (
    accessible, _("The arrow keys move the view, with Shift they move the split between before and "
                  "after. Home centers both."));
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (gtk_widget_queue_resize), NULL);
}

GtkWidget *
ui_preview_new (void)
{
  return g_object_new (UI_TYPE_PREVIEW, NULL);
}

void
ui_preview_set_size (UiPreview *self, int width, int height)
{
  if (self->width == width && self->height == height)
    return;
  self->width = width;
  self->height = height;
  for (int i = 0; i < UI_PREVIEW_N_SIDES; i++)
    g_clear_pointer (&self->sides[i], cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

TripRect
ui_preview_get_visible (UiPreview *self)
{
  int left, top;

  if (! gtk_widget_get_realized (GTK_WIDGET (self)))
    return (TripRect) { 0 };
  return get_view (self, &left, &top);
}

void
ui_preview_set_side (UiPreview *self, UiPreviewSide side, cairo_surface_t *surface, int x, int y)
{
  g_clear_pointer (&self->sides[side], cairo_surface_destroy);
  self->sides[side] = surface;
  self->side_x[side] = x;
  self->side_y[side] = y;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_preview_set_labels (UiPreview *self, const char *before, const char *after)
{
  g_free (self->labels[UI_PREVIEW_BEFORE]);
  g_free (self->labels[UI_PREVIEW_AFTER]);
  self->labels[UI_PREVIEW_BEFORE] = g_strdup (before);
  self->labels[UI_PREVIEW_AFTER] = g_strdup (after);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_preview_set_note (UiPreview *self, const char *note)
{
  g_free (self->note);
  self->note = g_strdup (note);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
