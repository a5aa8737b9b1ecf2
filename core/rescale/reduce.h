/* Shrinking: antialiased cubic resampling (a = -0.5, the kernel widened by the factor, weights normalised
 * at the border), for the axes that shrink; the others stay. Colours are weighted by alpha. The result
 * keeps to 0..1 or the range of the pixels that it is made of. After Keys,
 * "Cubic convolution interpolation for digital image processing" (1981). */
#pragma once

#include <gio/gio.h>

#include "../image.h"

typedef struct _TripReduced TripReduced;

#define TRIP_REDUCE_BYTES (16 << 20) /* that reading takes, beside its result, unless one pixel of that needs more */

/* A source of width x height px, each at most that of picture, made from picture on demand. The caller
 * owns the result; picture, which is copied, must stay valid as long. Reading fails with
 * G_IO_ERROR_CANCELLED too. */
TripReduced *trip_reduced_new (const TripSource *picture, int width, int height, GCancellable *cancellable);
void trip_reduced_free (TripReduced *reduced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripReduced, trip_reduced_free)

const TripSource *trip_reduced_source (const TripReduced *reduced);

/* The part of a picture of width x height px that rect of its reduction to reduced_width x reduced_height
 * depends on. */
TripRect trip_reduced_needs (int width, int height, int reduced_width, int reduced_height,
                             const TripRect *rect);

/* How rect of a picture's reduction is made, row by row; neither limited nor weighted by alpha. */
typedef struct _TripReduction TripReduction;

/* Of a picture of width x height px, to reduced_width x reduced_height. The caller owns the result. */
TripReduction *trip_reduction_new (int width, int height, int reduced_width, int reduced_height, const TripRect *rect);
void trip_reduction_free (TripReduction *reduction);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripReduction, trip_reduction_free)

/* The picture's row below the last one that row y of rect takes. */
int trip_reduction_end (const TripReduction *reduction, int y);

/* Row y of rect. in: the part of the picture at x, y = left, top, which holds what the row takes; between: floats for
 * one row of it and one more; out: a row of rect with as many channels. */
void trip_reduction_row (const TripReduction *reduction, const TripImage *in, int left, int top, int y, float *between,
                         float *out);
