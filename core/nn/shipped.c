#include "shipped.h"

#include "../error.h"

extern GResource *trip_shipped_get_resource (void);

GBytes *
trip_shipped_weights (const char *name, GError **error)
{
  const char *folder = g_getenv ("TRIPTYCH_WEIGHTS");
  g_autofree char *file = g_strconcat (name, ".safetensors", NULL);
  g_autofree char *path = g_build_filename (folder ? folder : "/triptych/weights", file, NULL);
  g_autoptr (GError) cause = NULL;
  char *content;
  gsize size;
  GBytes *bytes = NULL;

  if (! folder)
    bytes = g_resource_lookup_data (trip_shipped_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, &cause);
  else if (g_file_get_contents (path, &content, &size, &cause))
    bytes = g_bytes_new_take (content, size);
  if (! bytes)
    g_set_error (error, TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, "%s", cause->message);
  return bytes;
}
