#include "shrink.h"

#include <glib/gi18n.h>
#include <math.h>

#include "dialog.h"
#include "fields.h"
#include "plain.h"

#define SPACING 6
#define MARGIN 16          /* px of the small picture computed beyond what is to be seen */
#define FIRST_STRENGTH 0.2 /* of the pass that shows something soon */
#define SECONDS_PER_PIXEL 3e-7 /* to read, to write and to compare, beside the network */

/* A model, for both ways. */
typedef struct
{
  TripShrinker *shrinker;
  TripUpscaler *upscaler;
} Model;

typedef struct
{
  UiDialog dialog;
  GObject *config;
  const UiPicture *picture;
  Model models[TRIP_N_MODELS]; /* those chosen so far */
  UiView *view;
  GtkWidget *small, *fidelity;
} Dialog;

/* What the view shows: what comes back of the picture, or the small picture itself. */
typedef struct
{
  Model model;
  double strength;
  int width, height; /* of the small picture */
  int is_rounded, is_small;
} Shown;

typedef struct
{
  TripModel model;
  double strength;
  int picture[UI_N_AXES], result[UI_N_AXES];
} Choice;

static Choice
get_choice (const Dialog *self)
{
  const UiSize size = ui_size_from_config (self->config);
  g_autofree char *model = NULL;
  Choice choice = { TRIP_RESTORER_BALANCED_1 };

  g_object_get (self->config, "model", &model, "strength", &choice.strength, NULL);
  if (trip_model_from_name (model, &choice.model))
    choice.model = trip_model_restorer (choice.model);
  choice.picture[UI_AXIS_X] = self->picture->image_width;
  choice.picture[UI_AXIS_Y] = self->picture->image_height;
  ui_size_resolve (&size, choice.picture, choice.result);
  return choice;
}

static TripShrinkOptions
options_of (const Shown *shown, int width, int height, int pass)
{
  const double strength = pass == 0 ? FIRST_STRENGTH * shown->strength : shown->strength;

  return (TripShrinkOptions) { width, height, strength, shown->is_rounded };
}

/* Along an axis, the part of the picture (length px) that becomes a part of the small one, which in
 * *begin and *n is first what is to be seen: in px of the one or the other. */
static void
find_part (int length, int small_length, gboolean is_small, int *begin, int *n, int *small_begin,
           int *small_n)
{
  const double scale = (double) length / small_length, unit = is_small ? 1 : scale;
  const int first = MAX ((int) floor (*begin / unit) - MARGIN, 0);
  const int last = MIN ((int) ceil ((*begin + *n) / unit) + MARGIN, small_length);

  *small_begin = first;
  *small_n = last - first;
  *begin = lround (first * scale);
  *n = lround (last * scale) - *begin;
}

/* Computed on its own, as if it were a picture. */
static TripRect
view_needs (int width, int height, gconstpointer data, TripRect *region)
{
  const Shown *shown = data;
  TripRect part = *region, small;

  find_part (width, shown->width, shown->is_small, &part.x, &part.width, &small.x, &small.width);
  find_part (height, shown->height, shown->is_small, &part.y, &part.height, &small.y,
             &small.height);
  *region = shown->is_small ? small : part;
  return part;
}

/* The size that a part of a picture of width x height px has in the small picture. */
static void
get_small_size (const Shown *shown, int width, int height, const TripRect *part,
                int size[UI_N_AXES])
{
  const double x = (double) shown->width / width, y = (double) shown->height / height;

  size[UI_AXIS_X] = lround ((part->x + part->width) * x) - lround (part->x * x);
  size[UI_AXIS_Y] = lround ((part->y + part->height) * y) - lround (part->y * y);
}

/* To shrink source and to bring it back. */
static TripUpscaleCost
get_cost (const Shown *shown, const TripSource *source, const TripShrinkOptions *options,
          int n_threads)
{
  const TripSource small = { options->width, options->height, source->n_channels };
  const TripUpscaleOptions back = { .width = source->width, .height = source->height };
  const TripUpscaleCost a = trip_shrink_cost (shown->model.shrinker, source, options, n_threads);
  const TripUpscaleCost b = trip_upscale_cost (shown->model.upscaler, &small, &back, n_threads);

  return (TripUpscaleCost) { MAX (a.bytes, b.bytes), a.macs + b.macs };
}

static double
view_cost (const UiPicture *picture, gconstpointer data, const TripRect *region,
           const TripRect *part, int pass, int n_threads)
{
  const Shown *shown = data;
  const TripSource source = { part->width, part->height, picture->source.n_channels };
  TripShrinkOptions options;
  int size[UI_N_AXES];

  get_small_size (shown, picture->source.width, picture->source.height, part, size);
  options = options_of (shown, size[UI_AXIS_X], size[UI_AXIS_Y], pass);
  return get_cost (shown, &source, &options, n_threads).macs;
}

