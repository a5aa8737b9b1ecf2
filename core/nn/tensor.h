/* Feature maps and the memory of one tile.
 *
 * A tensor is (height, width, channels), channels last, with a border of one zero pixel around it, so
 * that 3x3 convolutions with zero padding need no special case at the edge. */
#pragma once

#include <glib.h>

typedef struct
{
  int height, width, channels;
  gsize stride; /* floats from one row to the next */
  float *data;  /* of pixel 0, 0; the border lies before it */
} TripTensor;

/* Memory that is taken piece by piece and given back all at once. It is sized before a loop, so that
 * the loop neither allocates nor fails. */
typedef struct
{
  float *data;
  gsize size, used; /* floats */
} TripArena;

/* FALSE with TRIP_ERROR_NO_MEMORY. size in floats, the sum of trip_arena_need() of all pieces. */
gboolean trip_arena_init (TripArena *arena, gsize size, GError **error);
void trip_arena_clear (TripArena *arena);

/* n floats, 64-byte aligned, undefined content. */
gsize trip_arena_need (gsize n);
float *trip_arena_take (TripArena *arena, gsize n);

/* A tensor with its border zeroed and undefined content. */
gsize trip_tensor_need (int height, int width, int channels);
TripTensor trip_tensor_take (TripArena *arena, int height, int width, int channels);
