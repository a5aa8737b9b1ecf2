#include "plan.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "items.h"
#include "layer-filters.h"
#include "note.h"

static void
part_free (gpointer data)
{
  ScalePart *part = data;

  layer_input_free (part->input);
  layer_output_free (part->output);
  g_free (part);
}

static ScalePlan *
plan_new (GimpImage *image)
{
  ScalePlan *self = g_new0 (ScalePlan, 1);

  self->image = image;
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->copies = g_ptr_array_new_with_free_func ((GDestroyNotify) layer_copy_delete);
  return self;
}

void
scale_plan_free (ScalePlan *self)
{
  if (! self)
    return;
  g_ptr_array_unref (self->parts);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  g_clear_pointer (&self->state, g_array_unref);
  g_free (self);
}

static gboolean
check_size (const int result[UI_N_AXES], GError **error)
{
  if (MAX (result[UI_AXIS_X], result[UI_AXIS_Y]) <= TRIP_MAX_SIZE)
    return TRUE;
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _("This is too large: an image can have %d px on a side. Choose a smaller size."),
               TRIP_MAX_SIZE);
  return FALSE;
}

/* layer, or a copy of it that shows what its filters make of it. */
static GimpLayer *
as_seen (ScalePlan *self, GimpLayer *layer, GError **error)
{
  GimpLayer *copy;

  if (! layer_has_filters (layer))
    return layer;
  copy = layer_copy_filtered (layer, error);
  if (copy)
    g_ptr_array_add (self->copies, copy);
  return copy;
}

static ScalePart *
add_part (ScalePlan *self, GimpDrawable *drawable, GimpSelection *selection, GError **error)
{
  LayerInput *input = layer_input_new (drawable, selection, error);
  ScalePart *part;

  if (! input)
    return NULL;
  part = g_new0 (ScalePart, 1);
  part->input = input;
  g_ptr_array_add (self->parts, part);
  return part;
}

/* Whether it is a group of nothing, or of such groups only, whose size says nothing. */
static gboolean
is_empty (GimpItem *item)
{
  g_autofree GimpItem **children = gimp_item_is_group (item) ? gimp_item_get_children (item) : NULL;

  if (! children)
    return FALSE;
  for (GimpItem **child = children; *child; child++)
    if (! is_empty (*child))
      return FALSE;
  return TRUE;
}

gboolean
scale_wants_pixels (GimpDrawable *drawable)
{
  if (GIMP_IS_LAYER_MASK (drawable))
    return ! is_empty (items_layer_of (GIMP_ITEM (drawable)));
  return GIMP_IS_CHANNEL (drawable) || GIMP_IS_TEXT_LAYER (drawable)
         || (GIMP_IS_LAYER (drawable) && layer_is_plain (GIMP_LAYER (drawable)));
}

double
scale_image_pixels (GimpImage *image)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (image);
  double pixels = 0;

  for (guint i = 0; i < drawables->len; i++)
    {
      if (scale_wants_pixels (drawables->pdata[i]))
        pixels += (double) gimp_drawable_get_width (drawables->pdata[i])
                  * gimp_drawable_get_height (drawables->pdata[i]);
    }
  return pixels;
}

static void
set_place (ScalePart *part, int x, int y)
{
  part->is_placed = TRUE;
  part->x = x;
  part->y = y;
}

/* A layer that comes back, or its mask, gets the place that it had, unless filters have enlarged it since. */
static gboolean
set_former_place (ScalePart *part, GimpItem *item)
{
  GimpItem *layer = items_layer_of (item);
  GeglRectangle was;

  if (! GIMP_IS_LAYER (layer) || ! note_get_place (layer, &was)
      || part->input->source.width != gimp_drawable_get_width (GIMP_DRAWABLE (layer))
      || part->input->source.height != gimp_drawable_get_height (GIMP_DRAWABLE (layer)))
    return FALSE;
  set_place (part, was.x, was.y);
  part->width = was.width;
  part->height = was.height;
  return TRUE;
}

/* GIMP's own rule, gimp_image_scale() makes the same of it: both edges are scaled and rounded. */
static int
scaled_length (int offset, int length, double factor)
{
  return (int) (round (factor * (offset + length)) - round (factor * offset));
}

