/* Where the object is: the selection, a channel, a layer mask or a layer. Main thread only. */
#pragma once

#include "trip.h"

#include <libgimp/gimp.h>

typedef struct
{
  TripRect bounds; /* px of the layer: what of it is marked */
  gboolean all;    /* of it is, by more than half */

  /* private: */
  GimpLayer *filtered;   /* a copy of the mask, or NULL */
  GeglBuffer *pixels;
  const Babl *format;    /* of one float */
  GeglRectangle extent;  /* of pixels in the image */
  int layer_x, layer_y;  /* of the layer in the image */
} ObjectMask;

/* How mask, which may be NULL, for the selection, marks the layer that covers part of the image. A layer as
 * mask counts with its filters, by its opacity or, where it is opaque all over, by its brightness. NULL with a
 * GIMP_PLUG_IN_ERROR if it marks nothing of the layer. */
ObjectMask *object_mask_new (GimpImage *image, GimpDrawable *mask, GimpLayer *layer, GError **error);
void object_mask_free (ObjectMask *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ObjectMask, object_mask_free)

/* What it marks of a part of the layer: one channel, 0..1. NULL with TRIP_ERROR_NO_MEMORY. The caller owns
 * it. */
TripImage *object_mask_read (const ObjectMask *self, const TripRect *rect, GError **error);
