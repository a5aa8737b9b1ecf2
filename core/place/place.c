#include "place.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../nn/shipped.h"
#include "choice.h"
#include "network.h"
#include "picture.h"

#define TEMPERATURE (4.0f / 3) /* by which the network is surer than it is right */
#define N_SIDES 2 /* the scene and its mirror image, so that what is found does not depend on which it is */

struct _TripPlacer
{
  TripPlaceNetwork *network;
};

struct _TripPlaceScene
{
  const TripPlacer *placer;
  int width, height; /* px */
  TripPlaceGrid grid;
  float *features[N_SIDES];
};

struct _TripHeatmap
{
  int width, height; /* px of the scene */
  TripRect visible;  /* of the object */
  TripCells cells;
  double scales[TRIP_PLACE_SIZES];
  TripLikely likely;
  float *scores; /* sizes, rows, columns */
};

TripPlacer *
trip_placer_new (GError **error)
{
  g_autoptr (GBytes) file = trip_shipped_weights ("place", error);
  TripPlaceNetwork *network = file ? trip_place_network_new (file, NULL, error) : NULL;
  TripPlacer *self;

  if (! network)
    return NULL;
  self = g_new (TripPlacer, 1);
  self->network = network;
  return self;
}

void
trip_placer_free (TripPlacer *self)
{
  if (! self)
    return;
  trip_place_network_free (self->network);
  g_free (self);
}

static gboolean
check_source (const TripSource *source, GError **error)
{
  if (source->width >= 1 && source->height >= 1 && source->n_channels >= 1 && source->n_channels <= 4)
    return TRUE;
  g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "the picture is empty");
  return FALSE;
}

typedef struct
{
  TripPlaceScene *scene;
  const TripImage *sides[N_SIDES];
  GCancellable *cancellable;
} Seeing;

static gboolean
see_side (gsize side, int worker, gpointer data, GError **error)
{
  const Seeing *self = data;

  self->scene->features[side] = trip_place_scene_features (self->scene->placer->network, self->sides[side],
                                                           self->cancellable, error);
  return self->scene->features[side] != NULL;
}

TripPlaceScene *
trip_place_scene_new (const TripPlacer *placer, const TripSource *source, const TripRun *run, GError **error)
{
  const TripRect all = { 0, 0, source->width, source->height };
  const double scale = (double) TRIP_PLACE_SIDE / MAX (source->width, source->height);
  const int width = MAX (1, (int) rint (source->width * scale)), height = MAX (1, (int) rint (source->height * scale));
  const TripRun reading = trip_run_part (run, 0, 0.7), seeing = trip_run_part (run, 0.7, 1);
  g_autoptr (TripPlaceScene) self = NULL;
  g_autoptr (TripImage) picture = NULL, mirrored = NULL;
  Seeing data;

  if (! check_source (source, error) || ! (picture = trip_place_read (source, &all, width, height, &reading, error))
      || ! (mirrored = trip_image_mirrored (picture, error)))
    return NULL;
  self = g_new0 (TripPlaceScene, 1);
  *self = (TripPlaceScene) { placer, source->width, source->height, trip_place_grid (width, height), { NULL } };
  data = (Seeing) { self, { picture, mirrored }, run->cancellable };
  return trip_run_tiles (&seeing, N_SIDES, see_side, &data, error) ? g_steal_pointer (&self) : NULL;
}

void
trip_place_scene_free (TripPlaceScene *self)
{
  if (! self)
    return;
  for (int i = 0; i < N_SIDES; i++)
    g_free (self->features[i]);
  g_free (self);
}

/* Makes logits probabilities, after "On Calibration of Modern Neural Networks" (Guo et al., 2017). */
static void
soften (float *values, gsize n)
{
  float highest = values[0];
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    highest = MAX (highest, values[i]);
  for (gsize i = 0; i < n; i++)
    sum += values[i] = expf ((values[i] - highest) / TEMPERATURE);
  for (gsize i = 0; i < n; i++)
    values[i] /= sum;
}

static void
scale_to_one (float *values, gsize n)
{
  float highest = G_MINFLOAT;

  for (gsize i = 0; i < n; i++)
    highest = MAX (highest, values[i]);
  for (gsize i = 0; i < n; i++)
    values[i] /= highest;
}

static void
fill_map (TripHeatmap *map, const TripPlaceScene *scene, const float *vector, double aspect)
{
  const TripPlaceGrid *grid = &scene->grid;
  const gsize n = trip_cells_count (&map->cells);
  g_autofree float *logits = g_new (float, (gsize) TRIP_PLACE_SIZES * grid->rows * grid->columns);
  g_autofree float *probabilities = g_new0 (float, n);

  map->scores = g_new (float, n);
  for (int i = 0; i < N_SIDES; i++)
    {
      trip_place_volume (scene->placer->network, scene->features[i], grid, vector, aspect, logits);
      trip_cells_refine (&map->cells, logits, grid->rows, grid->columns, grid->extent_y, grid->extent_x, i == 1,
                         probabilities);
    }
  soften (probabilities, n);
  trip_likely_find (&map->likely, &map->cells, probabilities);
  trip_cells_score (&map->cells, &map->likely, map->scores);
  scale_to_one (map->scores, n);
}

