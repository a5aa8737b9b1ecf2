/* Pictures of any size that take no memory: every pixel is computed when it is read. */
#pragma once

#include "trip.h"

/* Colours that vary everywhere, and with alpha some transparent pixels. */
TripSource synthetic_source (int width, int height, int n_channels);

/* A sink that forgets what it gets. */
TripSink synthetic_sink (void);
