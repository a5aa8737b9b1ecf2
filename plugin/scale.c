#include "scale.h"

#include <glib/gi18n.h>

#include "items.h"
#include "layer-filters.h"
#include "note.h"

typedef gboolean (*GetLock) (GimpItem *item);
typedef gboolean (*SetLock) (GimpItem *item, gboolean lock);

/* Takes one kind of lock off drawables: GIMP scales what is locked, but kills a plug-in that writes to it, and does not
 * let it move. Returns those that were locked. */
static GPtrArray *
unlock (GPtrArray *drawables, GetLock get, SetLock set)
{
  GPtrArray *locked = g_ptr_array_new ();

  for (guint i = 0; i < drawables->len; i++)
    {
      if (get (drawables->pdata[i]))
        {
          set (drawables->pdata[i], FALSE);
          g_ptr_array_add (locked, drawables->pdata[i]);
        }
    }
  return locked;
}

static void
lock_again (GPtrArray *locked, SetLock set)
{
  for (guint i = 0; i < locked->len; i++)
    set (locked->pdata[i], TRUE);
}

/* Gives layer, which has no filters any more, the place and size of part's result, and alpha, which filters may have
 * added. */
static gboolean
fit_layer (const ScalePart *part, GimpLayer *layer)
{
  const gboolean alpha = part->input->source.n_channels % 2 == 0;

  return (! alpha || gimp_drawable_has_alpha (GIMP_DRAWABLE (layer)) || gimp_layer_add_alpha (layer))
         && gimp_layer_scale (layer, part->width, part->height, FALSE)
         && gimp_layer_set_offsets (layer, part->x, part->y);
}

/* Where a layer goes, and what it remembers of where it was. */
static gboolean
place_layer (const ScalePlan *self, const ScalePart *part, GimpLayer *layer)
{
  const LayerInput *input = part->input;

  if (part->is_placed && ! fit_layer (part, layer))
    return FALSE;
  note_remove_place (GIMP_ITEM (layer));
  if (self->note.width)
    note_set_place (GIMP_ITEM (layer),
                    &(GeglRectangle) { input->x, input->y, input->source.width, input->source.height });
  return TRUE;
}

/* What the filters made of the layer is in its part. */
static gboolean
drop_filters (const ScalePart *part, GPtrArray *drawables)
{
  const TripSource *picture = &part->input->source;
  GimpDrawable *drawable = drawables->pdata[part->index];

  return ! GIMP_IS_LAYER (drawable) || layer_drop_filters (GIMP_LAYER (drawable), picture->width, picture->height);
}

/* Gives the memory back at once, as GIMP takes as much. */
static void
store (ScalePart *part, GimpDrawable *drawable)
{
  layer_output_store (part->output, drawable);
  g_clear_pointer (&part->output, layer_output_free);
}

/* Whether GIMP makes pixels of image that stay: the selection's, and those of layers that it renders itself. */
static gboolean
keeps_pixels_of_gimp (GimpImage *image, GPtrArray *drawables)
{
  for (guint i = 0; i < drawables->len; i++)
    if (! scale_wants_pixels (drawables->pdata[i]) && ! gimp_item_is_group (drawables->pdata[i]))
      return TRUE;
  return ! gimp_selection_is_empty (image);
}

/* Those that are left, in a copy of the image: in the image itself undo would not bring the old sizes back. */
static void
scale_filters (const ScalePlan *self, GPtrArray *drawables)
{
  const double factor_x = (double) self->width / gimp_image_get_width (self->image);
  const double factor_y = (double) self->height / gimp_image_get_height (self->image);

  for (guint i = 0; i < drawables->len; i++)
    if (gimp_item_is_valid (drawables->pdata[i])) /* GIMP deletes groups of nothing when they become too small */
      layer_scale_filters (drawables->pdata[i], factor_x, factor_y);
}

