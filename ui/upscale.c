#include "upscale.h"

#include <glib/gi18n.h>
#include <math.h>

#include "fields.h"
#include "memory.h"
#include "size.h"
#include "view.h"

#define SECONDS_PER_PIXEL 1.5e-7 /* to read and to write, beside the network */
#define SPACING 12 /* between groups; half of it within them */

typedef struct
{
  GObject *config;
  const UiPicture *picture;
  TripUpscaler *upscalers[TRIP_N_MODELS]; /* those chosen so far */

  GtkWidget *dialog, *fields, *result, *notice, *warning;
  UiView *view;
} Dialog;

/* What the user has chosen, and what it leads to. */
typedef struct
{
  TripModel model;
  double clean_up;
  gboolean layer; /* or the whole image */
  int picture[UI_N_AXES], result[UI_N_AXES];
} Choice;

static Choice
get_choice (const Dialog *self)
{
  const UiPicture *picture = self->picture;
  const UiSize size = ui_size_from_config (self->config);
  g_autofree char *model = NULL, *target = NULL;
  Choice choice;

  g_object_get (self->config, "model", &model, "target", &target, "clean-up", &choice.clean_up,
                NULL);
  if (! trip_model_from_name (model, &choice.model))
    choice.model = TRIP_MODEL_BALANCED;
  choice.layer = g_strcmp0 (target, "layer") == 0;
  choice.picture[UI_AXIS_X] = choice.layer ? picture->source.width : picture->image_width;
  choice.picture[UI_AXIS_Y] = choice.layer ? picture->source.height : picture->image_height;
  ui_size_resolve (&size, choice.picture, choice.result);
  return choice;
}

static char *
describe_cost (double seconds, double bytes)
{
  g_autofree char *memory = g_format_size (bytes);

  if (seconds < 1)
    return g_strdup_printf (_("Takes less than a second and %s of memory."), memory);
  if (seconds < 90)
    return g_strdup_printf (_("Takes about %d s and %s of memory."), (int) lround (seconds),
                            memory);
  if (seconds < 90 * 60)
    return g_strdup_printf (_("Takes about %d min and %s of memory."), (int) lround (seconds / 60),
                            memory);
  return g_strdup_printf (_("Takes about %d h and %s of memory."), (int) lround (seconds / 3600),
                          memory);
}

/* The notice under the result's size, and in *wrong whether the result cannot be had. */
static char *
describe (const Dialog *self, const Choice *choice, gboolean *wrong)
{
  const int *result = choice->result;
  const TripSource source = { choice->picture[UI_AXIS_X], choice->picture[UI_AXIS_Y],
                              self->picture->source.n_channels };
  const double before = (double) source.width * source.height;
  const double pixels = (double) result[UI_AXIS_X] * result[UI_AXIS_Y];
  const double layers = choice->layer || self->picture->image_pixels <= 0
    ? 1 : self->picture->image_pixels / before;
  const double available = ui_memory_available ();
  TripUpscaleOptions options;
  TripUpscaleCost cost;
  double bytes;

  *wrong = TRUE;
  if (MAX (result[UI_AXIS_X], result[UI_AXIS_Y]) > TRIP_MAX_SIZE)
    return g_strdup_printf (
      _("This is too large: an image can have %d px on a side. Choose a smaller size."),
      TRIP_MAX_SIZE);
  trip_upscale_options_init (&options);
  options.width = result[UI_AXIS_X];
  options.height = result[UI_AXIS_Y];
  options.clean_up = choice->clean_up;
  cost = trip_upscale_cost (self->upscalers[choice->model], &source, &options,
                            ui_view_get_threads (self->view));
  bytes = cost.bytes + layers * pixels * source.n_channels * sizeof (float);
  if (available > 0 && bytes > available)
    {
      g_autofree char *needed = g_format_size (bytes), *free = g_format_size (available);

      return g_strdup_printf (
        _("This needs %s of memory, but only %s are free. Choose a smaller size, or close other "
          "images and programs."),
        needed, free);
    }
  *wrong = FALSE;
  return describe_cost (layers * (cost.macs / ui_view_get_rate (self->view)
                                  + (before + pixels) * SECONDS_PER_PIXEL),
                        bytes);
}

