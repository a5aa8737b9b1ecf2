#include "shrink.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../error.h"
#include "cubic.h"
#include "fill.h"
#include "gradient.h"
#include "reduce.h"
#include "tile.h"

#define TILE 192 /* px of the small picture */
/* px beyond a tile: those that change with it, those whose result counts, and what these depend on */
#define HALO 8
#define SEEN 16
#define MARGIN 32
#define STEPS 40          /* at full strength */
#define RATE (2 / 255.0)  /* of the first step, which falls to nothing by a cosine */
#define MEAN_DECAY 0.9
#define SQUARE_DECAY 0.95
#define EVEN 0.01         /* derivatives far below this move nothing: no pattern in even areas */
#define LUMA_SHARE 0.7    /* of the loss; the rest is that of the colours */
#define LIKENESS 0.02      /* lambda, for a result of as many pixels */

static const float luma[3] = { 0.257f, 0.504f, 0.098f };

struct _TripShrinker
{
  TripNetwork *network;
  TripGradient *gradient;
};

TripShrinker *
trip_shrinker_new (TripModel model, GError **error)
{
  g_autoptr (GBytes) weights = trip_model_weights (model, error);
  g_autoptr (TripShrinker) self = g_new0 (TripShrinker, 1);

  if (! weights || ! (self->network = trip_network_new (weights, NULL, error))
      || ! (self->gradient = trip_gradient_new (weights, NULL, error)))
    return NULL;
  return g_steal_pointer (&self);
}

void
trip_shrinker_free (TripShrinker *self)
{
  if (! self)
    return;
  trip_network_free (self->network);
  trip_gradient_free (self->gradient);
  g_free (self);
}

void
trip_shrink_options_init (TripShrinkOptions *options)
{
  *options = (TripShrinkOptions) { .strength = 1, .rounded = TRUE };
}

static gboolean
check (const TripSource *source, const TripShrinkOptions *o, GError **error)
{
  const char *wrong = NULL;

  if (source->width < 1 || source->height < 1 || source->n_channels < 1 || source->n_channels > 4)
    wrong = "the picture is empty";
  else if (o->width < 1 || o->height < 1 || o->width > source->width || o->height > source->height)
    wrong = "the small picture's size is out of range";
  else if (! (o->strength >= 0 && o->strength <= 1))
    wrong = "the strength is not in 0..1";
  if (wrong)
    g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, wrong);
  return ! wrong;
}

/* A band of tiles, side by side. */
typedef struct
{
  const TripShrinker *shrinker;
  const TripShrinkOptions *options;
  const TripSource *source;
  int y, n_rows;          /* of the small picture */
  TripImage *small;       /* its rows with MARGIN, and all columns; the tiles change a copy */
  int small_y;
  const TripImage *picture; /* the rows of the picture that count for these, and all columns */
  int picture_y;
  TripImage *out;
  TripArena *arenas;
  GCancellable *cancellable;
} Band;

/* An axis of a tile: begin, end of what is computed, and of what counts, in px of the small picture; and the pixels of the
 * picture in the latter. */
typedef struct
{
  int begin, end, first, last;
  TripAxis axis;
} Span;

