#include "guide.h"

#include <math.h>

#include "../error.h"

#define LENGTH 40    /* px: the least longer side of the size that the guess is made at */
#define SURE 0.0006f /* the squared error of a colour with which a guide counts half */

/* The mean error over the patch around x, y, which lies within. */
static float
error_around (const TripImage *errors, int x, int y)
{
  float sum = 0;

  for (int j = -TRIP_PATCH_RADIUS; j <= TRIP_PATCH_RADIUS; j++)
    for (int i = -TRIP_PATCH_RADIUS; i <= TRIP_PATCH_RADIUS; i++)
      sum += trip_image_row (errors, y + j)[x + i];
  return sum / TRIP_PATCH_AREA;
}

/* Gives the hole the guessed colours, and each patch its guide. */
static gboolean
take_guess (TripLevel *level, const TripGuess *guess, GError **error)
{
  const TripRect *box = &level->box;

  level->guides = g_try_malloc_n ((gsize) box->width * box->height, sizeof (TripGuide));
  if (! level->guides)
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to start filling");
      return FALSE;
    }
  for (int y = 0; y < level->height; y++)
    for (int x = 0; x < level->width; x++)
      for (int c = 0; c < TRIP_LEVEL_STRIDE && level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE; c++)
        level->pixels[trip_level_at (level, x, y) * TRIP_LEVEL_STRIDE + c]
          = lrintf (trip_image_row (guess->colours, y)[x * TRIP_LEVEL_STRIDE + c] * TRIP_LEVEL_ONE);
  for (int y = box->y; y < box->y + box->height; y++)
    for (int x = box->x; x < box->x + box->width; x++)
      {
        TripGuide *guide = level->guides + trip_level_in_box (level, x, y);
        int mean[TRIP_LEVEL_STRIDE];

        trip_level_mean (level, x, y, mean);
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          guide->mean[c] = mean[c];
        guide->weight = SURE / (SURE + error_around (guess->errors, x, y));
      }
  return TRUE;
}

gboolean
trip_guide (TripLevel *const *levels, int n_levels, int n_channels, TripGuess *guess, int *at, const TripRun *run,
            GError **error)
{
  g_auto (TripGuess) half = { NULL };

  *at = n_levels - 1;
  while (*at > 0 && MAX (levels[*at]->width, levels[*at]->height) < LENGTH)
    --*at;
  if (! trip_guess (levels[*at], n_channels, guess, run, error) || ! take_guess (levels[*at], guess, error))
    return FALSE;
  for (int i = *at + 1; i < n_levels; i++)
    if (! trip_guess_halve (half.colours ? &half : guess, &half, error) || ! take_guess (levels[i], &half, error))
      return FALSE;
  return TRUE;
}
