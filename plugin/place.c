#include "procedures.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "heat-layer.h"
#include "items.h"
#include "layer-copy.h"
#include "looking.h"
#include "made.h"
#include "scale.h"
#include "scaling.h"
#include "shadow-layer.h"

#define MAX_SCALE 1024.0
#define LOOKING 0.4 /* of the progress bar; the rest is for scaling and the layers that are added */

/* What a run needs and finds out. */
typedef struct
{
  GimpImage *image;
  GimpLayer *object;
  GimpDrawable *background; /* or NULL */
  TripPlaceFixed fixed;     /* in px of the image */
  int count;
  gboolean apply, heatmap, settle_in;

  GPtrArray *copies; /* of the image, while the dialog is open */
  UiPlacePicture seen;
  TripPlacement best[TRIP_MAX_PLACEMENTS]; /* in px of the image */
  int n_best;
  TripSettled settled;
  GimpLayer *heat, *shadow; /* as long as they are not in the image */
} Place;

static void
delete_layer (GimpLayer *layer)
{
  if (gimp_item_is_valid (GIMP_ITEM (layer))) /* and not gone with its image */
    gimp_item_delete (GIMP_ITEM (layer));
}

static void
place_clear (Place *self)
{
  g_clear_object (&self->background);
  looking_clear (&self->seen);
  trip_settled_clear (&self->settled);
  g_clear_pointer (&self->heat, delete_layer);
  g_clear_pointer (&self->shadow, delete_layer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static gboolean
check_position (const Place *self, double x, double y, GError **error)
{
  if ((x < 0) != (y < 0))
    return fail_with (error, _("Of the position only one number is given. Give both x and y, or -1 for "
                              "both to have it searched for."));
  if (x > gimp_image_get_width (self->image) || y > gimp_image_get_height (self->image))
    return fail_with (error, _("The position lies outside of the image. Give x and y within it, or -1 for both to "
                              "have it searched for."));
  return TRUE;
}

/* Whether the object can be given its place. */
static gboolean
check_apply (const Place *self, GError **error)
{
  GimpItem *item = GIMP_ITEM (self->object);

  return items_check_movable (self->object, error)
         && (layer_is_plain (self->object) || ! gimp_item_get_lock_visibility (item)
             || item_fail (item, error,
                           _("The visibility of the layer “%s” is locked, so it cannot be hidden below its scaled "
                             "copy. Unlock it in the Layers dialog, and try again.")));
}

static gboolean
read_arguments (Place *self, GimpProcedureConfig *config, GError **error)
{
  double x, y;

  g_clear_object (&self->background);
  g_object_get (config, "background", &self->background, "scale", &self->fixed.scale, "x", &x, "y",
                &y, "count", &self->count, "apply", &self->apply, "heatmap", &self->heatmap,
                "settle-in", &self->settle_in, NULL);
  self->fixed.position = x >= 0;
  self->fixed.x = x;
  self->fixed.y = y;
  self->settle_in = self->settle_in && self->apply;
  return scene_check (self->object, self->background, error) && check_position (self, x, y, error);
}

/* For the dialog. */
static gboolean
look (GimpDrawable *background, const TripRun *run, gpointer data, GError **error)
{
  Place *self = data;

  if (looking_find (self->object, background, TRUE, run, self->copies, &self->seen, error))
    return TRUE;
  scaling_explain (error);
  return FALSE;
}

static void
choose (Place *self)
{
  const TripRect *place = &self->seen.place;
  TripPlaceFixed fixed = self->fixed;

  fixed.x -= place->x;
  fixed.y -= place->y;
  self->n_best = trip_heatmap_best (self->seen.map, &fixed, self->count, self->best);
  for (int i = 0; i < self->n_best; i++)
    {
      self->best[i].x += place->x;
      self->best[i].y += place->y;
    }
}

/* Where the object as it is seen comes to lie, and its size, px in the image. A search is not sure of the last pixel,
 * and an object that was placed before is not to be scaled again for it. */
static TripRect
get_target (const Place *self)
{
  const TripPlacement *best = &self->best[0];
  const TripRect visible = trip_heatmap_visible (self->seen.map);
  const int width = self->seen.frame.width, height = self->seen.frame.height;
  TripRect target;

  target.width = CLAMP (round (width * best->scale), 1, TRIP_MAX_SIZE + 1.0);
  target.height = CLAMP (round (height * best->scale), 1, TRIP_MAX_SIZE + 1.0);
  if (self->fixed.scale == 0 && ABS (target.width - width) <= 1 && ABS (target.height - height) <= 1)
    {
      target.width = width;
      target.height = height;
    }
  target.x
    = lround (best->x - (visible.x + 0.5 * visible.width) * target.width / width);
  target.y
    = lround (best->y - (visible.y + 0.5 * visible.height) * target.height / height);
  return target;
}

/* In *plan what it takes to give the object target's size, and other colours; NULL if it has both already. */
static gboolean
plan_target (Place *self, const TripRect *target, ScalePlan **plan, GError **error)
{
  GimpDrawable *drawables[] = { GIMP_DRAWABLE (self->object), NULL };
  const UiSize size = { .width = target->width, .height = target->height };

  if (! self->settle_in && target->width == self->seen.frame.width && target->height == self->seen.frame.height)
    return TRUE;
  *plan = scale_plan_layers (self->image, drawables, &size, FALSE, error);
  if (! *plan)
    return FALSE;
  for (guint i = 0; i < (*plan)->parts->len; i++)
    {
      ScalePart *part = (*plan)->parts->pdata[i];

      part->is_placed = TRUE;
      part->x = target->x;
      part->y = target->y;
    }
  return TRUE;
}

/* Gives the object its target; what is no plain layer stays, hidden, and a scaled copy comes above
 * it. Returns the layer that is in its place; NULL with a GIMP_PLUG_IN_ERROR. */
static GimpLayer *
move (Place *self, const TripRect *target, ScalePlan *plan, GError **error)
{
  g_autofree GimpLayer **layers = NULL;

  if (plan)
    {
      if (! scale_plan_carry_out (plan, FALSE, &layers, error))
        return NULL;
      if (layers[0] != self->object)
        gimp_item_set_visible (GIMP_ITEM (self->object), FALSE);
      return layers[0];
    }
  if (gimp_layer_set_offsets (self->object, target->x - self->seen.frame.x, target->y - self->seen.frame.y))
    return self->object;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not move the object: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  return NULL;
}

/* Below the object that it was made for, which a note of this name says; the image owns the layer then. */
static gboolean
insert (Place *self, GimpLayer *object, GimpLayer **layer, const char *name, GError **error)
{
  GimpItem *parent = gimp_item_get_parent (GIMP_ITEM (object));

  if (! *layer)
    return TRUE;
  made_mark (*layer, name, object);
  if (gimp_image_insert_layer (self->image, *layer, parent ? GIMP_LAYER (parent) : NULL,
                               gimp_image_get_item_position (self->image, GIMP_ITEM (object)) + 1))
    {
      *layer = NULL;
      return TRUE;
    }
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not add a layer: %s"),
               gimp_pdb_get_last_error (gimp_get_pdb ()));
  return FALSE;
}

/* What an earlier run has made for the object, with a note of this name. */
static void
remove_made (Place *self, const char *name)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (self->image);

  for (guint i = 0; i < drawables->len; i++)
    if (made_is_for (drawables->pdata[i], name, self->object))
      gimp_image_remove_layer (self->image, drawables->pdata[i]);
}

