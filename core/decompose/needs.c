#include "decompose.h"
#include "inpaint.h"
#include "light.h"

#define GROWTH 1.5      /* of the object's longer side: how far around it the window goes, and effects reach */
#define MIN_MARGIN 256  /* px */
#define HOLE_REACH 8    /* px around what is selected that may be filled as well */
#define EFFECTS 36e6    /* bytes that the network for effects takes, which sees every picture in about the same size, */
#define GUESS 20e6      /* and that for the filling */
#define KEPT 1.1        /* what the process holds of memory, as some of what is given back stays with it */

TripRect
trip_decompose_needs (int width, int height, const TripRect *bounds)
{
  const int margin = MAX (GROWTH * MAX (bounds->width, bounds->height), MIN_MARGIN);
  const int left = MAX (bounds->x - margin, 0), top = MAX (bounds->y - margin, 0);
  const gint64 right = MIN ((gint64) bounds->x + bounds->width + margin, width);
  const gint64 bottom = MIN ((gint64) bounds->y + bounds->height + margin, height);

  return (TripRect) { left, top, right - left, bottom - top };
}

/* bounds, and reach px around them, in the window. */
static TripRect
around (const TripRect *bounds, int reach, const TripRect *needs)
{
  const TripRect moved = { bounds->x - needs->x, bounds->y - needs->y, bounds->width, bounds->height };

  return trip_rect_grown (&moved, reach, needs->width, needs->height);
}

/* Most is held while the effects are looked for, while the background is filled, once what is behind the object is put
 * together too, or with the layers. */
double
trip_decompose_bytes (const TripRect *needs, const TripRect *bounds, int n_channels)
{
  const TripRect lit = around (bounds, TRIP_LIGHT_REACH, needs), hole = around (bounds, HOLE_REACH, needs);
  const double n = (double) needs->width * needs->height;
  const gsize one = sizeof (float), all = n_channels * one;
  const gsize layer = trip_has_alpha (n_channels) ? all : all + one;
  const gsize covered = trip_has_alpha (n_channels) ? all : 0; /* the picture, with other colours where it is clear */
  const gsize found = 4 * one; /* trimap, guess, coverage and matte */
  const gsize marks = 3 * one; /* what is to be filled, and why */
  const double gains = (double) layer * lit.width * lit.height;
  const double seeing = n * (covered + all + found + layer - one) + EFFECTS;
  const double filling = n * (covered + 2 * all + found + marks) + gains + GUESS
                         + trip_inpaint_bytes (needs->width, needs->height, n_channels, &hole);
  const double behind = n * (covered + 3 * all + found + marks) + gains;
  const double layers = n * (3 * all + found + 2 * layer);

  return KEPT * MAX (MAX (seeing, filling), MAX (behind, layers));
}
