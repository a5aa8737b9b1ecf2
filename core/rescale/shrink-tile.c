#include "shrink-tile.h"

#include <math.h>
#include <string.h>

#include "cubic.h"

/* px beyond a tile: those that change with it, and those whose result counts */
#define HALO 8
#define SEEN 16
#define STEPS 40         /* at full strength */
#define RATE (4 / 255.0) /* of the first step, which falls to nothing by a cosine */
#define MEAN_DECAY 0.7
#define SQUARE_DECAY 0.95
#define EVEN 0.01        /* derivatives far below this move nothing: no pattern in even areas */
#define LUMA_SHARE 0.7   /* of the loss; the rest is that of the colours */
#define LIKENESS 0.02    /* lambda, for a result of as many pixels */

static const float luma[3] = { 0.257f, 0.504f, 0.098f };

int
trip_shrink_steps (const TripShrinkOptions *options)
{
  return ceil (STEPS * options->strength);
}

TripShrinkSpan
trip_shrink_span (int length, int result, int begin, int n)
{
  TripShrinkSpan s = { MAX (begin - TRIP_SHRINK_MARGIN, 0), MIN (begin + n + TRIP_SHRINK_MARGIN, length),
                       MAX (begin - SEEN, 0), MIN (begin + n + SEEN, length) };
  const double scale = (double) result / length;
  const int from = ceil (s.first * scale - 0.5), to = MIN ((int) ceil (s.last * scale - 0.5), result);

  trip_axis_init (&s.axis, length, result, from, to - from);
  for (int i = 0; i < s.axis.grid.n; i++)
    s.axis.grid.index[i] -= s.begin;
  return s;
}

/* Everything a tile needs, in its thread's arena. */
typedef struct
{
  const TripShrinkBand *band;
  TripShrinkSpan x, y;
  int width, height;   /* of what is computed */
  float *values;       /* height, width, 3: the small picture, not rounded; and Adam's means */
  float *mean, *square;
  TripImage rounded, derivatives, start;
  float *pixels;       /* of the result that count: their residual, then their derivatives */
  TripMask **masks;
  TripFieldTile field;
  TripCubic cubic;
  double lambda;
} Tile;

static gsize
masks_need (const TripNetwork *network, gsize n_pixels)
{
  return trip_network_masks (network)
         * trip_arena_need (n_pixels * trip_network_channels (network) / sizeof (float) + 1);
}

gsize
trip_shrink_tile_need (const TripShrinkBand *band)
{
  const TripNetwork *network = band->network;
  const double scale_x = (double) band->source->width / band->options->width;
  const double scale_y = (double) band->source->height / band->options->height;
  const int width = MIN (band->tile_width + 2 * TRIP_SHRINK_MARGIN, band->options->width);
  const int height = MIN (band->tile_height + 2 * TRIP_SHRINK_MARGIN, band->options->height);
  const int columns = ceil (width * scale_x) + 2, rows = ceil (height * scale_y) + 2;

  return 6 * trip_arena_need ((gsize) width * height * 3) + trip_arena_need ((gsize) rows * columns * 3 + 1)
         + masks_need (network, (gsize) width * height) + trip_network_need (network, height, width, 1)
         + trip_gradient_need (band->gradient, width)
         + trip_field_need (trip_network_field (network), width, columns) + trip_cubic_need (width, columns, 3);
}

static TripImage
take_image (TripArena *arena, int width, int height)
{
  return (TripImage) { width, height, 3, (gsize) width * 3,
                       trip_arena_take (arena, (gsize) width * height * 3) };
}

static void
add_residual (const TripTensor *features, int first, int n, gpointer data)
{
  const Tile *self = data;

  trip_field_rows (&self->field, features, first, n, self->pixels);
}

/* The small picture's colours; gray ones as three equal ones. */
static void
take_colours (const TripImage *image, int x, int y, TripImage *to)
{
  const int n = image->n_channels;

  for (int row = 0; row < to->height; row++)
    for (int column = 0; column < to->width; column++)
      for (int c = 0; c < 3; c++)
        trip_image_row (to, row)[column * 3 + c]
            = trip_image_row (image, y + row)[(gsize) (x + column) * n + (n >= 3 ? c : 0)];
}

static void
set_rounded (Tile *self)
{
  const gsize n = (gsize) self->width * self->height * 3;

  for (gsize i = 0; i < n; i++)
    self->rounded.data[i]
        = self->band->options->rounded ? rintf (self->values[i] * 255) / 255 : self->values[i];
}

/* Half the derivatives of the loss, from the residual in pixels: by the network's part of the result, into pixels, and
 * by the small picture for the other part, which is cubic. */