static void
set_notice (Dialog *self, const char *text, gboolean wrong)
{
  gtk_label_set_text (GTK_LABEL (self->notice), text);
  gtk_widget_set_visible (self->warning, wrong);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self->dialog), GTK_RESPONSE_OK, ! wrong);
}

static void
show_result_size (Dialog *self, const Choice *choice)
{
  const int *result = choice->result;
  const double mega = 1e-6 * result[UI_AXIS_X] * result[UI_AXIS_Y];
  g_autofree char *number = g_strdup_printf (mega < 1 ? "%.2f" : "%.1f", mega);
  g_autofree char *text = NULL;

  if (choice->layer && self->picture->has_selection)
    text = g_strdup_printf (_("Selected part: %d × %d px (%s Mpx)"), result[UI_AXIS_X],
                            result[UI_AXIS_Y], number);
  else
    text = g_strdup_printf (_("Result: %d × %d px (%s Mpx)"), result[UI_AXIS_X], result[UI_AXIS_Y],
                            number);
  gtk_label_set_text (GTK_LABEL (self->result), text);
}

/* Loads the model if this is the first time that it is chosen. */
static gboolean
load (Dialog *self, TripModel model)
{
  g_autoptr (GError) error = NULL;

  if (! self->upscalers[model])
    self->upscalers[model] = trip_upscaler_new (model, &error);
  if (error)
    g_warning ("%s", error->message);
  return self->upscalers[model] != NULL;
}

static void
show_notice (Dialog *self, const Choice *choice)
{
  g_autofree char *text = NULL;
  gboolean wrong = TRUE;

  if (load (self, choice->model))
    text = describe (self, choice, &wrong);
  else
    text = g_strdup (
      _("This model's file is damaged. Choose another model, or install Triptych again."));
  set_notice (self, text, wrong);
}

/* A preview has told more about this machine. */
static void
measured (gpointer data)
{
  const Choice choice = get_choice (data);

  show_notice (data, &choice);
}

static void
refresh (Dialog *self)
{
  const Choice choice = get_choice (self);
  const TripSource *source = &self->picture->source;
  int size[UI_N_AXES];

  ui_fields_set_picture (UI_FIELDS (self->fields), choice.picture[UI_AXIS_X],
                         choice.picture[UI_AXIS_Y]);
  show_result_size (self, &choice);
  show_notice (self, &choice);

  /* the layer at the scale of what is enlarged */
  size[UI_AXIS_X]
    = lround ((double) choice.result[UI_AXIS_X] / choice.picture[UI_AXIS_X] * source->width);
  size[UI_AXIS_Y]
    = lround ((double) choice.result[UI_AXIS_Y] / choice.picture[UI_AXIS_Y] * source->height);
  if (self->upscalers[choice.model])
    ui_view_show (self->view, self->upscalers[choice.model],
                  CLAMP (size[UI_AXIS_X], 1, TRIP_MAX_SIZE),
                  CLAMP (size[UI_AXIS_Y], 1, TRIP_MAX_SIZE), choice.clean_up);
}

static void
show_help (const gchar *help_id, gpointer dialog)
{
  GtkWidget *help = gtk_message_dialog_new (GTK_WINDOW (dialog),
                                            GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                            GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE, "%s",
                                            _("Enlarging with Triptych"));

  gtk_window_set_title (GTK_WINDOW (help), _("Help"));
  gtk_message_dialog_format_secondary_text (
    GTK_MESSAGE_DIALOG (help), "%s\n\n%s\n\n%s\n\n%s",
    _("Width and height are those of the result, in pixels, in percent or as a factor. The chain "
      "keeps the proportions. A size in pixels is repeated as pixels on other images, a factor as "
      "a factor."),
    _("The preview compares plain scaling, on the left, with the result, on the right, pixel for "
      "pixel. Drag the line between them, and drag the picture to see another place. With the "
      "keyboard, the arrow keys move the picture, Shift and an arrow key move the line, and Home "
      "centers both."),
    _("Models differ in speed and quality only. Clean-up removes noise and the traces of JPEG "
      "compression; raise it until they are gone, and no further, for it takes fine detail as "
      "well."),
    _("The target is the whole image with all its layers, this layer alone (of a selection, only "
      "the selected part), or a new image. One undo takes everything back."));
  gtk_dialog_run (GTK_DIALOG (help));
  gtk_widget_destroy (help);
}

