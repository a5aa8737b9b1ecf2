#include "tile-band.h"

/* Those of out's n pixels from first on that a span holds. */
static TripSpan
within (TripSpan span, int first, int n)
{
  const int begin = MAX (span.begin, first), end = MIN (span.begin + span.n, first + n);

  return (TripSpan) { begin, MAX (end - begin, 0) };
}

TripRect
trip_tile_band_pixels (const TripTileBand *band, const TripRect *rect)
{
  const TripSpan x = within (trip_axis_covered (band->x, rect->x, rect->width), band->out_x, band->out->width);
  const TripSpan y = within (trip_axis_covered (band->y, rect->y, rect->height), band->out_y, band->out->height);

  return (TripRect) { x.begin, y.begin, x.n, y.n };
}
