/* What kinds of layers there are, and copies of them. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* Whether a layer holds pixels and nothing else, so that they may be overwritten. Groups, texts and
 * whatever GIMP renders itself do not. */
gboolean layer_is_plain (GimpLayer *layer);

/* How from is blended with what is below it, whether it is visible, and its parasites. */
void layer_copy_attributes (GimpLayer *from, GimpLayer *to);

/* Gives to, which has from's size, a copy of from's mask, if it has one. */
gboolean layer_copy_mask (GimpLayer *from, GimpLayer *to);

/* A copy of layer with its filters applied to its pixels, which may give it another place and size; of a group, what it
 * shows. It lives in a hidden image of its own, as merging filters leaves an undo step. NULL with a GIMP_PLUG_IN_ERROR.
 */
GimpLayer *layer_copy_filtered (GimpLayer *layer, GError **error);

/* Such a copy with what its mask hides transparent; without one, if it has none. */
GimpLayer *layer_copy_seen (GimpLayer *layer, GError **error);

void layer_copy_delete (GimpLayer *copy);