/* Changes the image, in one step, unless its user has gone on working so that nothing fits any more. The object stays
 * the chosen layer, so that the next run takes it. */
static gboolean
change (Place *self, const TripRect *target, ScalePlan *plan, GError **error)
{
  GimpLayer *chosen[] = { self->object, NULL };
  gboolean done;

  if (! self->apply && ! self->heat)
    return TRUE;
  if (! scene_check (self->object, self->background, error) || (plan && ! scale_plan_check (plan, error)))
    return FALSE;
  gimp_image_undo_group_start (self->image);
  if (self->apply)
    remove_made (self, SHADOW_LAYER_NOTE); /* which it would leave behind */
  if (self->heat)
    remove_made (self, HEAT_LAYER_NOTE);
  done = ! self->apply || (chosen[0] = move (self, target, plan, error)) != NULL;
  done = done && insert (self, chosen[0], &self->heat, HEAT_LAYER_NOTE, error)
         && insert (self, chosen[0], &self->shadow, SHADOW_LAYER_NOTE, error);
  if (done)
    gimp_image_set_selected_layers (self->image, (const GimpLayer **) chosen);
  gimp_image_undo_group_end (self->image);
  return done;
}

/* The layers that are added. */
static gboolean
make_layers (Place *self, const TripRun *run, GError **error)
{
  const TripRun first = trip_run_part (run, 0, 0.5), second = trip_run_part (run, 0.5, 1);
  const TripRect visible = trip_heatmap_visible (self->seen.map);

  if (self->heatmap
      && ! (self->heat = heat_layer_new (self->image, self->seen.map, self->best[0].scale,
                                         &self->seen.place, &first, error)))
    return FALSE;
  if (! self->settle_in)
    return TRUE;
  if (! looking_settle (self->object, self->background, &visible, &self->best[0], &second,
                        &self->settled, error))
    return FALSE;
  g_debug ("settling in: %.3f %.3f %.3f, blur %.2f px", self->settled.settling.gain[0],
           self->settled.settling.gain[1], self->settled.settling.gain[2],
           self->settled.settling.blur);
  self->shadow = shadow_layer_new (self->image, &self->settled, error);
  return self->shadow != NULL;
}

