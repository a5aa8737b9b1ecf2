#include "residual.h"

#include <math.h>
#include <string.h>

#include "cubic.h"

#define BETWEEN 1 /* small px beyond a tile that interpolating takes, or a place between two in the mirror */

int
trip_residual_reach (const TripNetwork *network)
{
  return trip_network_reach (network) + BETWEEN;
}

/* Pixels of an axis that the field is asked for, at most: beyond TRIP_TILE_FINEST those to interpolate from. */
static int
asked (int n_small, int n_pixels)
{
  const int finest = TRIP_TILE_FINEST * (n_small + 2 * BETWEEN);

  return n_pixels > TRIP_TILE_FINEST * n_small + 1 ? MAX (n_pixels, finest) : n_pixels;
}

/* The mirror images are divided into groups that are worked on at once, by a part of the threads each. */
static int
count_groups (gboolean mirrored, int n_threads)
{
  int n = mirrored ? TRIP_MIRROR_IMAGES : 1;

  while (n_threads % n != 0)
    n /= 2;
  return n;
}

/* Floats of places and values for so many pixels that the field is asked for. */
static gsize
need_of_values (int down, int across)
{
  return 2 * (trip_arena_need (down) + trip_arena_need (across)) + trip_arena_need ((gsize) across * down * 3 + 1);
}

/* And of asking it for them, with features of height x width px. */
static gsize
need_of_asking (const TripNetwork *network, int height, int width, int across, int n_threads)
{
  return trip_network_need (network, height, width, n_threads)
         + trip_field_need (trip_network_field (network), width, across);
}

gsize
trip_residual_need (const TripNetwork *network, gboolean mirrored, int small_width, int small_height, int n_columns,
                    int n_rows, int n_threads)
{
  const int beyond = 2 * trip_residual_reach (network), n_groups = count_groups (mirrored, n_threads);
  const int across = asked (small_width, n_columns), down = asked (small_height, n_rows);

  return n_groups * (need_of_values (down, across)
                     + need_of_asking (network, small_height + beyond, small_width + beyond, across,
                                       n_threads / n_groups))
         + 2 * (trip_arena_need (n_rows) + trip_arena_need (n_columns)) + trip_cubic_need (across, n_columns, 3);
}

double
trip_residual_speedup (const TripNetwork *network, gboolean mirrored, int height, int width, int n_threads)
{
  const int n_groups = count_groups (mirrored, n_threads);

  return n_groups * trip_network_speedup (network, height, width, n_threads / n_groups);
}

gboolean
trip_residual_is_interpolated (const TripTileBand *band, const TripAxis *axis)
{
  return axis->grid.scale > band->finest;
}

static TripExtent
extend (const TripTileBand *band, const TripAxis *axis, int begin, int n)
{
  const int beyond = trip_residual_is_interpolated (band, axis) || band->mirrored ? BETWEEN : 0;
  const int reach = trip_network_reach (band->network) + beyond;

  return (TripExtent) { MAX (begin - reach, 0), MIN (begin + n + reach, axis->length) };
}

static TripTensor
take_input (const TripTileBand *band, const TripExtent *x, const TripExtent *y, int first_channel, int n_channels,
            TripArena *arena)
{
  TripTensor t = trip_tensor_take (arena, y->end - y->begin, x->end - x->begin, TRIP_NETWORK_INPUTS);

  for (int row = 0; row < t.height; row++)
    {
      const float *p = trip_image_row (band->in, y->begin + row - band->in_y)
                       + (gsize) (x->begin - band->in_x) * band->in->n_channels + first_channel;
      float *to = t.data + row * t.stride;

      for (int column = 0; column < t.width; column++, p += band->in->n_channels, to += TRIP_NETWORK_INPUTS)
        {
          for (int c = 0; c < 3; c++)
            to[c] = CLAMP (p[n_channels == 3 ? c : 0], 0.0f, 1.0f) - 0.5f;
          to[3] = band->clean_up;
        }
    }
  return t;
}

