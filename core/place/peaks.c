#include "peaks.h"

#include <math.h>
#include <string.h>

#include "network.h"

#define FINE 48            /* cells along the longer side of the scene */
#define REACH 0.2          /* how far off a placement still meets: of the object's sides, */
#define REACH_SIZE 1.7     /* and in sizes */
#define LEAN 0.5           /* towards small sizes, which meet less only because there are more places for them */
#define COVERED_FROM 0.2   /* IoU from which on one placement stands for another, */
#define COVERED 0.55       /* and from which on wholly */
#define FAINT 1e-6f        /* a weight that does not matter any more */
#define TOO_LIKE 0.6       /* IoU that two placements must not have */

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

/* Weights exp (-d^2 / 2 reach^2) of what is d values away, 0..n - 1. */
static void
bell (float *weights, int n, double reach)
{
  for (int d = 0; d < n; d++)
    weights[d] = exp (-0.5 * (d / reach) * (d / reach));
}

/* out[i] += sum_j bell[|i - j|] in[j] for n rows of length values each. */
static void
blur_rows (const float *in, float *out, int n, int length, const float *weights)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      {
        const float weight = weights[ABS (i - j)], *from = in + (gsize) j * length;
        float *to = out + (gsize) i * length;

        if (weight < FAINT)
          continue;
        for (int k = 0; k < length; k++)
          to[k] += weight * from[k];
      }
}

/* The same along the rows. Weights in both directions, so that the compiler finds vectors. */
static void
blur_columns (const float *in, float *out, int n, int length, const float *weights)
{
  float both[2 * FINE - 1];
  int reach = 0;

  for (int d = 0; d < length; d++)
    both[length - 1 + d] = both[length - 1 - d] = weights[d];
  while (reach < length && weights[reach] >= FAINT)
    reach++;
  for (int i = 0; i < n; i++, in += length, out += length)
    for (int j = 0; j < length; j++)
      {
        const float *weight = both + length - 1 - j, value = in[j];
        const int end = MIN (j + reach, length);

        for (int x = MAX (j - reach + 1, 0); x < end; x++)
          out[x] += weight[x] * value;
      }
}

void
trip_cells_gather (const TripCells *cells, const float *probabilities, float *gathered)
{
  const gsize plane = (gsize) cells->rows * cells->columns;
  g_autofree float *columns = g_new (float, plane);
  g_autofree float *near = g_new0 (float, plane * TRIP_PLACE_SIZES);
  float weights[FINE];

  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      memset (columns, 0, plane * sizeof (float));
      bell (weights, cells->columns, REACH * cells->width[s] / cells->cell_width);
      blur_columns (probabilities + s * plane, columns, cells->rows, cells->columns, weights);
      bell (weights, cells->rows, REACH * cells->height[s] / cells->cell_height);
      blur_rows (columns, near + s * plane, cells->rows, cells->columns, weights);
    }
  memset (gathered, 0, plane * TRIP_PLACE_SIZES * sizeof (float));
  bell (weights, TRIP_PLACE_SIZES, REACH_SIZE);
  blur_rows (near, gathered, TRIP_PLACE_SIZES, plane, weights);
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      const float lean = exp (-LEAN * trip_place_step () * s);

      for (gsize i = 0; i < plane; i++)
        gathered[s * plane + i] *= lean;
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

/* What is left to choose from: one value along each coordinate that is fixed, all along the others. */
typedef struct
{
  const TripCells *cells;
  const TripPeakFixed *fixed;
  int sizes, rows, columns;
  float *values;
} Choice;

static TripBox
box_at (const Choice *self, double size, double row, double column)
{
  const TripCells *cells = self->cells;
  const double index = self->sizes == 1 ? self->fixed->size : size;
  const double grown = trip_place_size (index) / trip_place_size (0);
  const gboolean placed = ! isnan (self->fixed->x);

  return (TripBox) { placed ? self->fixed->x : (column + 0.5) * cells->cell_width,
                     placed ? self->fixed->y : (row + 0.5) * cells->cell_height,
                     cells->width[0] * grown, cells->height[0] * grown };
}