static gboolean
set_size_in_image (ScalePart *part, const double factor[UI_N_AXES], GimpItem *item, GError **error)
{
  const LayerInput *input = part->input;

  part->width = scaled_length (input->x, input->source.width, factor[UI_AXIS_X]);
  part->height = scaled_length (input->y, input->source.height, factor[UI_AXIS_Y]);
  if (part->width < 1 || part->height < 1)
    return item_fail (items_layer_of (item), error,
                      _("The layer “%s” would vanish at this size. Choose a larger size, or delete the "
                        "layer first."));
  return check_size ((int[]) { part->width, part->height }, error);
}

/* All layers of a plan that is not the image's. */
static GPtrArray *
list_own_layers (const ScalePlan *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < self->parts->len; i++)
    {
      const ScalePart *part = self->parts->pdata[i];

      if (! part->is_mask)
        g_ptr_array_add (list, part->layer);
    }
  return list;
}

/* Numbers that stay the same as long as the results fit. */
static GArray *
describe (const ScalePlan *self)
{
  GArray *state = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) drawables = NULL;

  if (! gimp_image_is_valid (self->image))
    return state;
  drawables = self->width ? items_list_drawables (self->image) : list_own_layers (self);
  g_array_append_vals (state,
                       (int[]) { gimp_image_get_base_type (self->image),
                                 gimp_image_get_floating_sel (self->image) != NULL,
                                 self->width ? gimp_image_get_width (self->image) : 0,
                                 self->width ? gimp_image_get_height (self->image) : 0 },
                       4);
  for (guint i = 0; i < drawables->len; i++)
    {
      GimpItem *item = drawables->pdata[i];
      int x, y;

      if (! gimp_item_is_valid (item))
        continue;
      gimp_drawable_get_offsets (GIMP_DRAWABLE (item), &x, &y);
      g_array_append_vals (state,
                           (int[]) { gimp_item_get_id (item),
                                     gimp_drawable_get_width (GIMP_DRAWABLE (item)),
                                     gimp_drawable_get_height (GIMP_DRAWABLE (item)), x, y,
                                     ! self->width && items_find_lock (GIMP_LAYER (item)) != NULL },
                           6);
    }
  return state;
}

/* So that a run that GIMP's user ends leaves no copies behind. */
static ScalePlan *
finish (ScalePlan *self)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      LayerInput *input = ((ScalePart *) self->parts->pdata[i])->input;

      if (gimp_item_get_image (GIMP_ITEM (input->drawable)) != self->image)
        layer_input_take_over (input);
    }
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  self->state = describe (self);
  return self;
}

gboolean
scale_plan_check (const ScalePlan *self, GError **error)
{
  g_autoptr (GArray) now = describe (self);

  return (now->len == self->state->len
          && memcmp (now->data, self->state->data, now->len * sizeof (int)) == 0)
         || fail_with (error, _("The image has been changed in the meantime, and the result does not fit "
                                "it any more. Try again."));
}

