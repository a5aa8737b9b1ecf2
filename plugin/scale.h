/* Carrying out a plan, as one undo step. */
#pragma once

#include "plan.h"

/* Scales the planned image, or, of an image's plan, a copy of it, and puts all outputs in place.
 * NULL with a GIMP_PLUG_IN_ERROR if GIMP refuses, or if somebody has changed the image since.
 * Returns the image that was scaled, and in *layers those of its layers that were (an array for
 * GIMP_VALUES_SET_CORE_OBJECT_ARRAY, to be freed with g_free()). */
GimpImage *scale_plan_carry_out (ScalePlan *self, gboolean copy, GimpLayer ***layers,
                                 GError **error);