static Span
span_new (int length, int result, int begin, int n)
{
  Span s = { MAX (begin - MARGIN, 0), MIN (begin + n + MARGIN, length), MAX (begin - SEEN, 0),
             MIN (begin + n + SEEN, length) };
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
  const Band *band;
  Span x, y;
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

static gsize
tile_need (const Band *band)
{
  const TripNetwork *network = band->shrinker->network;
  const double scale_x = (double) band->source->width / band->options->width;
  const double scale_y = (double) band->source->height / band->options->height;
  const int width = MIN (TILE + 2 * MARGIN, band->options->width);
  const int height = MIN (TILE + 2 * MARGIN, band->options->height);
  const int columns = ceil (width * scale_x) + 2, rows = ceil (height * scale_y) + 2;

  return 6 * trip_arena_need ((gsize) width * height * 3) + trip_arena_need ((gsize) rows * columns * 3)
         + masks_need (network, (gsize) width * height) + trip_network_need (network, height, width)
         + trip_gradient_need (band->shrinker->gradient, width)
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

  trip_field_rows (&self->field, features, first, n, 1, self->pixels, 3 * (gsize) self->x.axis.grid.n, 3);
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

/* How much the upscaler lets the network add to a colour: as in tile.c. */
static inline float
share (const TripCubic *cubic, int column, int c)
{
  const int at = cubic->first[column] * 3 + c;
  const float contrast = MIN ((cubic->high[at] - cubic->low[at]) * (1 / TRIP_TILE_CONTRAST), 1);

  return contrast * contrast;
}

/* Half the derivatives of the loss, from the residual in pixels: by the network's part of the result, into pixels, and by
 * the small picture for the other part, which is cubic. */
static void
compare (Tile *self)
{
  const Band *band = self->band;
  const TripGrid *columns = &self->x.axis.grid, *rows = &self->y.axis.grid;
  const int n = band->picture->n_channels;

  for (int y = 0; y < rows->n; y++)
    {
      float *pixels = self->pixels + (gsize) y * columns->n * 3, *pixel = pixels;
      const float *wanted = trip_image_row (band->picture, self->y.axis.first + y - band->picture_y)
                            + (gsize) self->x.axis.first * n;

      trip_cubic_row (&self->cubic, &self->rounded, 0, 0, self->width, self->height, rows->index[y], rows->offset[y]);
      for (int x = 0; x < columns->n; x++, pixel += 3, wanted += n)
        {
          const float alpha = trip_has_alpha (n) ? wanted[n - 1] : 1;
          float d[3], sum = 0;

          for (int c = 0; c < 3; c++)
            {
              const float *row = self->cubic.row + self->cubic.first[x] * 3 + c, *w = self->cubic.weights[x];

              d[c] = pixel[c] * share (&self->cubic, x, c) + w[0] * row[0] + w[1] * row[3] + w[2] * row[6] + w[3] * row[9]
                     - wanted[n >= 3 ? c : 0];
              sum += luma[c] * d[c];
            }
          for (int c = 0; c < 3; c++)
            pixel[c] = alpha * (LUMA_SHARE * sum * luma[c] + (1 - LUMA_SHARE) / 3 * d[c]);
        }
      trip_cubic_row_back (&self->cubic, pixels, columns->n, &self->derivatives, 0, 0, self->width, self->height,
                           rows->index[y], rows->offset[y]);
      for (int i = 0; i < 3 * columns->n; i++)
        pixels[i] *= share (&self->cubic, i / 3, i % 3);
    }
}

static gboolean
find_derivatives (Tile *self, TripArena *arena, GError **error)
{
  const Band *band = self->band;
  const TripShrinker *shrinker = band->shrinker;
  const TripGrid *rows = &self->y.axis.grid;
  const gsize used = arena->used, n_row = 3 * (gsize) self->x.axis.grid.n;
  TripTensor input = trip_tensor_take (arena, self->height, self->width, TRIP_NETWORK_INPUTS);
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
  done = trip_network_trunk (shrinker->network, &input, add_residual, self, self->masks, arena, band->cancellable, error);
  if (done)
    {
      compare (self);
      done = trip_gradient_run (shrinker->gradient, self->height, self->width, &self->field, self->pixels, n_row, 3,
                                self->masks, self->derivatives.data, arena, band->cancellable, error);
    }
  arena->used = used;
  return done;
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
          const float start = self->start.data[at], d = self->derivatives.data[at] + self->lambda * (self->values[at] - start);
          float value;

          self->mean[at] += (1 - MEAN_DECAY) * (d - self->mean[at]);
          self->square[at] += (1 - SQUARE_DECAY) * (d * d - self->square[at]);
          value = self->values[at]
                  - rate * mean_scale * self->mean[at] / (sqrtf (square_scale * self->square[at]) + EVEN);
          self->values[at] = CLAMP (value, MIN (start, 0), MAX (start, 1));
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
  const Band *band = self->band;
  const int n = band->out->n_channels, n_colours = n >= 3 ? 3 : 1;

  for (int y = 0; y < rect->height; y++)
    for (int x = 0; x < rect->width; x++)
      {
        const float *from = trip_image_row (&self->rounded, rect->y + y - self->y.begin)
                            + (gsize) (rect->x + x - self->x.begin) * 3;
        float *to = trip_image_row (band->out, rect->y + y - band->y) + (gsize) (rect->x + x) * n;

        for (int c = 0; c < n_colours; c++)
          to[c] = n_colours == 3 ? from[c] : (from[0] + from[1] + from[2]) / 3;
        if (trip_has_alpha (n))
          to[n - 1] = trip_image_row (band->small, rect->y + y - band->small_y)[(gsize) (rect->x + x) * n + n - 1];
      }
}

static gboolean
run_tile (gsize index, int worker, gpointer data, GError **error)
{
  const Band *band = data;
  const TripNetwork *network = band->shrinker->network;
  const TripShrinkOptions *o = band->options;
  const int n_steps = ceil (STEPS * o->strength);
  TripArena *arena = &band->arenas[worker];
  const TripRect rect = { index * TILE, band->y, MIN (TILE, o->width - (int) index * TILE), band->n_rows };
  g_autofree TripMask **masks = g_new (TripMask *, trip_network_masks (network));
  Tile self = { .band = band, .masks = masks };
  gboolean done = TRUE;
  gsize n;

  self.x = span_new (o->width, band->source->width, rect.x, rect.width);
  self.y = span_new (o->height, band->source->height, rect.y, rect.height);
  self.width = self.x.end - self.x.begin;
  self.height = self.y.end - self.y.begin;
  n = (gsize) self.width * self.height;
  self.start = take_image (arena, self.width, self.height);
  self.rounded = take_image (arena, self.width, self.height);
  self.derivatives = take_image (arena, self.width, self.height);
  self.values = trip_arena_take (arena, 3 * n);
  self.mean = trip_arena_take (arena, 3 * n);
  self.square = trip_arena_take (arena, 3 * n);
  self.pixels = trip_arena_take (arena, (gsize) self.x.axis.grid.n * self.y.axis.grid.n * 3);
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
      if (done)
        step (&self, &rect, i, n_steps);
      set_rounded (&self);
    }
  if (done)
    write_out (&self, &rect);
  trip_axis_clear (&self.x.axis);
  trip_axis_clear (&self.y.axis);
  arena->used = 0;
  return done;
}

/* What has to be read for a band: of the small picture, and of the picture. */
static gboolean
read_band (Band *band, const TripSource *reduced, GError **error)
{
  const TripShrinkOptions *o = band->options;
  Span span = span_new (o->height, band->source->height, band->y, band->n_rows);
  const TripRect small = { 0, span.begin, o->width, span.end - span.begin };
  const TripRect picture = { 0, span.axis.first, band->source->width, span.axis.grid.n };
  TripImage *read = NULL;

  trip_axis_clear (&span.axis);
  band->small_y = small.y;
  band->picture_y = picture.y;
  band->small = trip_source_read (reduced, &small, error);
  if (band->small && (! trip_has_alpha (reduced->n_channels) || trip_fill_transparent (band->small, band->cancellable, error)))
    read = trip_source_read (band->source, &picture, error);
  band->picture = read;
  band->out = read ? trip_image_new (o->width, band->n_rows, reduced->n_channels, error) : NULL;
  return band->out != NULL;
}

static gboolean
run_band (Band *band, const TripSource *reduced, const TripSink *sink, const TripRun *run, GError **error)
{
  gboolean done = read_band (band, reduced, error)
                  && trip_run_tiles (run, (band->options->width + TILE - 1) / TILE, run_tile, band, error)
                  && sink->write (band->out, band->y, sink->data, error);

  g_clear_pointer (&band->small, trip_image_free);
  trip_image_free ((TripImage *) band->picture);
  band->picture = NULL;
  g_clear_pointer (&band->out, trip_image_free);
  return done;
}

TripUpscaleCost
trip_shrink_cost (const TripShrinker *self, const TripSource *source, const TripShrinkOptions *o, int n_threads)
{
  const TripRun run = { .n_threads = n_threads };
  const Band band = { self, o, source };
  const int n_workers = trip_run_threads (&run);
  const double n_across = ceil ((double) o->width / TILE), n_down = ceil ((double) o->height / TILE);
  const double n_pixels = (double) MIN (TILE + 2 * MARGIN, o->width) * MIN (TILE + 2 * MARGIN, o->height);
  const double rows = MIN (TILE + 2 * MARGIN, o->height);

  return (TripUpscaleCost) {
    .bytes = sizeof (float) * ((double) n_workers * tile_need (&band)
                               + source->n_channels * rows * (2.0 * o->width + source->width * (double) source->height / o->height))
             + TRIP_REDUCE_BYTES,
    /* there and back take about the same */
    .macs = 2 * ceil (STEPS * o->strength) * trip_network_macs (self->network) * n_pixels * n_down
            * ceil (n_across / n_workers) * n_workers
  };
}

gboolean
trip_shrink (const TripShrinker *self, const TripSource *source, const TripShrinkOptions *options, const TripSink *sink,
             const TripRun *run, GError **error)
{
  const int n_workers = trip_run_threads (run);
  g_autoptr (TripReduced) reduced = NULL;
  g_autofree TripArena *arenas = g_new0 (TripArena, n_workers);
  gboolean done = TRUE;

  if (! check (source, options, error) || ! trip_run_step (run, 0, error))
    return FALSE;
  reduced = trip_reduced_new (source, options->width, options->height, run->cancellable);
  for (int i = 0; done && i < n_workers; i++)
    {
      const Band band = { self, options, source };

      done = trip_arena_init (&arenas[i], tile_need (&band), error);
    }
  for (int y = 0; done && y < options->height; y += TILE)
    {
      const int n_rows = MIN (TILE, options->height - y);
      TripRun part = trip_run_part (run, (double) y / options->height, (double) (y + n_rows) / options->height);
      Band band = { self, options, source, y, n_rows, .arenas = arenas, .cancellable = run->cancellable };

      done = run_band (&band, trip_reduced_source (reduced), sink, &part, error);
    }
  for (int i = 0; i < n_workers; i++)
    trip_arena_clear (&arenas[i]);
  return done;
}

typedef struct
{
  const TripSource *picture;
  double apart, whole;
} Comparison;

static gboolean
compare_rows (const TripImage *part, int first, gpointer data, GError **error)
{
  Comparison *self = data;
  const TripRect rect = { 0, first, part->width, part->height };
  g_autoptr (TripImage) wanted = trip_source_read (self->picture, &rect, error);
  const int n = part->n_channels, n_colours = n >= 3 ? 3 : 1;

  for (int y = 0; wanted && y < part->height; y++)
    for (int x = 0; x < part->width; x++)
      {
        const float *a = trip_image_row (part, y) + (gsize) x * n, *b = trip_image_row (wanted, y) + (gsize) x * n;
        const double weight = trip_has_alpha (n) ? b[n - 1] : 1;

        for (int c = 0; c < n_colours; c++)
          self->apart += weight * (a[c] - b[c]) * (a[c] - b[c]);
        self->whole += weight * n_colours;
      }
  return wanted != NULL;
}

gboolean
trip_shrink_fidelity (const TripUpscaler *upscaler, const TripSource *small, const TripSource *picture,
                      const TripRun *run, double *fidelity, GError **error)
{
  Comparison comparison = { picture, 0, 0 };
  const TripSink sink = { compare_rows, &comparison };
  TripUpscaleOptions options;

  trip_upscale_options_init (&options);
  options.width = picture->width;
  options.height = picture->height;
  if (! trip_upscale (upscaler, small, &options, &sink, run, error))
    return FALSE;
  *fidelity = comparison.apart > 0 ? -10 * log10 (comparison.apart / comparison.whole) : INFINITY;
  return TRUE;
}

#define NOTE "Triptych: shrunk from "

char *
trip_shrink_note (const TripShrinkNote *note)
{
  return g_strdup_printf (NOTE "%d x %d px with the model %s to %d x %d px", note->width, note->height,
                          trip_model_name (note->model), note->small_width, note->small_height);
}

/* Whether it is a size that an enlarged picture has. */
static gboolean
is_size (int width, int height)
{
  return width >= 1 && width <= TRIP_MAX_SIZE && height >= 1 && height <= TRIP_MAX_SIZE;
}

gboolean
trip_shrink_note_parse (const char *comment, TripShrinkNote *note)
{
  char name[16];

  for (const char *at = comment; at && (at = strstr (at, NOTE)); at++)
    if (sscanf (at + strlen (NOTE), "%6d x %6d px with the model %15[a-z] to %6d x %6d px", &note->width, &note->height, name,
                &note->small_width, &note->small_height) == 5
        && is_size (note->width, note->height) && is_size (note->small_width, note->small_height)
        && note->small_width <= note->width && note->small_height <= note->height
        && trip_model_from_name (name, &note->model))
      return TRUE;
  return FALSE;
}
