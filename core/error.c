#include "error.h"

G_DEFINE_QUARK (trip-error-quark, trip_error)
