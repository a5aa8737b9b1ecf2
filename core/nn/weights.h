/* Reads a safetensors file: a length, a JSON header, then the tensors' bytes, little-endian.
 *
 * The whole file is checked before anything is used: lengths, types (F16, F32), shapes, overflow, and that
 * every value is finite. */
#pragma once

#include <glib.h>

typedef struct _TripWeights TripWeights;

/* NULL with TRIP_ERROR_BAD_WEIGHTS. Takes a reference to file. The caller owns the result. */
TripWeights *trip_weights_new (GBytes *file, GError **error);
void trip_weights_free (TripWeights *weights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripWeights, trip_weights_free)

/* A text of the file's __metadata__, or NULL. */
const char *trip_weights_about (const TripWeights *weights, const char *key);

#define TRIP_MAX_DIMS 4

/* The tensor's sizes, up to TRIP_MAX_DIMS; their number, or -1 where there is no such tensor. */
int trip_weights_shape (const TripWeights *weights, const char *name, gsize shape[TRIP_MAX_DIMS]);

/* The values of a tensor that must have just this shape, row by row, for the caller to g_free(); NULL with
 * TRIP_ERROR_BAD_WEIGHTS. n_dims 0 is a single value. */
float *trip_weights_get (const TripWeights *weights, const char *name, int n_dims, const gsize *shape,
                         GError **error);
