#include "model.h"

#include "../nn/shipped.h"

static const struct
{
  const char *name; /* and the weights' */
  gboolean is_mirrored;
  TripModel restorer;
} models[TRIP_N_MODELS] = {
  [TRIP_MODEL_FAST] = { "fast", FALSE, TRIP_RESTORER_FAST_1 },
  [TRIP_MODEL_BALANCED] = { "balanced", FALSE, TRIP_RESTORER_BALANCED_1 },
  [TRIP_MODEL_BEST] = { "best", TRUE, TRIP_RESTORER_BALANCED_1 },
  [TRIP_RESTORER_FAST_1] = { "restorer-fast-1", FALSE, TRIP_RESTORER_FAST_1 },
  [TRIP_RESTORER_BALANCED_1] = { "restorer-balanced-1", FALSE, TRIP_RESTORER_BALANCED_1 },
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

TripModel
trip_model_restorer (TripModel model)
{
  return models[model].restorer;
}

gboolean
trip_model_is_mirrored (TripModel model)
{
  return models[model].is_mirrored;
}

GBytes *
trip_model_weights (TripModel model, GError **error)
{
  return trip_shipped_weights (models[model].name, error);
}
