/* What a network expects in a hole, coarsely: the mean of what is likely there, and how sure that is. "Generative Image
 * Inpainting with Contextual Attention" (Yu et al., 2018) begins with such a network too. Internal to inpainting; the
 * twin of core/train/inpaint/model.py. */
#pragma once

#include "../image.h"
#include "../nn/unet.h"
#include "level.h"

/* Of the network: red, green and blue, in the hole what is around it, less 0.5; 1 where they are known. */
#define TRIP_GUESS_INPUTS 4
/* What red, green and blue lack; the logarithm of the mean of their squared errors. */
#define TRIP_GUESS_OUTPUTS 4

typedef struct
{
  TripImage *colours; /* TRIP_LEVEL_STRIDE channels, as a level's pixels but 0..1 */
  TripImage *errors;  /* 1 channel: squared, of a colour; 0 where it is known */
} TripGuess;

void trip_guess_clear (TripGuess *guess);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TripGuess, trip_guess_clear)

/* kernels NULL: the fastest. NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripUnet *trip_guess_network_new (GBytes *file, const TripKernels *kernels, GError **error);

/* Fills guess, which the caller clears, for a level of a picture of n_channels (1 to 4). The network knows nothing of
 * an alpha channel, which gets what is around, as all do at sizes that only shallow holes lead to. FALSE with
 * BAD_WEIGHTS, NO_MEMORY or cancelled. */
gboolean trip_guess (const TripLevel *level, int n_channels, TripGuess *guess, const TripRun *run, GError **error);

/* Makes half, which may be guess itself, one of half its size; FALSE with NO_MEMORY. */
gboolean trip_guess_halve (const TripGuess *guess, TripGuess *half, GError **error);