static TripGrid
take_grid (int n, double scale, TripArena *arena)
{
  int *index = (int *) trip_arena_take (arena, n);

  return (TripGrid) { n, scale, index, trip_arena_take (arena, n) };
}

/* Every pixel is asked for. */
static TripSampling
sample_all (const TripAxis *axis, TripSpan span, const TripExtent *e, TripArena *arena)
{
  TripSampling self = { take_grid (span.n, axis->grid.scale, arena), take_grid (span.n, 1, arena) };

  for (int i = 0; i < span.n; i++)
    {
      self.field.index[i] = axis->grid.index[span.begin + i] - e->begin;
      self.field.offset[i] = axis->grid.offset[span.begin + i];
      self.pixels.index[i] = i;
      self.pixels.offset[i] = 0;
    }
  return self;
}

/* finest pixels are asked for each of the small ones first .. first + n - 1 and their neighbours. */
static TripSampling
sample_finest (const TripAxis *axis, TripSpan span, int finest, int first, int n, const TripExtent *e, TripArena *arena)
{
  const int begin = MAX (first - BETWEEN, 0), end = MIN (first + n + BETWEEN, axis->length);
  TripSampling self = { take_grid ((end - begin) * finest, finest, arena), take_grid (span.n, 1, arena) };

  for (int i = 0; i < self.field.n; i++)
    {
      self.field.index[i] = begin + i / finest - e->begin;
      self.field.offset[i] = (i % finest + 0.5) / finest - 0.5;
    }
  for (int i = 0; i < span.n; i++)
    {
      const double small = axis->grid.index[span.begin + i] - begin + axis->grid.offset[span.begin + i] + 0.5;

      self.pixels.index[i] = small * finest;
      self.pixels.offset[i] = small * finest - self.pixels.index[i] - 0.5;
    }
  return self;
}

static TripSampling
sample (const TripTileBand *band, const TripAxis *axis, TripSpan span, int first, int n, const TripExtent *e,
        TripArena *arena)
{
  return trip_residual_is_interpolated (band, axis) ? sample_finest (axis, span, band->finest, first, n, e, arena)
                                      : sample_all (axis, span, e, arena);
}

typedef struct
{
  const TripFieldTile *tile;
  float *residual;
  gboolean is_first; /* what is there does not count */
  int n_rows;        /* that are complete */
  TripResidualRows rows;
  gpointer data;
} Field;

static void
add_field (const TripTensor *features, int first, int n, gpointer data)
{
  Field *self = data;
  const TripGrid *rows = &self->tile->rows;
  const gsize n_row = 3 * (gsize) self->tile->columns.n;

  for (; self->n_rows < rows->n && rows->index[self->n_rows] < first + n; self->n_rows++)
    if (self->is_first)
      memset (self->residual + self->n_rows * n_row, 0, n_row * sizeof (float));
  trip_field_rows (self->tile, features, first, n, self->residual);
  if (self->rows)
    self->rows (self->n_rows, self->data);
}

TripResidual
trip_residual_take (const TripTileBand *band, const TripRect *rect, TripSpan rows, TripSpan columns, TripArena *arena)
{
  TripResidual self = { extend (band, band->x, rect->x, rect->width), extend (band, band->y, rect->y, rect->height) };
  gsize size;

  self.x = sample (band, band->x, columns, rect->x, rect->width, &self.extent_x, arena);
  self.y = sample (band, band->y, rows, rect->y, rect->height, &self.extent_y, arena);
  size = 3 * (gsize) self.x.field.n * self.y.field.n + 1;
  self.values = (TripImage) { self.x.field.n, self.y.field.n, 3, 3 * (gsize) self.x.field.n,
                              trip_arena_take (arena, size) };
  self.values.data[size - 1] = 0;
  return self;
}

