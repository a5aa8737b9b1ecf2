/* The dialog of Shrink. */
#pragma once

#include "view.h"

/* Runs the dialog until OK (TRUE, the choices are in config) or Cancel (FALSE). */
gboolean ui_shrink_run (GimpProcedure *procedure, GimpProcedureConfig *config,
                        const UiPicture *picture);
