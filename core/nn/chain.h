/* A chain of 3x3 convolutions with zeros beyond the picture, run a strip of rows at a time through all of its layers:
 * memory does not grow with the height, and what a layer reads is still in the cache. */
#pragma once

#include "../run.h"
#include "kernels.h"
#include "tensor.h"

/* The layer's own input, the layer before, is convolved; layer 0 is the chain's input. */
typedef struct
{
  int channels;         /* of the output, a multiple of TRIP_LANES; the input has those of the layer before */
  const float *weights; /* of trip_pack_winograd () */
  const float *bias;    /* channels */
  int added;            /* the layer whose output is added before the ReLU: the input's input, layer 0, or -1 */
  gboolean adds_input;  /* and the chain's input, after it */
  gboolean relu;
  int mask;             /* of a ReLU: which mask it writes, or reads where relu is not set; -1: none */
} TripLayer;

/* Where ReLUs let their input through: a byte for each value, for each mask an array of (height, width, channels). */
typedef guint8 TripMask;

typedef struct
{
  const TripKernels *kernels;
  int channels;            /* of the input */
  const TripLayer *layers; /* n_layers */
  int n_layers;
} TripChain;

/* Floats of arena for inputs of at most such a width. */
gsize trip_chain_need (const TripChain *chain, int width, int n_threads);

/* How many times as fast so many threads are as one. */
double trip_chain_speedup (const TripChain *chain, int height, int width, int n_threads);

/* Fills the rows first .. first + n - 1 of the chain's input. */
typedef void (*TripChainSource) (float *rows, gsize stride, int first, int n, gpointer data);
/* Takes the rows first .. first + n - 1 of the last layer, from top to bottom; no others of rows may be read. */
typedef void (*TripChainSink) (const TripTensor *rows, int first, int n, gpointer data);

/* masks may be NULL where no layer has one. Of run, cancelling and threads count: with several of them source and sink
 * are called from any, but each from one at a time, and from top to bottom. The result does not depend on how many they
 * are. FALSE with G_IO_ERROR_CANCELLED, checked at every strip. */
gboolean trip_chain_run (const TripChain *chain, int height, int width, TripChainSource source, TripChainSink sink,
                         gpointer data, TripMask *const *masks, TripArena *arena, const TripRun *run, GError **error);
