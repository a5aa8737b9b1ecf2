#include "effects-window.h"

#include "effects-network.h"

#include <math.h>

#define PLACE_Y (TRIP_EFFECTS_PLACE_X + 1)
#define MIRROR (TRIP_EFFECTS_PLACE_X + 2)

/* The lower edge of the object's box as the network sees it. */
static float
foot_of (const TripWindow *window)
{
  return (float) (window->box.y - window->rect.y + window->box.height) * window->height / window->rect.height;
}

static void
fill_places (const TripWindow *window, const TripTensor *input)
{
  const TripRect *box = &window->box, *rect = &window->rect;
  const float across = (float) window->width / rect->width, down = (float) window->height / rect->height;
  const float middle = (box->x - rect->x + box->width * 0.5f) * window->width / rect->width, foot = foot_of (window);
  const float unit = MAX (box->width * across, box->height * down);

  for (int y = 0; y < window->height; y++)
    {
      float *to = input->data + y * input->stride;

      for (int x = 0; x < window->width; x++, to += TRIP_EFFECTS_INPUTS)
        {
          to[TRIP_EFFECTS_PLACE_X] = 0.5f * CLAMP ((x + 0.5f - middle) / unit, -2, 2);
          to[PLACE_Y] = 0.5f * CLAMP ((y + 0.5f - foot) / unit, -2, 2);
        }
    }
}

/* Fills the planes of the mirror below the object from the others. */
static void
mirror_below (const TripWindow *window, const TripTensor *input)
{
  const float foot = foot_of (window);

  for (int y = 0; y < window->height; y++)
    {
      const int source = floorf (2 * foot - y - 0.5f);
      const gboolean seen = y + 0.5f > foot && source >= 0;
      float *to = input->data + y * input->stride;
      const float *from = input->data + (seen ? source : 0) * input->stride;

      for (int x = 0; x < window->width; x++, to += TRIP_EFFECTS_INPUTS, from += TRIP_EFFECTS_INPUTS)
        {
          for (int c = 0; c < 3; c++)
            to[MIRROR + c] = seen ? from[c] * from[3] : 0;
          to[MIRROR + 3] = seen ? from[3] : 0;
        }
    }
}

gboolean
trip_effects_window_read (const TripWindow *window, const TripImage *picture, const TripImage *alpha,
                          const TripTensor *input, const TripRun *run, GError **error)
{
  if (! trip_window_read (window, picture, alpha, input, run, error))
    return FALSE;
  fill_places (window, input);
  mirror_below (window, input);
  return TRUE;
}
