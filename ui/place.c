#include "place.h"

#include <glib/gi18n.h>
#include <math.h>

#include "backgrounds.h"
#include "dialog.h"
#include "heatmap.h"
#include "place-help.h"
#include "places.h"

#define SPACING 6

typedef struct
{
  UiDialog dialog;
  GObject *config;
  const UiPlaceSource *source;
  const UiPlacePicture *picture; /* the source's */
  GimpDrawable *background;      /* that is chosen; or NULL */
  GCancellable *cancellable;     /* of the look at it */
  gboolean is_looking, is_stale; /* the picture is not that of the chosen background */
  gboolean is_closing;
  UiHeatmap *heatmap;
  GtkWidget *is_best, *size;
  UiPlaces best; /* px of the scene, as all here */
  int count;
  gboolean applies;   /* the object is to be moved */
  double scale;       /* the one that is fixed; 0: none */
  TripPlacement wish; /* what the arguments say: px of the image, -1 and 0 as there */
  gboolean is_updating; /* widgets are changed by us */
} Dialog;

/* The slider goes along the map's sizes, whose logarithms are evenly spaced. */
static double
scale_at (const Dialog *self, double position)
{
  const double *scales = trip_heatmap_scales (self->picture->map);

  return scales[0] * pow (scales[TRIP_PLACE_SIZES - 1] / scales[0], position / (TRIP_PLACE_SIZES - 1));
}

static double
position_of (const Dialog *self, double scale)
{
  const double *scales = trip_heatmap_scales (self->picture->map);

  return log (scale / scales[0]) / log (scales[TRIP_PLACE_SIZES - 1] / scales[0]) * (TRIP_PLACE_SIZES - 1);
}

static char *
show_value (GtkScale *slider, double value, gpointer data)
{
  return ui_places_describe_size (scale_at (data, value));
}

/* What the user has decided, as arguments. */
static void
store (Dialog *self)
{
  const TripPlacement place = ui_heatmap_get_place (self->heatmap);
  const TripRect *scene = &self->picture->place;

  if (self->scale == 0 && ui_heatmap_is_same (&place, &self->best.places[0]))
    self->wish = (TripPlacement) { .x = -1, .y = -1 };
  else
    self->wish = (TripPlacement) { .x = place.x + scene->x, .y = place.y + scene->y, .scale = place.scale };
  g_object_set (self->config, "scale", self->wish.scale, "x", self->wish.x, "y", self->wish.y, NULL);
}

/* OK can be pressed where the dialog shows what it leads to, and the object can be moved, if it is to be. */
static void
judge (Dialog *self, const char *text)
{
  if (self->is_stale)
    return;
  if (self->applies && self->source->refusal)
    ui_dialog_refuse (&self->dialog, self->source->refusal);
  else
    ui_dialog_accept (&self->dialog, text);
}

/* The row of the place that the object is at, if it is one of the numbered ones; the slider at its
 * size; the sentence about it. */
static void
show_place (Dialog *self)
{
  const TripPlacement place = ui_heatmap_get_place (self->heatmap);
  const TripRect *scene = &self->picture->place;
  g_autofree char *size = ui_places_describe_size (place.scale);
  g_autofree char *text = g_strdup_printf (
    _("Centre at %d, %d px, size %s. Score: %.2f"), (int) lround (place.x) + scene->x,
    (int) lround (place.y) + scene->y, size, place.score);

  self->is_updating = TRUE;
  judge (self, text);
  gtk_range_set_value (GTK_RANGE (self->size), position_of (self, place.scale));
  ui_places_mark (&self->best, &place);
  store (self);
  self->is_updating = FALSE;
  g_debug ("object at %d, %d, size %.4f", (int) lround (place.x), (int) lround (place.y), place.scale);
}

static void
put (Dialog *self, const TripPlacement *place)
{
  ui_heatmap_set_place (self->heatmap, place);
  show_place (self);
}

/* Finds the best places anew. */
static void
find_places (Dialog *self)
{
  const TripPlaceFixed fixed = { .scale = self->scale };

  ui_places_find (&self->best, self->picture->map, &fixed, self->count);
  ui_heatmap_set_places (self->heatmap, self->best.places, self->best.n_places);
}

static void
show_new_picture (Dialog *self)
{
  self->is_stale = FALSE;
  ui_heatmap_reset (self->heatmap);
  find_places (self);
  put (self, &self->best.places[0]);
}

