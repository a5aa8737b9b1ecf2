/* What the network's residual is added to: Keys' cubic with a = -0.75, as PyTorch's interpolation has it, and the
 * range of the 4x4 pixels that it takes. */
#pragma once

#include "../image.h"
#include "../nn/tensor.h"
#include "field.h"

#define TRIP_CUBIC_REACH 2 /* px */
#define TRIP_CUBIC_TAPS 4

/* The weights of four pixels in a row, of which the first is returned, counted from the pixel from whose centre offset
 * (-0.5..0.5) is. */
int trip_cubic_weights (float offset, float weights[TRIP_CUBIC_TAPS]);

/* A row of the result, made from a row of the small picture that is as high as it. */
typedef struct
{
  int begin, n_small;      /* the small pixels that are held */
  int n_channels;          /* of them all */
  float *row, *low, *high; /* n_small, n_channels */
  int *first;              /* of the four pixels of each column, counted from begin */
  float (*weights)[4];     /* of each column */
} TripCubic;

/* Floats of arena for so many small and output columns. */
gsize trip_cubic_need (int n_small, int n_columns, int n_channels);

/* columns: where the columns lie in the small picture. */
TripCubic trip_cubic_new (const TripGrid *columns, int n_channels, TripArena *arena);

/* The row at offset from row y of a picture of width x height px, of which in is the part from in_x, in_y on. Beyond
 * the picture its border goes on. */
void trip_cubic_row (TripCubic *cubic, const TripImage *in, int in_x, int in_y, int width, int height, int y,
                     float offset);

/* The columns of that row: out n_columns, n_channels. */
void trip_cubic_columns (const TripCubic *cubic, int n_columns, float *out);

/* The way back: adds to small, which is the part of the small picture from small_x, small_y on, the derivatives by its pixels
 * that follow from those by the row's pixels (columns, n_channels of the cubic). */
void trip_cubic_row_back (TripCubic *cubic, const float *pixels, int n_columns, TripImage *small, int small_x, int small_y,
                          int width, int height, int y, float offset);