static void
compare (Tile *self)
{
  const TripShrinkBand *band = self->band;
  const TripGrid *columns = &self->x.axis.grid, *rows = &self->y.axis.grid;
  const int n = band->picture->n_channels;

  trip_cubic_start (&self->cubic, &self->rounded, 0, 0, self->width, self->height);
  for (int y = 0; y < rows->n; y++)
    {
      float *pixels = self->pixels + (gsize) y * columns->n * 3, *pixel = pixels;
      const float *wanted = trip_image_row (band->picture, self->y.axis.first + y - band->picture_y)
                            + (gsize) self->x.axis.first * n;

      trip_cubic_row (&self->cubic, rows->index[y], rows->offset[y]);
      trip_cubic_range (&self->cubic, rows->index[y], rows->offset[y]);
      for (int x = 0; x < columns->n; x++, pixel += 3, wanted += n)
        {
          const float alpha = trip_has_alpha (n) ? wanted[n - 1] : 1;
          float d[3], sum = 0;

          for (int c = 0; c < 3; c++)
            {
              const int at = self->cubic.first[x] * 3 + c;
              const float *row = self->cubic.row + at, *w = self->cubic.weights[x];

              d[c] = pixel[c] * self->cubic.share[at] + w[0] * row[0] + w[1] * row[3] + w[2] * row[6] + w[3] * row[9]
                     - wanted[n >= 3 ? c : 0];
              sum += luma[c] * d[c];
            }
          for (int c = 0; c < 3; c++)
            pixel[c] = alpha * (LUMA_SHARE * sum * luma[c] + (1 - LUMA_SHARE) / 3 * d[c]);
        }
      trip_cubic_row_back (&self->cubic, pixels, columns->n, &self->derivatives, rows->index[y], rows->offset[y]);
      for (int x = 0; x < columns->n; x++)
        for (int c = 0; c < 3; c++)
          pixels[3 * x + c] *= self->cubic.share[self->cubic.first[x] * 3 + c];
    }
}

static gboolean
find_derivatives (Tile *self, TripArena *arena, GError **error)
{
  const TripShrinkBand *band = self->band;
  const TripGrid *rows = &self->y.axis.grid;
  const gsize used = arena->used, n_row = 3 * (gsize) self->x.axis.grid.n;
  TripTensor input = trip_tensor_take (arena, self->height, self->width, TRIP_NETWORK_INPUTS);
  const TripRun run = trip_run_alone (band->run.cancellable);
  gboolean done;

  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      {
        float *to = input.data + y * input.stride + (gsize) x * TRIP_NETWORK_INPUTS;

        for (int c = 0; c < 3; c++)
          to[c] = CLAMP (trip_image_row (&self->rounded, y)[x * 3 + c], 0.0f, 1.0f) - 0.5f;
        to[3] = 0;
      }
  memset (self->pixels, 0, rows->n * n_row * sizeof (float));
  memset (self->derivatives.data, 0, self->derivatives.stride * self->height * sizeof (float));
  done = trip_network_trunk (band->network, &input, add_residual, self, self->masks, arena, &run, error);
  if (done)
    {
      compare (self);
      done = trip_gradient_run (band->gradient, self->height, self->width, &self->field, self->pixels, self->masks,
                                self->derivatives.data, arena, band->run.cancellable, error);
    }
  arena->used = used;
  return done;
}

/* Of a gray picture the three colours stay equal. */
static void
keep_gray (Tile *self)
{
  const gsize n = (gsize) self->width * self->height;

  for (float *d = self->derivatives.data; d < self->derivatives.data + 3 * n; d += 3)
    d[0] = d[1] = d[2] = (d[0] + d[1] + d[2]) / 3;
}

/* One step of Adam for the tile's pixels and its halo, and back to where they look enough like the start. */
static void
step (Tile *self, const TripRect *rect, int i, int n_steps)
{
  const double rate = RATE * 0.5 * (1 + cos (G_PI * i / n_steps));
  const double mean_scale = 1 / (1 - pow (MEAN_DECAY, i + 1)), square_scale = 1 / (1 - pow (SQUARE_DECAY, i + 1));
  const int left = MAX (rect->x - HALO, self->x.begin), right = MIN (rect->x + rect->width + HALO, self->x.end);
  const int top = MAX (rect->y - HALO, self->y.begin), bottom = MIN (rect->y + rect->height + HALO, self->y.end);
  const gsize n = 3 * (gsize) (right - left);
  double apart = 0, most = pow (10, -TRIP_SHRINK_LIKENESS / 10) * n * (bottom - top);
  float back;

  for (int y = top; y < bottom; y++)
    {
      const gsize first = ((gsize) (y - self->y.begin) * self->width + left - self->x.begin) * 3;

      for (gsize at = first; at < first + n; at++)
        {
          const float start = self->start.data[at],
                      d = self->derivatives.data[at] + self->lambda * (self->values[at] - start);
          float value;

          self->mean[at] += (1 - MEAN_DECAY) * (d - self->mean[at]);
          self->square[at] += (1 - SQUARE_DECAY) * (d * d - self->square[at]);
          value = self->values[at]
                  - rate * mean_scale * self->mean[at] / (sqrtf (square_scale * self->square[at]) + EVEN);
          self->values[at] = start < 0 || start > 1 ? start : CLAMP (value, 0, 1); /* the network sees no further */
          apart += pow (self->values[at] - start, 2);
        }
    }
  back = apart > most ? sqrt (most / apart) : 1;
  for (int y = top; y < bottom; y++)
    {
      const gsize first = ((gsize) (y - self->y.begin) * self->width + left - self->x.begin) * 3;

      for (gsize at = first; at < first + n; at++)
        self->values[at] = self->start.data[at] + back * (self->values[at] - self->start.data[at]);
    }
}

