/* The placer's mathematics: one function for each of core/train/place/model.py, with the same names and the same weight
 * paths. That the object makes the filters which look for its place is after "Fast Object Placement Assessment" (Niu et
 * al., 2022). */
#pragma once

#include <gio/gio.h>

#include "../image.h"
#include "../nn/kernels.h"

#define TRIP_PLACE_SIDE 192     /* px, longer side of the scene as the network sees it */
#define TRIP_PLACE_CELL 8       /* px of it, side of a cell */
#define TRIP_PLACE_MULTIPLE 32  /* px, of the sides of the network's input */
#define TRIP_PLACE_OBJECT 48    /* px, side of the object, stretched to a square */
#define TRIP_PLACE_MIXED 64     /* features of a cell */
#define TRIP_PLACE_VECTOR 96    /* features of an object */
#define TRIP_PLACE_SMALLEST 0.045 /* sizes sqrt (width height), of the scene's longer side */
#define TRIP_PLACE_LARGEST 0.9

/* The logarithm of one of the volume's sizes over the one before. */
double trip_place_step (void);
/* The size with this index, which need not be whole. */
double trip_place_size (double index);

/* Immutable, may be used by several threads at once. */
typedef struct _TripPlaceNetwork TripPlaceNetwork;

/* kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripPlaceNetwork *trip_place_network_new (GBytes *file, const TripKernels *kernels, GError **error);
void trip_place_network_free (TripPlaceNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripPlaceNetwork, trip_place_network_free)

/* A grid of cells, of which extent_x across and extent_y down cover the scene. */
typedef struct
{
  int columns, rows;
  double extent_x, extent_y;
} TripPlaceGrid;

/* The cells for a scene of so many px, at most TRIP_PLACE_SIDE. */
TripPlaceGrid trip_place_grid (int width, int height);

/* picture: a scene of at most TRIP_PLACE_SIDE px, 4 channels, colours multiplied by alpha. Returns TRIP_PLACE_MIXED
 * features for each cell, row by row; NULL with NO_MEMORY or cancelled. The caller g_free()s it. */
float *trip_place_scene_features (const TripPlaceNetwork *network, const TripImage *picture, GCancellable *cancellable,
                                  GError **error);

/* crop: TRIP_PLACE_OBJECT px square, 4 channels, colours multiplied by alpha; aspect: the logarithm of its true width
 * over its true height. FALSE with NO_MEMORY or cancelled. */
gboolean trip_place_object_vector (const TripPlaceNetwork *network, const TripImage *crop, double aspect,
                                   float vector[TRIP_PLACE_VECTOR], GCancellable *cancellable, GError **error);

/* Logits for TRIP_PLACE_SIZES sizes, rows, columns. */
void trip_place_volume (const TripPlaceNetwork *network, const float *features, const TripPlaceGrid *grid,
                        const float vector[TRIP_PLACE_VECTOR], double aspect, float *logits);
