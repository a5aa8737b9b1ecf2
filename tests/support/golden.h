/* Tensors that PyTorch recorded. */
#pragma once

#include "nn/tensor.h"
#include "nn/weights.h"

/* The file name.safetensors of the folder that the environment variable names. */
GBytes *golden_file (const char *variable, const char *name);

/* The values of a tensor that must be there, for the caller to g_free (). */
float *golden_tensor (const TripWeights *golden, const char *name, gsize shape[TRIP_MAX_DIMS]);

/* The planes of a tensor that must be there, (1, channels, height, width), from arena. */
TripTensor golden_input (const TripWeights *golden, const char *name, TripArena *arena);

/* Adds a test path/ISA for each instruction set that this processor can run; its data are the TripKernels. */
void golden_add_for_kernels (const char *path, GTestDataFunc test);
