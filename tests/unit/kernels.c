/* The inner loops of every instruction set against their obvious twins, over odd sizes. */
#include <math.h>

#include "nn/kernels.h"
#include "nn/pack.h"

#define GUARD 12345.0f

static float *
random_floats (gsize n)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = g_test_rand_double_range (-1, 1);
  return values;
}

/* residual, shaped and strided as out, may be NULL. */
static void
plain_conv (const TripConv *c, const float *residual, gboolean relu, float *out)
{
  for (int y = 0; y < c->height; y++)
    for (int x = 0; x < c->width; x++)
      for (int o = 0; o < c->out_channels; o++)
        {
          gsize at = y * c->out_stride + (gsize) x * c->out_channels + o;
          double sum = c->bias[o] + (residual ? residual[at] : 0);

          for (int ty = 0; ty < c->taps; ty++)
            for (int tx = 0; tx < c->taps; tx++)
              for (int i = 0; i < c->in_channels; i++)
                sum += c->in[(y + ty) * c->in_stride + (gsize) (x + tx) * c->in_channels + i]
                       * c->weights[((ty * c->taps + tx) * c->in_channels + i) * (gsize) c->out_channels + o];
          out[at] = relu ? fmax (sum, 0) : sum;
        }
}

static void
test_conv (gconstpointer data)
{
  const TripKernels *kernels = data;

  for (int i = 0; i < 120; i++)
    {
      TripConv c = { .height = g_test_rand_int_range (1, 5), .width = g_test_rand_int_range (1, 40),
                     .taps = i % 2 ? 3 : 1, .in_channels = g_test_rand_int_range (1, 40),
                     .out_channels = TRIP_LANES * g_test_rand_int_range (1, 5) };
      const gsize slack = g_test_rand_int_range (0, 9);
      g_autofree float *in = NULL, *weights = NULL, *bias = NULL, *out = NULL, *wanted = NULL;
      gsize n_out;

      c.in_stride = (c.width + c.taps - 1) * c.in_channels + slack;
      c.out_stride = c.width * c.out_channels + slack;
      n_out = c.out_stride * c.height;
      c.in = in = random_floats (c.in_stride * (c.height + c.taps - 1));
      c.weights = weights = random_floats ((gsize) c.taps * c.taps * c.in_channels * c.out_channels);
      c.bias = bias = random_floats (c.out_channels);
      c.out = out = g_new (float, n_out + 1);
      wanted = g_new (float, n_out + 1);
      for (gsize j = 0; j <= n_out; j++)
        out[j] = wanted[j] = GUARD;
      plain_conv (&c, NULL, FALSE, wanted);
      kernels->conv (&c);
      for (gsize j = 0; j <= n_out; j++)
        g_assert_cmpfloat_with_epsilon (out[j], wanted[j], 1e-4);
    }
}

