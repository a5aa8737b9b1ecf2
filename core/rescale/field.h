/* The head of the upscaler, for any factor per axis: each small pixel holds a short Fourier series over a learned
 * bank of frequencies nu, and an output pixel is that series averaged over the pixel's own area, an attenuation by
 * exp (-kappa |nu / scale|^2) for each axis. After "Thera: Aliasing-Free Arbitrary-Scale Super-Resolution with
 * Neural Heat Fields" (Becker et al., 2023, eq. 4 to 8). */
#pragma once

#include "../nn/kernels.h"
#include "../nn/tensor.h"
#include "../nn/weights.h"

/* Immutable, may be used by several threads at once. */
typedef struct _TripField TripField;

/* Reads the tensors field.* of a network with so many channels; NULL with TRIP_ERROR_BAD_WEIGHTS. The caller
 * owns it. */
TripField *trip_field_new (const TripWeights *file, int channels, const TripKernels *kernels, GError **error);
void trip_field_free (TripField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripField, trip_field_free)

/* Multiply-adds for one small pixel. */
double trip_field_macs (const TripField *field);

/* Where the output's rows or columns lie along one axis of the small picture. */
typedef struct
{
  int n;
  double scale;  /* output px for one small px */
  int *index;    /* n: the small pixel that holds the output pixel's centre, in the features' count */
  float *offset; /* n: of that centre from the small pixel's, in small px, -0.5..0.5 */
} TripGrid;

#define TRIP_FIELD_PLACES 48

/* The places that an axis has in a small pixel, where they are few: as soon as factors are simple fractions, the same
 * ones come again. */
typedef struct
{
  int n;
  float offsets[TRIP_FIELD_PLACES];
} TripFieldPlaces;

/* The field at all rows x columns of a tile. */
typedef struct
{
  const TripField *field;
  TripGrid rows, columns;

  /* private, in the arena: */
  int left, n_small;        /* the small pixels that columns lie in */
  gboolean is_folded;       /* the field is a matrix, and series holds the colours of all places: */
  TripFieldPlaces y, x;
  int n_series;             /* floats of a small pixel */
  const float *weights, *bias;
  float *transposed;        /* of weights, for the way back */
  int *place;               /* columns.n: where a column's values begin in a row of series */
  float *series, *combined;
  float *cos_x, *sin_x, *cos_y, *sin_y;
} TripFieldTile;

/* Floats of arena that a tile takes with at most so many small and output columns. */
gsize trip_field_need (const TripField *field, int n_small, int n_columns);

/* rows and columns must outlive the tile. back: for trip_field_rows_back () as well. */
TripFieldTile trip_field_tile (const TripField *field, const TripGrid *rows, const TripGrid *columns, gboolean back,
                               TripArena *arena);

/* Adds the field to those of the tile's rows that lie in the small rows first .. first + n - 1, which are all that is
 * read of features. out: rows.n, columns.n, 3 colours, and one float more. */
void trip_field_rows (const TripFieldTile *tile, const TripTensor *features, int first, int n, float *out);

/* The derivatives by the features in the small rows first .. first + n - 1, at rows + (row - first) * stride, from
 * those by the tile's pixels (rows.n, columns.n, 3 colours). Features beside the tile get 0. */
void trip_field_rows_back (const TripFieldTile *tile, const float *pixels, int first, int n, float *rows,
                           gsize stride, int width);
