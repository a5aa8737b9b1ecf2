#include "scaling.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "items.h"
#include "layer-filters.h"
#include "memory.h"
#include "note.h"

void
scaling_add_size_arguments (GimpProcedure *procedure, double most, double standard)
{
  gimp_procedure_add_double_argument (
      procedure, "scale-x", _("Width _factor"),
      _("How many times as wide the result is; below 1 it is narrower"), UI_MIN_SCALE, most,
      standard, G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
      procedure, "scale-y", _("H_eight factor"),
      _("How many times as high the result is; below 1 it is lower"), UI_MIN_SCALE, most,
      standard, G_PARAM_READWRITE);
  gimp_procedure_add_int_argument (
      procedure, "width", _("_Width"),
      _("Width of the result in pixels; 0: from the factor, or from the "
         "height if that is given, so that the proportions are kept"),
      0, TRIP_MAX_SIZE, 0, G_PARAM_READWRITE);
  gimp_procedure_add_int_argument (
      procedure, "height", _("Hei_ght"),
      _("Height of the result in pixels; 0: from the factor, or from the "
         "width if that is given, so that the proportions are kept"),
      0, TRIP_MAX_SIZE, 0, G_PARAM_READWRITE);
}

void
scaling_add_model_argument (GimpProcedure *procedure)
{
  gimp_procedure_add_choice_argument (
      procedure, "model", _("_Model"), _("Speed against quality"),
      gimp_choice_new_with_values ("fast", TRIP_MODEL_FAST, _("Fast"), NULL, "balanced",
                                   TRIP_MODEL_BALANCED, _("Balanced"), NULL, "best",
                                   TRIP_MODEL_BEST, _("Best"), NULL, NULL),
      "balanced", G_PARAM_READWRITE);
}

TripModel
scaling_get_model (GimpProcedureConfig *config)
{
  g_autofree char *name = NULL;
  TripModel model = TRIP_MODEL_BALANCED;

  g_object_get (config, "model", &name, NULL);
  trip_model_from_name (name, &model);
  return model;
}

void
scaling_set_sensitivity (GimpProcedure *procedure)
{
  gimp_procedure_set_image_types (procedure, "*"); /* of an indexed image a new one can be made */
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE
                                                      | GIMP_PROCEDURE_SENSITIVE_DRAWABLES
                                                      | GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES);
}

gboolean
scaling_check_image (GimpImage *image, gboolean copy, GError **error)
{
  g_autofree GimpLayer **layers = NULL;
  const char *sentence = NULL;

  if (! gimp_image_is_valid (image)) /* closed while the dialog was open */
    sentence = _("The image has been changed in the meantime, and the result does not fit it any more. Try again.");
  else if (! (layers = gimp_image_get_layers (image)) || ! layers[0])
    sentence = _("The image has no layers. Add a layer, and try again.");
  else if (gimp_image_get_base_type (image) == GIMP_INDEXED && ! copy)
    sentence = _("An indexed image has only the colours of its palette, and scaling makes new "
                 "ones. Choose a new image as target, or convert the image with Image ▸ Mode ▸ RGB "
                 "first.");
  return ! sentence || fail_with (error, sentence);
}

void
scaling_show_progress (double fraction, gpointer data)
{
  gimp_progress_update (fraction);
}

gboolean
scaling_check_memory (double needed, const char *sentence, GError **error)
{
  const double available = ui_memory_available ();
  g_autofree char *needed_text = NULL, *available_text = NULL;

  if (available == 0 || needed <= available)
    return TRUE;
  needed_text = g_format_size (needed);
  available_text = g_format_size (available);
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, sentence, needed_text, available_text);
  return FALSE;
}

gboolean
scaling_compute (ScalePlan *plan, const ScalingClass *klass, gpointer data, GError **error)
{
  g_autofree double *effort = g_new (double, plan->parts->len);
  double most = 0, sum = 0, done = 0;
  TripRun run = TRIP_RUN_INIT;

  run.progress = scaling_show_progress;
  g_object_get (gegl_config (), "threads", &run.n_threads, NULL); /* as in GIMP's preferences */

  for (guint i = 0; i < plan->parts->len; i++)
    {
      const ScalePart *part = plan->parts->pdata[i];
      const TripUpscaleCost cost = klass->cost (part, run.n_threads, data);

      most = MAX (most, cost.bytes);
      effort[i] = cost.macs + 1000.0 * part->width * part->height;
      sum += effort[i];
    }
  if (! scaling_check_memory (most + scale_plan_bytes (plan),
                              _("This needs %s of memory, but only %s are free. Choose a smaller size, or close other "
                                "images and programs."),
                              error))
    return FALSE;

  if (klass->from == 0)
    gimp_progress_init (klass->title);
  run.from = klass->from;
  for (guint i = 0; i < plan->parts->len; i++)
    {
      const TripRun step = trip_run_part (&run, done / sum, MIN ((done + effort[i]) / sum, 1));

      if (! klass->run (plan->parts->pdata[i], &step, data, error))
        return FALSE;
      done += effort[i];
    }
  gimp_progress_end (); /* and no Cancel from here on, which would leave half a change */
  return TRUE;
}

/* What it takes to upscale the parts of a plan. */
typedef struct
{
  TripUpscaler *upscaler;
  double clean_up;
  ScalingFunc after; /* or NULL */
  gpointer data;
} Upscaling;

static TripUpscaleOptions
upscale_options_of (const ScalePart *part, const Upscaling *self)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = part->width;
  options.height = part->height;
  /* masks and channels have no noise to remove */
  options.clean_up = part->input->is_colour ? self->clean_up : 0;
  return options;
}