static TripImage *
view_before (const UiViewRequest *request, const Babl **format, GError **error)
{
  const Shown *shown = request->options;
  const TripImage *image = request->part.image;
  const TripImagePart part = { image, 0, 0 };
  const TripRect all = { 0, 0, image->width, image->height };
  const TripSource source = trip_source_from_part (&part, image->width, image->height);

  *format = request->format;
  if (! shown->is_small)
    return trip_source_read (&source, &all, error);
  return ui_plain_scale (&part, request->format, image->width, image->height,
                         request->region.width, request->region.height,
                         &(TripRect) { 0, 0, request->region.width, request->region.height },
                         format, error);
}

static gboolean
view_after (const UiViewRequest *request, const TripRun *run, UiViewResult *result, GError **error)
{
  const Shown *shown = request->options;
  const TripImage *picture = request->part.image;
  const TripImagePart part = { picture, 0, 0 };
  const TripSource source = trip_source_from_part (&part, picture->width, picture->height);
  const TripRect place = { request->part.x, request->part.y, picture->width, picture->height };
  g_autoptr (TripImage) small = NULL, restored = NULL;
  TripShrinkOptions options;
  TripImagePart small_part;
  TripSource small_source;
  TripSink sink, restored_sink;
  int size[UI_N_AXES];

  get_small_size (shown, request->width, request->height, &place, size);
  options = options_of (shown, size[UI_AXIS_X], size[UI_AXIS_Y], request->pass);
  small = trip_image_new (options.width, options.height, picture->n_channels, error);
  restored = small ? trip_image_new (picture->width, picture->height, picture->n_channels, error)
                   : NULL;
  if (! restored)
    return FALSE;
  sink = trip_sink_to_image (small);
  restored_sink = trip_sink_to_image (restored);
  small_part = (TripImagePart) { small, 0, 0 };
  small_source = trip_source_from_part (&small_part, small->width, small->height);
  if (! trip_shrink (shown->model.shrinker, &source, &options, &sink, run, error)
      || ! trip_shrink_restore (shown->model.upscaler, &small_source, &source, &restored_sink, run,
                                &result->fidelity, error))
    return FALSE;
  result->image = shown->is_small ? g_steal_pointer (&small) : g_steal_pointer (&restored);
  return TRUE;
}

static gboolean
load (Dialog *self, TripModel choice)
{
  g_autoptr (GError) error = NULL;
  Model *model = &self->models[choice];

  if (! model->shrinker)
    model->shrinker = trip_shrinker_new (choice, &error);
  if (model->shrinker && ! model->upscaler)
    model->upscaler = trip_upscaler_new (choice, &error);
  if (error)
    g_warning ("%s", error->message);
  return model->upscaler != NULL;
}

static void
show_cost (Dialog *self, const Choice *choice)
{
  const int *result = choice->result;
  const TripSource source = { choice->picture[UI_AXIS_X], choice->picture[UI_AXIS_Y],
                              self->picture->source.n_channels };
  const double before = (double) source.width * source.height;
  const double pixels = (double) result[UI_AXIS_X] * result[UI_AXIS_Y];
  const double layers
    = self->picture->image_pixels <= 0 ? 1 : self->picture->image_pixels / before;
  const Shown shown = { self->models[choice->model] };
  const TripShrinkOptions options
    = { result[UI_AXIS_X], result[UI_AXIS_Y], choice->strength, FALSE };
  const TripUpscaleCost cost
    = get_cost (&shown, &source, &options, ui_view_get_threads (self->view));

  ui_dialog_set_cost (&self->dialog,
                      layers * (cost.macs / ui_view_get_rate (self->view)
                                + (before + pixels) * SECONDS_PER_PIXEL),
                      cost.bytes + layers * pixels * source.n_channels * sizeof (float));
}

static void
show_notice (Dialog *self, const Choice *choice)
{
  if (! ui_size_is_smaller (choice->result, choice->picture))
    ui_dialog_refuse (&self->dialog,
                      _("This is not smaller than the image. Choose a smaller size."));
  else if (! load (self, choice->model))
    ui_dialog_refuse (
      &self->dialog,
      _("This model's file is damaged. Choose another model, or install Triptych again."));
  else if (ui_dialog_check_target (&self->dialog, self->config, self->picture))
    show_cost (self, choice);
}

/* fidelity 0: not known yet */
static void
show_fidelity (Dialog *self, double fidelity)
{
  g_autofree char *text = NULL;

  if (isinf (fidelity))
    text = g_strdup (_("Comes back exactly (the part shown)"));
  else if (fidelity != 0)
    text = g_strdup_printf (_("Comes back with %.1f dB (the part shown)"), fidelity);
  gtk_label_set_text (GTK_LABEL (self->fidelity), text ? text : _("Comes back with … dB"));
}

static void
view_shown (const UiViewResult *result, gpointer data)
{
  Dialog *self = data;
  const Choice choice = get_choice (self);

  show_fidelity (self, result ? result->fidelity : 0);
  if (result)
    show_notice (self, &choice);
}