/* All other pixels that GIMP makes here are overwritten. */
static gboolean
scale_image (ScalePlan *self, GimpImage *image, GPtrArray *scaled)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (image);
  g_autoptr (GPtrArray) written = unlock (drawables, gimp_item_get_lock_content, gimp_item_set_lock_content);
  g_autoptr (GPtrArray) placed = unlock (drawables, gimp_item_get_lock_position, gimp_item_set_lock_position);
  gboolean done = TRUE;

  for (guint i = 0; i < drawables->len; i++)
    {
      if (GIMP_IS_LAYER (drawables->pdata[i]) && ! gimp_item_is_group (drawables->pdata[i]))
        g_ptr_array_add (scaled, drawables->pdata[i]);
    }
  for (guint i = 0; done && i < self->parts->len; i++)
    done = drop_filters (self->parts->pdata[i], drawables);
  if (keeps_pixels_of_gimp (image, drawables))
    gimp_context_set_interpolation (GIMP_INTERPOLATION_CUBIC);
  done = done && gimp_image_scale (image, self->width, self->height);
  if (done && image != self->image)
    scale_filters (self, drawables);
  for (guint i = 0; done && i < self->parts->len; i++)
    {
      ScalePart *part = self->parts->pdata[i];
      GimpDrawable *drawable = drawables->pdata[part->index];

      done = ! GIMP_IS_LAYER (drawable) || place_layer (self, part, GIMP_LAYER (drawable));
      if (done)
        store (part, drawable);
    }
  lock_again (written, gimp_item_set_lock_content);
  lock_again (placed, gimp_item_set_lock_position);
  note_remove (image);
  if (self->note.width)
    note_set (image, &self->note);
  return done;
}

/* A layer for the result of part, in its place, but not yet in the image. */
static GimpLayer *
new_layer (ScalePlan *self, const ScalePart *part)
{
  GimpLayer *from = part->layer, *layer;
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
  if (! layer)
    return NULL;
  layer_copy_attributes (from, layer);
  if (part->is_placed)
    gimp_layer_set_offsets (layer, part->x, part->y);
  else
    gimp_layer_set_offsets (layer, input->x + (input->source.width - part->width) / 2,
                            input->y + (input->source.height - part->height) / 2);
  return layer;
}

/* Above the one it was made from. */
static gboolean
insert_layer (GimpLayer *layer, GimpLayer *from)
{
  GimpImage *image = gimp_item_get_image (GIMP_ITEM (from));
  GimpItem *parent = gimp_item_get_parent (GIMP_ITEM (from));

  return gimp_image_insert_layer (image, layer, parent ? GIMP_LAYER (parent) : NULL,
                                  gimp_image_get_item_position (image, GIMP_ITEM (from)));
}

/* What the image was shrunk from cannot be had from it any more. */
static GimpLayer *
scale_in_place (const ScalePart *part)
{
  const TripSource *picture = &part->input->source;

  note_remove (gimp_item_get_image (GIMP_ITEM (part->layer)));
  if (! layer_drop_filters (part->layer, picture->width, picture->height)
      || ! (part->is_placed ? fit_layer (part, part->layer)
                            : gimp_layer_scale (part->layer, part->width, part->height, TRUE)))
    return NULL;
  return part->layer;
}

static gboolean
store_mask (ScalePart *part, GimpLayer *layer)
{
  GimpLayerMask *mask = gimp_layer_get_mask (layer);

  if (! mask)
    {
      mask = gimp_layer_create_mask (layer, GIMP_ADD_MASK_WHITE);
      if (! mask || ! gimp_layer_add_mask (layer, mask))
        return FALSE;
    }
  store (part, GIMP_DRAWABLE (mask));
  return gimp_layer_set_apply_mask (layer, gimp_layer_get_apply_mask (part->layer));
}

/* A new layer is complete before the image gets it: in a locked group GIMP neither moves it nor lets
 * anybody write to it. */
static gboolean
scale_layers (ScalePlan *self, GPtrArray *scaled)
{
  for (guint i = 0; i < self->parts->len; i++)
    {
      ScalePart *part = self->parts->pdata[i];
      ScalePart *next = i + 1 < self->parts->len ? self->parts->pdata[i + 1] : NULL;
      const gboolean is_new = self->selected || ! layer_is_plain (part->layer);
      GimpLayer *layer = is_new ? new_layer (self, part) : scale_in_place (part);

      if (! layer)
        return FALSE;
      store (part, GIMP_DRAWABLE (layer));
      if (next && next->is_mask)
        {
          if (! store_mask (next, layer))
            return FALSE;
          i++;
        }
      if (is_new && ! insert_layer (layer, part->layer))
        return FALSE;
      g_ptr_array_add (scaled, layer);
    }
  return TRUE;
}

GimpImage *
scale_plan_carry_out (ScalePlan *self, gboolean copy, GimpLayer ***layers, GError **error)
{
  g_autoptr (GPtrArray) scaled = g_ptr_array_new ();
  GimpImage *image;
  gboolean done;

  if (! scale_plan_check (self, error))
    return NULL;
  image = copy ? gimp_image_duplicate (self->image) : self->image;
  gimp_context_push ();
  gimp_context_set_interpolation (GIMP_INTERPOLATION_NONE);
  if (copy)
    gimp_image_undo_disable (image);
  else
    gimp_image_undo_group_start (image);
  done
      = ! copy || gimp_image_get_base_type (image) != GIMP_INDEXED || gimp_image_convert_rgb (image);
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
