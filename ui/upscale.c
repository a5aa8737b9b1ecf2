#include "upscale.h"

#include <glib/gi18n.h>
#include <math.h>

#include "dialog.h"
#include "fields.h"
#include "plain.h"

#define SECONDS_PER_PIXEL 1.5e-7 /* to read and to write, beside the network */

typedef struct
{
  UiDialog dialog;
  GObject *config;
  const UiPicture *picture;
  TripUpscaler *upscalers[TRIP_N_MODELS]; /* those chosen so far */
  UiView *view;
  double jpeg_clean_up; /* that fits the picture, or 0 */
} Dialog;

/* What the user has chosen, and what it leads to. */
typedef struct
{
  TripModel model;
  double clean_up;
  gboolean layer; /* or the whole image */
  gboolean restores; /* what Shrink made, through its restorer */
  int picture[UI_N_AXES], result[UI_N_AXES];
} Choice;

/* What the view shows. */
typedef struct
{
  const TripUpscaler *upscaler;
  double clean_up;
  int width, height;
} Shown;

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
  choice.restores = picture->has_note && ! choice.layer
                    && trip_shrink_note_fits (&picture->note, choice.picture[UI_AXIS_X], choice.picture[UI_AXIS_Y],
                                              choice.result[UI_AXIS_X], choice.result[UI_AXIS_Y]);
  if (choice.restores)
    {
      choice.model = picture->note.restorer;
      choice.clean_up = 0;
    }
  return choice;
}

static TripUpscaleOptions
options_of (const Shown *shown, const TripRect *region)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = shown->width;
  options.height = shown->height;
  options.clean_up = shown->clean_up;
  options.region = *region;
  return options;
}

static TripRect
view_needs (int width, int height, gconstpointer shown, TripRect *region)
{
  const TripUpscaleOptions options = options_of (shown, region);

  return trip_upscale_needs (width, height, &options);
}

static double
view_cost (const UiPicture *picture, gconstpointer data, const TripRect *region,
           const TripRect *part, int pass, int n_threads)
{
  const Shown *shown = data;
  const TripUpscaleOptions options = options_of (shown, region);

  return trip_upscale_cost (shown->upscaler, &picture->source, &options, n_threads).macs;
}

static TripImage *
view_before (const UiViewRequest *request, const Babl **format, GError **error)
{
  const Shown *shown = request->options;

  return ui_plain_scale (&request->part, request->format, request->width, request->height,
                         shown->width, shown->height, &request->region, format, error);
}

static gboolean
view_after (const UiViewRequest *request, const TripRun *run, UiViewResult *result, GError **error)
{
  const Shown *shown = request->options;
  const TripUpscaleOptions options = options_of (shown, &request->region);
  const TripSource source = trip_source_from_part (&request->part, request->width, request->height);
  TripSink sink;

  result->image = trip_image_new (request->region.width, request->region.height, source.n_channels,
                                  error);
  if (! result->image)
    return FALSE;
  sink = trip_sink_to_image (result->image);
  return trip_upscale (shown->upscaler, &source, &options, &sink, run, error);
}

/* Says what the result costs, or why it cannot be had. */
static void
show_cost (Dialog *self, const Choice *choice)
{
  const int *result = choice->result;
  const TripSource source = { choice->picture[UI_AXIS_X], choice->picture[UI_AXIS_Y],
                              self->picture->source.n_channels };
  const double before = (double) source.width * source.height;
  const double pixels = (double) result[UI_AXIS_X] * result[UI_AXIS_Y];
  const double layers = choice->layer || self->picture->image_pixels <= 0
    ? 1 : self->picture->image_pixels / before;
  const Shown shown = { self->upscalers[choice->model], choice->clean_up, result[UI_AXIS_X],
                        result[UI_AXIS_Y] };
  const TripUpscaleOptions options = options_of (&shown, &(TripRect) { 0 });
  const TripUpscaleCost cost = trip_upscale_cost (shown.upscaler, &source, &options,
                                                  ui_view_get_threads (self->view));

  ui_dialog_set_cost (&self->dialog,
                      layers * (cost.macs / ui_view_get_rate (self->view)
                                + (before + pixels) * SECONDS_PER_PIXEL),
                      cost.bytes + layers * pixels * source.n_channels * sizeof (float));
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

  if (MAX (choice->result[UI_AXIS_X], choice->result[UI_AXIS_Y]) > TRIP_MAX_SIZE)
    {
      text = g_strdup_printf (
        _("This is too large: an image can have %d px on a side. Choose a smaller size."),
        TRIP_MAX_SIZE);
      ui_dialog_refuse (&self->dialog, text);
    }
  else if (! load (self, choice->model))
    ui_dialog_refuse (
      &self->dialog,
      _("This model's file is damaged. Choose another model, or install Triptych again."));
  else if (ui_dialog_check_target (&self->dialog, self->config, self->picture))
    show_cost (self, choice);
}

/* A preview tells more about this machine. */
static void
view_shown (const UiViewResult *result, gpointer data)
{
  const Choice choice = get_choice (data);

  if (result)
    show_notice (data, &choice);
}

