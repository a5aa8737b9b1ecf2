/* The dialog of Upscale. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* What a dialog shows and asks about. */
typedef struct
{
  /* the chosen layer as the user sees it, or its selected part; main thread only */
  TripSource source;
  const Babl *format; /* of its pixels: float, straight alpha, perceptual, in the layer's space */
  int image_width, image_height; /* px, what "target image" and "new-image" scale */
  double image_pixels; /* px of all its layers together, for the estimate; 0: one such layer */
  gboolean has_selection;
} UiPicture;

/* Runs the dialog until OK (TRUE, the choices are in config) or Cancel (FALSE). */
gboolean ui_upscale_run (GimpProcedure *procedure, GimpProcedureConfig *config,
                         const UiPicture *picture);
