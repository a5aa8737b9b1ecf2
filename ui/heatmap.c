#include "heatmap.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "marks.h"
#include "placed.h"

#define MIN_WIDTH 240 /* logical px, as all below */
#define MIN_HEIGHT 180
#define NATURAL_WIDTH 520
#define NATURAL_HEIGHT 400
#define MARGIN 4.0
#define REACH 12.0    /* how close to a numbered place the pointer takes it */
#define OPACITY 0.55  /* of the colours */
#define N_STEPS 64    /* of the arrow keys, across the scene */

struct _UiHeatmap
{
  GtkDrawingArea parent_instance;

  const UiPlacePicture *picture;
  UiScreen screen;
  cairo_surface_t *scene, *colours; /* NULL until they are drawn */
  UiPlaced placed;
  double scale; /* 0: the best at each place */
  gboolean shows_colours;

  TripPlacement places[TRIP_MAX_PLACEMENTS];
  int n_places;
  TripPlacement place;
  gboolean is_pointing; /* the pointer is over the scene */
  double pointer_x, pointer_y; /* px of the scene */
};

G_DEFINE_TYPE (UiHeatmap, ui_heatmap, GTK_TYPE_DRAWING_AREA)

static guint placed_signal, resized_signal;

static UiPlaceView
get_view (UiHeatmap *self)
{
  const TripRect *place = &self->picture->place;
  const double width = gtk_widget_get_allocated_width (GTK_WIDGET (self)) - 2 * MARGIN;
  const double height = gtk_widget_get_allocated_height (GTK_WIDGET (self)) - 2 * MARGIN;
  const double scale = MAX (MIN (width / place->width, height / place->height), 1e-6);

  return (UiPlaceView) { scale, MARGIN + 0.5 * (width - scale * place->width),
                  MARGIN + 0.5 * (height - scale * place->height) };
}

/* The object at a place, at the size that it gets there. */
static TripPlacement
at (UiHeatmap *self, double x, double y)
{
  const TripHeatmap *map = self->picture->map;
  TripPlacement place = { CLAMP (x, 0, self->picture->place.width),
                          CLAMP (y, 0, self->picture->place.height), self->scale };

  if (self->scale > 0)
    place.score = trip_heatmap_score (map, place.x, place.y, self->scale);
  else
    place.scale = trip_heatmap_best_scale (map, place.x, place.y, &place.score);
  return place;
}

