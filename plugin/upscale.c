#include "procedures.h"

#include <glib/gi18n.h>
#include <libgimp/gimpui.h>

#include "memory.h"
#include "scale.h"
#include "trip.h"
#include "upscale.h"

typedef enum
{
  TARGET_IMAGE,
  TARGET_LAYER,
  TARGET_NEW_IMAGE
} Target;

typedef struct
{
  UiSize size;
  TripModel model;
  double clean_up;
  Target target;
} Arguments;

static Arguments
get_arguments (GimpProcedureConfig *config)
{
  Arguments self = { .size = ui_size_from_config (G_OBJECT (config)) };
  g_autofree char *model = NULL;

  g_object_get (config, "clean-up", &self.clean_up, "model", &model, NULL);
  trip_model_from_name (model, &self.model);
  self.target = gimp_procedure_config_get_choice_id (config, "target");
  return self;
}

/* The user's sentence for an error of core, with core's words as detail. */
static void
explain (GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *sentence;

  if (! error || ! *error || (*error)->domain != TRIP_ERROR)
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

static void
show_progress (double fraction, gpointer data)
{
  gimp_progress_update (fraction);
}

static TripUpscaleOptions
options_of (const ScalePart *part, const Arguments *arguments)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = part->width;
  options.height = part->height;
  /* masks and channels have no noise to remove */
  options.clean_up = part->input->is_colour ? arguments->clean_up : 0;
  return options;
}

static gboolean
check_memory (double needed, GError **error)
{
  const double available = ui_memory_available ();
  g_autofree char *needed_text = NULL, *available_text = NULL;

  if (available == 0 || needed <= available)
    return TRUE;
  needed_text = g_format_size (needed);
  available_text = g_format_size (available);
  g_set_error (
      error, GIMP_PLUG_IN_ERROR, 0,
      _("This needs %s of memory, but only %s are free. Choose a smaller size, or close other "
         "images and programs."),
      needed_text, available_text);
  return FALSE;
}

/* Fills the outputs of plan. */
static gboolean
compute (ScalePlan *plan, const Arguments *arguments, GError **error)
{
  g_autoptr (TripUpscaler) upscaler = trip_upscaler_new (arguments->model, error);
  g_autofree double *effort = g_new (double, plan->parts->len);
  double most = 0, sum = 0, done = 0;
  TripRun run = TRIP_RUN_INIT;

  if (! upscaler)
    return FALSE;
  run.progress = show_progress;
  g_object_get (gegl_config (), "threads", &run.n_threads, NULL); /* as in GIMP's preferences */

  for (guint i = 0; i < plan->parts->len; i++)
    {
      const ScalePart *part = plan->parts->pdata[i];
      const TripUpscaleOptions options = options_of (part, arguments);
      const TripUpscaleCost cost
          = trip_upscale_cost (upscaler, &part->input->source, &options, run.n_threads);

      most = MAX (most, cost.bytes);
      effort[i] = cost.macs + 1000.0 * part->width * part->height;
      sum += effort[i];
    }
  if (! check_memory (most + scale_plan_bytes (plan), error))
    return FALSE;

  gimp_progress_init (_("Upscaling"));
  for (guint i = 0; i < plan->parts->len; i++)
    {
      ScalePart *part = plan->parts->pdata[i];
      const TripUpscaleOptions options = options_of (part, arguments);
      const TripRun step = trip_run_part (&run, done / sum, MIN ((done + effort[i]) / sum, 1));

      if (! trip_upscale (upscaler, &part->input->source, &options, &scale_part_output (part)->sink,
                         &step, error))
        return FALSE;
      done += effort[i];
    }
  gimp_progress_end (); /* and no Cancel from here on, which would leave half a change */
  return TRUE;
}

static gboolean
check_image (GimpImage *image, Target target, GError **error)
{
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);
  const char *sentence = NULL;

  if (! layers[0])
    sentence = _("The image has no layers. Add a layer, and try again.");
  else if (gimp_image_get_base_type (image) == GIMP_INDEXED && target != TARGET_NEW_IMAGE)
    sentence = _("An indexed image has only the colours of its palette, and enlarging makes new "
                 "ones. Choose a new image as target, or convert the image with Image ▸ Mode ▸ RGB "
                 "first.");
  if (sentence)
    g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, sentence);
  return sentence == NULL;
}

