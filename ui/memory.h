/* How much memory a result may take. */
#pragma once

/* Bytes that can be allocated without pushing other programs out of memory, and within the process's limit; 0 if the
 * system does not say. */
double ui_memory_available (void);
