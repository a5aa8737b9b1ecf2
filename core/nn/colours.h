/* Three colours as a vector, with a fourth float that does not count. */
#pragma once

typedef float TripColours __attribute__ ((vector_size (4 * sizeof (float)), aligned (4), may_alias));

static const float trip_luma[3] = { 0.299f, 0.587f, 0.114f }; /* of red, green and blue */

/* from: 4 floats. */
static inline TripColours
trip_colours_load (const float *from)
{
  return *(const TripColours *) from;
}

/* to: 3 floats. */
static inline void
trip_colours_store (float *to, TripColours colours)
{
  typedef float Two __attribute__ ((vector_size (2 * sizeof (float)), aligned (4), may_alias));

  *(Two *) to = (Two) { colours[0], colours[1] };
  to[2] = colours[2];
}

static inline TripColours
trip_colours_clamp (TripColours colours, TripColours low, TripColours high)
{
  for (int i = 0; i < 4; i++)
    {
      colours[i] = colours[i] > low[i] ? colours[i] : low[i];
      colours[i] = colours[i] < high[i] ? colours[i] : high[i];
    }
  return colours;
}
