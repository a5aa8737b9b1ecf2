#include "procedures.h"

#include <glib/gi18n.h>

#include "decompose.h"
#include "items.h"
#include "layer-copy.h"
#include "layer-filters.h"
#include "layer-io.h"
#include "object-mask.h"
#include "scaling.h"

/* What a run needs and makes. */
typedef struct
{
  GimpImage *image;
  GimpLayer *layer, *seen; /* the chosen one; it, or a copy with its filters applied */
  LayerInput *input;
  LayerMaskCopy mask; /* of seen */
  TripRect window; /* px of the layer */
  TripImage *picture, *selection; /* of the window, perceptual */
  TripImage *corrections;         /* or NULL */
  TripDecomposeOptions options;
  TripImage *layers[TRIP_N_LAYERS];
} Decompose;

static void
delete_copy (Decompose *self)
{
  if (self->seen && self->seen != self->layer)
    layer_copy_delete (self->seen);
  self->seen = NULL;
}

static void
decompose_clear (Decompose *self)
{
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    trip_image_free (self->layers[i]);
  trip_image_free (self->picture);
  trip_image_free (self->selection);
  trip_image_free (self->corrections);
  layer_mask_copy_clear (&self->mask);
  layer_input_free (self->input);
  delete_copy (self);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Decompose, decompose_clear)

/* The return values of a run that has failed or, without an error, was cancelled; with the user's sentence for an
 * error of core, and core's words as detail. */
static GimpValueArray *
end_with (GimpProcedure *procedure, GError *error)
{
  g_autoptr (GError) cause = NULL;

  if (error && error->domain == TRIP_ERROR)
    {
      cause = error;
      error = g_error_new (GIMP_PLUG_IN_ERROR, 0, "%s (%s)", ui_decompose_sentence (cause), cause->message);
    }
  return scaling_fail (procedure, error);
}

/* Beside what core takes there are the picture, as it is stored too, the selection and what the user corrects. */
static gboolean
check_memory (const Decompose *self, const TripRect *object, GError **error)
{
  const int n_channels = self->input->source.n_channels;
  const double held = (2.0 * n_channels + 2) * sizeof (float) * self->window.width * self->window.height;

  return scaling_check_memory (held + trip_decompose_bytes (&self->window, object, n_channels),
                               _("This needs %s of memory, but only %s are free. Close other images and programs, or "
                                 "cut the layer down to what is around the object."),
                               error);
}

/* Everything that can be refused is, before anything slow is done. */
static gboolean
prepare (Decompose *self, GimpDrawable **drawables, GimpDrawable *mask, GError **error)
{
  g_autoptr (ObjectMask) object = NULL;
  GimpItem *parent;

  if (! items_check_one (self->image, drawables,
                         _("An indexed image has only the colours of its palette, and what is behind an "
                           "object needs new ones. Convert the image with Image ▸ Mode ▸ RGB first."),
                         _("Choose one layer in the Layers dialog: the one that the object is in."), error)
      || ! (self->layer = items_find_layer (self->image, drawables[0], error)))
    return FALSE;
  parent = gimp_item_get_parent (GIMP_ITEM (self->layer));
  if (parent && ! items_check_locks (GIMP_LAYER (parent), error))
    return FALSE;
  self->seen = layer_has_filters (self->layer) ? layer_copy_filtered (self->layer, error) : self->layer;
  if (! self->seen || ! (object = object_mask_new (self->image, mask, self->seen, error)))
    return FALSE;
  if (object->all)
    return item_fail (GIMP_ITEM (self->layer), error,
                      _("All of the layer “%s” is selected, so nothing is left to fill the background from. "
                        "Select only the object."));
  if (gimp_item_get_lock_visibility (GIMP_ITEM (self->layer)))
    return item_fail (GIMP_ITEM (self->layer), error,
                      _("The visibility of the layer “%s” is locked, so it cannot be hidden below its parts. "
                        "Unlock it in the Layers dialog, and try again."));
  self->input = layer_input_new (GIMP_DRAWABLE (self->seen), NULL, error);
  if (! self->input)
    return FALSE;
  self->window
      = trip_decompose_needs (self->input->source.width, self->input->source.height, &object->bounds);
  if (! check_memory (self, &object->bounds, error))
    return FALSE;
  self->picture = trip_source_read (&self->input->source, &self->window, error);
  self->selection = self->picture ? object_mask_read (object, &self->window, error) : NULL;
  return self->selection != NULL;
}

static TripImage *
read_selection (gpointer data, GError **error)
{
  const Decompose *self = data;
  g_autoptr (ObjectMask) mask = NULL;

  if (! item_check_valid (GIMP_ITEM (self->layer), error))
    return NULL;
  mask = object_mask_new (self->image, NULL, self->seen, error);
  return mask ? object_mask_read (mask, &self->window, error) : NULL;
}