static void
write_out (const Tile *self, const TripRect *rect)
{
  const TripShrinkBand *band = self->band;
  const int n = band->out->n_channels, n_colours = n >= 3 ? 3 : 1;

  for (int y = 0; y < rect->height; y++)
    for (int x = 0; x < rect->width; x++)
      {
        const float *from = trip_image_row (&self->rounded, rect->y + y - self->y.begin)
                            + (gsize) (rect->x + x - self->x.begin) * 3;
        float *to = trip_image_row (band->out, rect->y + y - band->y) + (gsize) (rect->x + x) * n;

        for (int c = 0; c < n_colours; c++)
          to[c] = from[c];
        if (trip_has_alpha (n))
          to[n - 1] = trip_image_row (band->small, rect->y + y - band->small_y)[(gsize) (rect->x + x) * n + n - 1];
      }
}

/* After a step of any tile; only the caller's thread may tell of it. */
static gboolean
count_step (TripShrinkBand *band, int worker, GError **error)
{
  const int n = g_atomic_int_add (&band->n_done, 1) + 1;

  return worker > 0 || trip_run_step (&band->run, (double) n / band->n_steps, error);
}

gboolean
trip_shrink_tile_run (gsize index, int worker, gpointer data, GError **error)
{
  TripShrinkBand *band = data;
  const TripNetwork *network = band->network;
  const TripShrinkOptions *o = band->options;
  const int n_steps = trip_shrink_steps (o);
  TripArena *arena = &band->arenas[worker];
  const int x = index % band->n_across * band->tile_width, y = index / band->n_across * band->tile_height;
  const TripRect rect = { x, band->y + y, MIN (band->tile_width, o->width - x),
                          MIN (band->tile_height, band->n_rows - y) };
  g_autofree TripMask **masks = g_new (TripMask *, trip_network_masks (network));
  Tile self = { .band = band, .masks = masks };
  gboolean done = TRUE;
  gsize n;

  self.x = trip_shrink_span (o->width, band->source->width, rect.x, rect.width);
  self.y = trip_shrink_span (o->height, band->source->height, rect.y, rect.height);
  self.width = self.x.end - self.x.begin;
  self.height = self.y.end - self.y.begin;
  n = (gsize) self.width * self.height;
  self.start = take_image (arena, self.width, self.height);
  self.rounded = take_image (arena, self.width, self.height);
  self.derivatives = take_image (arena, self.width, self.height);
  self.values = trip_arena_take (arena, 3 * n);
  self.mean = trip_arena_take (arena, 3 * n);
  self.square = trip_arena_take (arena, 3 * n);
  self.pixels = trip_arena_take (arena, (gsize) self.x.axis.grid.n * self.y.axis.grid.n * 3 + 1);
  for (int i = 0; i < trip_network_masks (network); i++)
    masks[i] = (TripMask *) trip_arena_take (arena, n * trip_network_channels (network) / sizeof (float) + 1);
  self.field = trip_field_tile (trip_network_field (network), &self.y.axis.grid, &self.x.axis.grid, TRUE, arena);
  self.cubic = trip_cubic_new (&self.x.axis.grid, 3, arena);
  self.lambda = LIKENESS * self.y.axis.grid.scale * self.x.axis.grid.scale / 3;

  take_colours (band->small, self.x.begin, self.y.begin - band->small_y, &self.start);
  memcpy (self.values, self.start.data, 3 * n * sizeof (float));
  memset (self.mean, 0, 3 * n * sizeof (float));
  memset (self.square, 0, 3 * n * sizeof (float));
  set_rounded (&self);
  for (int i = 0; done && i < n_steps; i++)
    {
      done = find_derivatives (&self, arena, error);
      if (band->out->n_channels < 3)
        keep_gray (&self);
      if (done)
        step (&self, &rect, i, n_steps);
      set_rounded (&self);
      done = done && count_step (band, worker, error);
    }
  if (done)
    write_out (&self, &rect);
  trip_axis_clear (&self.x.axis);
  trip_axis_clear (&self.y.axis);
  arena->used = 0;
  return done;
}