static void
refresh (gpointer data)
{
  static const char *const overruled[] = { "model", "clean-up", NULL }; /* by the network that brings it back */
  Dialog *self = data;
  const Choice choice = get_choice (self);
  const TripSource *source = &self->picture->source;
  double size[UI_N_AXES];
  Shown shown;

  ui_fields_set_picture (UI_FIELDS (self->dialog.fields), choice.picture[UI_AXIS_X],
                         choice.picture[UI_AXIS_Y]);
  ui_dialog_set_result (&self->dialog,
                        choice.restores ? _("As before shrinking: %d × %d px (%s Mpx)")
                        : choice.layer && self->picture->has_selection
                          ? _("Selected part: %d × %d px (%s Mpx)")
                          : _("Result: %d × %d px (%s Mpx)"),
                        choice.result);
  for (int i = 0; overruled[i]; i++)
    gimp_procedure_dialog_set_sensitive (GIMP_PROCEDURE_DIALOG (self->dialog.widget), overruled[i], ! choice.restores,
                                         NULL, NULL, FALSE);
  show_notice (self, &choice);

  /* the layer at the scale of what is enlarged */
  size[UI_AXIS_X]
    = round ((double) choice.result[UI_AXIS_X] / choice.picture[UI_AXIS_X] * source->width);
  size[UI_AXIS_Y]
    = round ((double) choice.result[UI_AXIS_Y] / choice.picture[UI_AXIS_Y] * source->height);
  shown = (Shown) { self->upscalers[choice.model], choice.clean_up,
                    CLAMP (size[UI_AXIS_X], 1, TRIP_MAX_SIZE),
                    CLAMP (size[UI_AXIS_Y], 1, TRIP_MAX_SIZE) };
  if (shown.upscaler)
    ui_view_show (self->view, shown.width, shown.height, &shown);
}

/* Asks for what the image was shrunk from. */
static void
restore (Dialog *self)
{
  const TripShrinkNote *note = &self->picture->note;

  int result[UI_N_AXES];

  if (get_choice (self).layer)
    g_object_set (self->config, "target", "image", NULL);
  ui_size_resolve (&(UiSize) { .width = note->width }, get_choice (self).picture, result);
  /* the width alone where that suffices, so that the next picture keeps its own proportions */
  g_object_set (self->config, "width", note->width, "height",
                result[UI_AXIS_Y] == note->height ? 0 : note->height, NULL);
}

/* A button in the dialog's column, at place from the top. */
static void
add_button (Dialog *self, const char *text, const char *tooltip, void (*clicked) (Dialog *self), int place)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (text);

  gtk_widget_set_tooltip_text (button, tooltip);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), self);
  gtk_box_pack_start (GTK_BOX (self->dialog.column), button, FALSE, FALSE, 0);
  gtk_box_reorder_child (GTK_BOX (self->dialog.column), button, place);
  gtk_widget_show (button);
}

static void
add_restore (Dialog *self)
{
  const TripShrinkNote *note = &self->picture->note;
  g_autofree char *text = g_strdup_printf (_("Restore or_iginal size (%d × %d)"), note->width,
                                           note->height);

  add_button (self, text,
              _("This image was made by Shrink. Sets the size that it was made from, at which the network that it was "
                "made for brings it back; Model and Clean-up do not matter then."),
              restore, 0);
}

/* Sets the clean-up to that on the button. */
static void
use_clean_up (Dialog *self)
{
  g_object_set (self->config, "clean-up", self->jpeg_clean_up, NULL);
}

/* Offers what fits the traces of JPEG, if the picture has any. */
static void
add_clean_up (Dialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (! trip_jpeg_clean_up (&self->picture->source, &self->jpeg_clean_up, &error))
    g_warning ("%s", error->message);
  if (! (self->jpeg_clean_up > 0))
    return;
  text = g_strdup_printf (_("Clean up the traces of _JPEG (%.2f)"), self->jpeg_clean_up);
  add_button (self, text,
              _("Blocks that JPEG compression leaves were found in this picture. Sets Clean-up to what fits their "
                "strength; more of it takes fine detail as well."),
              use_clean_up, 2);
}

static void
show_help (const gchar *help_id, gpointer dialog)
{
  g_autofree char *text = g_strjoin (
    "\n\n",
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
        "the selected part), or a new image. One undo takes everything back."), NULL);

  ui_dialog_show_help (dialog, _("Enlarging with Triptych"), text);
}

gboolean
ui_upscale_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiPicture *picture)
{
  static const char *const names[] = { "model", "clean-up", "target", NULL };
  const UiViewClass klass = { sizeof (Shown), 1, TRUE, view_needs, view_cost, view_before,
                              view_after, view_shown };
  Dialog self = { .config = G_OBJECT (config), .picture = picture };
  gboolean ok;

  ui_dialog_init (&self.dialog, procedure, config, _("Upscale"), show_help);
  self.view = ui_view_new (&klass, picture, &self);
  ui_dialog_fill (&self.dialog, config, picture, ui_view_get_widget (self.view), names);
  if (picture->has_note)
    add_restore (&self);
  else
    add_clean_up (&self);
  ok = ui_dialog_run (&self.dialog, config, refresh, &self);

  ui_view_free (self.view);
  gtk_widget_destroy (self.dialog.widget);
  for (int i = 0; i < TRIP_N_MODELS; i++)
    trip_upscaler_free (self.upscalers[i]);
  return ok;
}
