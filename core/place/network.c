#include "network.h"

#include <math.h>

#include "../error.h"
#include "../nn/pyramid.h"
#include "place.h"

#define SCENE_PLANES 6
#define OBJECT_PLANES 4
#define WAVES_Y 6
#define WAVES_X 3
#define OVERHANG 0.1       /* share of the object outside the scene that costs nothing, */
#define OVERHANG_COST 20.0 /* and what more costs */
#define BEYOND_COST 100.0  /* of a centre outside */

/* out = bias + weights * in */
typedef struct
{
  int n_in, n_out;
  float *weights, *bias;
} Linear;

struct _TripPlaceNetwork
{
  TripPyramid *scene, *object;
  Linear vector, mix, gain, shift, filters, prior;
};

double
trip_place_step (void)
{
  return log (TRIP_PLACE_LARGEST / TRIP_PLACE_SMALLEST) / (TRIP_PLACE_SIZES - 1);
}

double
trip_place_size (double index)
{
  return TRIP_PLACE_SMALLEST * exp (trip_place_step () * index);
}

/* n_dims: 2, or 4 for a convolution of single pixels. */
static gboolean
load_linear (Linear *linear, const TripWeights *file, const char *name, int n_dims, int n_in, int n_out, GError **error)
{
  const gsize shape[TRIP_MAX_DIMS] = { n_out, n_in, 1, 1 };
  g_autofree char *weights = g_strconcat (name, ".weight", NULL), *bias = g_strconcat (name, ".bias", NULL);

  linear->n_in = n_in;
  linear->n_out = n_out;
  linear->weights = trip_weights_get (file, weights, n_dims, shape, error);
  linear->bias = linear->weights ? trip_weights_get (file, bias, 1, shape, error) : NULL;
  return linear->bias != NULL;
}

static void
clear_linear (Linear *linear)
{
  g_free (linear->weights);
  g_free (linear->bias);
}

static void
run_linear (const Linear *linear, const float *in, float *out)
{
  for (int o = 0; o < linear->n_out; o++)
    {
      const float *weights = linear->weights + (gsize) o * linear->n_in;
      float sum = 0;

      for (int i = 0; i < linear->n_in; i++)
        sum += weights[i] * in[i];
      out[o] = linear->bias[o] + sum;
    }
}

static gboolean
has_shape (const TripPyramid *pyramid, int sides_multiple, int cell, GError **error)
{
  if (1 << (trip_pyramid_levels (pyramid) - 1) == sides_multiple && 1 << trip_pyramid_top (pyramid) == cell)
    return TRUE;
  g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the levels of the placer");
  return FALSE;
}

