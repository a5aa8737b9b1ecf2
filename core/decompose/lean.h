/* Keeps a filling near what was expected of it. Internal to inpainting. */
#pragma once

#include "guess.h"
#include "vote.h"

/* A filling of pieces of the picture has its detail, but far from what is known, and where they did not match well, its
 * light and colours over larger distances are as uncertain as what the network expects, and the mean of both is better
 * than either. These are the shares of the guess, which is of a level of 1/2^halvings of this one: 1 channel. NULL with
 * NO_MEMORY; the caller owns it. */
TripImage *trip_lean_shares (const TripLevel *level, const TripGuess *guess, int halvings, GError **error);

/* Changes composition->out; FALSE with NO_MEMORY or cancelled. */
gboolean trip_lean (const TripComposition *composition, const TripGuess *guess, const TripImage *shares, int halvings,
                    const TripRun *run, GError **error);
