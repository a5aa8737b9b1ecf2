/* Takes an object out of a picture: finds what it covers, what its shadow and reflection change, and what is behind it.
 * trip_recompose() then makes layers of that.
 *
 *   selection -> trimap -> coverage -> picture without its effects -> hole -> picture without it
 *
 * The picture is a window around the object, so that time and memory depend on the object's size only. */
#pragma once

#include "effects.h"
#include "recompose.h"

/* What the user knows better of a pixel. */
typedef enum
{
  TRIP_CORRECTION_NONE,
  TRIP_CORRECTION_OBJECT,
  TRIP_CORRECTION_NO_OBJECT,
  TRIP_CORRECTION_EFFECT, /* changed by the object: is filled like the place where it stood */
  TRIP_CORRECTION_NO_EFFECT,
} TripCorrection;

/* What was found, for a TripSum, all of the picture's size: the object's coverage (1 channel), and, with the picture's
 * channels, the picture without object and effects, and without the object only. Where neither is, both pictures are
 * exactly what is seen of the original. trimap is what the coverage was found from, guess that before corrections, and
 * matte the coverage before the selection counted. */
typedef struct
{
  TripImage *trimap, *alpha, *background, *behind, *guess, *matte;
} TripParts;

void trip_parts_clear (TripParts *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TripParts, trip_parts_clear)

typedef struct
{
  double edge; /* px: the width of the uncertain band around the outline; 0: from how uncertain that is */
  TripEffectsKind effects;
  guint32 seed; /* of the filling */

  const TripImage *corrections; /* 1 channel of the picture's size, of values of TripCorrection; NULL: none */

  /* What the same, but for corrections within changed, a part of the picture, was taken apart into: away from there
   * coverage and background stay. NULL: nothing. */
  const TripParts *earlier;
  TripRect changed;
} TripDecomposeOptions;

void trip_decompose_options_init (TripDecomposeOptions *options);

/* The window of a picture of width x height px that is to be looked at for an object selected within bounds, which must
 * lie in the picture. */
TripRect trip_decompose_needs (int width, int height, const TripRect *bounds);

/* About how much memory trip_decompose() and then trip_recompose() allocate, the layers included, where needs, as found
 * above for bounds, is the window, of n_channels. */
double trip_decompose_bytes (const TripRect *needs, const TripRect *bounds, int n_channels);

/* picture: 1 to 4 channels, perceptual; selection: 1 channel of its size, 0..1. Fills parts, which the caller clears.
 * FALSE with EMPTY_MASK where nothing is selected or found, INVALID_ARGUMENT where all is, so that nothing is left to
 * fill the background from, NO_MEMORY, BAD_WEIGHTS or cancelled; parts is then all NULL. */
gboolean trip_decompose (const TripImage *picture, const TripImage *selection, const TripDecomposeOptions *options,
                         const TripRun *run, TripParts *parts, GError **error);