/* FALSE: the user has cancelled. */
static gboolean
ask (Decompose *self, GimpProcedure *procedure, GimpProcedureConfig *config)
{
  const UiDecomposePicture picture = { self->picture, self->selection, self->input->format,
                                       self->input->format_alpha, read_selection, self };

  return ui_decompose_run (procedure, config, &picture, &self->corrections);
}

static void
read_options (Decompose *self, GimpProcedureConfig *config)
{
  int seed;

  trip_decompose_options_init (&self->options);
  g_object_get (config, "edge", &self->options.edge, "seed", &seed, NULL);
  self->options.seed = seed;
  self->options.effects = gimp_procedure_config_get_choice_id (config, "effects");
  self->options.corrections = self->corrections;
}

/* Keeps of the layer what is needed of it, so that a run that GIMP's user ends leaves no copy of it behind. */
static gboolean
take_over (Decompose *self, GError **error)
{
  if (! item_check_valid (GIMP_ITEM (self->layer), error))
    return FALSE;
  layer_mask_copy_init (&self->mask, self->seen);
  if (self->seen != self->layer)
    layer_input_take_over (self->input);
  delete_copy (self);
  return TRUE;
}

/* Core looks at perceptual values; the layers must add up as they are stored. */
static gboolean
compute (Decompose *self, GError **error)
{
  g_autoptr (TripImage) stored = NULL;
  g_auto (TripParts) parts = { NULL };
  TripRun run = TRIP_RUN_INIT, first, second;

  run.progress = scaling_show_progress;
  g_object_get (gegl_config (), "threads", &run.n_threads, NULL); /* as in GIMP's preferences */
  first = trip_run_part (&run, 0, 0.97);
  second = trip_run_part (&run, 0.97, 1);
  gimp_progress_init (_("Decomposing"));
  if (! trip_decompose (self->picture, self->selection, &self->options, &first, &parts, error)
      || ! (stored = layer_input_read_stored (self->input, &self->window, error)))
    return FALSE;
  layer_input_to_stored (self->input, parts.background);
  layer_input_to_stored (self->input, parts.behind);
  if (! trip_recompose (&(TripSum) { stored, parts.alpha, parts.background, parts.behind, self->input->levels },
                        &second, self->layers, error))
    return FALSE;
  gimp_progress_end (); /* and no Cancel from here on, which would leave half a change */
  return TRUE;
}

static GimpLayer *
make_part (const Decompose *self, TripLayerRole role, const char *name)
{
  const TripRect bounds = trip_layer_bounds (self->layers[role]);
  GimpLayer *layer = layer_input_new_part (self->input, self->image, name, self->layers[role], &bounds);

  if (layer)
    gimp_layer_set_offsets (layer, self->input->x + self->window.x + bounds.x,
                            self->input->y + self->window.y + bounds.y);
  return layer;
}

/* In any other way than they were computed for they would not add up. */
static void
set_blending (const Decompose *self, GimpLayer *layer)
{
  gimp_layer_set_mode (layer, GIMP_LAYER_MODE_NORMAL);
  gimp_layer_set_blend_space (layer, self->input->blend_space);
  gimp_layer_set_composite_space (layer, self->input->blend_space);
  gimp_layer_set_composite_mode (layer, GIMP_LAYER_COMPOSITE_UNION);
}

/* The layers are complete before the image gets them. */
static gboolean
make_layers (const Decompose *self, GimpLayer *layers[TRIP_N_LAYERS])
{
  layers[TRIP_LAYER_BACKGROUND]
      = layer_input_new_layer (self->input, self->image, _("Background"),
                               self->layers[TRIP_LAYER_BACKGROUND], self->window.x, self->window.y);
  layers[TRIP_LAYER_EFFECTS] = make_part (self, TRIP_LAYER_EFFECTS, _("Effects"));
  layers[TRIP_LAYER_FOREGROUND] = make_part (self, TRIP_LAYER_FOREGROUND, _("Foreground"));
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    {
      if (! layers[i])
        return FALSE;
      set_blending (self, layers[i]);
    }
  return TRUE;
}

/* Shows what the layer showed, and lies above it. */
static gboolean
insert_group (const Decompose *self, GimpLayer *group, GimpLayer *const *layers)
{
  GimpItem *parent = gimp_item_get_parent (GIMP_ITEM (self->layer));
  GimpLayerMode mode = gimp_layer_get_mode (self->layer);

  if (! group
      || ! gimp_image_insert_layer (self->image, group, parent ? GIMP_LAYER (parent) : NULL,
                                    gimp_image_get_item_position (self->image, GIMP_ITEM (self->layer))))
    return FALSE;
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    if (! gimp_image_insert_layer (self->image, layers[i], group, 0))
      return FALSE;
  if (mode == GIMP_LAYER_MODE_PASS_THROUGH) /* and the layers then would add up with what is below */
    mode = GIMP_LAYER_MODE_NORMAL;
  gimp_layer_set_mode (group, mode);
  gimp_layer_set_opacity (group, gimp_layer_get_opacity (self->layer));
  layer_copy_attributes (self->layer, group);
  return layer_mask_copy_add (&self->mask, group);
}