/* A TripProgressFunc: lets the user go on, choose another background, or cancel. */
static void
keep_alive (double fraction, gpointer data)
{
  while (gtk_events_pending ())
    gtk_main_iteration ();
}

/* Finds the picture for the chosen background; the last choice counts. */
static void
look (Dialog *self)
{
  TripRun run = TRIP_RUN_INIT;
  GimpDrawable *background;
  g_autoptr (GError) error = NULL;
  gboolean done;

  self->is_stale = TRUE;
  if (self->is_looking)
    {
      g_cancellable_cancel (self->cancellable);
      return;
    }
  self->is_looking = TRUE;
  ui_dialog_wait (&self->dialog, _("Looking for a place…"));
  run.progress = keep_alive;
  do
    {
      g_autoptr (GCancellable) cancellable = self->cancellable = run.cancellable = g_cancellable_new ();

      g_clear_error (&error);
      background = self->background;
      done = self->source->look (background, &run, self->source->data, &error);
    }
  while (! self->is_closing
         && (background != self->background /* or that was chosen again after another one */
             || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)));
  self->is_looking = FALSE;
  if (self->is_closing)
    return;
  if (done)
    show_new_picture (self);
  else
    ui_dialog_refuse (&self->dialog, error->message);
}

static void
responded (GtkDialog *dialog, int response, gpointer data)
{
  Dialog *self = data;

  if (response != GTK_RESPONSE_CANCEL && response != GTK_RESPONSE_DELETE_EVENT)
    return;
  self->is_closing = TRUE;
  if (self->is_looking)
    g_cancellable_cancel (self->cancellable);
}

/* scale 0: the best one at each place. The object stays where it is. */
static void
set_scale (Dialog *self, double scale)
{
  TripPlacement place = ui_heatmap_get_place (self->heatmap);

  self->scale = scale;
  ui_heatmap_set_scale (self->heatmap, scale);
  if (scale > 0)
    {
      place.scale = scale;
      place.score = trip_heatmap_score (self->picture->map, place.x, place.y, scale);
    }
  else
    place.scale = trip_heatmap_best_scale (self->picture->map, place.x, place.y, &place.score);
  find_places (self);
  put (self, &place);
}

/* Goes where the arguments say, after a reset, or when settings were loaded, perhaps those for a larger scene. */
static void
follow (Dialog *self, const TripPlacement *wish)
{
  const TripRect *scene = &self->picture->place;
  const TripPlacement place
    = { .x = CLAMP (wish->x - scene->x, 0, scene->width), .y = CLAMP (wish->y - scene->y, 0, scene->height) };

  self->is_updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->is_best), wish->scale == 0);
  self->is_updating = FALSE;
  if (wish->x >= 0)
    ui_heatmap_set_place (self->heatmap, &place);
  set_scale (self, wish->scale);
  if (wish->x < 0)
    put (self, &self->best.places[0]);
}

/* After an argument has changed. */
static void
refresh (gpointer data)
{
  Dialog *self = data;
  TripPlacement wish = { 0 };
  g_autoptr (GimpDrawable) background = NULL; /* which lives as long as its image */
  gboolean apply, settles;
  int count;

  if (self->is_updating)
    return;
  g_object_get (self->config, "background", &background, "count", &count, "apply", &apply, "settle-in", &settles,
                "scale", &wish.scale, "x", &wish.x, "y", &wish.y, NULL);
  ui_heatmap_set_settles (self->heatmap, apply && settles);
  if (! ui_heatmap_is_same (&wish, &self->wish))
    follow (self, &wish);
  if (apply != self->applies)
    {
      self->applies = apply;
      show_place (self);
    }
  if (background != self->background)
    {
      self->background = background;
      self->count = count;
      look (self);
    }
  else if (count != self->count)
    {
      self->count = count;
      find_places (self);
      show_place (self);
    }
}

static void
is_best_toggled (GtkToggleButton *button, gpointer data)
{
  Dialog *self = data;

  if (! self->is_updating)
    set_scale (self, gtk_toggle_button_get_active (button)
                       ? 0 : scale_at (self, gtk_range_get_value (GTK_RANGE (self->size))));
}

/* A size of one's own. */
static void
size_changed (GtkRange *range, gpointer data)
{
  Dialog *self = data;

  if (self->is_updating)
    return;
  self->is_updating = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->is_best), FALSE);
  self->is_updating = FALSE;
  set_scale (self, scale_at (self, gtk_range_get_value (range)));
}

