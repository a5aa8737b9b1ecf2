#include "memory.h"

#include <glib.h>
#include <string.h>
#include <sys/resource.h>

/* The kB that a line of a file of Linux tells, in bytes; 0: it does not. */
static double
read_bytes (const char *file, const char *name)
{
  g_autofree char *text = NULL;
  const char *line;

  if (! g_file_get_contents (file, &text, NULL, NULL))
    return 0;
  line = strstr (text, name);
  return line ? g_ascii_strtod (line + strlen (name), NULL) * 1024 : 0;
}

double
ui_memory_available (void)
{
  const double available = read_bytes ("/proc/meminfo", "MemAvailable:");
  struct rlimit limit;

  if (available == 0 || getrlimit (RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return available;
  return CLAMP (limit.rlim_cur - read_bytes ("/proc/self/status", "VmSize:"), 1, available);
}