static GimpImage *
upscale (GimpImage *image, GimpDrawable **drawables, const Arguments *arguments,
         GimpLayer ***layers, GError **error)
{
  g_autoptr (ScalePlan) plan = NULL;

  if (! check_image (image, arguments->target, error))
    return NULL;
  if (arguments->target == TARGET_LAYER)
    plan = scale_plan_layers (image, drawables, &arguments->size, error);
  else
    plan = scale_plan_image (image, &arguments->size, error);
  if (! plan || ! compute (plan, arguments, error))
    return NULL;
  return scale_plan_carry_out (plan, arguments->target == TARGET_NEW_IMAGE, layers, error);
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

/* FALSE without an error: the user has cancelled. */
static gboolean
ask (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
     GimpDrawable **drawables, GError **error)
{
  g_autoptr (LayerInput) input = NULL;
  GimpLayer *layer, *seen;
  UiPicture picture;
  gboolean done;

  if (! gtk_init_check (NULL, NULL))
    {
      g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0,
                           _("There is no display to show the dialog on. Run the procedure "
                              "non-interactively."));
      return FALSE;
    }
  gimp_ui_init ("triptych");
  if (! check_image (image, TARGET_NEW_IMAGE, error))
    return FALSE;

  layer = layer_to_show (image, drawables);
  seen = layer_has_filters (layer) ? layer_copy_filtered (layer, error) : layer;
  if (! seen)
    return FALSE;
  picture.has_selection = ! gimp_selection_is_empty (image);
  input = layer_input_new (GIMP_DRAWABLE (seen),
                           picture.has_selection ? gimp_image_get_selection (image) : NULL, NULL);
  if (! input) /* selected elsewhere, which matters only if the layer is then chosen as target */
    {
      picture.has_selection = FALSE;
      input = layer_input_new (GIMP_DRAWABLE (seen), NULL, NULL);
    }
  picture.source = input->source;
  picture.format = input->format;
  picture.image_width = gimp_image_get_width (image);
  picture.image_height = gimp_image_get_height (image);
  picture.image_pixels = scale_image_pixels (image);
  done = ui_upscale_run (procedure, config, &picture);
  g_clear_pointer (&input, layer_input_free); /* before what it reads */
  if (seen != layer)
    layer_copy_delete (seen);
  return done;
}

static GimpValueArray *
upscale_run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
             GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
  GError *error = NULL;
  Arguments arguments;
  GimpValueArray *values;
  GimpLayer **layers;
  GimpImage *result;

  gegl_init (NULL, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE && ! ask (procedure, config, image, drawables, &error))
    return gimp_procedure_new_return_values (
        procedure, error ? GIMP_PDB_EXECUTION_ERROR : GIMP_PDB_CANCEL, error);

  arguments = get_arguments (config);
  result = upscale (image, drawables, &arguments, &layers, &error);
  if (! result)
    {
      explain (&error);
      return gimp_procedure_new_return_values (procedure, GIMP_PDB_EXECUTION_ERROR, error);
    }
  if (run_mode != GIMP_RUN_NONINTERACTIVE)
    {
      if (result != image)
        gimp_display_new (result);
      gimp_displays_flush ();
    }
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_IMAGE (values, 1, result);
  GIMP_VALUES_TAKE_CORE_OBJECT_ARRAY (values, 2, (GObject **) layers);
  return values;
}

static void
add_arguments (GimpProcedure *procedure)
{
  gimp_procedure_add_double_argument (
      procedure, "scale-x", _("Width _factor"),
      _("How many times as wide the result is; below 1 it is narrower"), UI_MIN_SCALE,
      UI_MAX_SCALE, 2.0, G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
      procedure, "scale-y", _("H_eight factor"),
      _("How many times as high the result is; below 1 it is lower"), UI_MIN_SCALE, UI_MAX_SCALE,
      2.0, G_PARAM_READWRITE);
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
  gimp_procedure_add_choice_argument (
      procedure, "model", _("_Model"), _("Speed against quality"),
      gimp_choice_new_with_values ("fast", TRIP_MODEL_FAST, _("Fast"), NULL, "balanced",
                                   TRIP_MODEL_BALANCED, _("Balanced"), NULL, "best",
                                   TRIP_MODEL_BEST, _("Best"), NULL, NULL),
      "balanced", G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
      procedure, "clean-up", _("Clean-_up"),
      _("How much noise and JPEG damage to remove: 0 nothing, 1 all"), 0.0, 1.0, 0.0,
      G_PARAM_READWRITE);
  gimp_procedure_add_choice_argument (
      procedure, "target", _("_Target"), _("What to scale"),
      gimp_choice_new_with_values (
          "image", TARGET_IMAGE, _("Whole image"),
          _("All layers, masks, channels, paths, guides and the selection"), "layer", TARGET_LAYER,
          _("This layer only"), _("The chosen layers or, of a selection, only that part of them"),
          "new-image", TARGET_NEW_IMAGE, _("New image"), _("A copy of the whole image"), NULL),
      "image", G_PARAM_READWRITE);
  gimp_procedure_add_image_return_value (procedure, "result-image", _("Image"),
                                         _("The image that was scaled, or the copy"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_core_object_array_return_value (procedure, "result-layers", _("Layers"),
                                                     _("Its layers that were scaled"),
                                                     GIMP_TYPE_LAYER, G_PARAM_READWRITE);
}

GimpProcedure *
upscale_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
      plug_in, UPSCALE_NAME, GIMP_PDB_PROC_TYPE_PLUGIN, upscale_run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "*"); /* of an indexed image a new one can be made */
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE
                                                      | GIMP_PROCEDURE_SENSITIVE_DRAWABLES
                                                      | GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES);
  gimp_procedure_set_menu_label (procedure, _("_Upscale..."));
  gimp_procedure_set_documentation (procedure,
                                    _("Enlarge an image or a layer to any size, with real detail"),
                                    _("Scales by any factor for each axis, or to a size in "
                                       "pixels, with a neural network that runs on "
                                       "this computer's processor. What shrinks is reduced with "
                                       "antialiasing. Colour profile, precision, "
                                       "transparency, masks, resolution and metadata are kept, and "
                                       "one undo step takes everything back."),
                                    UPSCALE_NAME);
  add_arguments (procedure);
  return procedure;
}
