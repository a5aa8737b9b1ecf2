#include "cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"

#define FINE 48 /* cells along the longer side of the scene */

double
trip_box_iou (const TripBox *a, const TripBox *b)
{
  const double x = MIN (a->x + a->width / 2, b->x + b->width / 2) - MAX (a->x - a->width / 2, b->x - b->width / 2);
  const double y = MIN (a->y + a->height / 2, b->y + b->height / 2) - MAX (a->y - a->height / 2, b->y - b->height / 2);
  const double both = MAX (x, 0) * MAX (y, 0);

  return both / (a->width * a->height + b->width * b->height - both);
}

void
trip_cells_init (TripCells *cells, double scene_width, double scene_height, double aspect)
{
  const double longer = MAX (scene_width, scene_height);

  cells->columns = MAX (1, (int) rint (FINE * scene_width / longer));
  cells->rows = MAX (1, (int) rint (FINE * scene_height / longer));
  cells->cell_width = scene_width / cells->columns;
  cells->cell_height = scene_height / cells->rows;
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      cells->width[s] = trip_place_size (s) * longer * sqrt (aspect);
      cells->height[s] = trip_place_size (s) * longer / sqrt (aspect);
    }
}

/* Between which two of n values, of which extent cover the scene, the centre of fine cell i of n_fine lies. */
static void
between (int i, int n_fine, int n, double extent, int *low, int *high, double *share)
{
  const double last = MAX (0, floor (extent - 0.5)), at = CLAMP ((i + 0.5) / n_fine * extent - 0.5, 0, last);

  *low = at;
  *high = MIN (*low + 1, n - 1);
  *share = at - *low;
}

void
trip_cells_refine (const TripCells *cells, const float *logits, int rows, int columns, double extent_y,
                   double extent_x, gboolean mirrored, float *fine)
{
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    for (int y = 0; y < cells->rows; y++)
      for (int x = 0; x < cells->columns; x++)
        {
          const float *of_size = logits + (gsize) s * rows * columns, *above, *below;
          int top, bottom, left, right;
          double down, across;

          between (y, cells->rows, rows, extent_y, &top, &bottom, &down);
          between (mirrored ? cells->columns - 1 - x : x, cells->columns, columns, extent_x, &left, &right, &across);
          above = of_size + (gsize) top * columns;
          below = of_size + (gsize) bottom * columns;
          fine[((gsize) s * cells->rows + y) * cells->columns + x]
            += 0.5 * ((1 - down) * ((1 - across) * above[left] + across * above[right])
                      + down * ((1 - across) * below[left] + across * below[right]));
        }
}

typedef struct
{
  float value;
  int index;
} Ranked;

static int
higher (gconstpointer a, gconstpointer b)
{
  const Ranked *first = a, *second = b;

  if (first->value != second->value)
    return first->value < second->value ? 1 : -1;
  return first->index < second->index ? -1 : 1;
}

void
trip_likely_find (TripLikely *likely, const TripCells *cells, const float *probabilities)
{
  const int across = (cells->columns + 1) / 2, down = (cells->rows + 1) / 2, n = TRIP_PLACE_SIZES * down * across;
  g_autofree Ranked *blocks = g_new (Ranked, n);

  for (int i = 0; i < n; i++)
    blocks[i] = (Ranked) { 0, i };
  for (int row = 0; row < TRIP_PLACE_SIZES * cells->rows; row++)
    for (int x = 0; x < cells->columns; x++)
      {
        const int s = row / cells->rows, y = row % cells->rows;
        const double smaller = trip_place_size (0) / trip_place_size (s);

        blocks[(s * down + y / 2) * across + x / 2].value += *probabilities++ * smaller;
      }
  qsort (blocks, n, sizeof *blocks, higher);
  likely->n = MIN (n, TRIP_LIKELY);
  for (int i = 0; i < likely->n; i++)
    {
      const int at = blocks[i].index, s = at / (down * across), row = at / across % down, column = at % across;
      const double x = MIN (2 * column + 1, cells->columns - 0.5) * cells->cell_width;
      const double y = MIN (2 * row + 1, cells->rows - 0.5) * cells->cell_height;

      likely->left[i] = x - cells->width[s] / 2;
      likely->right[i] = x + cells->width[s] / 2;
      likely->top[i] = y - cells->height[s] / 2;
      likely->bottom[i] = y + cells->height[s] / 2;
      likely->area[i] = cells->width[s] * cells->height[s];
      likely->weight[i] = blocks[i].value;
    }
}

