/* Sparse symmetric positive definite systems whose unknowns are pixels and whose few couplings reach only to near
 * pixels: what matting and the like solve. Conjugate gradients preconditioned by a symmetric Gauss-Seidel sweep, which
 * costs nothing more: "Efficient Implementation of a Class of Preconditioned Conjugate Gradient Methods" (Eisenstat,
 * 1981). */
#pragma once

#include "run.h"

typedef struct
{
  guint32 n, n_slots; /* unknowns; couplings of one with unknowns before it, at most */
  guint32 *earlier;   /* n x n_slots: with which; an unused one names the unknown itself or a later one */
  float *coupling;    /* n x n_slots: the matrix left of its diagonal; 0 where unused */
  float *diagonal;    /* n, above 0 */
  float *right;       /* n: the right side */
} TripSystem;

/* All couplings unused, all else 0. NULL with NO_MEMORY. The caller owns it. */
TripSystem *trip_system_new (gsize n, guint32 n_slots, GError **error);
void trip_system_free (TripSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripSystem, trip_system_free)

/* Solves for x (n values, on entry a guess) until the residual is tolerance times the right side, or as small as floats
 * allow, or for max_steps steps. The system is used up. FALSE with NO_MEMORY or cancelled. */
gboolean trip_system_solve (TripSystem *system, float *x, double tolerance, int max_steps, const TripRun *run,
                            GError **error);