/* Rows or columns, whatever they hold, from the other end on. */
static void
reverse (float *data, int n, int n_each, gsize step)
{
  for (int a = 0, b = n - 1; a < b; a++, b--)
    for (int i = 0; i < n_each; i++)
      {
        const float held = data[a * step + i];

        data[a * step + i] = data[b * step + i];
        data[b * step + i] = held;
      }
}

/* length: how many pixels index counts. Where a place between two pixels is the second one's, it is so in the mirror as
 * well, so that the mean asks both. */
static void
mirror_grid (TripGrid *grid, int length)
{
  for (int a = 0, b = grid->n - 1; a < b; a++, b--)
    {
      const int index = grid->index[a];

      grid->index[a] = grid->index[b];
      grid->index[b] = index;
    }
  reverse (grid->offset, grid->n, 1, 1);
  for (int i = 0; i < grid->n; i++)
    {
      grid->index[i] = length - 1 - grid->index[i];
      if (fabsf (grid->offset[i]) == 0.5f)
        grid->index[i] -= (int) (2 * grid->offset[i]);
      else
        grid->offset[i] *= -1;
    }
}

static void
mirror_columns (TripResidual *self, TripTensor *input)
{
  TripImage *values = &self->values;

  for (int y = 0; y < input->height; y++)
    reverse (input->data + y * input->stride, input->width, input->channels, input->channels);
  for (int y = 0; y < values->height; y++)
    reverse (trip_image_row (values, y), values->width, values->n_channels, values->n_channels);
  mirror_grid (&self->x.field, input->width);
}

static void
mirror_rows (TripResidual *self, TripTensor *input)
{
  TripImage *values = &self->values;

  reverse (input->data, input->height, input->width * input->channels, input->stride);
  reverse (values->data, values->height, values->width * values->n_channels, values->stride);
  mirror_grid (&self->y.field, input->height);
}

/* What the network makes of input is added to the residual, or becomes it. rows: or NULL. */
static gboolean
add_residual (const TripTileBand *band, const TripTensor *input, TripResidual *residual, gboolean is_first,
              TripResidualRows rows, gpointer data, TripArena *arena, const TripRun *run, GError **error)
{
  const gsize used = arena->used;
  TripFieldTile tile = trip_field_tile (trip_network_field (band->network), &residual->y.field, &residual->x.field,
                                        FALSE, arena);
  Field field = { &tile, residual->values.data, is_first, 0, rows, data };
  const gboolean done = trip_network_trunk (band->network, input, add_field, &field, NULL, arena, run, error);

  arena->used = used;
  return done;
}

/* Mirror images: residuals get the sums of their groups. */
typedef struct
{
  const TripTileBand *band;
  int first_channel, n_channels;
  int n_groups;
  TripResidual *residuals[TRIP_MIRROR_IMAGES];
  TripArena *arenas[TRIP_MIRROR_IMAGES];
  TripRun run; /* of a group */
  gboolean is_reported;
} Groups;

static gboolean
fill_group (gsize group, int worker, gpointer data, GError **error)
{
  Groups *self = data;
  TripResidual *residual = self->residuals[group];
  TripArena *arena = self->arenas[group];
  TripTensor input = take_input (self->band, &residual->extent_x, &residual->extent_y, self->first_channel,
                                 self->n_channels, arena);
  const int n = TRIP_MIRROR_IMAGES / self->n_groups;
  TripRun run = self->run;
  gboolean done = TRUE;

  if (worker > 0 || self->is_reported) /* only the caller's thread may, and progress only rises */
    run.progress = NULL;
  else
    self->is_reported = TRUE;
  /* sum, input and places are turned over together, twice along each axis, so that all end as they began */
  for (int i = 0; done && i < TRIP_MIRROR_IMAGES; i++)
    {
      const TripRun part = trip_run_part (&run, i % n / (double) n, (i % n + 1) / (double) n);

      if (i / n == group)
        done = add_residual (self->band, &input, residual, i % n == 0, NULL, NULL, arena, &part, error);
      (i % 2 ? mirror_rows : mirror_columns) (residual, &input);
    }
  return done;
}

