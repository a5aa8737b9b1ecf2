/* Errors of core. Cancelling is G_IO_ERROR_CANCELLED, never one of these.
 *
 * Messages are short and technical, for logs and the command-line tool; plugin/ and ui/ choose the
 * user's sentence by the code. On failure a function returns NULL or FALSE with the error set and has
 * changed nothing else. */
#pragma once

#include <glib.h>

typedef enum
{
  TRIP_ERROR_INVALID_ARGUMENT, /* a size, factor or option is out of its range */
  TRIP_ERROR_NO_MEMORY,        /* a picture-sized allocation failed */
  TRIP_ERROR_BAD_WEIGHTS,      /* a weights file is missing, damaged or of another network */
  TRIP_ERROR_EMPTY_MASK,       /* nothing is selected */
} TripError;

#define TRIP_ERROR (trip_error_quark ())
GQuark trip_error_quark (void);
