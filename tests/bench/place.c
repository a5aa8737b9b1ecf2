/* Milliseconds of Place in one thread: a scene, an object's scores in it, and the best of them. */
#include <math.h>

#include "place/place.h"
#include "../support/pictures.h"

#define ROUNDS 5

static TripSource
source_of (const TripImagePart *part)
{
  return trip_source_from_part (part, part->image->width, part->image->height);
}

int
main (void)
{
  static const int sizes[][2] = { { 640, 480 }, { 4000, 3000 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (TripPlacer) placer = trip_placer_new (&error);
  g_autoptr (TripImage) object = picture_new (120, 160, 4);
  const TripImagePart object_part = { object, 0, 0 };
  const TripSource object_source = source_of (&object_part);
  TripRun run = TRIP_RUN_INIT;

  if (! placer)
    g_error ("%s", error->message);
  run.n_threads = 1;
  g_print ("| scene, px | scene, ms | scores of an object | best 5 | best %d |\n|---|--:|--:|--:|--:|\n",
           TRIP_MAX_PLACEMENTS);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TripImage) image = picture_new (sizes[i][0], sizes[i][1], 3);
      const TripImagePart part = { image, 0, 0 };
      const TripSource source = source_of (&part);
      double least[4] = { INFINITY, INFINITY, INFINITY, INFINITY };

      for (int round = 0; round < ROUNDS; round++)
        {
          gint64 times[5] = { g_get_monotonic_time () };
          g_autoptr (TripPlaceScene) scene = trip_place_scene_new (placer, &source, &run, NULL);
          g_autoptr (TripHeatmap) map = NULL;
          TripPlacement best[TRIP_MAX_PLACEMENTS];

          times[1] = g_get_monotonic_time ();
          map = trip_place (scene, &object_source, &run, NULL);
          times[2] = g_get_monotonic_time ();
          trip_heatmap_best (map, NULL, 5, best);
          times[3] = g_get_monotonic_time ();
          trip_heatmap_best (map, NULL, TRIP_MAX_PLACEMENTS, best);
          times[4] = g_get_monotonic_time ();
          for (int k = 0; k < 4; k++)
            least[k] = MIN (least[k], (times[k + 1] - times[k]) / 1000.0);
        }
      g_print ("| %d x %d | %.0f | %.0f | %.0f | %.0f |\n", sizes[i][0], sizes[i][1], least[0], least[1], least[2],
               least[3]);
    }
  return 0;
}