static TripUpscaleCost
get_upscale_cost (const ScalePart *part, int n_threads, gpointer data)
{
  const Upscaling *self = data;
  const TripUpscaleOptions options = upscale_options_of (part, self);

  return trip_upscale_cost (self->upscaler, &part->input->source, &options, n_threads);
}

static gboolean
upscale_part (ScalePart *part, const TripRun *run, gpointer data, GError **error)
{
  const Upscaling *self = data;
  const TripUpscaleOptions options = upscale_options_of (part, self);
  const TripRun first = trip_run_part (run, 0, self->after ? 0.8 : 1), second = trip_run_part (run, 0.8, 1);

  return trip_upscale (self->upscaler, &part->input->source, &options,
                       &scale_part_output (part)->sink, &first, error)
         && (! self->after || self->after (part, &second, self->data, error));
}

gboolean
scaling_upscale (ScalePlan *plan, const char *title, double from, TripModel model, double clean_up,
                 ScalingFunc after, gpointer data, GError **error)
{
  const ScalingClass klass = { title, from, get_upscale_cost, upscale_part };
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (model, error);
  Upscaling self = { upscaler, clean_up, after, data };

  return upscaler && scaling_compute (plan, &klass, &self, error);
}

gboolean
scaling_init_display (GError **error)
{
  if (! gtk_init_check (NULL, NULL))
    return fail_with (error, _("There is no display to show the dialog on. Run the procedure "
                               "non-interactively."));
  gimp_ui_init ("triptych");
  return TRUE;
}

/* Why the chosen layers, or what is selected of them, cannot be changed, in the words of a run; new, or NULL. */
static GError *
find_layer_refusal (GimpImage *image, GimpDrawable **drawables)
{
  const UiSize same = { 1, 1, 0, 0 };
  GError *error = NULL;

  if (scaling_check_image (image, FALSE, &error))
    scale_plan_free (scale_plan_layers (image, drawables, &same, TRUE, &error));
  return error;
}

/* The layer that the dialog shows: the first of those chosen, else the image's first. */
static GimpLayer *
layer_to_show (GimpImage *image, GimpDrawable **drawables)
{
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);

  if (drawables[0] && GIMP_IS_LAYER (drawables[0]))
    return GIMP_LAYER (drawables[0]);
  if (drawables[0] && GIMP_IS_LAYER_MASK (drawables[0]))
    return gimp_layer_from_mask (GIMP_LAYER_MASK (drawables[0]));
  return layers[0];
}

gboolean
scaling_ask (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
             GimpDrawable **drawables, gboolean selected, ScalingDialog dialog, GError **error)
{
  g_autoptr (LayerInput) input = NULL;
  g_autoptr (GError) image_refusal = NULL, layer_refusal = NULL;
  GimpLayer *layer, *seen;
  UiPicture picture;
  gboolean done;

  if (! scaling_init_display (error) || ! scaling_check_image (image, TRUE, error)
      || ! items_check_floating (image, error))
    return FALSE;

  scaling_check_image (image, FALSE, &image_refusal);
  layer_refusal = find_layer_refusal (image, drawables);
  picture.image_refusal = image_refusal ? image_refusal->message : NULL;
  picture.layer_refusal = layer_refusal ? layer_refusal->message : NULL;
  layer = layer_to_show (image, drawables);
  seen = layer_has_filters (layer) ? layer_copy_filtered (layer, error) : layer;
  if (! seen)
    return FALSE;
  picture.has_selection = selected && ! gimp_selection_is_empty (image);
  input = layer_input_new (GIMP_DRAWABLE (seen),
                           picture.has_selection ? gimp_image_get_selection (image) : NULL, NULL);
  if (! input) /* selected elsewhere, which matters only if the layer is then chosen as target */
    {
      picture.has_selection = FALSE;
      input = layer_input_new (GIMP_DRAWABLE (seen), NULL, NULL);
    }
  picture.source = input->source;
  picture.format = input->format;
  picture.is_rounded = input->is_rounded;
  picture.image_width = gimp_image_get_width (image);
  picture.image_height = gimp_image_get_height (image);
  picture.image_pixels = scale_image_pixels (image);
  picture.has_note = note_get (image, &picture.note);
  done = dialog (procedure, config, &picture);
  g_clear_pointer (&input, layer_input_free); /* before what it reads */
  if (seen != layer)
    layer_copy_delete (seen);
  return done;
}

/* With core's words as detail. */
void
scaling_explain (GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *sentence;

  if (! *error || (*error)->domain != TRIP_ERROR)
    return;
  cause = g_steal_pointer (error);
  switch ((TripError) cause->code)
    {
    case TRIP_ERROR_NO_MEMORY:
      sentence = _("There is not enough memory. Choose a smaller size, or close other images and "
                    "programs.");
      break;
    case TRIP_ERROR_BAD_WEIGHTS:
      sentence = _("This model's file is damaged. Choose another model, or install Triptych again.");
      break;
    default:
      sentence = _("The image cannot be scaled this way. Choose another size.");
    }
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, "%s (%s)", sentence, cause->message);
}

GimpValueArray *
scaling_fail (GimpProcedure *procedure, GError *error)
{
  scaling_explain (&error);
  if (error)
    g_debug ("failed: %s", error->message);
  return gimp_procedure_new_return_values (
      procedure, error ? GIMP_PDB_EXECUTION_ERROR : GIMP_PDB_CANCEL, error);
}

void
scaling_show (GimpImage *result, GimpImage *image, GimpRunMode run_mode)
{
  if (run_mode == GIMP_RUN_NONINTERACTIVE)
    return;
  if (result != image)
    gimp_display_new (result);
  gimp_displays_flush ();
}
