/* What the network's residual is added to: Keys' cubic with a = -0.75, as PyTorch's interpolation has it, and what the
 * range of the 4x4 pixels that it takes lets the residual do. */
#pragma once

#include "../image.h"
#include "../nn/tensor.h"
#include "field.h"

#define TRIP_CUBIC_REACH 2 /* px */
#define TRIP_CUBIC_TAPS 4

/* The weights of four pixels in a row, of which the first is returned, counted from the pixel from whose centre offset
 * (-0.5..0.5) is. */
int trip_cubic_weights (float offset, float weights[TRIP_CUBIC_TAPS]);

/* Rows of the result, made from rows of the small picture that are as high as they. */
typedef struct
{
  int begin, n_small;        /* the small pixels that are held */
  int n_channels;            /* of them all */
  float *row;                /* n_small, n_channels, and one float more, like those of the range */
  float *low, *high, *share; /* of four pixels from each on, counting from begin: see trip_cubic_range () */
  int *first;                /* of the four pixels of each column, counted from begin */
  float (*weights)[4];       /* of each column */
  const TripImage *in;       /* since trip_cubic_start () */
  int in_x, in_y, width, height;
  int range_row;             /* the first of the four rows whose range is held, or one that there is not */
} TripCubic;

/* Floats of arena for so many small and output columns. */
gsize trip_cubic_need (int n_small, int n_columns, int n_channels);

/* columns: where the columns lie in the small picture. */
TripCubic trip_cubic_new (const TripGrid *columns, int n_channels, TripArena *arena);

/* Before rows are asked for: of a picture of width x height px, of which in, which has to stay, is the part from in_x,
 * in_y on. Beyond the picture its border goes on. */
void trip_cubic_start (TripCubic *cubic, const TripImage *in, int in_x, int in_y, int width, int height);

/* The row at offset from row y. */
void trip_cubic_row (TripCubic *cubic, int y, float offset);

/* The range of that row: low and high, at least 0..1, what a pixel must keep to; share, 0..1, how much the network may
 * add to it: where the pixels hardly differ the residual fades, so that an even area stays exactly even. */
void trip_cubic_range (TripCubic *cubic, int y, float offset);

/* The columns of the row: out n_columns, n_channels. */
void trip_cubic_columns (const TripCubic *cubic, int n_columns, float *out);

/* The way back: adds to small, which is as large and lies where in does, the derivatives by its pixels that follow from
 * those by the row's pixels (columns, n_channels of the cubic). */
void trip_cubic_row_back (TripCubic *cubic, const float *pixels, int n_columns, TripImage *small, int y, float offset);
