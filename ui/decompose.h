/* The dialog of Decompose. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* What the dialog shows and asks about: a window around the object. */
typedef struct
{
  const TripImage *picture, *selection; /* as for trip_decompose () */
  const Babl *format, *format_alpha;    /* of the picture, and of its colours with alpha: float */
  /* What is selected now of the window, 1 channel; NULL with a sentence for the user, or an error of core. Main thread
   * only. */
  TripImage *(*read_selection) (gpointer data, GError **error);
  gpointer data;
} UiDecomposePicture;

/* Runs the dialog until OK (TRUE, the choices are in config and corrections, the caller's, NULL if there are none) or
 * Cancel (FALSE). */
gboolean ui_decompose_run (GimpProcedure *procedure, GimpProcedureConfig *config, const UiDecomposePicture *picture,
                           TripImage **corrections);

/* What an error of core, of the domain TRIP_ERROR, means here. */
const char *ui_decompose_sentence (const GError *error);
