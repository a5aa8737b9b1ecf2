/* Colours for transparent pixels, so that what lies under them cannot reach visible ones. */
#pragma once

#include <gio/gio.h>

#include "../image.h"

#define TRIP_FILL_REACH 16 /* px: how far away a visible pixel may colour a transparent one */
#define TRIP_FILL_COPIES 3 /* image and as much again twice: how much memory it takes */

/* Gives each fully transparent pixel of image (2 or 4 channels) the mean of the visible ones around it,
 * weighted by alpha, near ones before far ones; 0 where none is in reach. Alpha and visible pixels stay.
 * FALSE with TRIP_ERROR_NO_MEMORY or G_IO_ERROR_CANCELLED. */
gboolean trip_fill_transparent (TripImage *image, GCancellable *cancellable, GError **error);
