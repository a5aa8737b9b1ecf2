/* The network of the upscaler, one function for each module of core/train/upscale/model.py: mathematics only.
 *
 * A trunk of residual 3x3 convolutions at the small size gives each small pixel features, of which the heat field
 * (field.h) makes pixels of any size. */
#pragma once

#include <gio/gio.h>

#include "../nn/chain.h"
#include "field.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripNetwork TripNetwork;

/* Reads a safetensors file; the sizes of the network are those of its tensors. NULL with
 * TRIP_ERROR_BAD_WEIGHTS. The caller owns it. kernels NULL: the fastest. */
TripNetwork *trip_network_new (GBytes *file, const TripKernels *kernels, GError **error);
void trip_network_free (TripNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripNetwork, trip_network_free)

/* How far away, in small pixels, a pixel can change the features at a place. */
int trip_network_reach (const TripNetwork *network);

/* Multiply-adds of trunk and coefficients for one small pixel, those of plain convolutions. */
double trip_network_macs (const TripNetwork *network);

const TripKernels *trip_network_kernels (const TripNetwork *network);
const TripField *trip_network_field (const TripNetwork *network);

#define TRIP_NETWORK_INPUTS 4 /* red, green, blue (0..1, less 0.5) and clean-up (0..1) */

/* Floats that trip_network_trunk () takes from an arena for an input of height x width px, the input included. */
gsize trip_network_need (const TripNetwork *network, int height, int width, int n_threads);

/* How many times as fast so many threads are as one, at an input's trunk. */
double trip_network_speedup (const TripNetwork *network, int height, int width, int n_threads);

/* The ReLUs, for whose masks (see nn/chain.h) trip_network_trunk () may be asked: each of trip_network_channels (). */
int trip_network_masks (const TripNetwork *network);
int trip_network_channels (const TripNetwork *network);

/* The features of input (TRIP_NETWORK_INPUTS channels, zeros beyond it) go to sink. masks: n arrays to fill, or NULL.
 * run: as for trip_chain_run (). FALSE with G_IO_ERROR_CANCELLED. */
gboolean trip_network_trunk (const TripNetwork *network, const TripTensor *input, TripChainSink sink, gpointer data,
                             TripMask *const *masks, TripArena *arena, const TripRun *run, GError **error);
