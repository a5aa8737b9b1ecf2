#include "pyramid.h"

#include "../error.h"
#include "load.h"

#include <string.h>

#define MAX_BLOCKS 32

struct _TripPyramid
{
  TripHead head;
  int n_levels, top;
  int channels[TRIP_MAX_LEVELS];
  TripChain down[TRIP_MAX_LEVELS]; /* of the head's output, or of the level before, halved */
  TripChain leave[TRIP_MAX_LEVELS], up[TRIP_MAX_LEVELS]; /* of the levels from top to the last but one */
};

/* What a chain reads and writes. */
typedef struct
{
  const TripPyramid *pyramid;
  const TripTensor *input, *smaller, *out;
} Step;

static float *
tensor_row (const TripTensor *tensor, int y)
{
  return tensor->data + y * tensor->stride;
}

static int
count_blocks (const TripWeights *file, const char *name)
{
  gsize shape[TRIP_MAX_DIMS];

  for (int n = 0;; n++)
    {
      g_autofree char *bias = g_strdup_printf ("%s.%d.c1.bias", name, n);
      if (n > MAX_BLOCKS || trip_weights_shape (file, bias, shape) < 0)
        return n;
    }
}

/* enter, unless it is NULL, makes channels of in_channels; then come blocks x + c2 (relu (c1 (x))). */
static gboolean
load_chain (TripChain *chain, const TripKernels *kernels, const TripWeights *file, const char *enter,
            const char *blocks, int in_channels, int channels, gboolean relu, GError **error)
{
  const int n_blocks = blocks ? count_blocks (file, blocks) : 0, n_first = enter ? 1 : 0;
  TripLayer *layers = g_new0 (TripLayer, n_first + 2 * n_blocks + 1);

  *chain = (TripChain) { kernels, in_channels, layers, n_first + 2 * n_blocks };
  layers[0] = (TripLayer) { .channels = channels, .added = -1, .relu = relu, .mask = -1 };
  if (enter && ! trip_layer_load (&layers[0], file, enter, in_channels, error))
    return FALSE;
  for (int i = 0; i < 2 * n_blocks; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s.%d.c%d", blocks, i / 2, i % 2 + 1);
      TripLayer *layer = &layers[n_first + i];

      *layer = (TripLayer) { .channels = channels, .added = i % 2 ? n_first + i - 1 : -1, .relu = i % 2 == 0,
                             .mask = -1 };
      if (! trip_layer_load (layer, file, name, channels, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
bad_weights (GError **error)
{
  g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "not the weights of an encoder and decoder");
  return FALSE;
}

/* The levels that the file has: one for each "enter", and those of the decoder one for each "leave". */
static gboolean
load_sizes (TripPyramid *self, const TripWeights *file, const char *prefix, GError **error)
{
  gsize shape[TRIP_MAX_DIMS];
  int n_up = 0;

  self->channels[0] = self->head.channels;
  for (self->n_levels = 1;; self->n_levels++)
    {
      g_autofree char *name = g_strdup_printf ("%senter.%d.bias", prefix, self->n_levels - 1);
      if (trip_weights_shape (file, name, shape) != 1)
        break;
      if (self->n_levels == TRIP_MAX_LEVELS || shape[0] < 1 || shape[0] > TRIP_MAX_CHANNELS || shape[0] % TRIP_LANES)
        return bad_weights (error);
      self->channels[self->n_levels] = shape[0];
    }
  for (;; n_up++)
    {
      g_autofree char *name = g_strdup_printf ("%sleave.%d.bias", prefix, n_up);
      if (trip_weights_shape (file, name, shape) < 0)
        break;
    }
  self->top = self->n_levels - 1 - n_up;
  return self->top >= 0 || bad_weights (error);
}

static gboolean
load_level (TripPyramid *self, int level, const TripWeights *file, const char *prefix, GError **error)
{
  const TripKernels *kernels = self->down[0].kernels;
  const int channels = self->channels[level];
  g_autofree char *enter = g_strdup_printf ("%senter.%d", prefix, level - 1);
  g_autofree char *down = g_strdup_printf ("%sdown.%d", prefix, level);
  g_autofree char *leave = g_strdup_printf ("%sleave.%d", prefix, level - self->top);
  g_autofree char *up = g_strdup_printf ("%sup.%d", prefix, level - self->top);

  if (! load_chain (&self->down[level], kernels, file, level ? enter : NULL, down,
                    self->channels[MAX (0, level - 1)], channels, TRUE, error))
    return FALSE;
  return level < self->top || level == self->n_levels - 1
         || (load_chain (&self->leave[level], kernels, file, leave, NULL, self->channels[level + 1], channels, FALSE,
                         error)
             && load_chain (&self->up[level], kernels, file, NULL, up, channels, channels, FALSE, error));
}

TripPyramid *
trip_pyramid_new (const TripWeights *file, const char *prefix, int inputs, const TripKernels *kernels, GError **error)
{
  g_autoptr (TripPyramid) self = g_new0 (TripPyramid, 1);
  g_autofree char *head = g_strconcat (prefix, "head", NULL);

  self->down[0].kernels = kernels ? kernels : trip_kernels ();
  if (! trip_head_load (&self->head, file, head, inputs, error) || ! load_sizes (self, file, prefix, error))
    return NULL;
  for (int i = 0; i < self->n_levels; i++)
    if (! load_level (self, i, file, prefix, error))
      return NULL;
  return g_steal_pointer (&self);
}

static void
clear_chain (TripChain *chain)
{
  trip_layers_free ((TripLayer *) chain->layers, chain->n_layers);
}

void
trip_pyramid_free (TripPyramid *self)
{
  if (! self)
    return;
  trip_head_clear (&self->head);
  for (int i = 0; i < TRIP_MAX_LEVELS; i++)
    {
      clear_chain (&self->down[i]);
      clear_chain (&self->leave[i]);
      clear_chain (&self->up[i]);
    }
  g_free (self);
}

int
trip_pyramid_levels (const TripPyramid *self)
{
  return self->n_levels;
}

int
trip_pyramid_top (const TripPyramid *self)
{
  return self->top;
}

int
trip_pyramid_channels (const TripPyramid *self, int level)
{
  return self->channels[level];
}

gsize
trip_pyramid_need (const TripPyramid *self, int height, int width)
{
  gsize features = 0, left = 0, chain = 0;

  for (int i = 0; i < self->n_levels; i++)
    {
      features += trip_tensor_need (height >> i, width >> i, self->channels[i]);
      chain = MAX (chain, trip_chain_need (&self->down[i], width >> i, 1));
      if (i < self->top || i == self->n_levels - 1)
        continue;
      left = MAX (left, trip_tensor_need (height >> (i + 1), width >> (i + 1), self->channels[i]));
      chain = MAX (chain, trip_chain_need (&self->leave[i], width >> (i + 1), 1));
      chain = MAX (chain, trip_chain_need (&self->up[i], width >> i, 1));
    }
  return features + left + chain;
}

static void
source_head (float *rows, gsize stride, int first, int n, gpointer data)
{
  const Step *self = data;
  const gsize row = (gsize) self->input->width * self->pyramid->channels[0];

  trip_head_run (&self->pyramid->head, self->pyramid->down[0].kernels, self->input, rows, stride, first, n);
  for (int y = 0; y < n; y++)
    for (gsize i = 0; i < row; i++)
      rows[y * stride + i] = MAX (rows[y * stride + i], 0);
}

static void
source_halved (float *rows, gsize stride, int first, int n, gpointer data)
{
  const TripTensor *in = ((Step *) data)->input;
  const int channels = in->channels;

  for (int y = 0; y < n; y++)
    for (int x = 0; x < in->width / 2; x++)
      {
        const float *above = tensor_row (in, 2 * (first + y)) + 2 * x * channels, *below = above + in->stride;
        float *out = rows + y * stride + x * channels;

        for (int c = 0; c < channels; c++)
          out[c] = (above[c] + above[channels + c] + below[c] + below[channels + c]) * 0.25f;
      }
}

static void
source_copy (float *rows, gsize stride, int first, int n, gpointer data)
{
  const TripTensor *in = ((Step *) data)->input;

  for (int y = 0; y < n; y++)
    memcpy (rows + y * stride, tensor_row (in, first + y), (gsize) in->width * in->channels * sizeof (float));
}

/* What the level already has, and the smaller one doubled. */
static void
source_doubled (float *rows, gsize stride, int first, int n, gpointer data)
{
  const Step *self = data;
  const int channels = self->input->channels;

  for (int y = 0; y < n; y++)
    for (int x = 0; x < self->input->width; x++)
      {
        const float *own = tensor_row (self->input, first + y) + x * channels;
        const float *smaller = tensor_row (self->smaller, (first + y) / 2) + x / 2 * channels;
        float *out = rows + y * stride + x * channels;

        for (int c = 0; c < channels; c++)
          out[c] = own[c] + smaller[c];
      }
}

static void
sink_copy (const TripTensor *rows, int first, int n, gpointer data)
{
  const TripTensor *out = ((Step *) data)->out;

  for (int y = first; y < first + n; y++)
    memcpy (tensor_row (out, y), tensor_row (rows, y), (gsize) out->width * out->channels * sizeof (float));
}

gboolean
trip_pyramid_encode (const TripPyramid *self, const TripTensor *input, TripTensor *features, TripArena *arena,
                     GCancellable *cancellable, GError **error)
{
  const TripRun run = trip_run_alone (cancellable);

  for (int i = 0; i < self->n_levels; i++)
    {
      const int height = input->height >> i, width = input->width >> i;

      features[i] = trip_tensor_take (arena, height, width, self->channels[i]);
      if (! trip_chain_run (&self->down[i], height, width, i ? source_halved : source_head, sink_copy,
                            &(Step) { self, i ? &features[i - 1] : input, NULL, &features[i] }, NULL, arena, &run,
                            error))
        return FALSE;
    }
  return TRUE;
}

gboolean
trip_pyramid_decode (const TripPyramid *self, TripTensor *features, TripArena *arena, GCancellable *cancellable,
                     GError **error)
{
  const TripRun run = trip_run_alone (cancellable);

  for (int i = self->n_levels - 2; i >= self->top; i--)
    {
      const TripTensor *below = &features[i + 1];
      const gsize used = arena->used;
      const TripTensor left = trip_tensor_take (arena, below->height, below->width, self->channels[i]);

      if (! trip_chain_run (&self->leave[i], below->height, below->width, source_copy, sink_copy,
                            &(Step) { self, below, NULL, &left }, NULL, arena, &run, error)
          || ! trip_chain_run (&self->up[i], features[i].height, features[i].width, source_doubled, sink_copy,
                               &(Step) { self, &features[i], &left, &features[i] }, NULL, arena, &run, error))
        return FALSE;
      arena->used = used;
    }
  return TRUE;
}