TripPlaceNetwork *
trip_place_network_new (GBytes *bytes, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripWeights) file = trip_weights_new (bytes, error);
  g_autoptr (TripPlaceNetwork) self = g_new0 (TripPlaceNetwork, 1);
  const int n_prior = TRIP_PLACE_SIZES * (WAVES_Y + WAVES_X), n_vector = TRIP_PLACE_VECTOR;

  if (! file)
    return NULL;
  if (g_strcmp0 (trip_weights_about (file, "format"), "triptych-placer-1") != 0)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not weights of the placer");
      return NULL;
    }
  self->scene = trip_pyramid_new (file, "scene.", SCENE_PLANES, kernels, error);
  self->object = self->scene ? trip_pyramid_new (file, "object.", OBJECT_PLANES, kernels, error) : NULL;
  if (! self->object || ! has_shape (self->scene, TRIP_PLACE_MULTIPLE, TRIP_PLACE_CELL, error)
      || ! has_shape (self->object, TRIP_PLACE_OBJECT / 3, TRIP_PLACE_OBJECT / 3, error))
    return NULL;
  if (! load_linear (&self->vector, file, "vector", 2,
                     trip_pyramid_channels (self->object, trip_pyramid_top (self->object)) + 2, n_vector, error)
      || ! load_linear (&self->mix, file, "mix", 4, trip_pyramid_channels (self->scene, trip_pyramid_top (self->scene)),
                        TRIP_PLACE_MIXED, error)
      || ! load_linear (&self->gain, file, "gain", 2, n_vector, TRIP_PLACE_MIXED, error)
      || ! load_linear (&self->shift, file, "shift", 2, n_vector, TRIP_PLACE_MIXED, error)
      || ! load_linear (&self->filters, file, "filters", 2, n_vector, TRIP_PLACE_SIZES * TRIP_PLACE_MIXED, error)
      || ! load_linear (&self->prior, file, "prior", 2, n_vector, n_prior, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
trip_place_network_free (TripPlaceNetwork *self)
{
  if (! self)
    return;
  trip_pyramid_free (self->scene);
  trip_pyramid_free (self->object);
  clear_linear (&self->vector);
  clear_linear (&self->mix);
  clear_linear (&self->gain);
  clear_linear (&self->shift);
  clear_linear (&self->filters);
  clear_linear (&self->prior);
  g_free (self);
}

static int
padded (int length)
{
  return trip_divide_up (length, TRIP_PLACE_MULTIPLE) * TRIP_PLACE_MULTIPLE;
}

TripPlaceGrid
trip_place_grid (int width, int height)
{
  return (TripPlaceGrid) { padded (width) / TRIP_PLACE_CELL, padded (height) / TRIP_PLACE_CELL,
                           (double) width / TRIP_PLACE_CELL, (double) height / TRIP_PLACE_CELL };
}

static float
centred (float colour, float alpha)
{
  return CLAMP (colour, 0, 1) - 0.5f * alpha;
}

/* Colours, whether it is the scene or padding, how far down, how far from the middle. */
static void
scene_planes (const TripImage *picture, TripTensor *planes)
{
  for (int y = 0; y < planes->height; y++)
    for (int x = 0; x < planes->width; x++)
      {
        const gboolean inside = y < picture->height && x < picture->width;
        const float *in = inside ? trip_image_row (picture, y) + 4 * x : NULL;
        float *out = planes->data + y * planes->stride + x * SCENE_PLANES;

        for (int c = 0; c < 3; c++)
          out[c] = inside ? centred (in[c], in[3]) : 0;
        out[3] = inside ? 0.5f : -0.5f;
        out[4] = inside ? (y + 0.5f) / picture->height - 0.5f : 0;
        out[5] = inside ? 2 * fabsf ((x + 0.5f) / picture->width - 0.5f) - 0.5f : 0;
      }
}

/* Of each cell of decoded: mix (relu (x)). */
static float *
mix_cells (const TripPlaceNetwork *self, const TripTensor *decoded)
{
  float *features = g_new (float, (gsize) decoded->height * decoded->width * TRIP_PLACE_MIXED);
  float *out = features;
  float cell[TRIP_MAX_CHANNELS];

  for (int y = 0; y < decoded->height; y++)
    for (int x = 0; x < decoded->width; x++, out += TRIP_PLACE_MIXED)
      {
        const float *in = decoded->data + y * decoded->stride + x * decoded->channels;

        for (int c = 0; c < decoded->channels; c++)
          cell[c] = MAX (in[c], 0);
        run_linear (&self->mix, cell, out);
      }
  return features;
}

float *
trip_place_scene_features (const TripPlaceNetwork *self, const TripImage *picture, GCancellable *cancellable,
                           GError **error)
{
  const int width = padded (picture->width), height = padded (picture->height);
  TripTensor input, levels[TRIP_MAX_LEVELS];
  TripArena arena;
  float *features = NULL;

  if (! trip_arena_init (&arena, trip_tensor_need (height, width, SCENE_PLANES)
                                   + trip_pyramid_need (self->scene, height, width), error))
    return NULL;
  input = trip_tensor_take (&arena, height, width, SCENE_PLANES);
  scene_planes (picture, &input);
  if (trip_pyramid_encode (self->scene, &input, levels, &arena, cancellable, error)
      && trip_pyramid_decode (self->scene, levels, &arena, cancellable, error))
    features = mix_cells (self, &levels[trip_pyramid_top (self->scene)]);
  trip_arena_clear (&arena);
  return features;
}

/* Returns the mean alpha less a half. */
static double
object_planes (const TripImage *crop, TripTensor *planes)
{
  double covered = 0;

  for (int y = 0; y < crop->height; y++)
    for (int x = 0; x < crop->width; x++)
      {
        const float *in = trip_image_row (crop, y) + 4 * x;
        float *out = planes->data + y * planes->stride + x * OBJECT_PLANES;

        for (int c = 0; c < 3; c++)
          out[c] = centred (in[c], in[3]);
        out[3] = in[3] - 0.5f;
        covered += out[3];
      }
  return covered / (crop->width * crop->height);
}

gboolean
trip_place_object_vector (const TripPlaceNetwork *self, const TripImage *crop, double aspect,
                          float vector[TRIP_PLACE_VECTOR], GCancellable *cancellable, GError **error)
{
  const int side = TRIP_PLACE_OBJECT;
  TripTensor input, levels[TRIP_MAX_LEVELS];
  const TripTensor *last = &levels[trip_pyramid_levels (self->object) - 1];
  float seen[TRIP_MAX_CHANNELS + 2] = { 0 };
  double covered;
  TripArena arena;
  gboolean done;

  if (! trip_arena_init (&arena, trip_tensor_need (side, side, OBJECT_PLANES)
                                   + trip_pyramid_need (self->object, side, side), error))
    return FALSE;
  input = trip_tensor_take (&arena, side, side, OBJECT_PLANES);
  covered = object_planes (crop, &input);
  done = trip_pyramid_encode (self->object, &input, levels, &arena, cancellable, error);
  if (done)
    {
      for (int y = 0; y < last->height; y++)
        for (int x = 0; x < last->width; x++)
          for (int c = 0; c < last->channels; c++)
            seen[c] += MAX (last->data[y * last->stride + x * last->channels + c], 0) / (last->height * last->width);
      seen[last->channels] = aspect;
      seen[last->channels + 1] = covered;
      run_linear (&self->vector, seen, vector);
      for (int i = 0; i < TRIP_PLACE_VECTOR; i++)
        vector[i] = MAX (vector[i], 0);
    }
  trip_arena_clear (&arena);
  return done;
}

/* The share of the object's side that is in the scene, with half a cell more or less not counted. */
static double
within (double side, double centre, double length)
{
  const double out = MAX (side / 2 - centre - 0.5, 0) + MAX (centre + side / 2 - length - 0.5, 0);

  return MAX (1 - out / side, 0);
}

static void
take_cost (const TripPlaceGrid *grid, double aspect, float *logits)
{
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      const double size = trip_place_size (s) * MAX (grid->extent_x, grid->extent_y);
      const double width = size * exp (aspect / 2), height = size / exp (aspect / 2);

      for (int y = 0; y < grid->rows; y++)
        for (int x = 0; x < grid->columns; x++, logits++)
          {
            const double share = within (height, y + 0.5, grid->extent_y) * within (width, x + 0.5, grid->extent_x);
            const gboolean beyond = y + 0.5 > grid->extent_y || x + 0.5 > grid->extent_x;

            *logits -= OVERHANG_COST * MAX (1 - share - OVERHANG, 0) + (beyond ? BEYOND_COST : 0);
          }
    }
}

/* The object's own leaning towards sizes and heights, and the middle or the sides: a short cosine series. */
static void
add_prior (const TripPlaceGrid *grid, const float *prior, float *logits)
{
  for (int s = 0; s < TRIP_PLACE_SIZES; s++, prior += WAVES_Y + WAVES_X)
    for (int y = 0; y < grid->rows; y++)
      {
        double of_row = 0;

        for (int k = 0; k < WAVES_Y; k++)
          of_row += prior[k] * cos (G_PI * (k + 1) * (y + 0.5) / grid->extent_y);
        for (int x = 0; x < grid->columns; x++, logits++)
          {
            double sum = of_row;

            for (int k = 0; k < WAVES_X; k++)
              sum += prior[WAVES_Y + k] * cos (2 * G_PI * (k + 1) * (x + 0.5) / grid->extent_x);
            *logits += sum;
          }
      }
}

void
trip_place_volume (const TripPlaceNetwork *self, const float *features, const TripPlaceGrid *grid,
                   const float vector[TRIP_PLACE_VECTOR], double aspect, float *logits)
{
  const gsize n_cells = (gsize) grid->rows * grid->columns;
  float gain[TRIP_PLACE_MIXED], shift[TRIP_PLACE_MIXED], mixed[TRIP_PLACE_MIXED];
  float filters[TRIP_PLACE_SIZES * TRIP_PLACE_MIXED], prior[TRIP_PLACE_SIZES * (WAVES_Y + WAVES_X)];

  run_linear (&self->gain, vector, gain);
  run_linear (&self->shift, vector, shift);
  run_linear (&self->filters, vector, filters);
  run_linear (&self->prior, vector, prior);
  for (gsize i = 0; i < n_cells; i++, features += TRIP_PLACE_MIXED)
    {
      for (int c = 0; c < TRIP_PLACE_MIXED; c++)
        mixed[c] = MAX (features[c] * (1 + gain[c]) + shift[c], 0);
      for (int s = 0; s < TRIP_PLACE_SIZES; s++)
        {
          const float *filter = filters + s * TRIP_PLACE_MIXED;
          float sum = 0;

          for (int c = 0; c < TRIP_PLACE_MIXED; c++)
            sum += filter[c] * mixed[c];
          logits[s * n_cells + i] = sum / sqrtf (TRIP_PLACE_MIXED);
        }
    }
  add_prior (grid, prior, logits);
  take_cost (grid, aspect, logits);
}
