/* Finding layers, masks and channels of an image, and whether anything can be done with them. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* Of a mask its layer, NULL if it has none; any other item itself. */
GimpItem *items_layer_of (GimpItem *item);

/* All layers, masks (each after its layer) and channels of image, in an order that a copy of the image shares. */
GPtrArray *items_list_drawables (GimpImage *image);

/* drawable, a layer or a layer mask, as a layer. NULL with a GIMP_PLUG_IN_ERROR if that is not in image, but in another
 * one, or in none yet. */
GimpLayer *items_find_layer (GimpImage *image, GimpDrawable *drawable, GError **error);

/* Of layer and the groups that it lies in the first that is locked, so that GIMP refuses to scale the layer; NULL if
 * none is. */
GimpItem *items_find_lock (GimpLayer *layer);

/* FALSE with a GIMP_PLUG_IN_ERROR if layer, or a group that it lies in, is locked. */
gboolean items_check_locks (GimpLayer *layer, GError **error);

/* As that, and also if layer is a group in which the position of anything is locked, so that GIMP does not move it. */
gboolean items_check_movable (GimpLayer *layer, GError **error);

/* Lets all layers and channels of copy, which nobody sees, be hidden, shown and moved. */
void items_unlock (GimpImage *copy);

/* FALSE with a GIMP_PLUG_IN_ERROR if image has a floating selection. */
gboolean items_check_floating (GimpImage *image, GError **error);

/* FALSE with a GIMP_PLUG_IN_ERROR if image has that or is indexed, or if drawables are not one layer or its mask;
 * indexed and several are the sentences about these. */
gboolean items_check_one (GimpImage *image, GimpDrawable **drawables, const char *indexed, const char *several,
                          GError **error);

/* FALSE with a GIMP_PLUG_IN_ERROR if item was deleted, alone or with its image. */
gboolean item_check_valid (GimpItem *item, GError **error);

/* FALSE, with a GIMP_PLUG_IN_ERROR that says sentence. */
gboolean fail_with (GError **error, const char *sentence);

/* FALSE, with a sentence about item, which has a %s for its name. */
gboolean item_fail (GimpItem *item, GError **error, const char *sentence);
