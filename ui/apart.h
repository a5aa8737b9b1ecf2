/* What the dialog of Decompose shows: a small picture, taken apart. */
#pragma once

#include "trip.h"

/* image in 1 / step of its size: means of step x step px. NULL with TRIP_ERROR_NO_MEMORY. */
TripImage *ui_apart_reduce (const TripImage *image, int step, GError **error);

/* The pictures and what was found earlier, which must outlive it, corrections, which are its own, and the rest as for
 * trip_decompose (). */
typedef struct
{
  const TripImage *picture, *selection;
  TripImage *corrections;
  TripDecomposeOptions options;
  int n_threads;
} UiApartRequest;

void ui_apart_request_free (gpointer request);

typedef struct
{
  TripParts parts;
  TripImage *layers[TRIP_N_LAYERS];
} UiApartResult;

void ui_apart_result_free (gpointer result);

/* A UiApartResult for a UiApartRequest; in any thread. */
gpointer ui_apart_run (gpointer request, GCancellable *cancellable, GError **error);

/* The picture, dark where it is surely not the object, tinted where that is to be found out: the picture's channels. */
TripImage *ui_apart_outline (const TripImage *picture, const TripImage *trimap, GError **error);

/* All layers, one over the other: the picture's channels. */
TripImage *ui_apart_sum (TripImage *const layers[TRIP_N_LAYERS], GError **error);