static void
refresh (gpointer data)
{
  Dialog *self = data;
  const Choice choice = get_choice (self);
  const TripSource *source = &self->picture->source;
  const gboolean is_small = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->small));
  int size[UI_N_AXES];
  Shown shown;

  ui_dialog_set_result (&self->dialog, _("Result: %d × %d px (%s Mpx)"), choice.result);
  show_notice (self, &choice);

  /* the layer at the scale of the image */
  size[UI_AXIS_X] = MAX (
    round ((double) choice.result[UI_AXIS_X] / choice.picture[UI_AXIS_X] * source->width), 1);
  size[UI_AXIS_Y] = MAX (
    round ((double) choice.result[UI_AXIS_Y] / choice.picture[UI_AXIS_Y] * source->height), 1);
  shown = (Shown) { self->models[choice.model], choice.strength, size[UI_AXIS_X], size[UI_AXIS_Y],
                    self->picture->is_rounded, is_small };
  if (! shown.model.upscaler
      || ! ui_size_is_smaller (size, (int[]) { source->width, source->height }))
    {
      ui_view_clear (self->view);
      show_fidelity (self, 0);
      return;
    }
  if (is_small)
    ui_view_set_labels (self->view, _("Plain reduction"), _("Small picture"));
  else
    ui_view_set_labels (self->view, _("Original"), _("Brought back"));
  ui_view_show (self->view, is_small ? size[UI_AXIS_X] : source->width,
                is_small ? size[UI_AXIS_Y] : source->height, &shown);
}

static void
show_help (const gchar *help_id, gpointer dialog)
{
  g_autofree char *text = g_strjoin (
    "\n\n",
    _("Width and height are those of the small picture, in pixels, in percent or as a factor. It "
      "looks like any reduced picture, but its pixels are chosen so that Upscale brings the "
      "original back from it, as closely as it can. It remembers the original size and the network "
      "that brings it back; Upscale offers that size, and uses that network for it."),
    _("The preview compares the original, on the left, with what comes back, on the right; or a "
      "plain reduction with the small picture. Drag the line between them, and drag the picture "
      "to see another place. With the keyboard, the arrow keys move the picture, Shift and an "
      "arrow key move the line, and Home centers both."),
    _("How close it comes back is measured, in dB: 6 dB more are half the error. The more strength, "
      "the closer, and the longer it takes."),
    _("Save the small picture as PNG or XCF. Saving it as JPEG, or changing it, loses most of what "
      "was gained. Nothing is hidden in it beyond the original's size: whoever has it can bring it "
      "back, and no detail comes back exactly."),
    NULL);

  ui_dialog_show_help (dialog, _("Shrinking with Triptych"), text);
}

/* The view, and under it the choice of what it shows. */
static GtkWidget *
make_preview (Dialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2 * SPACING);
  GtkWidget *restored = gtk_radio_button_new_with_mnemonic (NULL, _("What comes _back"));

  self->small = gtk_radio_button_new_with_mnemonic_from_widget (GTK_RADIO_BUTTON (restored),
                                                                _("Small p_icture"));
  gtk_container_set_border_width (GTK_CONTAINER (row), SPACING);
  gtk_widget_set_tooltip_text (restored, _("Compares the original with what Upscale makes of the "
                                           "small picture"));
  gtk_widget_set_tooltip_text (self->small, _("Compares a plain reduction with the small picture, "
                                              "pixel for pixel"));
  g_signal_connect_swapped (self->small, "toggled", G_CALLBACK (refresh), self);
  gtk_box_pack_start (GTK_BOX (row), restored, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->small, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), ui_view_get_widget (self->view), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  return box;
}

gboolean
ui_shrink_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiPicture *picture)
{
  static const char *const names[] = { "model", "strength", "target", NULL };
  const UiViewClass klass = { sizeof (Shown), 2, FALSE, view_needs, view_cost, view_before,
                              view_after, view_shown };
  Dialog self = { .config = G_OBJECT (config), .picture = picture };
  GtkWidget *limits;
  gboolean ok;

  ui_dialog_init (&self.dialog, procedure, config, _("Shrink"), show_help);
  self.view = ui_view_new (&klass, picture, &self);
  ui_dialog_fill (&self.dialog, config, picture, make_preview (&self), names);
  self.fidelity = ui_dialog_add_text (&self.dialog, NULL);
  gtk_widget_set_tooltip_text (self.fidelity,
                               _("The PSNR of what comes back, as measured: 6 dB more are half the "
                                 "error"));
  limits = ui_dialog_add_text (&self.dialog, _("Save it as PNG or XCF: JPEG loses most of what is "
                                               "gained."));
  gtk_widget_set_tooltip_text (limits, _("Nothing is hidden in the small picture beyond the "
                                         "original's size. Changing it loses most of what is "
                                         "gained as well."));
  ok = ui_dialog_run (&self.dialog, config, refresh, &self);

  ui_view_free (self.view);
  gtk_widget_destroy (self.dialog.widget);
  for (int i = 0; i < TRIP_N_MODELS; i++)
    {
      trip_shrinker_free (self.models[i].shrinker);
      trip_upscaler_free (self.models[i].upscaler);
    }
  return ok;
}