static GtkWidget *
make_summary (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING / 2);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING / 2);

  self->result = gtk_label_new (NULL);
  self->notice = gtk_label_new (NULL);
  self->warning = gtk_image_new_from_icon_name ("dialog-warning", GTK_ICON_SIZE_BUTTON);
  gtk_label_set_xalign (GTK_LABEL (self->result), 0);
  gtk_label_set_xalign (GTK_LABEL (self->notice), 0);
  gtk_label_set_yalign (GTK_LABEL (self->notice), 0);
  gtk_label_set_line_wrap (GTK_LABEL (self->notice), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (self->notice), 30);
  gtk_label_set_max_width_chars (GTK_LABEL (self->notice), 30);
  gtk_widget_set_valign (self->warning, GTK_ALIGN_START);
  gtk_widget_set_no_show_all (self->warning, TRUE);
  gtk_box_pack_start (GTK_BOX (row), self->warning, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->notice, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), self->result, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  return box;
}

static void
fill (Dialog *self)
{
  GimpProcedureDialog *dialog = GIMP_PROCEDURE_DIALOG (self->dialog);
  g_autoptr (GtkSizeGroup) labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  GtkWidget *halves = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);
  GtkWidget *frame = gtk_frame_new (NULL);
  const char *const names[] = { "model", "clean-up", "target" };
  GtkWidget *options;

  gimp_label_spin_set_digits (
    GIMP_LABEL_SPIN (gimp_procedure_dialog_get_scale_entry (dialog, "clean-up", 1.0)), 2);
  options = gimp_procedure_dialog_fill_box (dialog, "options", names[0], names[1], names[2], NULL);
  gtk_box_set_spacing (GTK_BOX (options), SPACING / 2);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *row = gimp_procedure_dialog_get_widget (dialog, names[i], G_TYPE_NONE);

      gtk_size_group_add_widget (labels, gimp_labeled_get_label (GIMP_LABELED (row)));
    }
  self->fields = ui_fields_new (GIMP_PROCEDURE_CONFIG (self->config), self->picture->image_width,
                                self->picture->image_height, labels);

  gtk_widget_set_hexpand (column, FALSE); /* all room to the preview */
  gtk_container_add (GTK_CONTAINER (frame), ui_view_get_widget (self->view));
  gtk_box_pack_start (GTK_BOX (column), self->fields, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (column), options, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (column), make_summary (self), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (halves), frame, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (halves), column, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (content), halves, TRUE, TRUE, 0);
  gtk_widget_show_all (halves);
}

gboolean
ui_upscale_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiPicture *picture)
{
  Dialog self = { G_OBJECT (config), picture };
  gboolean ok;

  /* as gimp_procedure_dialog_new() does, but with a help of our own */
  self.dialog = g_object_new (GIMP_TYPE_PROCEDURE_DIALOG, "procedure", procedure, "config", config,
                              "title", _("Upscale"), "help-func", show_help,
                              "help-id", gimp_procedure_get_name (procedure), NULL);
  self.view = ui_view_new (picture, measured, &self);
  fill (&self);
  g_signal_connect_swapped (config, "notify", G_CALLBACK (refresh), &self);
  refresh (&self);
  ok = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (self.dialog));

  g_signal_handlers_disconnect_by_data (config, &self);
  ui_view_free (self.view);
  gtk_widget_destroy (self.dialog);
  for (int i = 0; i < TRIP_N_MODELS; i++)
    trip_upscaler_free (self.upscalers[i]);
  return ok;
}
