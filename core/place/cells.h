/* From the probabilities of sizes and positions to scores: with choice.h the twin of core/train/place/choose.py. */
#pragma once

#include <glib.h>

#include "place.h"

/* A box around a centre, px of the scene. */
typedef struct
{
  double x, y, width, height;
} TripBox;

double trip_box_iou (const TripBox *a, const TripBox *b);

/* The volume's cells over a scene, and the sides of the object at each size. */
typedef struct
{
  int columns, rows;
  double cell_width, cell_height; /* px of the scene */
  double width[TRIP_PLACE_SIZES], height[TRIP_PLACE_SIZES]; /* px of the scene */
} TripCells;

/* aspect: the object's width over its height. */
void trip_cells_init (TripCells *cells, double scene_width, double scene_height, double aspect);

static inline gsize
trip_cells_count (const TripCells *cells)
{
  return (gsize) TRIP_PLACE_SIZES * cells->rows * cells->columns;
}

/* Adds half of logits (TRIP_PLACE_SIZES, rows, columns), of which extent_x columns and extent_y rows cover the scene,
 * interpolated to fine (TRIP_PLACE_SIZES, cells->rows, cells->columns); mirrored: left and right change places. */
void trip_cells_refine (const TripCells *cells, const float *logits, int rows, int columns, double extent_y,
                        double extent_x, gboolean mirrored, float *fine);

#define TRIP_LIKELY 2000 /* blocks of 2 x 2 cells that stand for all */

/* Where the object may be: the blocks that weigh most. Small sizes weigh more than is probable, by the factor that they
 * are smaller: expected IoU alone chooses sizes that are too large, since small objects are missed wherever they are
 * put. */
typedef struct
{
  int n;
  float left[TRIP_LIKELY], right[TRIP_LIKELY], top[TRIP_LIKELY], bottom[TRIP_LIKELY]; /* px of the scene */
  float area[TRIP_LIKELY], weight[TRIP_LIKELY]; /* the probability over the size, 1 for the smallest */
} TripLikely;

void trip_likely_find (TripLikely *likely, const TripCells *cells, const float *probabilities);
/* The IoU of box with each. */
void trip_likely_meet (const TripLikely *likely, const TripBox *box, float *ious);

/* For each cell and size the IoU of a placement there that is expected by these weights. */
void trip_cells_score (const TripCells *cells, const TripLikely *likely, float *scores);

/* What volume (TRIP_PLACE_SIZES, rows, columns) is at a place in px and at an index of size, between its values. */
double trip_cells_value (const TripCells *cells, const float *volume, double x, double y, double size);

/* The place of the highest of n values at or next to peak, by a parabola through the logarithms; step apart. */
double trip_peak_between (const float *values, gsize step, int peak, int n);