/* Computes all before the image is touched. done: what the progress bar shows already. */
static gboolean
carry_out (Place *self, double done, GError **error)
{
  const TripRect target = get_target (self);
  g_autoptr (ScalePlan) plan = NULL;
  TripRun run = TRIP_RUN_INIT;

  if (self->apply && ! plan_target (self, &target, &plan, error))
    return FALSE;
  run.progress = scaling_show_progress;
  run.from = done;
  run.to = plan ? 0.5 * (done + 1) : 1;
  if (! make_layers (self, &run, error))
    return FALSE;
  if (plan
      && ! scaling_upscale (plan, _("Scaling the object"), self->heat || self->shadow ? run.to : done,
                            TRIP_MODEL_BALANCED, 0, self->settle_in ? shadow_layer_settle : NULL,
                            &self->settled.settling, error))
    return FALSE;
  gimp_progress_end (); /* and no Cancel from here on, which would leave half a change */
  return change (self, &target, plan, error);
}

static gboolean
ask (Place *self, GimpProcedure *procedure, GimpProcedureConfig *config)
{
  g_autoptr (GPtrArray) backgrounds = scene_list_backgrounds (self->object);
  UiPlaceSource source = { &self->seen, backgrounds, NULL, look, self };
  g_autoptr (GError) refusal = NULL;
  gboolean done;

  if (! check_apply (self, &refusal))
    source.refusal = refusal->message;
  self->copies = g_ptr_array_new ();
  done = ui_place_run (procedure, config, &source);
  for (guint i = 0; i < self->copies->len; i++)
    gimp_image_delete (self->copies->pdata[i]);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  return done;
}

static gboolean
place (Place *self, GimpProcedure *procedure, GimpDrawable **drawables, GimpProcedureConfig *config,
       GimpRunMode run_mode, GError **error)
{
  const gboolean interactive = run_mode == GIMP_RUN_INTERACTIVE;
  TripRun run = TRIP_RUN_INIT;

  if (! items_check_one (self->image, drawables,
                         _("An indexed image has only the colours of its palette, and scaling makes "
                           "new ones. Convert the image with Image ▸ Mode ▸ RGB first."),
                         _("Choose one layer in the Layers dialog: the object that is to be placed."), error)
      || ! (self->object = items_find_layer (self->image, drawables[0], error)))
    return FALSE;
  if (interactive) /* the dialog starts with a search below the object */
    g_object_set (config, "background", NULL, "scale", 0.0, "x", -1.0, "y", -1.0, NULL);
  if (! read_arguments (self, config, error) || (! interactive && self->apply && ! check_apply (self, error)))
    return FALSE;
  if (run_mode == GIMP_RUN_WITH_LAST_VALS && ! self->background)
    self->background = scene_recall_background (self->image);
  gimp_progress_init (_("Looking for a place"));
  run.progress = scaling_show_progress;
  run.to = interactive ? 1 : LOOKING;
  g_object_get (gegl_config (), "threads", &run.n_threads, NULL);
  if (! looking_find (self->object, self->background, interactive, &run, NULL, &self->seen, error))
    return FALSE;
  if (interactive)
    {
      gimp_progress_end ();
      if (! ask (self, procedure, config)
          || ! read_arguments (self, config, error) || (self->apply && ! check_apply (self, error)))
        return FALSE;
      scene_remember_background (self->background);
      g_object_set (config, "background", NULL, NULL); /* which GIMP could not keep, and would say so */
      gimp_progress_init (_("Placing the object"));
    }
  choose (self);
  return carry_out (self, interactive ? 0.01 : LOOKING, error);
}

