/* The dialog of Place. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* What it shows. */
typedef struct
{
  TripHeatmap *map;
  TripRect place;    /* of the scene, px in the image */
  TripRect frame;    /* of the object as it is seen, px of its layer, which filters may have enlarged */
  TripImage *scene;  /* all of it, possibly reduced; in scene_format */
  TripImage *object; /* what is visible of it, possibly reduced; in object_format */
  const Babl *scene_format, *object_format;
} UiPlacePicture;

/* Where it comes from; used in the main thread only. */
typedef struct
{
  const UiPlacePicture *picture; /* what look() has found last */
  const GPtrArray *backgrounds;  /* of GimpDrawable: what can be chosen as background */
  const char *refusal;           /* why the object cannot be moved and scaled, or NULL */
  /* Finds a new picture for a background, NULL: everything below the object; calls run's progress often, which must not
   * use the picture. FALSE with the error: the picture is as it was. */
  gboolean (*look) (GimpDrawable *background, const TripRun *run, gpointer data, GError **error);
  gpointer data;
} UiPlaceSource;

/* Runs the dialog until OK (TRUE, the choices are in config) or Cancel (FALSE); it begins with the picture of
 * everything below the object. The chosen place goes into "x", "y" and "scale", or, if it is the best one, as a wish to
 * search for that. */
gboolean ui_place_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiPlaceSource *source);
