#include "scale.h"

#include <glib/gi18n.h>
#include <math.h>

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
  g_ptr_array_unref (self->copies);
  g_free (self);
}

static gboolean
fail (GError **error, const char *sentence)
{
  g_set_error_literal (error, GIMP_PLUG_IN_ERROR, 0, sentence);
  return FALSE;
}

static gboolean
check_image (GimpImage *image, GError **error)
{
  if (gimp_image_get_floating_sel (image))
    return fail (error, _("The image has a floating selection. Anchor it, or make it a layer, and try "
                          "again."));
  return TRUE;
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

/* Whether part of an image is overwritten; all else is left to GIMP. */
static gboolean
wants_pixels (GimpDrawable *drawable)
{
  return GIMP_IS_CHANNEL (drawable) || GIMP_IS_TEXT_LAYER (drawable)
         || (GIMP_IS_LAYER (drawable) && layer_is_plain (GIMP_LAYER (drawable)));
}

static void
list_layers (GimpItem **layers, GPtrArray *list)
{
  for (; *layers; layers++)
    {
      GimpLayerMask *mask = gimp_layer_get_mask (GIMP_LAYER (*layers));

      g_ptr_array_add (list, *layers);
      if (mask)
        g_ptr_array_add (list, mask);
      if (gimp_item_is_group (*layers))
        {
          g_autofree GimpItem **children = gimp_item_get_children (*layers);

          list_layers (children, list);
        }
    }
}

/* All layers, masks (each after its layer) and channels, in an order that a copy of the image shares. */
static GPtrArray *
list_drawables (GimpImage *image)
{
  g_autofree GimpLayer **layers = gimp_image_get_layers (image);
  g_autofree GimpChannel **channels = gimp_image_get_channels (image);
  GPtrArray *list = g_ptr_array_new ();

  list_layers ((GimpItem **) layers, list);
  for (GimpChannel **channel = channels; *channel; channel++)
    g_ptr_array_add (list, *channel);
  return list;
}

double
scale_image_pixels (GimpImage *image)
{
  g_autoptr (GPtrArray) drawables = list_drawables (image);
  double pixels = 0;

  for (guint i = 0; i < drawables->len; i++)
    {
      if (wants_pixels (drawables->pdata[i]))
        pixels += (double) gimp_drawable_get_width (drawables->pdata[i])
                  * gimp_drawable_get_height (drawables->pdata[i]);
    }
  return pixels;
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
    {
      g_autofree char *name = gimp_item_get_name (item);

      g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                   _("The layer “%s” would vanish at this size. Choose a larger size, or delete the "
                     "layer first."),
                   name);
      return FALSE;
    }
  return check_size ((int[]) { part->width, part->height }, error);
}

ScalePlan *
scale_plan_image (GimpImage *image, const UiSize *size, GError **error)
{
  g_autoptr (ScalePlan) self = plan_new (image);
  g_autoptr (GPtrArray) drawables = list_drawables (image);
  const int picture[UI_N_AXES] = { gimp_image_get_width (image), gimp_image_get_height (image) };
  int result[UI_N_AXES];
  double factor[UI_N_AXES];
  GimpLayer *layer = NULL;

  if (! check_image (image, error))
    return NULL;
  ui_size_resolve (size, picture, result);
  if (! check_size (result, error))
    return NULL;
  self->width = result[UI_AXIS_X];
  self->height = result[UI_AXIS_Y];
  for (UiAxis i = 0; i < UI_N_AXES; i++)
    factor[i] = (double) result[i] / picture[i];

  for (guint i = 0; i < drawables->len; i++)
    {
      GimpDrawable *drawable = drawables->pdata[i], *seen = drawable;
      ScalePart *part;

      if (GIMP_IS_LAYER (drawable))
        {
          layer = wants_pixels (drawable) ? as_seen (self, GIMP_LAYER (drawable), error)
                                          : GIMP_LAYER (drawable);
          if (! layer)
            return NULL;
          seen = GIMP_DRAWABLE (layer);
        }
      else if (GIMP_IS_LAYER_MASK (drawable))
        seen = GIMP_DRAWABLE (gimp_layer_get_mask (layer));
      if (! wants_pixels (drawable))
        continue;
      part = add_part (self, seen, NULL, error);
      if (! part || ! set_size_in_image (part, factor, GIMP_ITEM (drawable), error))
        return NULL;
      part->index = i;
    }
  return g_steal_pointer (&self);
}

