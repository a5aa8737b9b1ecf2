#include "procedures.h"

#include <glib/gi18n.h>

#include "scale.h"
#include "scaling.h"
#include "upscale.h"

typedef enum
{
  TARGET_IMAGE,
  TARGET_LAYER,
  TARGET_NEW_IMAGE
} Target;

/* What a run needs. */
typedef struct
{
  UiSize size;
  TripModel model;
  double clean_up;
  Target target;
} Upscale;

static GimpImage *
upscale (Upscale *self, GimpImage *image, GimpDrawable **drawables, GimpLayer ***layers,
         GError **error)
{
  const gboolean copy = self->target == TARGET_NEW_IMAGE;
  g_autoptr (ScalePlan) plan = NULL;

  if (! scaling_check_image (image, copy, error))
    return NULL;
  if (self->target == TARGET_LAYER)
    plan = scale_plan_layers (image, drawables, &self->size, TRUE, error);
  else
    plan = scale_plan_image (image, &self->size, error);
  if (plan && plan->origin.width) /* goes back through its restorer, whatever else was asked for */
    {
      self->model = plan->origin.restorer;
      self->clean_up = 0;
    }
  if (! plan
      || ! scaling_upscale (plan, _("Upscaling"), 0, self->model, self->clean_up, NULL, NULL,
                           error))
    return NULL;
  return scale_plan_carry_out (plan, copy, layers, error);
}

static GimpValueArray *
upscale_run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
             GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
  GError *error = NULL;
  Upscale self = { 0 };
  GimpValueArray *values;
  GimpLayer **layers;
  GimpImage *result;

  gegl_init (NULL, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE
      && ! scaling_ask (procedure, config, image, drawables, TRUE, ui_upscale_run, &error))
    return scaling_fail (procedure, error);

  self.size = ui_size_from_config (G_OBJECT (config));
  self.model = scaling_get_model (config);
  self.target = gimp_procedure_config_get_choice_id (config, "target");
  g_object_get (config, "clean-up", &self.clean_up, NULL);
  result = upscale (&self, image, drawables, &layers, &error);
  if (! result)
    return scaling_fail (procedure, error);
  scaling_show (result, image, run_mode);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_IMAGE (values, 1, result);
  GIMP_VALUES_TAKE_CORE_OBJECT_ARRAY (values, 2, (GObject **) layers);
  return values;
}

static void
add_arguments (GimpProcedure *procedure)
{
  scaling_add_size_arguments (procedure, UI_MAX_SCALE, 2.0);
  scaling_add_model_argument (procedure);
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

  scaling_set_sensitivity (procedure);
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
