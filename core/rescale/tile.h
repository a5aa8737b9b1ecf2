/* One tile of an enlarged picture: the network's residual (residual.h) on a cubic base, made to agree with the small
 * picture (back-project.h). */
#pragma once

#include <gio/gio.h>

#include "tile-band.h"

/* How far beyond a tile the band's in must go, where the picture does. */
int trip_tile_margin (const TripNetwork *network, gboolean agreement);

/* Floats of arena that a tile takes of small_width x small_height px of the picture, scale_x and scale_y times as many
 * px of the result. mirrored, agreement: as in TripTileBand. */
gsize trip_tile_need (const TripNetwork *network, gboolean mirrored, gboolean agreement, int small_width,
                      int small_height, double scale_x, double scale_y, int n_threads);

/* Fills the pixels of band->out whose centres lie in rect of the small picture. The arena is empty again afterwards.
 * run: as for trip_chain_run (). FALSE with G_IO_ERROR_CANCELLED. */
gboolean trip_tile_run (const TripTileBand *band, const TripRect *rect, TripArena *arena, const TripRun *run,
                        GError **error);
