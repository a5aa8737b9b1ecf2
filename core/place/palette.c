#include "palette.h"

#include <math.h>

#define FIRST_LIGHTNESS 0.28
#define LAST_LIGHTNESS 0.93
#define FIRST_HUE 310.0 /* degrees */
#define LAST_HUE 105.0
#define CHROMA 0.1 /* a little more would leave sRGB at both ends */

static double
between (double first, double last, double position)
{
  return first + (last - first) * position;
}

static float
encode (double linear)
{
  const double value
    = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow (linear, 1 / 2.4) - 0.055;

  return CLAMP (value, 0, 1);
}

void
trip_heat_colour (double score, float colour[3])
{
  const double position = CLAMP (score, 0, 1);
  const double lightness = between (FIRST_LIGHTNESS, LAST_LIGHTNESS, position);
  const double hue = between (FIRST_HUE, LAST_HUE, position) * G_PI / 180;
  const double a = CHROMA * cos (hue), b = CHROMA * sin (hue);
  /* Oklab's matrices */
  const double l = pow (lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = pow (lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = pow (lightness - 0.0894841775 * a - 1.2914855480 * b, 3);

  colour[0] = encode (4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
  colour[1] = encode (-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
  colour[2] = encode (-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
}
