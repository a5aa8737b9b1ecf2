#include "axis.h"

void
trip_axis_init (TripAxis *axis, int length, int result, int first, int n)
{
  const double scale = (double) result / length;

  *axis = (TripAxis) { length, result, first, { n, scale, g_new (int, n), g_new (float, n) } };
  for (int i = 0; i < n; i++)
    {
      double centre = (first + i + 0.5) / scale;

      axis->grid.index[i] = MIN ((int) centre, length - 1);
      axis->grid.offset[i] = centre - axis->grid.index[i] - 0.5;
    }
}

void
trip_axis_clear (TripAxis *axis)
{
  g_free (axis->grid.index);
  g_free (axis->grid.offset);
}

/* The first pixel of an axis whose centre lies in the small pixel begin or after it. */
static int
find_first (const TripAxis *axis, int begin)
{
  int low = 0, high = axis->grid.n;

  while (low < high)
    {
      const int middle = low + (high - low) / 2;

      if (axis->grid.index[middle] < begin)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

TripSpan
trip_axis_covered (const TripAxis *axis, int begin, int length)
{
  const int first = find_first (axis, begin);

  return (TripSpan) { first, find_first (axis, begin + length) - first };
}
