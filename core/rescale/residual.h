/* What the network adds to a tile: its residual, or the mean of those of the picture and its mirror images, whose
 * mistakes differ: the geometric self-ensemble of "Enhanced Deep Residual Networks for Single Image Super-Resolution"
 * (Lim et al., 2017). */
#pragma once

#include "tile-band.h"

/* The part of an axis that a tile's features are computed for: its pixels and all that they depend on, as far as
 * there is a picture. */
typedef struct
{
  int begin, end; /* px of the small picture */
} TripExtent;

/* How a tile's pixels along an axis come from the field. */
typedef struct
{
  TripGrid field;  /* what it is asked for, as the network counts */
  TripGrid pixels; /* where the tile's lie in that */
} TripSampling;

/* What of the field makes a tile. */
typedef struct
{
  TripExtent extent_x, extent_y;
  TripSampling x, y;
  TripImage values; /* x.field.n x y.field.n px, three colours */
} TripResidual;

/* How far beyond a tile, in small pixels, others can change its residual. */
int trip_residual_reach (const TripNetwork *network);

/* Floats of arena for a tile of small_width x small_height px, n_columns x n_rows px of the result. mirrored: as in
 * TripTileBand. */
gsize trip_residual_need (const TripNetwork *network, gboolean mirrored, int small_width, int small_height,
                          int n_columns, int n_rows, int n_threads);

/* How many times as fast so many threads are as one, at a tile that takes features of height x width px. */
double trip_residual_speedup (const TripNetwork *network, gboolean mirrored, int height, int width, int n_threads);

/* The residual, not yet filled, of rows and columns of band->y and band->x, which lie in rect of the small picture. */
TripResidual trip_residual_take (const TripTileBand *band, const TripRect *rect, TripSpan rows, TripSpan columns,
                                 TripArena *arena);

/* Whether an axis is beyond band->finest, so that values are further apart than its pixels. */
gboolean trip_residual_is_interpolated (const TripTileBand *band, const TripAxis *axis);

/* Whether a channel has one value in all that the residual depends on. rect: that of trip_residual_take (). */
gboolean trip_residual_is_flat (const TripTileBand *band, const TripRect *rect, const TripResidual *residual,
                                int channel);

/* Told that the first n_rows rows of values are complete. */
typedef void (*TripResidualRows) (int n_rows, gpointer data);

/* Asks the network about the n_channels, 1 or 3, from first_channel on. run: as for trip_chain_run (). FALSE with
 * G_IO_ERROR_CANCELLED. */
gboolean trip_residual_fill (const TripTileBand *band, TripResidual *residual, int first_channel, int n_channels,
                             TripResidualRows rows, gpointer data, TripArena *arena, const TripRun *run,
                             GError **error);
