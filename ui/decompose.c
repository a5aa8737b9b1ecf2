#include "decompose.h"

#include <gegl.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "apart.h"
#include "canvas.h"
#include "corrections.h"
#include "dialog.h"
#include "job.h"
#include "screen.h"

#define SPACING 6
#define MAX_PIXELS 1e6 /* of the preview: a few seconds for all of it, and less for what was painted */

typedef enum
{
  SHOW_FOREGROUND,
  SHOW_BACKGROUND,
  SHOW_EFFECTS,
  SHOW_SUM,
  SHOW_OUTLINE,
  N_SHOWN
} Shown;

typedef struct
{
  UiDialog dialog;
  GObject *config;
  const UiDecomposePicture *picture;
  int step;                            /* px of the picture for a px of the preview */
  TripImage *small, *small_selection;  /* for the preview */
  TripImage *corrections;              /* of the picture's size */
  TripCorrection tool;                 /* NONE: the brush moves the view */
  Shown shown;
  UiApartResult *result;
  gboolean all_is_asked;      /* for: result is no longer what everything but the corrections gives */
  TripRect asked, painted;    /* px of the preview: where corrections have changed since result was asked for, and since
                                 anything was; or empty */
  UiJob *job;
  UiScreen screen;
  UiCanvas *canvas;
  GtkAdjustment *brush;
  GtkWidget *brush_row;
} Dialog;

static int
get_threads (void)
{
  int n_threads;

  g_object_get (gegl_config (), "threads", &n_threads, NULL);
  return n_threads;
}

/* What of the result is to be seen, in *format; new, or NULL. */
static TripImage *
image_of (Dialog *self, const Babl **format)
{
  UiApartResult *result = self->result;

  *format = self->picture->format;
  if (self->shown == SHOW_OUTLINE)
    return ui_apart_outline (self->small, result->parts.trimap, NULL);
  if (self->shown == SHOW_SUM)
    return ui_apart_sum (result->layers, NULL);
  return NULL;
}

static void
show (Dialog *self)
{
  static const TripLayerRole roles[] = { TRIP_LAYER_FOREGROUND, TRIP_LAYER_BACKGROUND, TRIP_LAYER_EFFECTS };
  g_autoptr (TripImage) image = NULL;
  const TripImage *seen = self->small;
  const Babl *format = self->picture->format;

  if (self->result && (image = image_of (self, &format)))
    seen = image;
  else if (self->result && self->shown < SHOW_SUM)
    {
      seen = self->result->layers[roles[self->shown]];
      format = self->shown == SHOW_BACKGROUND ? self->picture->format : self->picture->format_alpha;
    }
  ui_canvas_set_surface (self->canvas, ui_screen_surface (&self->screen, seen, format, 0, 0));
}

const char *
ui_decompose_sentence (const GError *error)
{
  switch ((TripError) error->code)
    {
    case TRIP_ERROR_NO_MEMORY:
      return _("There is not enough memory. Close other images and programs, or cut the layer down to what is around "
               "the object.");
    case TRIP_ERROR_BAD_WEIGHTS:
      return _("The file of the network that finds shadows is damaged. Install Triptych again, or remove no effects.");
    case TRIP_ERROR_EMPTY_MASK:
      return _("Nothing is left of the object. Select it, and do not take away all of it again.");
    default:
      return _("The object covers all that is around it, so nothing is left to fill the background from. Select only "
               "the object.");
    }
}

static void
done (gpointer result, const GError *error, gpointer data)
{
  Dialog *self = data;

  ui_canvas_set_note (self->canvas, NULL);
  if (! result)
    {
      ui_dialog_refuse (&self->dialog, ui_decompose_sentence (error));
      return;
    }
  ui_dialog_accept (&self->dialog, NULL);
  self->all_is_asked = FALSE;
  self->asked = (TripRect) { 0 };
  ui_apart_result_free (self->result);
  self->result = g_memdup2 (result, sizeof (UiApartResult));
  memset (result, 0, sizeof (UiApartResult)); /* it is ours now */
  show (self);
  g_debug ("preview shown: %d x %d px", self->small->width, self->small->height);
}

