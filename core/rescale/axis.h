/* Where the pixels of an enlarged picture lie in the small one, along one axis. */
#pragma once

#include "field.h"

typedef struct
{
  int length;    /* of the whole small picture, px */
  int result;    /* of the whole result, px */
  int first;     /* of the result's pixels that are covered here */
  TripGrid grid; /* index counts from the small picture's begin; not decreasing */
} TripAxis;

/* n of the result's pixels, from first on. */
void trip_axis_init (TripAxis *axis, int length, int result, int first, int n);
void trip_axis_clear (TripAxis *axis);

/* Pixels of an axis, counted from its first one. */
typedef struct
{
  int begin, n;
} TripSpan;

/* Those whose centres lie in the small pixels begin .. begin + length - 1. */
TripSpan trip_axis_covered (const TripAxis *axis, int begin, int length);
