/* What is seen behind an object. Main thread only. */
#pragma once

#include "layer-copy.h"
#include "layer-io.h"

typedef struct
{
  TripSource source;
  const Babl *format;  /* of source's pixels: float */
  int x, y;            /* px in the image: where the source's top left corner lies */
  gboolean is_visible; /* whether anything but transparent pixels has been read so far */

  /* private: */
  LayerInput *input;
} Scene;

/* The drawables that can be the background of object, from top to bottom, layers before channels. */
GPtrArray *scene_list_backgrounds (GimpLayer *object);

/* The background that was chosen last, NULL for everything below the object, for as long as GIMP runs: among the last
 * values of a procedure drawables are lost. Recalled is one of image only, and then the caller's. */
void scene_remember_background (GimpDrawable *background);
GimpDrawable *scene_recall_background (GimpImage *image);

/* FALSE with a GIMP_PLUG_IN_ERROR if object, or background, which may be NULL, was deleted, with the image or without,
 * or if background cannot be one of object. */
gboolean scene_check (GimpLayer *object, GimpDrawable *background, GError **error);

/* Of background, what is seen of it within the image, or all of a channel; without one everything
 * below object, as GIMP composites it, in the size of the image. Either way without heatmaps and object's shadows. NULL
 * with a GIMP_PLUG_IN_ERROR. When the copy of the image that it takes is deleted, GIMP takes the focus: with copies, of
 * GimpImage, it goes there instead. */
Scene *scene_new (GimpLayer *object, GimpDrawable *background, GPtrArray *copies, GError **error);
void scene_free (Scene *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scene, scene_free)
