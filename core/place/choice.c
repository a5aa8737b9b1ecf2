#include "choice.h"

#include <math.h>

#include "network.h"

#define APART 2      /* cells between candidates */
#define FINEST 0.25  /* of the steps around the best candidate, cells and sizes */
#define TOO_LIKE 0.6 /* IoU that two placements must not have */

enum
{
  SIZE,
  ROW,
  COLUMN,
  N_AXES
};

/* A place along the three axes of the cells, in cells and sizes. */
typedef struct
{
  double at[N_AXES];
} Place;

/* What is chosen from: the axes that are free, and the candidates along them. */
typedef struct
{
  const TripCells *cells;
  const TripChoiceFixed *fixed;
  gboolean is_free[N_AXES];
  int length[N_AXES], n;
  Place *candidates;
  double *gains; /* of the candidates, or more than it is; below 0: too like what is chosen */
  const TripLikely *likely;
  float met[TRIP_LIKELY]; /* the best IoU of each with what is chosen */
} Choice;

static TripBox
box_at (const Choice *self, const Place *place)
{
  const TripCells *cells = self->cells;
  const TripChoiceFixed *fixed = self->fixed;
  const double index = self->is_free[SIZE] ? place->at[SIZE] : fixed->size;
  const double grown = trip_place_size (index) / trip_place_size (0);

  return (TripBox) { self->is_free[COLUMN] ? (place->at[COLUMN] + 0.5) * cells->cell_width : fixed->x,
                     self->is_free[ROW] ? (place->at[ROW] + 0.5) * cells->cell_height : fixed->y,
                     cells->width[0] * grown, cells->height[0] * grown };
}

/* By how much box raises the expected IoU of the best placement. */
static double
gain (const Choice *self, const TripBox *box)
{
  float ious[TRIP_LIKELY];
  double sum = 0;

  trip_likely_meet (self->likely, box, ious);
  for (int i = 0; i < self->likely->n; i++)
    sum += MAX (ious[i] - self->met[i], 0.0f) * self->likely->weight[i];
  return sum;
}

static void
find_candidates (Choice *self)
{
  const int *length = self->length, plane = length[ROW] * length[COLUMN];

  self->n = length[SIZE] * plane;
  self->candidates = g_new (Place, self->n);
  self->gains = g_new (double, self->n);
  for (int i = 0; i < self->n; i++)
    {
      TripBox box;

      self->candidates[i] = (Place) { { i / plane, APART * (i % plane / length[COLUMN]),
                                        APART * (i % length[COLUMN]) } };
      box = box_at (self, &self->candidates[i]);
      self->gains[i] = gain (self, &box);
    }
}

/* The candidate with the highest gain, -1 if none is left. What a box gains only becomes less by others, so few gains
 * have to be known anew ("Accelerated Greedy Algorithms for Maximizing Submodular Set Functions", Minoux, 1978). */
static int
best_candidate (Choice *self)
{
  int known = -1;

  for (;;)
    {
      TripBox box;
      int best = 0;

      for (int i = 1; i < self->n; i++)
        if (self->gains[i] > self->gains[best])
          best = i;
      if (self->gains[best] < 0)
        return -1;
      if (best == known)
        return best;
      box = box_at (self, &self->candidates[best]);
      self->gains[best] = gain (self, &box);
      known = best;
    }
}

static gboolean
differs (const TripBox *box, const TripBox *boxes, int n)
{
  for (int i = 0; i < n; i++)
    if (trip_box_iou (box, &boxes[i]) >= TOO_LIKE)
      return FALSE;
  return TRUE;
}

/* Moves place, between cells and sizes, to where box gains most, unlike the n boxes before it. */
static TripBox
refine (const Choice *self, Place place, double most, const TripBox *boxes, int n)
{
  const int ends[N_AXES] = { TRIP_PLACE_SIZES - 1, self->cells->rows - 1, self->cells->columns - 1 };

  for (double step = 1; step >= FINEST; step /= 2)
    for (int axis = 0; axis < N_AXES; axis++)
      for (int sign = -1; sign <= 1; sign += 2)
        {
          Place moved = place;
          TripBox box;
          double value;

          moved.at[axis] += sign * step;
          if (! self->is_free[axis] || moved.at[axis] < 0 || moved.at[axis] > ends[axis])
            continue;
          box = box_at (self, &moved);
          value = gain (self, &box);
          if (value > most && differs (&box, boxes, n))
            {
              place = moved;
              most = value;
            }
        }
  return box_at (self, &place);
}

/* That box is chosen. */
static void
take (Choice *self, const TripBox *box)
{
  float ious[TRIP_LIKELY];

  trip_likely_meet (self->likely, box, ious);
  for (int i = 0; i < self->likely->n; i++)
    self->met[i] = MAX (self->met[i], ious[i]);
  for (int i = 0; i < self->n; i++)
    {
      const TripBox candidate = box_at (self, &self->candidates[i]);

      if (! differs (&candidate, box, 1))
        self->gains[i] = -1;
    }
}

int
trip_cells_choose (const TripCells *cells, const TripLikely *likely, const TripChoiceFixed *fixed, int count,
                   TripBox *boxes)
{
  const gboolean placed = ! isnan (fixed->x), sized = ! isnan (fixed->size);
  Choice choice = { cells, fixed, { ! sized, ! placed, ! placed },
                    { sized ? 1 : TRIP_PLACE_SIZES, placed ? 1 : trip_divide_up (cells->rows, APART),
                      placed ? 1 : trip_divide_up (cells->columns, APART) },
                    .likely = likely };
  int n = 0, best;

  find_candidates (&choice);
  while (n < count && (best = best_candidate (&choice)) >= 0)
    {
      boxes[n] = refine (&choice, choice.candidates[best], choice.gains[best], boxes, n);
      take (&choice, &boxes[n++]);
    }
  g_free (choice.candidates);
  g_free (choice.gains);
  return n;
}
