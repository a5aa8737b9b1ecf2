/* The weights files that come with the program. */
#pragma once

#include <gio/gio.h>

/* The file name.safetensors, shipped inside the library or from the folder that the environment variable
 * TRIPTYCH_WEIGHTS names; NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
GBytes *trip_shipped_weights (const char *name, GError **error);
