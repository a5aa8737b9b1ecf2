/* The plain scaling that an editor offers without us: cubic, in linear light, colours weighted by
 * alpha, antialiased where it shrinks. For comparison only. */
#pragma once

#include "trip.h"

#include <babl/babl.h>

/* The region of the result of width x height px that a picture of picture_width x picture_height px
 * has when scaled. part is in format and must hold what trip_upscale_needs() names. The result is
 * in *plain_format. Errors: TRIP_ERROR_NO_MEMORY. The caller owns the result. */
TripImage *ui_plain_scale (const TripImagePart *part, const Babl *format, int picture_width,
                           int picture_height, int width, int height, const TripRect *region,
                           const Babl **plain_format, GError **error);