static void
add_rect (TripRect *sum, const TripRect *rect)
{
  const TripRect old = *sum;

  if (old.width == 0)
    *sum = *rect;
  else if (rect->width > 0)
    {
      sum->x = MIN (old.x, rect->x);
      sum->y = MIN (old.y, rect->y);
      sum->width = MAX (old.x + old.width, rect->x + rect->width) - sum->x;
      sum->height = MAX (old.y + old.height, rect->y + rect->height) - sum->y;
    }
}

/* Takes the small picture apart with what is chosen and painted now: anew where that has changed only, if nothing else
 * has. */
static void
ask (Dialog *self)
{
  UiApartRequest *request = g_new0 (UiApartRequest, 1);
  int seed;

  request->picture = self->small;
  request->selection = self->small_selection;
  request->n_threads = get_threads ();
  trip_decompose_options_init (&request->options);
  g_object_get (self->config, "edge", &request->options.edge, "seed", &seed, NULL);
  request->options.edge /= self->step;
  request->options.seed = seed;
  request->options.effects = gimp_procedure_config_get_choice_id (GIMP_PROCEDURE_CONFIG (self->config), "effects");
  if (ui_corrections_any (self->corrections))
    request->options.corrections = request->corrections = ui_corrections_reduce (self->corrections, self->step, NULL);
  add_rect (&self->asked, &self->painted);
  self->painted = (TripRect) { 0 };
  if (self->result && ! self->all_is_asked && self->asked.width > 0)
    {
      request->options.earlier = &self->result->parts;
      request->options.changed = self->asked;
    }
  g_debug ("preview asked for: %s", request->options.earlier ? "what was painted" : "all");
  ui_canvas_set_note (self->canvas, _("Computing…"));
  ui_job_start (self->job, request);
}

static void
refresh (gpointer data)
{
  Dialog *self = data;

  self->all_is_asked = TRUE;
  ask (self);
}

static void
show_corrections (Dialog *self)
{
  ui_canvas_set_overlay (self->canvas, ui_corrections_draw (self->corrections, self->step));
}

static void
paint (UiCanvas *canvas, double x1, double y1, double x2, double y2, gpointer data)
{
  Dialog *self = data;
  const double diameter = gtk_adjustment_get_value (self->brush), radius = diameter / 2 + 1;
  const TripImage *small = self->small;
  const int left = CLAMP ((MIN (x1, x2) - radius) / self->step, 0, small->width - 1);
  const int top = CLAMP ((MIN (y1, y2) - radius) / self->step, 0, small->height - 1);
  const int right = CLAMP ((MAX (x1, x2) + radius) / self->step, 0, small->width - 1);
  const int bottom = CLAMP ((MAX (y1, y2) + radius) / self->step, 0, small->height - 1);

  ui_corrections_paint (self->corrections, x1, y1, x2, y2, diameter, self->tool);
  add_rect (&self->painted, &(TripRect) { left, top, right - left + 1, bottom - top + 1 });
  show_corrections (self);
}

static void
use_selection (Dialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TripImage) selection = self->picture->read_selection (self->picture->data, &error);

  if (! selection)
    {
      ui_dialog_accept (&self->dialog, error->domain == TRIP_ERROR ? ui_decompose_sentence (error) : error->message);
      return;
    }
  ui_corrections_add (self->corrections, selection, self->tool);
  show_corrections (self);
  refresh (self);
}

static void
forget_corrections (Dialog *self)
{
  memset (self->corrections->data, 0, self->corrections->stride * self->corrections->height * sizeof (float));
  show_corrections (self);
  refresh (self);
}

static void
update_brush (Dialog *self)
{
  const gboolean paints = self->tool != TRIP_CORRECTION_NONE;

  gtk_widget_set_sensitive (self->brush_row, paints);
  ui_canvas_set_brush (self->canvas, paints ? gtk_adjustment_get_value (self->brush) : 0);
}