static GimpValueArray *
place_run (GimpProcedure *procedure, GimpRunMode run_mode, GimpImage *image,
           GimpDrawable **drawables, GimpProcedureConfig *config, gpointer data)
{
  const gboolean interactive = run_mode == GIMP_RUN_INTERACTIVE;
  g_auto (Place) self = { .image = image };
  GError *error = NULL;
  GimpValueArray *values;
  g_autofree double *numbers = NULL;

  gegl_init (NULL, NULL);
  if ((interactive && ! scaling_init_display (&error))
      || ! place (&self, procedure, drawables, config, run_mode, &error))
    return scaling_fail (procedure, error);
  scaling_show (image, image, run_mode);
  numbers = g_new (double, 4 * self.n_best);
  for (int i = 0; i < self.n_best; i++)
    {
      const TripPlacement *p = &self.best[i];

      memcpy (numbers + 4 * i, (double[]) { p->x, p->y, p->scale, p->score }, 4 * sizeof (double));
    }
  values = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  GIMP_VALUES_SET_DOUBLE_ARRAY (values, 1, numbers, 4 * self.n_best);
  return values;
}

static void
add_position (GimpProcedure *procedure, const char *name, const char *label, const char *blurb)
{
  gimp_procedure_add_double_argument (procedure, name, label, blurb, -1.0, TRIP_MAX_SIZE, -1.0,
                                      G_PARAM_READWRITE);
}

static void
add_arguments (GimpProcedure *procedure)
{
  gimp_procedure_add_drawable_argument (
    procedure, "background", _("_Background"),
    _("The picture that the object belongs into; none: everything below the object"), TRUE,
    G_PARAM_READWRITE);
  gimp_procedure_add_double_argument (
    procedure, "scale", _("Si_ze"),
    _("How many times as large as its own pixels the object becomes; 0: the best size is searched "
      "for"),
    0.0, MAX_SCALE, 0.0, G_PARAM_READWRITE);
  add_position (procedure, "x", _("_X"),
                _("Where the centre of the object goes, in pixels from the left edge of the image; "
                  "-1: the best place is searched for"));
  add_position (procedure, "y", _("_Y"),
                _("Where the centre of the object goes, in pixels from the top edge of the image; "
                  "-1: the best place is searched for"));
  gimp_procedure_add_int_argument (procedure, "count", _("_Number of places"),
                                   _("How many of the best places to return, at most"), 1,
                                   TRIP_MAX_PLACEMENTS, 5, G_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (procedure, "apply", _("_Move and scale the object"),
                                       _("Gives the object its place and size"), TRUE,
                                       G_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (
    procedure, "heatmap", _("Add a h_eatmap layer"),
    _("Adds a layer below the object: how well it would stand where, at the size that it gets"),
    FALSE, G_PARAM_READWRITE);
  gimp_procedure_add_boolean_argument (
    procedure, "settle-in", _("Settle _in"),
    _("Matches the object's brightness, colour cast and sharpness to what is around its place, and "
      "adds a soft shadow as a layer below it; only if the object is moved"),
    FALSE, G_PARAM_READWRITE);
  gimp_procedure_add_double_array_return_value (
    procedure, "placements", _("Placements"),
    _("The best places, best first, four numbers each: x and y of the object's centre in pixels of "
      "the image, its size relative to its own pixels, and a score from 0 to 1"),
    G_PARAM_READWRITE);
}

GimpProcedure *
place_create (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
    plug_in, PLACE_NAME, GIMP_PDB_PROC_TYPE_PLUGIN, place_run, NULL, NULL);

  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*");
  gimp_procedure_set_sensitivity_mask (procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, _("_Place..."));
  gimp_procedure_set_documentation (
    procedure, _("Find where in a picture an object belongs, and how large"),
    _("The object is a layer with what is around it transparent; the picture is everything below "
      "it, or a drawable of the image. A neural network that runs on this computer's processor "
      "finds for every position and size how well the object would stand there. The best place is "
      "applied, or only returned with others. The selection does not matter, and one undo step "
      "takes everything back."),
    PLACE_NAME);
  add_arguments (procedure);
  return procedure;
}
