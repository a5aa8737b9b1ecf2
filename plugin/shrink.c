#include "procedures.h"

#include <glib/gi18n.h>
#include <math.h>

#include "scale.h"
#include "scaling.h"
#include "shrink.h"

#define MAX_FIDELITY 200.0 /* dB: more than single precision can tell apart */

typedef enum
{
  TARGET_NEW_IMAGE,
  TARGET_IMAGE
} Target;

/* What a run needs and finds out. */
typedef struct
{
  TripShrinker *shrinker;
  TripUpscaler *upscaler; /* the one that is to bring the picture back */
  double strength;
  double fidelity; /* dB, the lowest so far */
} Shrink;

static TripShrinkOptions
options_of (const ScalePart *part, const Shrink *self)
{
  return (TripShrinkOptions) { part->width, part->height, self->strength, part->input->is_rounded };
}

/* For what is reduced plainly, or brought back. */
static TripUpscaleOptions
options_to (int width, int height)
{
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = width;
  options.height = height;
  return options;
}

static TripUpscaleCost
restoring_cost (const ScalePart *part, int n_threads, const Shrink *self)
{
  const TripSource *picture = &part->input->source;
  const TripSource small = { part->width, part->height, picture->n_channels };
  const TripUpscaleOptions options = options_to (picture->width, picture->height);

  return trip_upscale_cost (self->upscaler, &small, &options, n_threads);
}

static TripUpscaleCost
get_cost (const ScalePart *part, int n_threads, gpointer data)
{
  const Shrink *self = data;
  const TripSource *picture = &part->input->source;

  if (part->input->is_colour)
    {
      const TripShrinkOptions options = options_of (part, self);
      const TripUpscaleCost there = trip_shrink_cost (self->shrinker, picture, &options, n_threads);
      const TripUpscaleCost back = restoring_cost (part, n_threads, self);

      return (TripUpscaleCost) { MAX (there.bytes, back.bytes), there.macs + back.macs };
    }
  else
    {
      const TripUpscaleOptions options = options_to (part->width, part->height);

      return trip_upscale_cost (self->upscaler, picture, &options, n_threads);
    }
}

/* Shrinks the colours and measures what comes back of them. */
static gboolean
run_colours (ScalePart *part, const TripRun *run, Shrink *self, GError **error)
{
  const TripSource *picture = &part->input->source;
  const TripShrinkOptions options = options_of (part, self);
  const double there = trip_shrink_cost (self->shrinker, picture, &options, run->n_threads).macs;
  const double back = restoring_cost (part, run->n_threads, self).macs;
  const double turn = there + back > 0 ? there / (there + back) : 0.5;
  const TripRun first = trip_run_part (run, 0, turn), second = trip_run_part (run, turn, 1);
  LayerOutput *output = scale_part_output (part);
  double fidelity;

  if (! trip_shrink (self->shrinker, picture, &options, &output->sink, &first, error)
      || ! trip_shrink_restore (self->upscaler, &output->source, picture, NULL, &second, &fidelity,
                                error))
    return FALSE;
  self->fidelity = MIN (self->fidelity, fidelity);
  return TRUE;
}

static gboolean
run_part (ScalePart *part, const TripRun *run, gpointer data, GError **error)
{
  Shrink *self = data;
  const TripUpscaleOptions options = options_to (part->width, part->height);

  if (part->input->is_colour)
    return run_colours (part, run, self, error);
  return trip_upscale (self->upscaler, &part->input->source, &options,
                       &scale_part_output (part)->sink, run, error);
}

static gboolean
check_size (const ScalePlan *plan, GError **error)
{
  const int width = gimp_image_get_width (plan->image);
  const int height = gimp_image_get_height (plan->image);

  if (ui_size_is_smaller ((int[]) { plan->width, plan->height }, (int[]) { width, height }))
    return TRUE;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _("At %d × %d px the image would not become smaller: it has %d × %d px. Choose a "
                 "smaller size."),
               plan->width, plan->height, width, height);
  return FALSE;
}