static void
choose_shown (GtkToggleButton *button, gpointer data)
{
  Dialog *self = data;

  if (! gtk_toggle_button_get_active (button))
    return;
  self->shown = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "choice"));
  show (self);
}

static void
choose_tool (GtkToggleButton *button, gpointer data)
{
  Dialog *self = data;

  if (! gtk_toggle_button_get_active (button))
    return;
  self->tool = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "choice"));
  update_brush (self);
}

/* What one of several buttons is for. */
typedef struct
{
  const char *label, *tooltip;
  int choice;
} Choice;

static GtkWidget *
make_choices (const Choice *choices, int n, GCallback chosen, Dialog *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING), *first = NULL;

  for (int i = 0; i < n; i++)
    {
      GtkWidget *button = gtk_radio_button_new_with_mnemonic_from_widget (first ? GTK_RADIO_BUTTON (first) : NULL,
                                                                          choices[i].label);

      first = first ? first : button;
      gtk_widget_set_tooltip_text (button, choices[i].tooltip);
      g_object_set_data (G_OBJECT (button), "choice", GINT_TO_POINTER (choices[i].choice));
      g_signal_connect (button, "toggled", chosen, self);
      gtk_box_pack_start (GTK_BOX (row), button, FALSE, FALSE, 0);
    }
  return row;
}

static GtkWidget *
make_button (const char *label, const char *tooltip, GCallback clicked, Dialog *self)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  return button;
}

static GtkWidget *
make_brush_row (Dialog *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING), *label, *scale;
  const double size = MAX (self->picture->picture->width, self->picture->picture->height);

  self->brush = gtk_adjustment_new (MAX (round (size / 40), 2), 1, MAX (round (size / 4), 8), 1, 10, 0);
  label = gtk_label_new_with_mnemonic (_("Brush si_ze"));
  scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, self->brush);
  gtk_scale_set_digits (GTK_SCALE (scale), 0);
  gtk_scale_set_value_pos (GTK_SCALE (scale), GTK_POS_RIGHT);
  gtk_widget_set_tooltip_text (scale, _("Diameter of the brush, in pixels of the layer"));
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), scale);
  g_signal_connect_swapped (self->brush, "value-changed", G_CALLBACK (update_brush), self);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), scale, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row),
                      make_button (_("Mar_k selection"), _("Marks what is selected in the image now"),
                                   G_CALLBACK (use_selection), self),
                      FALSE, FALSE, 0);
  return row;
}

/* The brush, and beside it what can be done without one. */
static GtkWidget *
make_marks_row (Dialog *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);

  self->brush_row = make_brush_row (self);
  gtk_widget_set_sensitive (self->brush_row, FALSE);
  gtk_box_pack_start (GTK_BOX (row), self->brush_row, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row),
                      make_button (_("Clear _marks"), _("Forgets all that was painted"),
                                   G_CALLBACK (forget_corrections), self),
                      FALSE, FALSE, 0);
  return row;
}