TripHeatmap *
trip_place (const TripPlaceScene *scene, const TripSource *object, const TripRun *run, GError **error)
{
  const TripRun looking = trip_run_part (run, 0, 0.4), reading = trip_run_part (run, 0.4, 0.8);
  g_autoptr (TripHeatmap) map = NULL;
  g_autoptr (TripImage) crop = NULL;
  float vector[TRIP_PLACE_VECTOR];
  TripRect visible;
  double aspect;

  if (! check_source (object, error) || ! trip_place_visible (object, &visible, &looking, error)
      || ! (crop = trip_place_read (object, &visible, TRIP_PLACE_OBJECT, TRIP_PLACE_OBJECT, &reading, error)))
    return NULL;
  aspect = (double) visible.width / visible.height;
  if (! trip_place_object_vector (scene->placer->network, crop, log (aspect), vector, run->cancellable, error)
      || ! trip_run_step (run, 0.9, error))
    return NULL;
  map = g_new0 (TripHeatmap, 1);
  map->width = scene->width;
  map->height = scene->height;
  map->visible = visible;
  trip_cells_init (&map->cells, scene->width, scene->height, aspect);
  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    map->scales[s] = map->cells.width[s] / visible.width;
  fill_map (map, scene, vector, log (aspect));
  return trip_run_step (run, 1, error) ? g_steal_pointer (&map) : NULL;
}

void
trip_heatmap_free (TripHeatmap *self)
{
  if (! self)
    return;
  g_free (self->scores);
  g_free (self);
}

const double *
trip_heatmap_scales (const TripHeatmap *self)
{
  return self->scales;
}

TripRect
trip_heatmap_visible (const TripHeatmap *self)
{
  return self->visible;
}

void
trip_heatmap_cells (const TripHeatmap *self, int *columns, int *rows)
{
  *columns = self->cells.columns;
  *rows = self->cells.rows;
}

/* The index of size that a scale lies at. */
static double
size_of_scale (const TripHeatmap *self, double scale)
{
  return log (scale / self->scales[0]) / trip_place_step ();
}

double
trip_heatmap_score (const TripHeatmap *self, double x, double y, double scale)
{
  return trip_cells_value (&self->cells, self->scores, x, y, size_of_scale (self, scale));
}

TripImage *
trip_heatmap_slice (const TripHeatmap *self, double scale, GError **error)
{
  const TripCells *cells = &self->cells;
  TripImage *slice;

  if (! (scale > 0))
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, "the scale is not above 0");
      return NULL;
    }
  slice = trip_image_new (cells->columns, cells->rows, 1, error);
  for (int y = 0; slice && y < cells->rows; y++)
    for (int x = 0; x < cells->columns; x++)
      trip_image_row (slice, y)[x] = trip_heatmap_score (self, (x + 0.5) * cells->cell_width,
                                                         (y + 0.5) * cells->cell_height, scale);
  return slice;
}

double
trip_heatmap_best_scale (const TripHeatmap *self, double x, double y, double *score)
{
  float of_size[TRIP_PLACE_SIZES];
  int best = 0;
  double scale;

  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      of_size[s] = trip_cells_value (&self->cells, self->scores, x, y, s);
      if (of_size[s] > of_size[best])
        best = s;
    }
  scale = self->scales[0] * exp (trip_place_step () * trip_peak_between (of_size, 1, best, TRIP_PLACE_SIZES));
  if (score)
    *score = trip_heatmap_score (self, x, y, scale);
  return scale;
}

static int
better (gconstpointer a, gconstpointer b)
{
  const double first = ((const TripPlacement *) a)->score, second = ((const TripPlacement *) b)->score;

  return (first < second) - (first > second);
}

int
trip_heatmap_best (const TripHeatmap *self, const TripPlaceFixed *fixed, int count, TripPlacement *placements)
{
  TripChoiceFixed given = { NAN, NAN, NAN };
  TripBox boxes[TRIP_MAX_PLACEMENTS];

  if (fixed && fixed->position)
    {
      given.x = fixed->x;
      given.y = fixed->y;
    }
  if (fixed && fixed->scale > 0)
    given.size = size_of_scale (self, fixed->scale);
  count = trip_cells_choose (&self->cells, &self->likely, &given, CLAMP (count, 1, TRIP_MAX_PLACEMENTS),
                             boxes);
  for (int i = 0; i < count; i++)
    {
      TripPlacement *p = &placements[i];

      *p = (TripPlacement) { boxes[i].x, boxes[i].y, boxes[i].width / self->visible.width, 0 };
      if (fixed && fixed->scale > 0)
        p->scale = fixed->scale; /* to the last bit */
      /* the first is the best of all, even where another lies nearer to the peak of the scores */
      p->score = MIN (trip_heatmap_score (self, p->x, p->y, p->scale), i ? placements[0].score : 1);
    }
  qsort (placements + 1, count - 1, sizeof *placements, (int (*) (const void *, const void *)) better);
  return count;
}
