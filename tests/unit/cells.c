/* From probabilities to scores. */
#include "place/cells.h"

/* In the middle of the cells that begin at i, as many across and down as length. */
static TripBox
box_of_cells (const TripCells *cells, int i, int length)
{
  const int row = i / cells->columns, s = row / cells->rows;

  return (TripBox) { (i % cells->columns + length / 2.0) * cells->cell_width,
                     (row % cells->rows + length / 2.0) * cells->cell_height, cells->width[s], cells->height[s] };
}

/* A score is the expected IoU with all that weighs, which here are fewer blocks of cells than are looked at. */
static void
test_scores (void)
{
  TripCells cells;
  TripLikely likely;
  g_autofree float *probabilities = NULL, *scores = NULL;
  TripBox boxes[100];

  trip_cells_init (&cells, 310, 170, 0.6);
  probabilities = g_new0 (float, trip_cells_count (&cells));
  scores = g_new (float, trip_cells_count (&cells));
  for (int k = 0; k < 100; k++)
    {
      const int row = 2 * g_test_rand_int_range (0, TRIP_PLACE_SIZES * cells.rows / 2);
      const int i = row * cells.columns + 2 * g_test_rand_int_range (0, cells.columns / 2);

      boxes[k] = box_of_cells (&cells, i, 2);
      probabilities[i + g_test_rand_int_range (0, 2) * cells.columns + g_test_rand_int_range (0, 2)] += k / 5000.0;
    }
  trip_likely_find (&likely, &cells, probabilities);
  trip_cells_score (&cells, &likely, scores);
  for (int i = 0; i < trip_cells_count (&cells); i += 7)
    {
      const TripBox box = box_of_cells (&cells, i, 1);
      double expected = 0;

      for (int k = 0; k < 100; k++)
        expected += k / 5000.0 * cells.width[0] / boxes[k].width * trip_box_iou (&box, &boxes[k]);
      g_assert_cmpfloat_with_epsilon (scores[i], expected, 1e-5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cells/scores", test_scores);
  return g_test_run ();
}