/* The canvas, and under it what it shows and what can be painted. */
static GtkWidget *
make_preview (Dialog *self)
{
  const Choice shown[] = {
    { _("O_bject"), _("The layer Foreground"), SHOW_FOREGROUND },
    { _("Back_ground"), _("The layer Background"), SHOW_BACKGROUND },
    { _("Effec_ts"), _("The layer Effects: shadow and reflection"), SHOW_EFFECTS },
    { _("S_um"), _("All layers together: what the picture shows now"), SHOW_SUM },
    { _("Outl_ine"), _("Where the soft edge is looked for, in yellow; what is not the object is dark"), SHOW_OUTLINE },
  };
  const Choice tools[] = {
    { _("Mo_ve"), _("Dragging moves the view; the wheel zooms"), TRIP_CORRECTION_NONE },
    { _("Is ob_ject"), _("Paints what belongs to the object"), TRIP_CORRECTION_OBJECT },
    { _("Is _not"), _("Paints what does not belong to the object"), TRIP_CORRECTION_NO_OBJECT },
    { _("Is sh_adow"), _("Paints what else the object has changed, and what is to be filled therefore"),
      TRIP_CORRECTION_EFFECT },
    { _("Is not shadow"), _("Paints what the object has not changed"), TRIP_CORRECTION_NO_EFFECT },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);
  GtkWidget *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);

  self->canvas = UI_CANVAS (ui_canvas_new (self->picture->picture->width, self->picture->picture->height));
  g_signal_connect (self->canvas, "stroke", G_CALLBACK (paint), self);
  g_signal_connect_swapped (self->canvas, "stroke-end", G_CALLBACK (ask), self);
  gtk_container_set_border_width (GTK_CONTAINER (rows), SPACING);
  gtk_box_pack_start (GTK_BOX (rows), make_choices (shown, N_SHOWN, G_CALLBACK (choose_shown), self), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (rows), make_choices (tools, G_N_ELEMENTS (tools), G_CALLBACK (choose_tool), self), FALSE,
                      FALSE, 0);
  gtk_box_pack_start (GTK_BOX (rows), make_marks_row (self), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), GTK_WIDGET (self->canvas), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), rows, FALSE, FALSE, 0);
  return box;
}

static void
show_help (const char *help_id, gpointer dialog)
{
  g_autofree char *text = g_strjoin (
    "\n\n",
    _("Decompose takes an object out of its layer. From a rough selection it makes a layer group: the "
      "background, complete, without the object and its shadow; the shadow and reflection; and the object with a soft "
      "edge. Together they look exactly as the layer did."),
    _("The preview shows one of them, or all, or the outline: yellow is where the soft edge is looked for. Where it "
      "misses some of the edge, make it wider."),
    _("What was not found well can be painted: what is object and what is not, what is shadow and what is not. Mark "
      "selection takes the selection of the image instead of a stroke, so that any of GIMP's tools can be used."),
    _("The layer itself is kept, hidden, below the group. One undo step takes everything back."), NULL);

  ui_dialog_show_help (dialog, _("Decomposing with Triptych"), text);
}

/* FALSE: there is no memory for the preview. */
static gboolean
prepare (Dialog *self)
{
  const TripImage *picture = self->picture->picture;

  self->step = ceil (sqrt ((double) picture->width * picture->height / MAX_PIXELS));
  self->small = ui_apart_reduce (picture, self->step, NULL);
  self->small_selection = ui_apart_reduce (self->picture->selection, self->step, NULL);
  self->corrections = trip_image_new (picture->width, picture->height, 1, NULL);
  if (! self->small || ! self->small_selection || ! self->corrections)
    return FALSE;
  memset (self->corrections->data, 0, self->corrections->stride * self->corrections->height * sizeof (float));
  return TRUE;
}

gboolean
ui_decompose_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiDecomposePicture *picture,
                  TripImage **corrections)
{
  static const char *const names[] = { "edge", "effects", "seed", NULL };
  Dialog self = { .config = G_OBJECT (config), .picture = picture };
  gboolean ok;

  *corrections = NULL;
  if (prepare (&self))
    {
      ui_dialog_init (&self.dialog, procedure, config, _("Decompose"), show_help);
      ui_dialog_fill_plain (&self.dialog, config, make_preview (&self), names);
      ui_screen_init (&self.screen, GTK_WIDGET (self.canvas));
      self.job = ui_job_new (&(UiJobClass) { ui_apart_run, done, ui_apart_request_free, ui_apart_result_free, &self });
      show (&self);
      ok = ui_dialog_run (&self.dialog, config, refresh, &self);
      ui_job_free (self.job);
      ui_screen_clear (&self.screen);
      gtk_widget_destroy (self.dialog.widget);
    }
  else
    ok = TRUE; /* without a preview; if there is too little memory for the rest as well, that is told */
  if (ok && self.corrections && ui_corrections_any (self.corrections))
    *corrections = g_steal_pointer (&self.corrections);
  ui_apart_result_free (self.result);
  trip_image_free (self.small);
  trip_image_free (self.small_selection);
  trip_image_free (self.corrections);
  return ok;
}
