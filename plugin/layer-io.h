/* GIMP's drawables as core's sources and sinks. Main thread only. */
#pragma once

#include "trip.h"

#include <libgimp/gimp.h>

/* Pixels of a drawable, in its own colour space. Layers come perceptually encoded, with straight
 * alpha; channels and masks as they are. */
typedef struct
{
  TripSource source;
  const Babl *format;  /* of source's pixels: float */
  const Babl *storage; /* in which GIMP stores such pixels in an RGB or grayscale image */
  int x, y;            /* px in the image: where the source's top left corner lies */
  gboolean is_colour;  /* and no channel or mask */
  gboolean is_rounded; /* stored as multiples of 1/255 of source's values */

  /* private: */
  const Babl *stored; /* the drawable's own encoding with float components */
  GeglBuffer *pixels;
  GeglBuffer *selection, *mask; /* or NULL */
  int offset_x, offset_y;       /* of the source in pixels */
} LayerInput;

/* All of drawable or, with a selection, the part that this selects and that the layer mask shows,
 * which has alpha in any case. NULL, with a GIMP_PLUG_IN_ERROR, if nothing of it is selected. */
LayerInput *layer_input_new (GimpDrawable *drawable, GimpSelection *selection, GError **error);
void layer_input_free (LayerInput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LayerInput, layer_input_free)

/* A result of width x height px, kept in tiles that GEGL may swap to disk, until it goes into a
 * drawable. */
typedef struct
{
  TripSink sink;
  TripSource source; /* what was put there, as it is stored */

  /* private: */
  const Babl *format;
  GeglBuffer *pixels;
} LayerOutput;

LayerOutput *layer_output_new (const LayerInput *input, int width, int height);
void layer_output_free (LayerOutput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LayerOutput, layer_output_free)

/* Overwrites drawable, which must have the result's size. Leaves no undo step of its own: the
 * drawable must be new, or have been given new pixels, in the same undo group. */
void layer_output_store (LayerOutput *self, GimpDrawable *drawable);

/* Whether a layer holds pixels and nothing else, so that they may be overwritten. Groups, texts and
 * whatever GIMP renders itself do not. */
gboolean layer_is_plain (GimpLayer *layer);

gboolean layer_has_filters (GimpLayer *layer);

/* A copy of layer with its filters applied to its pixels; of a group, what it shows. It lives in a
 * hidden image of its own, as merging filters leaves an undo step. NULL with a GIMP_PLUG_IN_ERROR.
 */
GimpLayer *layer_copy_filtered (GimpLayer *layer, GError **error);
void layer_copy_delete (GimpLayer *copy);
