/* Weights as files hold them, in the order that the kernels take them. */
#pragma once

#include <glib.h>

/* Channels filled up to whole vectors of any instruction set. */
int trip_pad_channels (int channels);

/* Both take (out_channels, in_channels, taps, taps), PyTorch's order; the caller g_free()s the result. */

/* (taps, taps, in_channels, trip_pad_channels (out_channels)), filled up with zeros. */
float *trip_pack_conv (const float *weights, int taps, int in_channels, int out_channels);

/* Of a 3x3 convolution: (36 points, in_channels, out_channels), transformed as in winograd.c. */
float *trip_pack_winograd (const float *weights, int in_channels, int out_channels);