void
trip_likely_meet (const TripLikely *likely, const TripBox *box, float *ious)
{
  const float left = box->x - box->width / 2, right = box->x + box->width / 2;
  const float top = box->y - box->height / 2, bottom = box->y + box->height / 2;
  const float area = box->width * box->height;

  for (int i = 0; i < likely->n; i++)
    {
      const float x = MIN (right, likely->right[i]) - MAX (left, likely->left[i]);
      const float y = MIN (bottom, likely->bottom[i]) - MAX (top, likely->top[i]);
      const float both = MAX (x, 0.0f) * MAX (y, 0.0f);

      ious[i] = both / (area + likely->area[i] - both);
    }
}

/* Which of n cells, each of a length, have boxes of an extent that reach into from..to. */
static void
reaching (double from, double to, double extent, double length, int n, int *first, int *end)
{
  *first = CLAMP (floor ((from - extent / 2) / length), 0, n);
  *end = CLAMP (ceil ((to + extent / 2) / length), 0, n);
}

void
trip_cells_score (const TripCells *cells, const TripLikely *likely, float *scores)
{
  memset (scores, 0, trip_cells_count (cells) * sizeof (float));
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    for (int i = 0; i < likely->n; i++)
      {
        const double width = cells->width[s], height = cells->height[s];
        const float area = width * height + likely->area[i];
        float across[FINE];
        int left, right, top, bottom;

        reaching (likely->left[i], likely->right[i], width, cells->cell_width, cells->columns, &left, &right);
        reaching (likely->top[i], likely->bottom[i], height, cells->cell_height, cells->rows, &top, &bottom);
        for (int x = left; x < right; x++)
          {
            const float centre = (x + 0.5) * cells->cell_width, half = width / 2;

            across[x] = MAX (MIN (centre + half, likely->right[i]) - MAX (centre - half, likely->left[i]), 0.0f);
          }
        for (int y = top; y < bottom; y++)
          {
            const float centre = (y + 0.5) * cells->cell_height, half = height / 2;
            const float down = MAX (MIN (centre + half, likely->bottom[i]) - MAX (centre - half, likely->top[i]), 0.0f);
            float *row = scores + ((gsize) s * cells->rows + y) * cells->columns;

            for (int x = left; x < right; x++)
              {
                const float both = down * across[x];

                row[x] += likely->weight[i] * both / (area - both);
              }
          }
      }
}

/* Between which two of n values at lies, from 0 on. */
static double
split (double at, int n, int *low, int *high)
{
  at = CLAMP (at, 0, n - 1);
  *low = at;
  *high = MIN (*low + 1, n - 1);
  return at - *low;
}

double
trip_cells_value (const TripCells *cells, const float *volume, double x, double y, double size)
{
  const gsize plane = (gsize) cells->rows * cells->columns;
  int column[2], row[2], s[2];
  const double across = split (x / cells->cell_width - 0.5, cells->columns, &column[0], &column[1]);
  const double down = split (y / cells->cell_height - 0.5, cells->rows, &row[0], &row[1]);
  const double larger = split (size, TRIP_PLACE_SIZES, &s[0], &s[1]);
  double sum = 0;

  for (int i = 0; i < 8; i++)
    sum += (i & 1 ? across : 1 - across) * (i & 2 ? down : 1 - down) * (i & 4 ? larger : 1 - larger)
           * volume[s[i >> 2] * plane + (gsize) row[i >> 1 & 1] * cells->columns + column[i & 1]];
  return sum;
}

double
trip_peak_between (const float *values, gsize step, int peak, int n)
{
  double below, above, curve;

  if (peak == 0 || peak == n - 1)
    return peak;
  below = log (values[(peak - 1) * step] + 1e-30);
  above = log (values[(peak + 1) * step] + 1e-30);
  curve = below - 2 * log (values[peak * step] + 1e-30) + above;
  return curve < -1e-9 ? peak + CLAMP (0.5 * (below - above) / curve, -0.5, 0.5) : peak;
}
