/* A plan of the pixels that are needed to scale an image or some of its layers, made without
 * touching the image. Who computes them, and how, is the caller's; scale.h then puts them in place.
 */
#pragma once

#include "layer-copy.h"
#include "layer-io.h"
#include "size.h"

/* Pixels that are needed: of a layer, a mask or a channel. */
typedef struct
{
  LayerInput *input;
  LayerOutput *output; /* NULL until the caller has made it with scale_part_output() */
  int width, height;   /* px of the result */

  /* for scale.c: */
  gboolean is_placed; /* it is known where the result goes; else GIMP says, or it keeps the centre */
  int x, y;           /* px in the image: its top left corner */
  GimpLayer *layer; /* the one to be scaled; NULL in the plan of an image */
  gboolean is_mask; /* of the layer of the part before */
  guint index;      /* in the image's list of drawables */
} ScalePart;

typedef struct
{
  GimpImage *image;
  GPtrArray *parts; /* of ScalePart */
  TripShrinkNote note; /* that the scaled image is to carry; width 0: none */
  TripShrinkNote origin; /* what the image was shrunk from, if that comes back; else width 0 */

  /* for scale.c: */
  int width, height; /* px, of the scaled image; 0: only layers are scaled */
  gboolean selected; /* only what is selected of the layers */

  /* private: */
  GPtrArray *copies; /* of layers, while the plan is made */
  GArray *state; /* of int: what the image was like */
} ScalePlan;

/* All of image. NULL with a GIMP_PLUG_IN_ERROR if it cannot be scaled to this size. */
ScalePlan *scale_plan_image (GimpImage *image, const UiSize *size, GError **error);

/* Those of drawables that are layers, or the layers of those that are layer masks; selected: if
 * anything is selected, only that part of them. */
ScalePlan *scale_plan_layers (GimpImage *image, GimpDrawable **drawables, const UiSize *size,
                              gboolean selected, GError **error);

/* Whether the image is still as it was planned: while pixels are computed its user may go on
 * working. FALSE with a GIMP_PLUG_IN_ERROR. */
gboolean scale_plan_check (const ScalePlan *self, GError **error);

/* Ends the plan, whether carried out or not. */
void scale_plan_free (ScalePlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScalePlan, scale_plan_free)

/* Px of all layers, masks and channels of image together, as far as a plan would have them
 * computed. */
double scale_image_pixels (GimpImage *image);

/* Bytes that all results take in GIMP. */
double scale_plan_bytes (const ScalePlan *self);

/* Gives part its output and returns that. */
LayerOutput *scale_part_output (ScalePart *part);

/* Whether a plan has such a part of an image computed; all else is left to GIMP. */
gboolean scale_wants_pixels (GimpDrawable *drawable);
