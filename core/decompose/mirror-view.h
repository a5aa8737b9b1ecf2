/* What is around an object, small, and how well a mirror explains it: the twin of View in
 * core/train/effects/mirror.py. */
#pragma once

#include "../run.h"
#include "mirror.h"

typedef struct
{
  int width, height;
  gsize size;        /* pixels; planes have as many floats */
  TripMirrorBox box; /* of the object */
  float *alpha;
  float *is_free;    /* 1 where the object hides nothing, else 0 */
  float *light;      /* 3: the picture's colours, linear */
  float *weights;    /* 6 planes, for the steps of each colour to the right and down: 1 over the expected square */
  float *pulls;      /* 6: the picture's steps times their weights */
  float *seen;       /* for each of the run's workers one: alpha in the mirror */
} TripMirrorView;

/* Of the perceptual values, near enough. */
#define TRIP_MIRROR_GAMMA 2.2f

/* What picture (1 to 4 channels) shows around box, the object's, whose longer side becomes side px where it is longer;
 * alpha (1 channel of the picture's size) is the object's coverage. FALSE with NO_MEMORY or cancelled. To be cleared in
 * any case. */
gboolean trip_mirror_view_init (TripMirrorView *view, const TripImage *picture, const TripImage *alpha,
                                const TripRect *box, int side, const TripRun *run, GError **error);
void trip_mirror_view_clear (TripMirrorView *view);

/* Fills a plane with alpha as the mirror shows it. */
void trip_mirror_view_reflect (const TripMirrorView *view, const TripMirror *mirror, float *seen);

/* How much of the picture's steps those of the object's outline in the mirror explain, in units of what is expected of
 * one step: the more, the likelier. No two calls with the same worker, one of the run's that the view was made with, at
 * the same time. */
float trip_mirror_view_score (const TripMirrorView *view, const TripMirror *mirror, int worker);