static TripGrid
copy_grid (const TripGrid *grid, TripArena *arena)
{
  TripGrid copy = take_grid (grid->n, grid->scale, arena);

  memcpy (copy.index, grid->index, grid->n * sizeof *copy.index);
  memcpy (copy.offset, grid->offset, grid->n * sizeof *copy.offset);
  return copy;
}

/* Another with the same places, whose values are to be filled. */
static TripResidual
take_another (const TripResidual *self, TripArena *arena)
{
  TripResidual other = *self;

  other.x.field = copy_grid (&self->x.field, arena);
  other.y.field = copy_grid (&self->y.field, arena);
  other.values.data = trip_arena_take (arena, self->values.height * self->values.stride + 1);
  return other;
}

/* The mean over mirror images. */
static gboolean
fill_mirrored (const TripTileBand *band, TripResidual *residual, int first_channel, int n_channels, TripArena *arena,
               const TripRun *run, GError **error)
{
  const int n_threads = trip_run_threads (run), n_groups = count_groups (TRUE, n_threads);
  const TripExtent x = residual->extent_x, y = residual->extent_y;
  const gsize n_values = residual->values.height * residual->values.stride;
  Groups self = { band, first_channel, n_channels, n_groups, { residual }, { arena }, *run };
  TripResidual others[TRIP_MIRROR_IMAGES - 1];
  TripArena parts[TRIP_MIRROR_IMAGES - 1];
  TripRun all = *run;

  all.n_threads = n_groups;
  all.progress = NULL;
  self.run.n_threads = n_threads / n_groups;
  for (int i = 1; i < n_groups; i++)
    {
      const gsize size = need_of_asking (band->network, y.end - y.begin, x.end - x.begin, residual->values.width,
                                         self.run.n_threads);

      others[i - 1] = take_another (residual, arena);
      parts[i - 1] = (TripArena) { trip_arena_take (arena, size), size, 0 };
      self.residuals[i] = &others[i - 1];
      self.arenas[i] = &parts[i - 1];
    }
  if (! trip_run_tiles (&all, n_groups, fill_group, &self, error))
    return FALSE;
  for (gsize i = 0; i < n_values; i++)
    {
      float sum = residual->values.data[i];

      for (int k = 1; k < n_groups; k++)
        sum += others[k - 1].values.data[i];
      residual->values.data[i] = sum / TRIP_MIRROR_IMAGES;
    }
  return TRUE;
}

gboolean
trip_residual_fill (const TripTileBand *band, TripResidual *residual, int first_channel, int n_channels,
                    TripResidualRows rows, gpointer data, TripArena *arena, const TripRun *run, GError **error)
{
  const gsize used = arena->used;
  gboolean done;

  if (band->mirrored)
    {
      done = fill_mirrored (band, residual, first_channel, n_channels, arena, run, error);
      if (done)
        rows (residual->values.height, data);
    }
  else
    {
      TripTensor input = take_input (band, &residual->extent_x, &residual->extent_y, first_channel, n_channels, arena);

      done = add_residual (band, &input, residual, TRUE, rows, data, arena, run, error);
    }
  arena->used = used;
  return done;
}

/* Whether a channel has one value in all that a tile depends on. */
gboolean
trip_residual_is_flat (const TripTileBand *band, const TripRect *rect, const TripResidual *residual, int channel)
{
  const TripExtent x = residual->extent_x, y = residual->extent_y;
  const int n = band->in->n_channels;
  const float value = trip_image_row (band->in, rect->y - band->in_y)[(rect->x - band->in_x) * n + channel];

  for (int row = y.begin; row < y.end; row++)
    {
      const float *p = trip_image_row (band->in, row - band->in_y) + (x.begin - band->in_x) * n + channel;

      for (int i = 0; i < x.end - x.begin; i++)
        if (p[i * n] != value)
          return FALSE;
    }
  return TRUE;
}