static GimpImage *
shrink (Shrink *self, GimpImage *image, const UiSize *size, TripModel model, gboolean copy,
        GError **error)
{
  const ScalingClass klass = { _("Shrinking"), 0, get_cost, run_part };
  const TripModel restorer = trip_model_restorer (model);
  g_autoptr (TripShrinker) shrinker = NULL;
  g_autoptr (TripUpscaler) upscaler = NULL;
  g_autoptr (ScalePlan) plan = NULL;
  g_autofree GimpLayer **layers = NULL;

  if (! scaling_check_image (image, copy, error)
      || ! (plan = scale_plan_image (image, size, error)) || ! check_size (plan, error)
      || ! (shrinker = self->shrinker = trip_shrinker_new (restorer, error))
      || ! (upscaler = self->upscaler = trip_upscaler_new (restorer, error))
      || ! scaling_compute (plan, &klass, self, error))
    return NULL;
  plan->note = (TripShrinkNote) { gimp_image_get_width (image), gimp_image_get_height (image),
                                  plan->width, plan->height, restorer };
  return scale_plan_carry_out (plan, copy, &layers, error);
}

static GimpValueArray *
shrink_run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
            GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
  GError *error = NULL;
  Shrink self = { .fidelity = MAX_FIDELITY };
  GimpValueArray *values;
  GimpImage *result;
  gboolean copy;
  UiSize size;

  gegl_init (NULL, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE
      && ! scaling_ask (procedure, config, image, drawables, FALSE, ui_shrink_run, &error))
    return scaling_fail (procedure, error);

  size = ui_size_from_config (G_OBJECT (config));
  g_object_get (config, "strength", &self.strength, NULL);
  copy = gimp_procedure_config_get_choice_id (config, "target") == TARGET_NEW_IMAGE;
  result = shrink (&self, image, &size, scaling_get_model (config), copy, &error);
  if (! result)
    return scaling_fail (procedure, error);
  scaling_show (result, image, run_mode);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_IMAGE (values, 1, result);
  GIMP_VALUES_SET_DOUBLE (values, 2, self.fidelity);
  return values;
}

static void
add_arguments (GimpProcedure *procedure)
{
  scaling_add_size_arguments (procedure, 1.0, 0.5);
  scaling_add_model_argument (procedure);
  gimp_procedure_add_double_argument (
      procedure, "strength", _("Stre_ngth"),
      _("How hard the small picture is worked on: 0 not at all, which is a plain reduction, 1 as "
        "long as it helps"),
      0.0, 1.0, 1.0, G_PARAM_READWRITE);
  gimp_procedure_add_choice_argument (
      procedure, "target", _("_Target"), _("What becomes smaller"),
      gimp_choice_new_with_values (
          "new-image", TARGET_NEW_IMAGE, _("New image"), _("A copy of the whole image"), "image",
          TARGET_IMAGE, _("Whole image"),
          _("All layers, masks, channels, paths, guides and the selection"), NULL),
      "new-image", G_PARAM_READWRITE);
  gimp_procedure_add_image_return_value (procedure, "result-image", _("Image"),
                                         _("The image that became smaller, or the copy"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_double_return_value (
      procedure, "fidelity", _("Fidelity"),
      _("How close enlarging comes to the original: the PSNR of the colours in dB, as measured; of "
        "several layers the lowest; 200 if there is no difference"),
      -G_MAXDOUBLE, MAX_FIDELITY, 0.0, G_PARAM_READWRITE);
}

GimpProcedure *
shrink_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
      plug_in, SHRINK_NAME, GIMP_PDB_PROC_TYPE_PLUGIN, shrink_run, NULL, NULL);

  scaling_set_sensitivity (procedure);
  gimp_procedure_set_menu_label (procedure, _("_Shrink..."));
  gimp_procedure_set_documentation (
      procedure, _("Make an image smaller so that it can be enlarged back with little loss"),
      _("The small image looks like any reduced one, but its pixels are chosen so that Upscale "
        "makes of them what they were made from, as closely as it can. It remembers the original "
        "size, also in PNG and XCF files, so that Upscale can offer it. Saving it as JPEG loses "
        "most of what was gained. Nothing is hidden in it beyond that size."),
      SHRINK_NAME);
  add_arguments (procedure);
  return procedure;
}
