/* The colours of scores: equal steps look equal, by a colour space of its own: CIE L*a*b*, D65. */
#include "trip.h"

#include <math.h>

#define STEPS 64

typedef struct
{
  double l, a, b;
} Lab;

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
root (double value)
{
  return value > 216.0 / 24389 ? cbrt (value) : (24389.0 / 27 * value + 16) / 116;
}

static Lab
lab_of (double score)
{
  float c[3];
  double r, g, b, x, y, z;

  trip_heat_colour (score, c);
  r = linear (c[0]);
  g = linear (c[1]);
  b = linear (c[2]);
  x = root ((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  y = root (0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
  z = root ((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
  return (Lab) { 116 * y - 16, 500 * (x - y), 200 * (y - z) };
}

static void
test_range (void)
{
  for (int i = 0; i <= 1024; i++)
    {
      float c[3];

      trip_heat_colour (i / 1024.0, c);
      for (int k = 0; k < 3; k++) /* nothing was clipped */
        g_assert_true (c[k] > 0 && c[k] < 1);
    }
}

static void
test_beyond (void)
{
  const double beyond[] = { -1, 0, -INFINITY, 0, 1.5, 1, INFINITY, 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (beyond); i += 2)
    {
      float a[3], b[3];

      trip_heat_colour (beyond[i], a);
      trip_heat_colour (beyond[i + 1], b);
      for (int k = 0; k < 3; k++)
        g_assert_cmpfloat (a[k], ==, b[k]);
    }
}

/* Lightness rises evenly, so that the order is seen without colours too. */
static void
test_lightness (void)
{
  const double all = lab_of (1).l - lab_of (0).l;

  g_assert_cmpfloat (all, >, 65);
  for (int i = 0; i < STEPS; i++)
    {
      const double step = lab_of ((i + 1.0) / STEPS).l - lab_of ((double) i / STEPS).l;

      g_assert_cmpfloat_with_epsilon (step * STEPS / all, 1, 0.35);
    }
}

static void
test_even (void)
{
  double steps[STEPS], mean = 0;

  for (int i = 0; i < STEPS; i++)
    {
      const Lab a = lab_of ((double) i / STEPS), b = lab_of ((i + 1.0) / STEPS);

      steps[i] = sqrt (pow (a.l - b.l, 2) + pow (a.a - b.a, 2) + pow (a.b - b.b, 2));
      mean += steps[i] / STEPS;
    }
  for (int i = 0; i < STEPS; i++)
    g_assert_cmpfloat_with_epsilon (steps[i] / mean, 1, 0.35);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/palette/range", test_range);
  g_test_add_func ("/palette/beyond", test_beyond);
  g_test_add_func ("/palette/lightness", test_lightness);
  g_test_add_func ("/palette/even", test_even);
  return g_test_run ();
}
