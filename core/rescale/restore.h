/* What a shrunk picture carries so that it can be brought back, and how well it is. */
#pragma once

#include "upscale.h"

/* Brings picture back from small with upscaler, to sink if that is not NULL, and says how close it comes: the PSNR of
 * the colours in dB, weighted by alpha; infinite if they are equal or nothing of them is to be seen. FALSE with the
 * errors of trip_upscale (). */
gboolean trip_shrink_restore (const TripUpscaler *upscaler, const TripSource *small, const TripSource *picture,
                              const TripSink *sink, const TripRun *run, double *fidelity, GError **error);

/* What a small picture carries so that it can be brought back. The small size tells whether the picture that is found
 * to carry it is still the one that was made. */
typedef struct
{
  int width, height;             /* px, of the picture */
  int small_width, small_height; /* px */
  TripModel restorer;
} TripShrinkNote;

/* Whether going from one size to the other brings back what note tells of. */
gboolean trip_shrink_note_fits (const TripShrinkNote *note, int small_width, int small_height, int width, int height);
/* As a line of a comment. The caller g_free()s it. */
char *trip_shrink_note (const TripShrinkNote *note);
/* The first line of comment that is such a note; FALSE, with *note undefined, if none is. comment may be NULL. */
gboolean trip_shrink_note_parse (const char *comment, TripShrinkNote *note);