static GimpLayer *
add_group (const Decompose *self, GimpLayer *layers[TRIP_N_LAYERS], GError **error)
{
  g_autofree char *name = NULL;
  GimpLayer *group = NULL;
  gboolean done = FALSE;

  if (! item_check_valid (GIMP_ITEM (self->layer), error))
    return NULL;
  name = gimp_item_get_name (GIMP_ITEM (self->layer));
  gimp_image_undo_group_start (self->image);
  if (make_layers (self, layers))
    {
      group = GIMP_LAYER (gimp_group_layer_new (self->image, name));
      done = insert_group (self, group, layers) && gimp_item_set_visible (GIMP_ITEM (self->layer), FALSE)
             && gimp_image_set_selected_layers (
                 self->image, (const GimpLayer *[]) { layers[TRIP_LAYER_FOREGROUND], NULL });
    }
  gimp_image_undo_group_end (self->image);
  if (done)
    return group;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not make the layers: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  return NULL;
}

static GimpValueArray *
decompose_run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
               GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
  GError *error = NULL;
  g_auto (Decompose) self = { .image = image };
  g_autoptr (GimpDrawable) mask = NULL;
  GimpLayer *layers[TRIP_N_LAYERS], *group;
  GimpValueArray *values;

  gegl_init (NULL, NULL);
  g_object_get (config, "mask", &mask, NULL);
  if (run_mode == GIMP_RUN_INTERACTIVE && ! gimp_selection_is_empty (image))
    g_clear_object (&mask); /* of an older run: the dialog does not ask for one */
  if ((run_mode == GIMP_RUN_INTERACTIVE && ! scaling_init_display (&error))
      || ! prepare (&self, drawables, mask, &error)
      || (run_mode == GIMP_RUN_INTERACTIVE && ! ask (&self, procedure, config)))
    return end_with (procedure, error);
  read_options (&self, config);
  if (! take_over (&self, &error) || ! compute (&self, &error) || ! (group = add_group (&self, layers, &error)))
    return end_with (procedure, error);
  scaling_show (image, image, run_mode);
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_LAYER (values, 1, group);
  for (int i = 0; i < TRIP_N_LAYERS; i++)
    GIMP_VALUES_SET_LAYER (values, 2 + i, layers[i]);
  return values;
}

static void
add_arguments (GimpProcedure *procedure)
{
  gimp_procedure_add_drawable_argument (
      procedure, "mask", _("_Mask"),
      _("Where the object is: a channel, a layer mask, or a layer, which counts by its opacity or, where "
        "it is opaque all over, by its brightness; none: the selection"),
      TRUE, G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
      procedure, "edge", _("_Edge (px)"),
      _("Width in pixels of the band around the outline in which the object's soft edge is looked for; "
        "0: as wide as the outline is uncertain"),
      0.0, 200.0, 0.0, G_PARAM_READWRITE);
  gimp_procedure_add_choice_argument (
      procedure, "effects", _("E_ffects"), _("What the object does to its surroundings and leaves with it"),
      gimp_choice_new_with_values ("none", TRIP_EFFECTS_NONE, _("None"), _("Only the object is taken out"),
                                   "shadow", TRIP_EFFECTS_SHADOW, _("Shadow"), NULL, "all", TRIP_EFFECTS_ALL,
                                   _("Shadow and reflection"), NULL, NULL),
      "all", G_PARAM_READWRITE);
  gimp_procedure_add_int_argument (procedure, "seed", _("See_d"),
                                   _("Another number fills the background in another way"), 0, G_MAXINT, 0,
                                   G_PARAM_READWRITE);
  gimp_procedure_add_layer_return_value (procedure, "group", _("Group"),
                                         _("The layer group, which looks as the layer did"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_layer_return_value (procedure, "background", _("Background"),
                                         _("The layer without the object and its effects"), FALSE,
                                         G_PARAM_READWRITE);
  gimp_procedure_add_layer_return_value (procedure, "effects-layer", _("Effects"),
                                         _("The object's shadow and reflection"), FALSE, G_PARAM_READWRITE);
  gimp_procedure_add_layer_return_value (procedure, "foreground", _("Foreground"), _("The object"), FALSE,
                                         G_PARAM_READWRITE);
}

GimpProcedure *
decompose_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
      plug_in, DECOMPOSE_NAME, GIMP_PDB_PROC_TYPE_PLUGIN, decompose_run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _("_Decompose..."));
  gimp_procedure_set_documentation (
      procedure, _("Take an object, its shadow and the background apart into complete layers"),
      _("From a rough selection of the object a layer group is made: the background with the object and its "
        "shadow and reflection gone, these effects as a transparent layer, and the object with a soft, "
        "clean edge. Together they look exactly as the layer did, which is kept below, hidden. Where the "
        "object stood, the background is filled with what is around it."),
      DECOMPOSE_NAME);
  add_arguments (procedure);
  return procedure;
}