static void
resized (UiHeatmap *heatmap, int steps, gpointer data)
{
  Dialog *self = data;
  GtkRange *range = GTK_RANGE (self->size);

  gtk_range_set_value (range, round (gtk_range_get_value (range)) + steps);
}

static void
colours_toggled (GtkToggleButton *button, gpointer data)
{
  Dialog *self = data;

  ui_heatmap_set_visible (self->heatmap, gtk_toggle_button_get_active (button));
}

/* The scene, and under it whether it is coloured. */
static GtkWidget *
make_view (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_check_button_new_with_mnemonic (_("Sho_w the heatmap"));

  self->heatmap = UI_HEATMAP (ui_heatmap_new (self->picture));
  g_signal_connect_swapped (self->heatmap, "placed", G_CALLBACK (show_place), self);
  g_signal_connect (self->heatmap, "resized", G_CALLBACK (resized), self);
  gtk_container_set_border_width (GTK_CONTAINER (check), SPACING);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (check), TRUE);
  gtk_widget_set_tooltip_text (
    check, _("Colours say how well the object would stand where: the lighter, the better"));
  g_signal_connect (check, "toggled", G_CALLBACK (colours_toggled), self);
  gtk_box_pack_start (GTK_BOX (box), GTK_WIDGET (self->heatmap), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), check, FALSE, FALSE, 0);
  return box;
}

static GtkWidget *
make_size (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("Si_ze"));

  self->is_best = gtk_check_button_new_with_mnemonic (_("_Best size at each place"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->is_best), TRUE);
  gtk_widget_set_tooltip_text (self->is_best, _("Otherwise the heatmap and the best places are those "
                                                "of one size"));
  self->size = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, TRIP_PLACE_SIZES - 1, 0.25);
  gtk_scale_set_value_pos (GTK_SCALE (self->size), GTK_POS_RIGHT);
  gtk_range_set_increments (GTK_RANGE (self->size), 0.25, 1);
  gtk_range_set_round_digits (GTK_RANGE (self->size), -1);
  gtk_widget_set_tooltip_text (self->size, _("The object's size relative to its own pixels"));
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), self->size);
  g_signal_connect (self->size, "format-value", G_CALLBACK (show_value), self);
  g_signal_connect (self->size, "value-changed", G_CALLBACK (size_changed), self);
  g_signal_connect (self->is_best, "toggled", G_CALLBACK (is_best_toggled), self);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->size, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), self->is_best, FALSE, FALSE, 0);
  return box;
}

static void
place_chosen (const TripPlacement *place, gpointer data)
{
  put (data, place);
}

/* At the top of the column. */
static void
add_to_column (Dialog *self, GtkWidget *widget, int position)
{
  GtkBox *column = GTK_BOX (self->dialog.column);

  gtk_box_pack_start (column, widget, position == 1, position == 1, 0);
  gtk_box_reorder_child (column, widget, position);
  gtk_widget_show_all (widget);
}

gboolean
ui_place_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiPlaceSource *source)
{
  static const char *const names[] = { "count", "apply", "settle-in", "heatmap", NULL };
  Dialog self = { .config = G_OBJECT (config), .source = source, .picture = source->picture };
  gboolean ok;

  ui_dialog_init (&self.dialog, procedure, config, _("Place"), ui_place_show_help);
  ui_dialog_fill_plain (&self.dialog, config, make_view (&self), names);
  gimp_procedure_dialog_set_sensitive (GIMP_PROCEDURE_DIALOG (self.dialog.widget), "settle-in", TRUE,
                                       self.config, "apply", FALSE);
  g_signal_connect (self.dialog.widget, "response", G_CALLBACK (responded), &self);
  ui_places_init (&self.best, place_chosen, &self);
  add_to_column (&self, make_size (&self), 0);
  add_to_column (&self, self.best.widget, 1);
  add_to_column (&self, ui_backgrounds_new (self.config, source->backgrounds), 0);
  g_object_get (config, "count", &self.count, NULL);
  find_places (&self);
  put (&self, &self.best.places[0]);
  gtk_widget_grab_focus (GTK_WIDGET (self.heatmap));
  ok = ui_dialog_run (&self.dialog, config, refresh, &self);

  gtk_widget_destroy (self.dialog.widget);
  return ok;
}
