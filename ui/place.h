/* The dialog of Place. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* What it shows. */
typedef struct
{
  TripHeatmap *map;
  TripRect place;    /* of the scene, px in the image */
  TripImage *scene;  /* all of it, possibly reduced; in scene_format */
  TripImage *object; /* what is visible of it, possibly reduced; in object_format */
  const Babl *scene_format, *object_format;
} UiPlacePicture;

/* Runs the dialog until OK (TRUE, the choices are in config) or Cancel (FALSE). The chosen place goes
 * into "x", "y" and "scale", or, if it is the best one, as a wish to search for that. */
gboolean ui_place_run (GimpProcedure *procedure, GimpProcedureConfig *config,
                       const UiPlacePicture *picture);
