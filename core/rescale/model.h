/* The models that users choose from, the restorers that belong to them, and the weights files behind both. */
#pragma once

#include <gio/gio.h>

/* Speed against quality. */
typedef enum
{
  TRIP_MODEL_FAST,
  TRIP_MODEL_BALANCED,
  TRIP_MODEL_BEST,
  TRIP_N_CHOICES, /* for users */
  /* What was trained together with small pictures, to bring them back. Pictures depend on their restorer: its weights
   * never change once they were released, better ones become another. */
  TRIP_RESTORER_FAST_1 = TRIP_N_CHOICES,
  TRIP_RESTORER_BALANCED_1,
  TRIP_N_MODELS
} TripModel;

/* "fast", "balanced", "best": the names of the procedures and of the command-line tool; or a restorer's, which pictures
 * carry. */
const char *trip_model_name (TripModel model);
gboolean trip_model_from_name (const char *name, TripModel *model);

/* The restorer of what is shrunk with model. */
TripModel trip_model_restorer (TripModel model);

/* Whether its results are the mean over the picture's mirror images. */
gboolean trip_model_is_mirrored (TripModel model);

/* The model's weights file: trip_shipped_weights (). */
GBytes *trip_model_weights (TripModel model, GError **error);
