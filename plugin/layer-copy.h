/* What kinds of layers there are, and copies of them. Main thread only. */
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

/* Whether a layer holds pixels and nothing else, so that they may be overwritten. Groups, texts and
 * whatever GIMP renders itself do not. */
gboolean layer_is_plain (GimpLayer *layer);

/* How from is blended with what is below it, whether it is visible, and its parasites. */
void layer_copy_attributes (GimpLayer *from, GimpLayer *to);

/* All of a drawable's pixels, which then may change. The caller owns them. */
GeglBuffer *drawable_copy_pixels (GimpDrawable *drawable);

/* A layer's mask, as it was when it was read. */
typedef struct
{
  GeglBuffer *pixels; /* NULL: it had none */
  gboolean apply;
} LayerMaskCopy;

void layer_mask_copy_init (LayerMaskCopy *self, GimpLayer *layer);
void layer_mask_copy_clear (LayerMaskCopy *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LayerMaskCopy, layer_mask_copy_clear)

/* Gives layer, which has the other one's size, such a mask, if it is one. */
gboolean layer_mask_copy_add (const LayerMaskCopy *self, GimpLayer *layer);

/* A copy of layer with its filters applied to its pixels, which may give it another place and size; of a group, what it
 * shows. It lives in a hidden image of its own, as merging filters leaves an undo step. NULL with a GIMP_PLUG_IN_ERROR.
 */
GimpLayer *layer_copy_filtered (GimpLayer *layer, GError **error);

/* Such a copy with what its mask hides transparent; without one, if it has none. */
GimpLayer *layer_copy_seen (GimpLayer *layer, GError **error);

void layer_copy_delete (GimpLayer *copy);
