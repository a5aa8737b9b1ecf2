/* The memory of pictures and of what is computed from them. */
#pragma once

#include <glib.h>

/* n floats that begin a line of the cache, or NULL where there are not as many. The caller frees them by free (). */
float *trip_floats_new (gsize n);
