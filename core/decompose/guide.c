#include "guide.h"

#include <math.h>

#include "../error.h"
#include "spread.h"

#define ROUNDS 32         /* of smoothing */
#define DIFFERENT 7500.0f /* the variance of colours, in squares of a level's values, with which a guide counts half */

/* What the colours that are known, or their squares, spread to; channels as in a level's pixels. */
static TripImage *
spread (const TripLevel *level, gboolean squared, const guint8 *known, const TripRun *run, GError **error)
{
  const gsize n = (gsize) level->width * level->height * TRIP_LEVEL_STRIDE;
  g_autoptr (TripImage) image = trip_image_new (level->width, level->height, TRIP_LEVEL_STRIDE, error);

  if (! image)
    return NULL;
  for (gsize i = 0; i < n; i++)
    image->data[i] = level->pixels[i] * (squared ? level->pixels[i] : 1.0f);
  return trip_spread (image, known, ROUNDS, run, error) ? g_steal_pointer (&image) : NULL;
}

/* First, for the weights: the sums of the squares. */
static void
take_squares (TripLevel *level, const TripImage *squares)
{
  const TripRect *box = &level->box;

  for (int y = 0; y < box->height; y++)
    for (int x = 0; x < box->width; x++)
      {
        const float *square = squares->data + trip_level_at (level, box->x + x, box->y + y) * TRIP_LEVEL_STRIDE;
        float *sum = &level->guides[(gsize) y * box->width + x].weight;

        *sum = 0;
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          *sum += square[c];
      }
}

/* Then, with the hole filled: the means, and the weights, the less the more various the colours are that are mixed. */
static void
finish_guides (TripLevel *level, const TripImage *colours)
{
  const TripRect *box = &level->box;

  for (int y = 0; y < box->height; y++)
    for (int x = 0; x < box->width; x++)
      {
        TripGuide *guide = level->guides + (gsize) y * box->width + x;
        const float *colour = colours->data + trip_level_at (level, box->x + x, box->y + y) * TRIP_LEVEL_STRIDE;
        float variance = guide->weight;
        int mean[TRIP_LEVEL_STRIDE];

        trip_level_mean (level, box->x + x, box->y + y, mean);
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          {
            guide->mean[c] = mean[c];
            variance -= colour[c] * colour[c];
          }
        guide->weight = DIFFERENT / (DIFFERENT + MAX (variance, 0));
      }
}

gboolean
trip_guide (TripLevel *level, const TripRun *run, GError **error)
{
  const gsize n = (gsize) level->width * level->height, n_box = (gsize) level->box.width * level->box.height;
  const TripRun parts[] = { trip_run_part (run, 0, 0.5), trip_run_part (run, 0.5, 1) };
  g_autofree guint8 *known = g_try_malloc (n);
  g_autoptr (TripImage) squares = NULL, colours = NULL;

  level->guides = g_try_malloc_n (n_box, sizeof (TripGuide));
  if (! known || ! level->guides)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to start filling");
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    known[i] = ! (level->kinds[i] & TRIP_PIXEL_HOLE);
  if (! (squares = spread (level, TRUE, known, &parts[0], error)))
    return FALSE;
  take_squares (level, squares);
  g_clear_pointer (&squares, trip_image_free);
  if (! (colours = spread (level, FALSE, known, &parts[1], error)))
    return FALSE;
  for (gsize i = 0; i < n * TRIP_LEVEL_STRIDE; i++)
    level->pixels[i] = lrintf (colours->data[i]);
  finish_guides (level, colours);
  return TRUE;
}
