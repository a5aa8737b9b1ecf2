/* Where an object belongs in a scene, and how large: scores over a volume of sizes and positions, and the best of them.
 *
 * The scene is looked at once; what was seen of it serves every object, size and position. Coordinates are px of the
 * scene, 0, 0 its top left corner. An object stands where the centre of what is visible of it stands, so transparent
 * margins do not matter; its scale is relative to its own pixels. "TopNet: Transformer-based Object Placement Network
 * for Image Compositing" (Zhu et al., 2023) has the volume, "Fast Object Placement Assessment" (Niu et al., 2022) the
 * filters that the object makes for the scene. */
#pragma once

#include "../image.h"
#include "../run.h"

/* The network, ready to run: immutable, may be used by several threads at once. */
typedef struct _TripPlacer TripPlacer;

/* NULL with TRIP_ERROR_BAD_WEIGHTS. The caller owns it. */
TripPlacer *trip_placer_new (GError **error);
void trip_placer_free (TripPlacer *placer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripPlacer, trip_placer_free)

/* What is seen of a scene: a few MB whatever its size, immutable, may be used by several threads at once. */
typedef struct _TripPlaceScene TripPlaceScene;

/* source, of any size and channels, is read from top to bottom, at most TRIP_PLACE_ROWS of its rows for each of those
 * that the network sees, and no more afterwards. Transparent pixels count as neutral gray. The result keeps placer,
 * which must outlive it. NULL with INVALID_ARGUMENT, NO_MEMORY, cancelled, or what source returns. The caller owns
 * it. */
TripPlaceScene *trip_place_scene_new (const TripPlacer *placer, const TripSource *source, const TripRun *run,
                                      GError **error);
void trip_place_scene_free (TripPlaceScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripPlaceScene, trip_place_scene_free)

#define TRIP_PLACE_ROWS 8

/* The scores of one object in one scene, immutable; refers to neither. */
typedef struct _TripHeatmap TripHeatmap;

/* object: its own pixels, of any size; without alpha all of it is visible. NULL with TRIP_ERROR_EMPTY_MASK where
 * nothing is visible, or as trip_place_scene_new(). The caller owns it. */
TripHeatmap *trip_place (const TripPlaceScene *scene, const TripSource *object, const TripRun *run, GError **error);
void trip_heatmap_free (TripHeatmap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripHeatmap, trip_heatmap_free)

#define TRIP_PLACE_SIZES 16

/* The scale of each of the volume's sizes, from small to large, in even steps of its logarithm. */
const double *trip_heatmap_scales (const TripHeatmap *map);

/* What is visible of the object, in its own px. At a placement x, y, scale the object's own point u, v stands at
 * x + (u - (rect.x + rect.width / 2)) * scale, and likewise y. */
TripRect trip_heatmap_visible (const TripHeatmap *map);

/* The cells of the volume that cover the scene, at least 32 along its longer side; cell column, row has its centre at
 * (column + 0.5) * width / columns, (row + 0.5) * height / rows. */
void trip_heatmap_cells (const TripHeatmap *map, int *columns, int *rows);

/* How good a place is: the expected IoU of the object there with the object where it belongs, with a leaning towards
 * small sizes, over that of the best of all cells and sizes in this scene, 0..1. Between the cells and sizes of the
 * volume it is interpolated; a scale beyond the smallest or largest of the volume scores as that, positions
 * likewise. */
double trip_heatmap_score (const TripHeatmap *map, double x, double y, double scale);

/* The scores at one scale: 1 channel, columns x rows. NULL with TRIP_ERROR_NO_MEMORY or _INVALID_ARGUMENT. The caller
 * owns it. */
TripImage *trip_heatmap_slice (const TripHeatmap *map, double scale, GError **error);

/* The scale with the highest score at a position, and the score if it is not NULL. */
double trip_heatmap_best_scale (const TripHeatmap *map, double x, double y, double *score);

typedef struct
{
  double x, y, scale; /* centre of what is visible in px of the scene; factor */
  double score;       /* 0..1, as trip_heatmap_score(), or that of the best one if it is lower */
} TripPlacement;

/* What is given already. */
typedef struct
{
  double scale;      /* or 0: search */
  gboolean position; /* whether x and y are given */
  double x, y;       /* px */
} TripPlaceFixed;

#define TRIP_MAX_PLACEMENTS 50

/* The best placements, best first: each chosen where it raises the expected IoU of the best of them most, so that they
 * differ visibly. The first is the same for every count, and none has a higher score. fixed may be NULL. Returns how
 * many were written, at most count (up to TRIP_MAX_PLACEMENTS), at least 1; fewer only where there is no other that
 * differs, as with everything fixed. */
int trip_heatmap_best (const TripHeatmap *map, const TripPlaceFixed *fixed, int count, TripPlacement *placements);