ScalePlan *
scale_plan_image (GimpImage *image, const UiSize *size, GError **error)
{
  g_autoptr (ScalePlan) self = plan_new (image);
  g_autoptr (GPtrArray) drawables = items_list_drawables (image);
  const int picture[UI_N_AXES] = { gimp_image_get_width (image), gimp_image_get_height (image) };
  int result[UI_N_AXES];
  double factor[UI_N_AXES];
  GimpLayer *layer = NULL;

  if (! items_check_floating (image, error))
    return NULL;
  ui_size_resolve (size, picture, result);
  if (! check_size (result, error))
    return NULL;
  self->width = result[UI_AXIS_X];
  self->height = result[UI_AXIS_Y];
  for (UiAxis i = 0; i < UI_N_AXES; i++)
    factor[i] = (double) result[i] / picture[i];
  if (! note_get (image, &self->origin)
      || ! trip_shrink_note_fits (&self->origin, picture[UI_AXIS_X], picture[UI_AXIS_Y], self->width, self->height))
    self->origin = (TripShrinkNote) { 0 };

  for (guint i = 0; i < drawables->len; i++)
    {
      GimpDrawable *drawable = drawables->pdata[i], *seen = drawable;
      ScalePart *part;

      if (GIMP_IS_LAYER (drawable))
        {
          layer = scale_wants_pixels (drawable) ? as_seen (self, GIMP_LAYER (drawable), error)
                                                : GIMP_LAYER (drawable);
          if (! layer)
            return NULL;
          seen = GIMP_DRAWABLE (layer);
        }
      else if (GIMP_IS_LAYER_MASK (drawable))
        seen = GIMP_DRAWABLE (gimp_layer_get_mask (layer));
      if (! scale_wants_pixels (drawable))
        continue;
      part = add_part (self, seen, NULL, error);
      if (! part)
        return NULL;
      if (! (self->origin.width && set_former_place (part, GIMP_ITEM (drawable))))
        {
          if (! set_size_in_image (part, factor, GIMP_ITEM (drawable), error))
            return NULL;
          if (seen != drawable) /* GIMP knows no place for what filters have made */
            set_place (part, round (factor[UI_AXIS_X] * part->input->x), round (factor[UI_AXIS_Y] * part->input->y));
        }
      part->index = i;
    }
  return finish (g_steal_pointer (&self));
}

static gboolean
plan_layer (ScalePlan *self, GimpLayer *layer, const UiSize *size, GError **error)
{
  GimpLayer *seen = as_seen (self, layer, error);
  GimpLayerMask *mask = seen && ! self->selected ? gimp_layer_get_mask (seen) : NULL;
  int result[UI_N_AXES];
  ScalePart *part;

  if (! seen || (layer_is_plain (layer) && ! self->selected && ! items_check_locks (layer, error)))
    return FALSE;
  part = add_part (self, GIMP_DRAWABLE (seen),
                   self->selected ? gimp_image_get_selection (self->image) : NULL, error);
  if (! part)
    return FALSE;
  ui_size_resolve (size, (int[]) { part->input->source.width, part->input->source.height }, result);
  if (! check_size (result, error))
    return FALSE;
  part->layer = layer;
  part->width = result[UI_AXIS_X];
  part->height = result[UI_AXIS_Y];
  if (seen != layer)
    set_place (part, part->input->x + (part->input->source.width - part->width) / 2,
               part->input->y + (part->input->source.height - part->height) / 2);
  if (mask)
    {
      part = add_part (self, GIMP_DRAWABLE (mask), NULL, error);
      if (! part)
        return FALSE;
      part->layer = layer;
      part->is_mask = TRUE;
      part->width = result[UI_AXIS_X];
      part->height = result[UI_AXIS_Y];
    }
  return TRUE;
}

ScalePlan *
scale_plan_layers (GimpImage *image, GimpDrawable **drawables, const UiSize *size,
                   gboolean selected, GError **error)
{
  g_autoptr (ScalePlan) self = plan_new (image);

  if (! items_check_floating (image, error))
    return NULL;
  self->selected = selected && ! gimp_selection_is_empty (image);
  for (; *drawables; drawables++)
    {
      GimpLayer *layer;

      if (! GIMP_IS_LAYER (*drawables) && ! GIMP_IS_LAYER_MASK (*drawables))
        continue;
      layer = items_find_layer (image, *drawables, error);
      if (! layer || ! plan_layer (self, layer, size, error))
        return NULL;
    }
  if (self->parts->len == 0)
    {
      fail_with (error, _("No layer is chosen. Choose a layer in the Layers dialog, or the whole image as "
                          "target."));
      return NULL;
    }
  return finish (g_steal_pointer (&self));
}

double
scale_plan_bytes (const ScalePlan *self)
{
  double bytes = 0;

  for (guint i = 0; i < self->parts->len; i++)
    {
      const ScalePart *part = self->parts->pdata[i];

      bytes += (double) part->width * part->height
               * babl_format_get_bytes_per_pixel (part->input->storage);
    }
  return bytes;
}

LayerOutput *
scale_part_output (ScalePart *part)
{
  part->output = layer_output_new (part->input, part->width, part->height);
  return part->output;
}
