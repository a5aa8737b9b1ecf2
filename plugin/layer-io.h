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
  const Babl *format_alpha; /* with alpha in any case */
  const Babl *storage; /* in which GIMP stores such pixels in an RGB or grayscale image */
  int x, y;            /* px in the image: where the source's top left corner lies */
  gboolean is_colour;  /* and no channel or mask */
  gboolean is_rounded; /* stored as multiples of 1/255 of source's values */

  /* the drawable's own encoding, as it is stored and may be blended, with float components */
  const Babl *stored, *stored_alpha; /* as it is, and with alpha in any case */
  GimpLayerColorSpace blend_space;   /* in which layers are blended in that encoding */
  int levels; /* stored as multiples of 1 / levels: 255, 65535; 0: finer, or in floats */

  GimpDrawable *drawable; /* whose pixels are read; NULL: they were taken over */

  /* private: */
  GeglBuffer *pixels;
  GeglBuffer *selection, *mask; /* as they were at first, or NULL */
  int offset_x, offset_y;       /* of the source in pixels */
} LayerInput;

/* All of drawable or, with a selection, the part that this selects and that the layer mask shows,
 * which has alpha in any case. NULL, with a GIMP_PLUG_IN_ERROR, if nothing of it is selected, or if
 * drawable was deleted. */
LayerInput *layer_input_new (GimpDrawable *drawable, GimpSelection *selection, GError **error);
void layer_input_free (LayerInput *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LayerInput, layer_input_free)

/* Takes all pixels over, so that the drawable may be deleted. */
void layer_input_take_over (LayerInput *self);

/* A part of the picture as it is stored, with NaN and infinities as 0. NULL with TRIP_ERROR_NO_MEMORY or, like
 * self->source, with a GIMP_PLUG_IN_ERROR if the drawable was deleted. The caller owns it. */
TripImage *layer_input_read_stored (const LayerInput *self, const TripRect *rect, GError **error);

/* Between the encodings of self->stored and self->format, in place. */
void layer_input_from_stored (const LayerInput *self, TripImage *image);
void layer_input_to_stored (const LayerInput *self, TripImage *image);

/* A new layer, not in image yet, with all of the picture, and patch, which is in self->stored, at x, y
 * of it. NULL if GIMP could not make it. */
GimpLayer *layer_input_new_layer (const LayerInput *self, GimpImage *image, const char *name,
                                  const TripImage *patch, int x, int y);

/* A new layer, not in image yet, with nothing but that part of pixels, which is in self->stored_alpha.
 */
GimpLayer *layer_input_new_part (const LayerInput *self, GimpImage *image, const char *name,
                                 const TripImage *pixels, const TripRect *part);

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
