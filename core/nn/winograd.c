#include "vector.h"

#define SIDE TRIP_WINOGRAD_SIDE
#define POINTS TRIP_WINOGRAD_POINTS
#define TILES TRIP_WINOGRAD_TILES

/* One axis of the transform of an input tile: B^T d. */
INLINE void
transform_in (const Vec d[SIDE], Vec t[SIDE])
{
  const Vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);

  t[0] = 4 * d[0] - 5 * d[2] + d[4];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/* One axis of the transform of a tile of products: A^T m. */
INLINE void
transform_out (const Vec m[SIDE], Vec y[TRIP_STRIP])
{
  const Vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];

  y[0] = m[0] + a + c;
  y[1] = b + 2 * e;
  y[2] = a + 4 * c;
  y[3] = b + 8 * e + m[5];
}

/* to: POINTS, trip_winograd_step () */
INLINE void
tile_in (const TripWinograd *s, int x, int channel, float *to)
{
  const gssize at = (gssize) x * s->in_channels + channel - s->in_channels; /* of the tile's first pixel */
  const gsize step = trip_winograd_step (s->in_channels);
  Vec columns[SIDE][SIDE], d[SIDE], t[SIDE];

  for (int j = 0; j < SIDE; j++)
    {
      for (int i = 0; i < SIDE; i++)
        d[i] = load (s->in[i] + at + j * s->in_channels);
      transform_in (d, columns[j]);
    }
  for (int i = 0; i < SIDE; i++)
    {
      for (int j = 0; j < SIDE; j++)
        d[j] = columns[j][i];
      transform_in (d, t);
      for (int j = 0; j < SIDE; j++, to += step)
        store (to, t[j]);
    }
}

/* from: POINTS, trip_winograd_step () */
INLINE void
tile_out (const TripWinograd *s, int x, int channel, const float *from)
{
  const gsize step = trip_winograd_step (s->out_channels);
  const int n_columns = MIN (TRIP_STRIP, s->width - x);
  const Vec bias = load (s->bias + channel);
  Vec rows[SIDE][TRIP_STRIP], m[SIDE], columns[TRIP_STRIP][TRIP_STRIP];

  for (int i = 0; i < SIDE; i++)
    {
      for (int j = 0; j < SIDE; j++, from += step)
        m[j] = load (from);
      transform_out (m, rows[i]);
    }
  for (int j = 0; j < TRIP_STRIP; j++)
    {
      for (int i = 0; i < SIDE; i++)
        m[i] = rows[i][j];
      transform_out (m, columns[j]);
    }
  for (int i = 0; i < s->n_rows; i++)
    for (int j = 0; j < n_columns; j++)
      {
        const gsize at = (gsize) (x + j) * s->out_channels + channel;
        Vec r = columns[j][i] + bias;

        if (s->residual[i])
          r += load (s->residual[i] + at);
        store (s->out[i] + at, s->relu ? relu (r) : r);
      }
}

/* The products of one point of the tiles. */
typedef struct
{
  const float *in, *weights;
  float *out;
  int in_channels, out_channels;
} Product;

INLINE void
product_block (const void *data, int x, int o, const int n_pixels, const int n_vectors)
{
  const Product *p = data;
  Vec sum[MAX_PIXELS][3];

  for (int i = 0; i < n_pixels; i++)
    for (int v = 0; v < n_vectors; v++)
      sum[i][v] = (Vec) { 0 };
  multiply (p->in + (gsize) x * p->in_channels, p->in_channels, p->weights + o, p->out_channels, p->in_channels,
            n_pixels, n_vectors, sum);
  for (int i = 0; i < n_pixels; i++)
    for (int v = 0; v < n_vectors; v++)
      store (p->out + (gsize) (x + i) * p->out_channels + o + v * WIDTH, sum[i][v]);
}

void
NAME (winograd, TRIP_ISA) (const TripWinograd *strip)
{
  const TripWinograd copy = *strip, *s = &copy; /* which the compiler knows that no store changes */
  const gsize in_step = trip_winograd_step (s->in_channels), out_step = trip_winograd_step (s->out_channels);
  float *in = s->scratch, *out = in + POINTS * in_step;
  const int n_tiles = (s->width + TRIP_STRIP - 1) / TRIP_STRIP;

  for (int first = 0; first < n_tiles; first += TILES)
    {
      const int n = MIN (TILES, n_tiles - first);

      for (int i = 0; i < n; i++)
        for (int c = 0; c < s->in_channels; c += WIDTH)
          tile_in (s, (first + i) * TRIP_STRIP, c, in + (gsize) i * s->in_channels + c);
      for (gsize point = 0; point < POINTS; point++)
        in_blocks (product_block,
                   &(Product) { in + point * in_step, s->weights + point * s->in_channels * s->out_channels,
                                out + point * out_step, s->in_channels, s->out_channels },
                   n, s->out_channels);
      for (int i = 0; i < n; i++)
        for (int c = 0; c < s->out_channels; c += WIDTH)
          tile_out (s, (first + i) * TRIP_STRIP, c, out + (gsize) i * s->out_channels + c);
    }
}