/* The strips of a picture, whose rows have the zeros beside them. */
static void
test_winograd (gconstpointer data)
{
  const TripKernels *kernels = data;

  for (int i = 0; i < 60; i++)
    {
      const int height = g_test_rand_int_range (1, 9);
      const gboolean relu = i % 3 == 0;
      TripConv c = { .height = height, .width = g_test_rand_int_range (1, 120), .taps = 3,
                     .in_channels = TRIP_LANES * g_test_rand_int_range (1, 5),
                     .out_channels = TRIP_LANES * g_test_rand_int_range (1, 5) };
      const gsize row = (gsize) (trip_strip_width (c.width) + 2) * c.in_channels;
      g_autofree float *in = g_new0 (float, row * (height + 2)), *zeros = g_new0 (float, row);
      g_autofree float *weights = NULL, *bias = NULL, *residual = NULL, *out = NULL, *wanted = NULL;
      g_autofree float *ordered = NULL, *packed = NULL, *transformed = NULL, *scratch = NULL;
      gsize n_out;

      c.in_stride = row;
      c.out_stride = c.width * c.out_channels + g_test_rand_int_range (0, 9);
      n_out = c.out_stride * height;
      for (int y = 1; y <= height; y++)
        for (int x = 0; x < c.width * c.in_channels; x++)
          in[y * row + c.in_channels + x] = g_test_rand_double_range (-1, 1);
      c.in = in;
      weights = random_floats ((gsize) 9 * c.in_channels * c.out_channels);
      for (int j = 0; j < 9 * c.in_channels * c.out_channels; j++)
        weights[j] /= 3 * sqrt (c.in_channels); /* as large as trained ones */
      c.weights = packed = trip_pack_conv (weights, 3, c.in_channels, c.out_channels);
      transformed = trip_pack_winograd (weights, c.in_channels, c.out_channels);
      scratch = g_new (float, trip_winograd_scratch (c.in_channels, c.out_channels));
      c.bias = bias = random_floats (c.out_channels);
      residual = i % 4 == 1 ? random_floats (n_out) : NULL;
      c.out = out = g_new (float, n_out + 1);
      wanted = g_new (float, n_out + 1);
      for (gsize j = 0; j <= n_out; j++)
        out[j] = wanted[j] = GUARD;
      plain_conv (&c, residual, relu, wanted);
      for (int y = 0; y < height; y += TRIP_STRIP)
        {
          TripWinograd strip = { MIN (TRIP_STRIP, height - y), c.width, c.in_channels, c.out_channels,
                                 .weights = transformed, .bias = bias, .relu = relu, .scratch = scratch };

          for (int j = 0; j < TRIP_STRIP + 2; j++)
            strip.in[j] = (y + j < height + 2 ? in + (y + j) * row : zeros) + c.in_channels;
          for (int j = 0; j < strip.n_rows; j++)
            {
              strip.residual[j] = residual ? residual + (y + j) * c.out_stride : NULL;
              strip.out[j] = out + (y + j) * c.out_stride;
            }
          kernels->winograd (&strip);
        }
      for (gsize j = 0; j <= n_out; j++)
        g_assert_cmpfloat_with_epsilon (out[j], wanted[j], 1e-4);
    }
}

static void
test_field_row (gconstpointer data)
{
  const TripKernels *kernels = data;

  for (int i = 0; i < 60; i++)
    {
      const int n = g_test_rand_int_range (1, 40), n_small = g_test_rand_int_range (1, 20);
      const int n_columns = g_test_rand_int_range (1, 50);
      const gsize stride = 6 * n + g_test_rand_int_range (0, 16);
      g_autofree float *cos_x = random_floats (n_columns * n), *sin_x = random_floats (n_columns * n);
      g_autofree float *cos_y = random_floats (n), *sin_y = random_floats (n);
      g_autofree float *series = random_floats (n_small * stride);
      g_autofree float *combined = g_new (float, n_small * 6 * n + 1);
      g_autofree float *out = random_floats (n_columns * 3);
      g_autofree float *wanted = g_memdup2 (out, n_columns * 3 * sizeof (float));
      g_autofree int *place = g_new (int, n_columns);

      for (int x = 0; x < n_columns; x++)
        {
          const int small = g_test_rand_int_range (0, n_small);

          place[x] = small * 6 * n;
          for (int colour = 0; colour < 3; colour++)
            for (int k = 0; k < n; k++)
              {
                const float *a = series + small * stride + 3 * k + colour, *b = a + 3 * n;
                double cosine = cos_y[k] * cos_x[x * n + k] - sin_y[k] * sin_x[x * n + k];
                double sine = sin_y[k] * cos_x[x * n + k] + cos_y[k] * sin_x[x * n + k];

                wanted[x * 3 + colour] += *a * cosine + *b * sine;
              }
        }
      kernels->field_row (&(TripFieldRow) { n, n_columns, place, cos_x, sin_x, cos_y, sin_y, n_small, series,
                                            stride, combined, out });
      for (int j = 0; j < n_columns * 3; j++)
        g_assert_cmpfloat_with_epsilon (out[j], wanted[j], 1e-4);
    }
}

int
main (int argc, char **argv)
{
  static const char *const names[] = { "plain", "neon", "avx2", "avx512" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const TripKernels *kernels = trip_kernels_named (names[i]);
      g_autofree char *conv = g_strdup_printf ("/kernels/%s/conv", names[i]);
      g_autofree char *winograd = g_strdup_printf ("/kernels/%s/winograd", names[i]);
      g_autofree char *field_row = g_strdup_printf ("/kernels/%s/field-row", names[i]);

      if (! kernels) /* this processor cannot run them */
        continue;
      g_test_add_data_func (conv, kernels, test_conv);
      g_test_add_data_func (winograd, kernels, test_winograd);
      g_test_add_data_func (field_row, kernels, test_field_row);
    }
  return g_test_run ();
}
