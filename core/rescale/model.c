#include "model.h"

#include "../error.h"
#include "tile.h"

extern GResource *trip_shipped_get_resource (void);

static const struct
{
  const char *name, *weights;
  int n_turns;
} models[TRIP_N_MODELS] = {
  [TRIP_MODEL_FAST] = { "fast", "fast", 1 },
  [TRIP_MODEL_BALANCED] = { "balanced", "balanced", 1 },
  [TRIP_MODEL_BEST] = { "best", "balanced", TRIP_MAX_TURNS },
};

const char *
trip_model_name (TripModel model)
{
  return models[model].name;
}

gboolean
trip_model_from_name (const char *name, TripModel *model)
{
  for (int i = 0; i < TRIP_N_MODELS; i++)
    if (g_strcmp0 (name, models[i].name) == 0)
      {
        *model = i;
        return TRUE;
      }
  return FALSE;
}

GBytes *
trip_model_weights (TripModel model, GError **error)
{
  const char *folder = g_getenv ("TRIPTYCH_WEIGHTS");
  g_autofree char *file = g_strconcat (models[model].weights, ".safetensors", NULL);
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

int
trip_model_turns (TripModel model)
{
  return models[model].n_turns;
}
