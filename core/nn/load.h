/* Layers of networks from weights files. */
#pragma once

#include "chain.h"
#include "weights.h"

/* Sets weights and bias from the tensors name.weight (layer->channels, in_channels, 3, 3) and name.bias. FALSE with
 * TRIP_ERROR_BAD_WEIGHTS. */
gboolean trip_layer_load (TripLayer *layer, const TripWeights *file, const char *name, int in_channels,
                          GError **error);
void trip_layers_free (TripLayer *layers, int n_layers);

/* A 3x3 convolution of few planes with zeros beyond them, which makes the input of a chain. */
typedef struct
{
  int inputs, channels; /* channels a multiple of TRIP_LANES */
  float *weights, *bias;
} TripHead;

/* As trip_layer_load (), and the number of channels is that of the tensors; FALSE too where it is no multiple of
 * TRIP_LANES. */
gboolean trip_head_load (TripHead *head, const TripWeights *file, const char *name, int inputs, GError **error);
void trip_head_clear (TripHead *head);

/* Fills rows as a TripChainSource does, from the planes of input. */
void trip_head_run (const TripHead *head, const TripKernels *kernels, const TripTensor *input, float *rows,
                    gsize stride, int first, int n);
