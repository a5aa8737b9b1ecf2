#include "memory.h"

#include <glib.h>
#include <string.h>

double
ui_memory_available (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (! g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return 0;
  line = strstr (text, "MemAvailable:");
  return line ? g_ascii_strtod (line + strlen ("MemAvailable:"), NULL) * 1024 : 0;
}
