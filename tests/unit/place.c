/* Placing an object: properties of the scores and of the placements, and what is refused. */
#include <math.h>
#include <string.h>

#include "place/cells.h"
#include "place/network.h"
#include "place/picture.h"
#include "support/pictures.h"
#include "support/progress.h"

typedef struct
{
  TripPlacer *placer;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->placer = trip_placer_new (&error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  trip_placer_free (f->placer);
}

static TripPlaceScene *
scene_of (const Fixture *f, const TripImage *image, const TripRun *run, GError **error)
{
  const TripImagePart part = { image, 0, 0 };
  const TripSource source = trip_source_from_part (&part, image->width, image->height);

  return trip_place_scene_new (f->placer, &source, run, error);
}

static TripHeatmap *
map_of (const TripPlaceScene *scene, const TripImage *object, const TripRun *run, GError **error)
{
  const TripImagePart part = { object, 0, 0 };
  const TripSource source = trip_source_from_part (&part, object->width, object->height);

  return trip_place (scene, &source, run, error);
}

/* Of a scene and an object that must be all right. */
static TripHeatmap *
placed (const Fixture *f, const TripImage *image, const TripImage *object, int n_threads)
{
  TripRun run = TRIP_RUN_INIT;
  g_autoptr (GError) error = NULL;
  g_autoptr (TripPlaceScene) scene = NULL;
  TripHeatmap *map;

  run.n_threads = n_threads;
  scene = scene_of (f, image, &run, &error);
  g_assert_no_error (error);
  map = map_of (scene, object, &run, &error);
  g_assert_no_error (error);
  return map;
}

/* An object in the middle of transparent margins. */
static TripImage *
object_with_margins (int left, int top, int width, int height)
{
  g_autoptr (TripImage) object = picture_new (width, height, 4);
  TripImage *with = picture_constant (left + width + 7, top + height + 3, 4, 0);

  for (int y = 0; y < height; y++)
    {
      memcpy (trip_image_row (with, top + y) + 4 * left, trip_image_row (object, y), width * 4 * sizeof (float));
      for (int x = 0; x < width; x++)
        trip_image_row (with, top + y)[4 * (left + x) + 3] = 1;
    }
  return with;
}

static void
test_shape (Fixture *f, gconstpointer data)
{
  static const struct
  {
    int width, height, n_channels;
  } scenes[] = { { 320, 200, 3 }, { 77, 191, 4 }, { 64, 64, 1 }, { 50, 30, 2 }, { 1, 1, 3 }, { 700, 1, 3 },
                 { 1, 500, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    {
      g_autoptr (TripImage) image = picture_new (scenes[i].width, scenes[i].height, scenes[i].n_channels);
      g_autoptr (TripImage) object = object_with_margins (5, 9, 20, 30);
      g_autoptr (TripHeatmap) map = placed (f, image, object, 1);
      const double *scales = trip_heatmap_scales (map);
      const TripRect visible = trip_heatmap_visible (map);
      TripPlacement best[8];
      float highest = 0;
      int columns, rows;

      trip_heatmap_cells (map, &columns, &rows);
      g_assert_cmpint (MAX (columns, rows), >=, 32);
      g_assert_cmpint (MIN (columns, rows), >=, 1);
      g_assert_true (visible.x == 5 && visible.y == 9 && visible.width == 20 && visible.height == 30);
      for (int s = 0; s < TRIP_PLACE_SIZES; s++)
        {
          g_autoptr (TripImage) slice = trip_heatmap_slice (map, scales[s], NULL);

          g_assert_true (slice->width == columns && slice->height == rows && slice->n_channels == 1);
          if (s > 1)
            g_assert_cmpfloat_with_epsilon (scales[s] / scales[s - 1], scales[1] / scales[0], 1e-6);
          for (int k = 0; k < columns * rows; k++)
            {
              g_assert_true (slice->data[k] >= 0 && slice->data[k] <= 1);
              highest = MAX (highest, slice->data[k]);
            }
        }
      g_assert_cmpfloat_with_epsilon (highest, 1, 1e-5);
      g_assert_cmpint (trip_heatmap_best (map, NULL, 8, best), >=, 1);
      g_assert_true (best[0].x >= 0 && best[0].x <= scenes[i].width);
      g_assert_true (best[0].y >= 0 && best[0].y <= scenes[i].height);
    }
}

/* A slice is what score () says at the centres of its cells, at sizes of the volume and between them. */
static void
test_slice (Fixture *f, gconstpointer data)
{
  g_autoptr (TripImage) image = picture_new (130, 90, 3), object = picture_new (30, 40, 3);
  g_autoptr (TripHeatmap) map = placed (f, image, object, 1);
  const double *scales = trip_heatmap_scales (map);
  int columns, rows;

  trip_heatmap_cells (map, &columns, &rows);
  for (int s = 0; s + 1 < TRIP_PLACE_SIZES; s++)
    {
      const double between = sqrt (scales[s] * scales[s + 1]);
      g_autoptr (TripImage) here = trip_heatmap_slice (map, scales[s], NULL);
      g_autoptr (TripImage) next = trip_heatmap_slice (map, scales[s + 1], NULL);
      g_autoptr (TripImage) middle = trip_heatmap_slice (map, between, NULL);

      for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++)
          {
            const float mean = (trip_image_row (here, y)[x] + trip_image_row (next, y)[x]) / 2;
            const double score = trip_heatmap_score (map, (x + 0.5) * 130 / columns, (y + 0.5) * 90 / rows, scales[s]);

            g_assert_cmpfloat_with_epsilon (trip_image_row (here, y)[x], score, 1e-5);
            g_assert_cmpfloat_with_epsilon (trip_image_row (middle, y)[x], mean, 1e-5);
          }
    }
  g_assert_null (trip_heatmap_slice (map, 0, NULL));
  g_assert_null (trip_heatmap_slice (map, NAN, NULL));
}

static double
iou (const TripPlacement *a, const TripPlacement *b, const TripRect *object)
{
  const TripBox first = { a->x, a->y, a->scale * object->width, a->scale * object->height };
  const TripBox second = { b->x, b->y, b->scale * object->width, b->scale * object->height };

  return trip_box_iou (&first, &second);
}

static void
test_best (Fixture *f, gconstpointer data)
{
  g_autoptr (TripImage) image = picture_new (150, 100, 3), object = object_with_margins (3, 4, 30, 50);
  g_autoptr (TripHeatmap) map = placed (f, image, object, 1);
  const double *scales = trip_heatmap_scales (map), scale = scales[4] * 1.1;
  const TripRect visible = trip_heatmap_visible (map);
  TripPlacement best[TRIP_MAX_PLACEMENTS], few[3];
  TripPlaceFixed fixed = { 0 };
  double score;
  int n = trip_heatmap_best (map, NULL, 10, best);

  g_assert_cmpint (n, ==, 10);
  g_assert_cmpfloat (best[0].score, >, 0.8);
  for (int i = 0; i < n; i++)
    {
      score = MIN (trip_heatmap_score (map, best[i].x, best[i].y, best[i].scale), best[0].score);
      g_assert_cmpfloat_with_epsilon (best[i].score, score, 1e-6);
      for (int k = 0; k < i; k++)
        {
          g_assert_cmpfloat (best[k].score, >=, best[i].score);
          g_assert_cmpfloat (iou (&best[i], &best[k], &visible), <, 0.85);
        }
    }
  g_assert_cmpint (trip_heatmap_best (map, NULL, 3, few), ==, 3);
  g_assert_cmpint (trip_heatmap_best (map, NULL, -1, few), ==, 1);
  g_assert_cmpint (trip_heatmap_best (map, NULL, 1000, best), <=, TRIP_MAX_PLACEMENTS);

  fixed.scale = scale;
  n = trip_heatmap_best (map, &fixed, 5, best);
  g_assert_cmpint (n, ==, 5);
  for (int i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (best[i].scale, scale, 1e-9);

  fixed = (TripPlaceFixed) { 0, TRUE, 40.5, 60.25 };
  n = trip_heatmap_best (map, &fixed, 2, best);
  g_assert_cmpint (n, ==, 2);
  for (int i = 0; i < n; i++)
    g_assert_true (best[i].x == 40.5 && best[i].y == 60.25);
  g_assert_cmpfloat_with_epsilon (trip_heatmap_best_scale (map, 40.5, 60.25, &score) / best[0].scale, 1, 0.25);
  g_assert_cmpfloat_with_epsilon (score, best[0].score, 0.1);

  fixed.scale = 77; /* far too large, and outside */
  fixed.x = -500;
  g_assert_cmpint (trip_heatmap_best (map, &fixed, 5, best), ==, 1);
  g_assert_true (best[0].x == -500 && best[0].y == 60.25);
  g_assert_cmpfloat_with_epsilon (best[0].scale, 77, 1e-9);
}

/* The best place is the same however many are asked for; small objects, whose scores have sharp peaks, and large. */
static void
test_first (Fixture *f, gconstpointer data)
{
  g_autoptr (TripImage) image = picture_new (150, 100, 3);

  for (int i = 0; i < 12; i++)
    {
      g_autoptr (TripImage) object = object_with_margins (3, 4, 10 + 7 * i, 80 - 5 * i);
      g_autoptr (TripHeatmap) map = placed (f, image, object, 1);
      TripPlaceFixed fixed = { 0 };

      for (int s = -1; s < TRIP_PLACE_SIZES; s++)
        {
          TripPlacement few[5], one;

          fixed.scale = s < 0 ? 0 : trip_heatmap_scales (map)[s] * 1.04;
          trip_heatmap_best (map, &fixed, 5, few);
          trip_heatmap_best (map, &fixed, 1, &one);
          g_assert_true (one.x == few[0].x && one.y == few[0].y && one.scale == few[0].scale);
          g_assert_cmpfloat (one.score, ==, few[0].score);
          g_assert_cmpfloat (one.score, >=, few[1].score);
        }
    }
}

static float
largest_difference (const TripHeatmap *a, const TripHeatmap *b, gboolean mirrored)
{
  float most = 0;

  for (int s = 0; s < TRIP_PLACE_SIZES; s++)
    {
      g_autoptr (TripImage) one = trip_heatmap_slice (a, trip_heatmap_scales (a)[s], NULL);
      g_autoptr (TripImage) other = trip_heatmap_slice (b, trip_heatmap_scales (b)[s], NULL);

      for (int y = 0; y < one->height; y++)
        for (int x = 0; x < one->width; x++)
          most = MAX (most, fabsf (trip_image_row (one, y)[x]
                                   - trip_image_row (other, y)[mirrored ? one->width - 1 - x : x]));
    }
  return most;
}

static void
test_mirrored (Fixture *f, gconstpointer data)
{
  static const int sizes[][2] = { { 200, 150 }, { 93, 131 }, { 5003, 700 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TripImage) image = picture_new (sizes[i][0], sizes[i][1], 3), object = picture_new (25, 25, 4);
      g_autoptr (TripImage) turned = trip_image_mirrored (image, NULL);
      g_autoptr (TripHeatmap) map = placed (f, image, object, 1), other = placed (f, turned, object, 1);

      g_assert_cmpfloat (largest_difference (map, other, TRUE), <, 0.01);
    }
}

/* Runs and threads make no difference; nor do margins, where the object is gray, or how it is stored. */
static void
test_same (Fixture *f, gconstpointer data)
{
  g_autoptr (TripImage) image = picture_new (160, 120, 3), tight = object_with_margins (0, 0, 31, 17);
  g_autoptr (TripImage) wide = object_with_margins (40, 50, 31, 17), gray = picture_new (31, 17, 1);
  g_autoptr (TripImage) gray_rgb = trip_image_new (31, 17, 3, NULL);
  g_autoptr (TripHeatmap) map = placed (f, image, tight, 1), again = placed (f, image, tight, 1);
  g_autoptr (TripHeatmap) threads = placed (f, image, tight, 4), margins = placed (f, image, wide, 1);
  g_autoptr (TripHeatmap) one = placed (f, image, gray, 1), three = NULL;

  for (int i = 0; i < 31 * 17 * 3; i++)
    gray_rgb->data[i] = gray->data[i / 3];
  three = placed (f, image, gray_rgb, 1);
  g_assert_cmpfloat (largest_difference (map, again, FALSE), ==, 0);
  g_assert_cmpfloat (largest_difference (map, threads, FALSE), ==, 0);
  g_assert_cmpfloat (largest_difference (map, margins, FALSE), <, 1e-4);
  g_assert_cmpfloat (largest_difference (one, three, FALSE), <, 1e-4);
}

static void
test_progress (Fixture *f, gconstpointer data)
{
  g_autoptr (TripImage) image = picture_new (160, 120, 3), object = object_with_margins (8, 5, 30, 40);
  Progress progress = { 0 };
  TripRun run = { .progress = progress_see, .progress_data = &progress, .n_threads = 1, .to = 0.5 };
  g_autoptr (TripPlaceScene) scene = scene_of (f, image, &run, NULL);
  g_autoptr (TripHeatmap) map = NULL;

  g_assert_nonnull (scene);
  g_assert_cmpfloat (progress.last, ==, 0.5);
  run.from = 0.5;
  run.to = 1;
  map = map_of (scene, object, &run, NULL);
  g_assert_nonnull (map);
  g_assert_cmpfloat (progress.last, ==, 1);
  g_assert_cmpint (progress.n, >, 4);
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  TripRun run = TRIP_RUN_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TripImage) image = picture_new (60, 40, 3), empty = picture_constant (20, 30, 4, 0);
  g_autoptr (TripImage) nothing = picture_constant (20, 30, 2, NAN), faint = picture_constant (20, 30, 2, 0.001f);
  g_autoptr (TripImage) strip = picture_constant (20, 4096, 2, 0);
  g_autoptr (TripImage) huge = picture_new (900, 700, 4);
  g_autoptr (TripPlaceScene) scene = scene_of (f, image, &run, NULL);
  g_autoptr (TripHeatmap) map = map_of (scene, faint, &run, NULL), larger = map_of (scene, huge, &run, NULL);
  g_autoptr (TripHeatmap) thin = NULL;
  g_autoptr (GError) error = NULL;
  TripPlacement best;

  g_assert_nonnull (map);
  for (float *value = trip_image_row (strip, 1); value < trip_image_row (strip, 4); value++)
    *value = 1;
  thin = map_of (scene, strip, &run, NULL);
  g_assert_nonnull (thin);
  trip_heatmap_best (larger, NULL, 1, &best);
  g_assert_cmpfloat (best.scale, <, 0.1);
  g_assert_null (map_of (scene, empty, &run, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
  g_clear_error (&error);
  g_assert_null (map_of (scene, nothing, &run, &error));
  g_assert_error (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  run.cancellable = cancellable;
  g_assert_null (map_of (scene, image, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (scene_of (f, image, &run, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The obvious twin: every pixel of the result is the weighted mean of all pixels. */
static void
slow_read (const TripImage *image, int width, int height, TripImage *out)
{
  const double scale_x = (double) image->width / width, scale_y = (double) image->height / height;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        double sum[4] = { 0 }, total = 0;

        for (int v = 0; v < image->height; v++)
          for (int u = 0; u < image->width; u++)
            {
              const float *p = trip_image_row (image, v) + 4 * u;
              const double weight = MAX (0, 1 - fabs (u + 0.5 - (x + 0.5) * scale_x) / MAX (scale_x, 1))
                                    * MAX (0, 1 - fabs (v + 0.5 - (y + 0.5) * scale_y) / MAX (scale_y, 1));

              for (int c = 0; c < 4; c++)
                sum[c] += weight * CLAMP (p[c], 0, 1) * (c < 3 ? CLAMP (p[3], 0, 1) : 1);
              total += weight;
            }
        for (int c = 0; c < 4; c++)
          trip_image_row (out, y)[4 * x + c] = sum[c] / total;
      }
}

static void
test_read (void)
{
  static const int sizes[][4] = { { 50, 40, 13, 40 }, { 7, 9, 20, 3 }, { 1, 1, 5, 5 }, { 64, 30, 8, 4 } };
  const TripRun run = TRIP_RUN_INIT;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (TripImage) image = picture_new (sizes[i][0], sizes[i][1], 4);
      g_autoptr (TripImage) wanted = trip_image_new (sizes[i][2], sizes[i][3], 4, NULL);
      const TripImagePart part = { image, 0, 0 };
      const TripSource source = trip_source_from_part (&part, image->width, image->height);
      const TripRect all = { 0, 0, image->width, image->height };
      g_autoptr (TripImage) read = trip_place_read (&source, &all, sizes[i][2], sizes[i][3], &run, NULL);

      slow_read (image, sizes[i][2], sizes[i][3], wanted);
      g_assert_cmpfloat (picture_distance (read, wanted), <, 1e-4);
    }
}

typedef struct
{
  int rows, last;
} Counter;

static TripImage *
counted_read (const TripRect *rect, gpointer data, GError **error)
{
  Counter *counter = data;

  g_assert_cmpint (rect->y, >=, counter->last);
  counter->rows += rect->height;
  counter->last = rect->y + rect->height;
  return picture_constant (rect->width, rect->height, 3, 0.25f);
}

/* Of a large picture few rows are read, and something constant stays so. */
static void
test_large (void)
{
  const TripRun run = TRIP_RUN_INIT;
  Counter counter = { 0 };
  const TripSource source = { 3000, 100000, 3, counted_read, &counter };
  const TripRect all = { 0, 0, source.width, source.height };
  g_autoptr (TripImage) read = trip_place_read (&source, &all, 6, 192, &run, NULL);

  g_assert_cmpint (counter.rows, <=, 192 * TRIP_PLACE_ROWS);
  for (int i = 0; i < 6 * 192 * 4; i++)
    g_assert_cmpfloat_with_epsilon (read->data[i], i % 4 == 3 ? 1 : 0.25f, 1e-4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/place/read", test_read);
  g_test_add_func ("/place/large", test_large);
  g_test_add ("/place/shape", Fixture, NULL, set_up, test_shape, tear_down);
  g_test_add ("/place/slice", Fixture, NULL, set_up, test_slice, tear_down);
  g_test_add ("/place/best", Fixture, NULL, set_up, test_best, tear_down);
  g_test_add ("/place/first", Fixture, NULL, set_up, test_first, tear_down);
  g_test_add ("/place/mirrored", Fixture, NULL, set_up, test_mirrored, tear_down);
  g_test_add ("/place/same", Fixture, NULL, set_up, test_same, tear_down);
  g_test_add ("/place/progress", Fixture, NULL, set_up, test_progress, tear_down);
  g_test_add ("/place/refused", Fixture, NULL, set_up, test_refused, tear_down);
  return g_test_run ();
}
