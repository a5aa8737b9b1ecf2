/* Shrinking: antialiased cubic resampling (a = -0.5, the kernel widened by the factor, weights normalised
 * at the border), for the axes that shrink; the others stay. Colours are weighted by alpha. The result
 * keeps to 0..1 or the range of the pixels that it is made of. After Keys,
 * "Cubic convolution interpolation for digital image processing" (1981). */
#pragma once

#include <gio/gio.h>

#include "../image.h"

typedef struct _TripReduced TripReduced;

#define TRIP_REDUCE_BYTES (16 << 20) /* that reading takes at most, beside its result */

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

/* rect of the reduction of a picture of width x height px, of which in is the part at from, which holds what rect
 * depends on; neither limited nor weighted by alpha. out: of rect's size. FALSE with TRIP_ERROR_NO_MEMORY. */
gboolean trip_reduce_part (const TripImage *in, const TripRect *from, int width, int height, int reduced_width,
                           int reduced_height, const TripRect *rect, TripImage *out, GError **error);
