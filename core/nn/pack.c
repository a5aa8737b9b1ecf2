#include "pack.h"

#include "kernels.h"

int
trip_pad_channels (int channels)
{
  return (channels + TRIP_LANES - 1) / TRIP_LANES * TRIP_LANES;
}

float *
trip_pack_conv (const float *weights, int taps, int in_channels, int out_channels)
{
  const int padded = trip_pad_channels (out_channels);
  float *packed = g_new0 (float, (gsize) taps * taps * in_channels * padded);

  for (int o = 0; o < out_channels; o++)
    for (int i = 0; i < in_channels; i++)
      for (int t = 0; t < taps * taps; t++)
        packed[((gsize) t * in_channels + i) * padded + o]
            = weights[((gsize) o * in_channels + i) * taps * taps + t];
  return packed;
}

/* G of Lavin and Gray's F(4x4, 3x3), for one axis. */
static void
transform (const double g[3], double u[TRIP_WINOGRAD_SIDE])
{
  u[0] = g[0] / 4;
  u[1] = -(g[0] + g[1] + g[2]) / 6;
  u[2] = -(g[0] - g[1] + g[2]) / 6;
  u[3] = g[0] / 24 + g[1] / 12 + g[2] / 6;
  u[4] = g[0] / 24 - g[1] / 12 + g[2] / 6;
  u[5] = g[2];
}

float *
trip_pack_winograd (const float *weights, int in_channels, int out_channels)
{
  const gsize n = (gsize) in_channels * out_channels;
  float *packed = g_new (float, TRIP_WINOGRAD_POINTS * n);

  for (int o = 0; o < out_channels; o++)
    for (int i = 0; i < in_channels; i++)
      {
        const float *g = weights + ((gsize) o * in_channels + i) * 9;
        double rows[3][TRIP_WINOGRAD_SIDE];

        for (int y = 0; y < 3; y++)
          transform ((double[]) { g[3 * y], g[3 * y + 1], g[3 * y + 2] }, rows[y]);
        for (int x = 0; x < TRIP_WINOGRAD_SIDE; x++)
          {
            double u[TRIP_WINOGRAD_SIDE];

            transform ((double[]) { rows[0][x], rows[1][x], rows[2][x] }, u);
            for (int y = 0; y < TRIP_WINOGRAD_SIDE; y++)
              packed[(y * TRIP_WINOGRAD_SIDE + x) * n + (gsize) i * out_channels + o] = u[y];
          }
      }
  return packed;
}