/* GIMP refuses to scale a layer if it, or a group that it lies in, is locked. */
static gboolean
check_locks (GimpLayer *layer, GError **error)
{
  for (GimpItem *item = GIMP_ITEM (layer); item; item = gimp_item_get_parent (item))
    {
      if (gimp_item_get_lock_content (item) || gimp_item_get_lock_position (item))
        {
          g_autofree char *name = gimp_item_get_name (item);

          g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
                       _("The layer “%s” is locked. Unlock its pixels and its position in the Layers "
                         "dialog, and try again."),
                       name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
plan_layer (ScalePlan *self, GimpLayer *layer, const UiSize *size, GError **error)
{
  GimpLayer *seen = as_seen (self, layer, error);
  GimpLayerMask *mask = seen && ! self->selected ? gimp_layer_get_mask (seen) : NULL;
  int result[UI_N_AXES];
  ScalePart *part;

  if (! seen || (layer_is_plain (layer) && ! self->selected && ! check_locks (layer, error)))
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
scale_plan_layers (GimpImage *image, GimpDrawable **drawables, const UiSize *size, GError **error)
{
  g_autoptr (ScalePlan) self = plan_new (image);

  if (! check_image (image, error))
    return NULL;
  self->selected = ! gimp_selection_is_empty (image);
  for (; *drawables; drawables++)
    {
      GimpLayer *layer = NULL;

      if (GIMP_IS_LAYER (*drawables))
        layer = GIMP_LAYER (*drawables);
      else if (GIMP_IS_LAYER_MASK (*drawables))
        layer = gimp_layer_from_mask (GIMP_LAYER_MASK (*drawables));
      if (layer && ! plan_layer (self, layer, size, error))
        return NULL;
    }
  if (self->parts->len == 0)
    {
      fail (error, _("No layer is chosen. Choose a layer in the Layers dialog, or the whole image as "
                     "target."));
      return NULL;
    }
  return g_steal_pointer (&self);
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

/* The pixels that GIMP makes here are all overwritten, but for the selection's. */
static gboolean
scale_image (ScalePlan *self, GimpImage *image, GPtrArray *scaled)
{
  g_autoptr (GPtrArray) drawables = list_drawables (image);
  gboolean done = TRUE;

  for (guint i = 0; i < drawables->len; i++)
    {
      if (! GIMP_IS_LAYER (drawables->pdata[i]))
        continue;
      if (wants_pixels (drawables->pdata[i]) && layer_has_filters (drawables->pdata[i]))
        done = gimp_drawable_merge_filters (drawables->pdata[i]) && done;
      if (! gimp_item_is_group (drawables->pdata[i]))
        g_ptr_array_add (scaled, drawables->pdata[i]);
    }
  if (! gimp_selection_is_empty (image))
    gimp_context_set_interpolation (GIMP_INTERPOLATION_CUBIC);
  done = done && gimp_image_scale (image, self->width, self->height);
  for (guint i = 0; done && i < self->parts->len; i++)
    {
      ScalePart *part = self->parts->pdata[i];

      layer_output_store (part->output, drawables->pdata[part->index]);
    }
  return done;
}

static void
copy_attributes (GimpLayer *from, GimpLayer *to)
{
  g_auto (GStrv) parasites = gimp_item_get_parasite_list (GIMP_ITEM (from));

  gimp_layer_set_blend_space (to, gimp_layer_get_blend_space (from));
  gimp_layer_set_composite_space (to, gimp_layer_get_composite_space (from));
  gimp_layer_set_composite_mode (to, gimp_layer_get_composite_mode (from));
  gimp_item_set_visible (GIMP_ITEM (to), gimp_item_get_visible (GIMP_ITEM (from)));
  gimp_item_set_color_tag (GIMP_ITEM (to), gimp_item_get_color_tag (GIMP_ITEM (from)));
  for (char **name = parasites; *name; name++)
    {
      GimpParasite *parasite = gimp_item_get_parasite (GIMP_ITEM (from), *name);

      /* GIMP's own, such as that of a text, tell how to render the original */
      if (! g_str_has_prefix (*name, "gimp-"))
        gimp_item_attach_parasite (GIMP_ITEM (to), parasite);
      gimp_parasite_free (parasite);
    }
}

/* A layer above part's, with the same centre as what it was made from. */
static GimpLayer *
add_layer (ScalePlan *self, const ScalePart *part)
{
  GimpLayer *from = part->layer, *layer;
  GimpItem *parent = gimp_item_get_parent (GIMP_ITEM (from));
  GimpLayerMode mode = gimp_layer_get_mode (from);
  const LayerInput *input = part->input;
  const gboolean gray = gimp_image_get_base_type (self->image) == GIMP_GRAY;
  const gboolean alpha = input->source.n_channels % 2 == 0;
  g_autofree char *name = gimp_item_get_name (GIMP_ITEM (from));
  g_autofree char *new_name = g_strdup_printf (_("%s, scaled"), name);

  if (mode == GIMP_LAYER_MODE_PASS_THROUGH) /* which only groups know */
    mode = GIMP_LAYER_MODE_NORMAL;
  layer = gimp_layer_new (self->image, new_name, part->width, part->height,
                          gray ? (alpha ? GIMP_GRAYA_IMAGE : GIMP_GRAY_IMAGE)
                               : (alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE),
                          gimp_layer_get_opacity (from), mode);
  if (! layer
      || ! gimp_image_insert_layer (self->image, layer, parent ? GIMP_LAYER (parent) : NULL,
                                    gimp_image_get_item_position (self->image, GIMP_ITEM (from))))
    return NULL;
  copy_attributes (from, layer);
  gimp_layer_set_offsets (layer, input->x + (input->source.width - part->width) / 2,
                          input->y + (input->source.height - part->height) / 2);
  return layer;
}

static GimpLayer *
scale_in_place (const ScalePart *part)
{
  if (layer_has_filters (part->layer)
      && ! gimp_drawable_merge_filters (GIMP_DRAWABLE (part->layer)))
    return NULL;
  return gimp_layer_scale (part->layer, part->width, part->height, TRUE) ? part->layer : NULL;
}

static gboolean
store_mask (LayerOutput *output, GimpLayer *layer)
{
  GimpLayerMask *mask = gimp_layer_get_mask (layer);

  if (! mask)
    {
      mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
      if (! mask || ! gimp_layer_add_mask (layer, mask))
        return FALSE;
    }
  layer_output_store (output, GIMP_DRAWABLE (mask));
  return TRUE;
}

static gboolean
scale_layers (ScalePlan *self, GPtrArray *scaled)
{
  GimpLayer *layer = NULL;

  for (guint i = 0; i < self->parts->len; i++)
    {
      ScalePart *part = self->parts->pdata[i];

      if (part->is_mask)
        {
          if (! store_mask (part->output, layer))
            return FALSE;
          gimp_layer_set_apply_mask (layer, gimp_layer_get_apply_mask (part->layer));
          continue;
        }
      layer = self->selected || ! layer_is_plain (part->layer) ? add_layer (self, part)
                                                               : scale_in_place (part);
      if (! layer)
        return FALSE;
      layer_output_store (part->output, GIMP_DRAWABLE (layer));
      g_ptr_array_add (scaled, layer);
    }
  return TRUE;
}

GimpImage *
scale_plan_carry_out (ScalePlan *self, gboolean copy, GimpLayer ***layers, GError **error)
{
  g_autoptr (GPtrArray) scaled = g_ptr_array_new ();
  GimpImage *image = copy ? gimp_image_duplicate (self->image) : self->image;
  gboolean done;

  gimp_context_push ();
  gimp_context_set_interpolation (GIMP_INTERPOLATION_NONE);
  if (copy)
    gimp_image_undo_disable (image);
  else
    gimp_image_undo_group_start (image);
  done = ! copy || gimp_image_get_base_type (image) != GIMP_INDEXED || gimp_image_convert_rgb (image);
  done = done && (self->width ? scale_image (self, image, scaled) : scale_layers (self, scaled));
  if (copy)
    gimp_image_undo_enable (image);
  else
    gimp_image_undo_group_end (image);
  gimp_context_pop ();

  if (! done)
    {
      g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not scale the image: %s"),
                   gimp_pdb_get_last_error (gimp_get_pdb ()));
      if (copy)
        gimp_image_delete (image);
      return NULL;
    }
  g_ptr_array_add (scaled, NULL);
  *layers = (GimpLayer **) g_ptr_array_free (g_steal_pointer (&scaled), FALSE);
  return image;
}
