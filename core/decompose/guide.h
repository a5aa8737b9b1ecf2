/* What a hole is expected to look like from afar: the colours of its border, as they would spread in a membrane.
 * Internal to inpainting. */
#pragma once

#include "level.h"

/* Gives the level's hole those colours, and each of its patches a guide. FALSE with NO_MEMORY or cancelled. */
gboolean trip_guide (TripLevel *level, const TripRun *run, GError **error);
