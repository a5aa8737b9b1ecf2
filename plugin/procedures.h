/* The suite's procedures: one file and one row of main.c's table each. */
#pragma once

#include <libgimp/gimp.h>

#define UPSCALE_NAME "plug-in-triptych-upscale"
GimpProcedure *upscale_create (GimpPlugIn *plug_in);

#define SHRINK_NAME "plug-in-triptych-shrink"
GimpProcedure *shrink_create (GimpPlugIn *plug_in);

#define DECOMPOSE_NAME "plug-in-triptych-decompose"
GimpProcedure *decompose_create (GimpPlugIn *plug_in);

#define PLACE_NAME "plug-in-triptych-place"
GimpProcedure *place_create (GimpPlugIn *plug_in);
