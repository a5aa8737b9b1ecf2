#include "tensor.h"

#include <stdlib.h>
#include <string.h>

#include "../error.h"
#include "../memory.h"

#define ALIGNMENT 16 /* floats */

gsize
trip_arena_need (gsize n)
{
  return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

gboolean
trip_arena_init (TripArena *arena, gsize size, GError **error)
{
  size = trip_arena_need (size);
  *arena = (TripArena) { .size = size, .data = trip_floats_new (size) };
  if (! arena->data)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for a tile");
      return FALSE;
    }
  return TRUE;
}

void
trip_arena_clear (TripArena *arena)
{
  free (arena->data);
  *arena = (TripArena) { 0 };
}

float *
trip_arena_take (TripArena *arena, gsize n)
{
  float *piece = arena->data + arena->used;

  arena->used += trip_arena_need (n);
  g_assert (arena->used <= arena->size);
  return piece;
}

gsize
trip_tensor_need (int height, int width, int channels)
{
  return trip_arena_need ((gsize) (height + 2) * (width + 2) * channels);
}

TripTensor
trip_tensor_take (TripArena *arena, int height, int width, int channels)
{
  TripTensor t = { height, width, channels, (gsize) (width + 2) * channels, NULL };
  float *all = trip_arena_take (arena, (gsize) (height + 2) * t.stride);
  gsize pixel = channels * sizeof (float);

  memset (all, 0, t.stride * sizeof (float));
  memset (all + (height + 1) * t.stride, 0, t.stride * sizeof (float));
  for (int y = 1; y <= height; y++)
    {
      memset (all + y * t.stride, 0, pixel);
      memset (all + (y + 1) * t.stride - channels, 0, pixel);
    }
  t.data = all + t.stride + channels;
  return t;
}
