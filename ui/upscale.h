/* The dialog of Upscale. */
#pragma once

#include "view.h"

/* Runs the dialog until OK (TRUE, the choices are in config) or Cancel (FALSE). */
gboolean ui_upscale_run (GimpProcedure *procedure, GimpProcedureConfig *config,
                         const UiPicture *picture);