/* One px for each cell of the map. */
static cairo_surface_t *
make_colours (UiHeatmap *self)
{
  const TripRect *place = &self->picture->place;
  cairo_surface_t *surface;
  guint8 *data;
  int columns, rows, stride;

  trip_heatmap_cells (self->picture->map, &columns, &rows);
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, columns, rows);
  data = cairo_image_surface_get_data (surface);
  stride = cairo_image_surface_get_stride (surface);
  for (int row = 0; data && row < rows; row++)
    {
      guint32 *out = (guint32 *) (data + (gsize) row * stride);

      for (int column = 0; column < columns; column++)
        {
          const TripPlacement cell
            = at (self, (column + 0.5) * place->width / columns, (row + 0.5) * place->height / rows);
          float colour[3];

          trip_heat_colour (cell.score, colour);
          out[column] = (guint32) lround (255 * colour[0]) << 16
                        | (guint32) lround (255 * colour[1]) << 8 | lround (255 * colour[2]);
        }
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
make_surfaces (UiHeatmap *self)
{
  const UiPlacePicture *picture = self->picture;

  if (! self->scene)
    self->scene
      = ui_screen_surface (&self->screen, picture->scene, picture->scene_format, 0, 0);
  if (! self->colours)
    self->colours = make_colours (self);
}

/* The object where the pointer is, and a frame for where it was put; else where it was put. */
static void
draw_object (UiHeatmap *self, cairo_t *cr, const UiPlaceView *view)
{
  const TripPlacement place
    = self->is_pointing ? at (self, self->pointer_x, self->pointer_y) : self->place;
  double frame[4];

  if (self->is_pointing)
    {
      ui_placed_get_frame (&self->placed, view, &self->place, frame);
      ui_marks_draw_frame (cr, frame[0], frame[1], frame[2], frame[3]);
    }
  ui_placed_draw (&self->placed, cr, view, &place);
}

static gboolean
draw (GtkWidget *widget, cairo_t *cr)
{
  UiHeatmap *self = UI_HEATMAP (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  const int width = gtk_widget_get_allocated_width (widget);
  const int height = gtk_widget_get_allocated_height (widget);
  const TripRect *place = &self->picture->place;
  const UiPlaceView view = get_view (self);
  const double shown_width = view.scale * place->width, shown_height = view.scale * place->height;

  make_surfaces (self);
  gtk_render_background (style, cr, 0, 0, width, height);
  cairo_save (cr);
  cairo_rectangle (cr, view.left, view.top, shown_width, shown_height);
  cairo_clip (cr);
  ui_marks_draw_surface (cr, self->scene, view.left, view.top, shown_width, shown_height, 1);
  if (self->shows_colours)
    ui_marks_draw_surface (cr, self->colours, view.left, view.top, shown_width, shown_height,
                           OPACITY);
  draw_object (self, cr, &view);
  cairo_restore (cr);
  for (int i = self->n_places - 1; i >= 0; i--)
    ui_marks_draw_number (widget, cr, view.left + view.scale * self->places[i].x,
                          view.top + view.scale * self->places[i].y, i + 1,
                          ui_heatmap_is_same (&self->places[i], &self->place));
  if (self->shows_colours)
    ui_marks_draw_legend (widget, cr, 2 * MARGIN, height - 2 * MARGIN);
  if (gtk_widget_has_visible_focus (widget))
    gtk_render_focus (style, cr, 1, 1, width - 2, height - 2);
  return FALSE;
}

static void
put (UiHeatmap *self, const TripPlacement *place)
{
  ui_heatmap_set_place (self, place);
  g_signal_emit (self, placed_signal, 0);
}

/* The number of the marker at a point of the widget; -1: there is none. */
static int
find_marker (UiHeatmap *self, double x, double y)
{
  const UiPlaceView view = get_view (self);

  for (int i = 0; i < self->n_places; i++)
    if (hypot (view.left + view.scale * self->places[i].x - x,
               view.top + view.scale * self->places[i].y - y)
        <= REACH)
      return i;
  return -1;
}

/* Whether a point of the widget lies in the scene; where. */
static gboolean
find_point (UiHeatmap *self, double x, double y, double *scene_x, double *scene_y)
{
  const UiPlaceView view = get_view (self);

  *scene_x = (x - view.left) / view.scale;
  *scene_y = (y - view.top) / view.scale;
  return *scene_x >= 0 && *scene_x <= self->picture->place.width && *scene_y >= 0
         && *scene_y <= self->picture->place.height;
}

static void
stop_pointing (UiHeatmap *self)
{
  self->is_pointing = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
button_press (GtkWidget *widget, GdkEventButton *event)
{
  UiHeatmap *self = UI_HEATMAP (widget);
  const int marker = find_marker (self, event->x, event->y);
  double x, y;

  if (event->button != GDK_BUTTON_PRIMARY || event->type != GDK_BUTTON_PRESS)
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (widget);
  if (marker >= 0)
    put (self, &self->places[marker]);
  else if (find_point (self, event->x, event->y, &x, &y))
    {
      const TripPlacement place = at (self, x, y);

      put (self, &place);
    }
  stop_pointing (self); /* until the pointer moves on */
  return GDK_EVENT_STOP;
}

static gboolean
motion (GtkWidget *widget, GdkEventMotion *event)
{
  UiHeatmap *self = UI_HEATMAP (widget);

  self->is_pointing = find_marker (self, event->x, event->y) < 0
                      && find_point (self, event->x, event->y, &self->pointer_x, &self->pointer_y);
  gtk_widget_queue_draw (widget);
  return GDK_EVENT_STOP;
}

static gboolean
leave (GtkWidget *widget, GdkEventCrossing *event)
{
  stop_pointing (UI_HEATMAP (widget));
  return GDK_EVENT_PROPAGATE;
}

static gboolean
scroll (GtkWidget *widget, GdkEventScroll *event)
{
  double dx = 0, dy = 0;
  int steps;

  if (! gdk_event_get_scroll_deltas ((GdkEvent *) event, &dx, &dy))
    dy = (event->direction == GDK_SCROLL_DOWN) - (event->direction == GDK_SCROLL_UP);
  steps = -lround (dy);
  if (steps != 0)
    g_signal_emit (widget, resized_signal, 0, steps);
  return GDK_EVENT_STOP;
}

/* By so many steps. */
static void
move (UiHeatmap *self, int dx, int dy, gboolean is_fine)
{
  const TripRect *scene = &self->picture->place;
  const double step = is_fine ? 1 : MAX ((double) MAX (scene->width, scene->height) / N_STEPS, 1);
  const TripPlacement place = at (self, self->place.x + dx * step, self->place.y + dy * step);

  put (self, &place);
}

static gboolean
is_key (const GdkEventKey *event, guint key, guint keypad_key)
{
  return event->keyval == key || event->keyval == keypad_key;
}

static gboolean
key_press (GtkWidget *widget, GdkEventKey *event)
{
  UiHeatmap *self = UI_HEATMAP (widget);
  const gboolean is_fine = (event->state & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;
  const int dx = is_key (event, GDK_KEY_Right, GDK_KEY_KP_Right)
                 - is_key (event, GDK_KEY_Left, GDK_KEY_KP_Left);
  const int dy
    = is_key (event, GDK_KEY_Down, GDK_KEY_KP_Down) - is_key (event, GDK_KEY_Up, GDK_KEY_KP_Up);
  const int larger = is_key (event, GDK_KEY_plus, GDK_KEY_KP_Add)
                     - is_key (event, GDK_KEY_minus, GDK_KEY_KP_Subtract);
  int number = is_key (event, GDK_KEY_Home, GDK_KEY_KP_Home);

  if (event->keyval >= GDK_KEY_1 && event->keyval <= GDK_KEY_9)
    number = event->keyval - GDK_KEY_0;
  if (event->keyval >= GDK_KEY_KP_1 && event->keyval <= GDK_KEY_KP_9)
    number = event->keyval - GDK_KEY_KP_0;
  if (event->state & GDK_MOD1_MASK || number > self->n_places || ! (dx || dy || larger || number))
    return GDK_EVENT_PROPAGATE;

  if (number)
    put (self, &self->places[number - 1]);
  else if (larger)
    g_signal_emit (self, resized_signal, 0, larger);
  else
    move (self, dx, dy, is_fine);
  stop_pointing (self);
  return GDK_EVENT_STOP;
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
clear_surfaces (UiHeatmap *self)
{
  g_clear_pointer (&self->scene, cairo_surface_destroy);
  g_clear_pointer (&self->colours, cairo_surface_destroy);
  ui_placed_clear (&self->placed);
}

static void
finalize (GObject *object)
{
  UiHeatmap *self = UI_HEATMAP (object);

  clear_surfaces (self);
  ui_screen_clear (&self->screen);
  G_OBJECT_CLASS (ui_heatmap_parent_class)->finalize (object);
}

static void
ui_heatmap_class_init (UiHeatmapClass *klass)
{
  GtkWidgetClass *widget = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget->draw = draw;
  widget->button_press_event = button_press;
  widget->motion_notify_event = motion;
  widget->leave_notify_event = leave;
  widget->scroll_event = scroll;
  widget->key_press_event = key_press;
  widget->get_preferred_width = get_preferred_width;
  widget->get_preferred_height = get_preferred_height;
  placed_signal = g_signal_new ("placed", UI_TYPE_HEATMAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  resized_signal = g_signal_new ("resized", UI_TYPE_HEATMAP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
ui_heatmap_init (UiHeatmap *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AtkObject *accessible = gtk_widget_get_accessible (widget);

  self->shows_colours = TRUE;
  gtk_widget_set_can_focus (widget, TRUE);
  gtk_widget_add_events (widget, GDK_BUTTON_PRESS_MASK | GDK_POINTER_MOTION_MASK
                                   | GDK_LEAVE_NOTIFY_MASK | GDK_SCROLL_MASK | GDK_KEY_PRESS_MASK);
  atk_object_set_name (accessible, _("Scene with heatmap"));
  atk_object_set_description (
    accessible, _("The arrow keys move the object, with Shift by single pixels. Plus and minus "
                  "change its size, 1 to 9 choose one of the numbered places, Home the best one."));
  ui_screen_init (&self->screen, widget);
}

GtkWidget *
ui_heatmap_new (const UiPlacePicture *picture)
{
  UiHeatmap *self = g_object_new (UI_TYPE_HEATMAP, NULL);

  self->picture = picture;
  self->placed = (UiPlaced) { .picture = picture, .screen = &self->screen };
  return GTK_WIDGET (self);
}

void
ui_heatmap_reset (UiHeatmap *self)
{
  clear_surfaces (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_heatmap_set_scale (UiHeatmap *self, double scale)
{
  if (self->scale == scale)
    return;
  self->scale = scale;
  g_clear_pointer (&self->colours, cairo_surface_destroy);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_heatmap_set_visible (UiHeatmap *self, gboolean visible)
{
  self->shows_colours = visible;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_heatmap_set_settles (UiHeatmap *self, gboolean settles)
{
  self->placed.settles = settles;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_heatmap_set_places (UiHeatmap *self, const TripPlacement *places, int n)
{
  memcpy (self->places, places, n * sizeof (TripPlacement));
  self->n_places = n;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ui_heatmap_set_place (UiHeatmap *self, const TripPlacement *place)
{
  self->place = *place;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

TripPlacement
ui_heatmap_get_place (UiHeatmap *self)
{
  return self->place;
}