static void
fill_choice (Choice *self, const float *gathered)
{
  const TripCells *cells = self->cells;
  const gboolean placed = ! isnan (self->fixed->x), sized = self->sizes == 1;
  float *to = self->values;

  if (! placed && ! sized)
    {
      memcpy (to, gathered, trip_cells_count (cells) * sizeof (float));
      return;
    }
  for (int s = 0; s < self->sizes; s++)
    for (int y = 0; y < self->rows; y++)
      for (int x = 0; x < self->columns; x++)
        *to++ = trip_cells_value (cells, gathered, placed ? self->fixed->x : (x + 0.5) * cells->cell_width,
                                  placed ? self->fixed->y : (y + 0.5) * cells->cell_height,
                                  sized ? self->fixed->size : s);
}

/* FALSE where nothing is left that differs from the n boxes. */
static gboolean
find_peak (const Choice *self, const TripBox *boxes, int n, TripBox *found)
{
  const gsize row = self->columns, plane = row * self->rows;
  const float *v = self->values;
  gsize best = 0;
  float highest = -1;
  int s, y, x;

  for (gsize i = 0; i < plane * self->sizes; i++)
    {
      TripBox box;
      gboolean differs = TRUE;

      if (! (v[i] > highest))
        continue;
      box = box_at (self, i / plane, i % plane / row, i % row);
      for (int k = 0; differs && k < n; k++)
        differs = trip_box_iou (&box, &boxes[k]) < TOO_LIKE;
      if (differs)
        {
          best = i;
          highest = v[i];
        }
    }
  s = best / plane;
  y = best % plane / row;
  x = best % row;
  *found = box_at (self, trip_peak_between (v + best % plane, plane, s, self->sizes),
                   trip_peak_between (v + s * plane + x, row, y, self->rows),
                   trip_peak_between (v + s * plane + y * row, 1, x, self->columns));
  return highest >= 0;
}

/* Takes away the probability that box stands for. */
static void
cover (const TripCells *cells, const TripBox *box, float *probabilities)
{
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      const double shape = box->width * box->height / (cells->width[s] * cells->height[s]);

      if (MIN (shape, 1 / shape) <= COVERED_FROM) /* no IoU is above that */
        {
          probabilities += (gsize) cells->rows * cells->columns;
          continue;
        }
      for (int y = 0; y < cells->rows; y++)
        for (int x = 0; x < cells->columns; x++, probabilities++)
          {
            const TripBox other = { (x + 0.5) * cells->cell_width, (y + 0.5) * cells->cell_height,
                                    cells->width[s], cells->height[s] };
            const double covered = (trip_box_iou (box, &other) - COVERED_FROM) / (COVERED - COVERED_FROM);

            *probabilities *= 1 - CLAMP (covered, 0, 1);
          }
    }
}

int
trip_cells_choose (const TripCells *cells, float *probabilities, const TripPeakFixed *fixed, int count, TripBox *boxes)
{
  const gboolean placed = ! isnan (fixed->x);
  g_autofree float *gathered = g_new (float, trip_cells_count (cells));
  Choice choice = { cells, fixed, isnan (fixed->size) ? TRIP_PLACE_SIZES : 1, placed ? 1 : cells->rows,
                    placed ? 1 : cells->columns, NULL };
  g_autofree float *values = choice.values = g_new (float, (gsize) choice.sizes * choice.rows * choice.columns);
  int n = 0;

  for (; n < count; n++)
    {
      trip_cells_gather (cells, probabilities, gathered);
      fill_choice (&choice, gathered);
      if (! find_peak (&choice, boxes, n, &boxes[n]))
        break;
      cover (cells, &boxes[n], probabilities);
    }
  return n;
}
