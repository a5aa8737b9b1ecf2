/* The few placements to offer. */
#pragma once

#include "cells.h"

/* A free coordinate is NAN. */
typedef struct
{
  double x, y; /* px, both or neither */
  double size; /* index of size, which may lie outside the volume */
} TripChoiceFixed;

/* Up to count boxes, each the one that raises the expected IoU of the best of them most: the greedy way to the maximum
 * of a submodular function, after "An Analysis of Approximations for Maximizing Submodular Set Functions" (Nemhauser et
 * al., 1978). Returns their number, at least 1. */
int trip_cells_choose (const TripCells *cells, const TripLikely *likely, const TripChoiceFixed *fixed, int count,
                       TripBox *boxes);
