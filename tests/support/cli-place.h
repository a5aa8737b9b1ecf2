/* What the command-line tool does beyond calling core to find an object's place. */
#pragma once

#include "png-io.h"
#include "trip.h"

typedef struct
{
  TripPlaceFixed fixed;
  int count;           /* of placements, 1..TRIP_MAX_PLACEMENTS */
  const char *heatmap; /* NULL, or the folder for one picture of each of the volume's scales, named by it */
} CliPlace;

/* Prints the placements as JSON. On failure no file is left behind. */
gboolean cli_place (PngPicture *scene, PngPicture *object, const CliPlace *options, const TripRun *run, GError **error);
