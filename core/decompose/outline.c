#include "outline.h"

#include <math.h>
#include <string.h>

#include "../nn/shipped.h"
#include "distance.h"
#include "window.h"

#define FORMAT "triptych-outline-1"
#define LONGER_SIDE 128 /* px, as the network sees it */
#define ROWS 16         /* enlarged at once */

/* A hand that follows the object keeps its distance. So where depth tells all of what is likely, its mean at each depth
 * is believed TRUSTED times as much as what is likely of the pixel itself, and what is selected is the object by a
 * share of SELECTED at least: thin parts are too small to be seen. */
#define TRUSTED 2
#define SELECTED 0.35
#define DEPTHS 20  /* px that the network sees, on either side of the selection's outline */
#define NEXT 2.0   /* px, over which means go */
#define NEAR 0.25  /* of the selection's size: where it is judged how much depth tells */
#define LEAST 0.02 /* that a mean leaves either way */

TripUnet *
trip_outline_network_new (GBytes *file, const TripKernels *kernels, GError **error)
{
  return trip_unet_new (file, FORMAT, TRIP_OUTLINE_INPUTS, TRIP_OUTLINE_OUTPUTS, kernels, error);
}

static double
likely (float odds)
{
  return 1 / (1 + exp (-odds));
}

static double
odds_of (double share)
{
  return log (CLAMP (share, LEAST, 1 - LEAST) / (1 - CLAMP (share, LEAST, 1 - LEAST)));
}

typedef struct
{
  double shares[2 * DEPTHS + 1]; /* of the object, by depth */
  double near;                   /* px */
  double told;                   /* 0..1: how much of what is likely nearby depth alone tells */
} Hand;

static int
depth_bin (float distance)
{
  return CLAMP (lroundf (distance), -DEPTHS, DEPTHS) + DEPTHS;
}

static void
learn_shares (Hand *hand, const TripImage *distance, const float *found)
{
  double sum[2 * DEPTHS + 1] = { 0 }, n[2 * DEPTHS + 1] = { 0 }, n_selected = 0;

  for (int y = 0; y < distance->height; y++)
    for (int x = 0; x < distance->width; x++)
      {
        const float d = trip_image_row (distance, y)[x];

        sum[depth_bin (d)] += likely (*found++);
        n[depth_bin (d)] += 1;
        n_selected += d > 0;
      }
  hand->near = NEAR * sqrt (n_selected);
  for (int b = 0; b <= 2 * DEPTHS; b++)
    {
      double total = 0, weight = 0;

      for (int j = 0; j <= 2 * DEPTHS; j++)
        {
          total += exp (-(j - b) * (j - b) / (NEXT * NEXT)) * sum[j];
          weight += exp (-(j - b) * (j - b) / (NEXT * NEXT)) * n[j];
        }
      hand->shares[b] = total / MAX (weight, 1e-9);
    }
}

/* By the share of the variance near the selection's outline that the means explain. */
static void
judge (Hand *hand, const TripImage *distance, const float *found)
{
  double left = 0, sum = 0, squares = 0, n = 0;

  for (int y = 0; y < distance->height; y++)
    for (int x = 0; x < distance->width; x++, found++)
      {
        const float d = trip_image_row (distance, y)[x];
        const double p = likely (*found), missed = p - hand->shares[depth_bin (d)];

        if (fabsf (d) >= hand->near)
          continue;
        left += missed * missed;
        sum += p;
        squares += p * p;
        n += 1;
      }
  squares -= sum * sum / MAX (n, 1);
  hand->told = squares > 0 ? MAX (1 - left / squares, 0) : 0;
}

/* Changes found by what its means at each depth of the selection tell. */
static gboolean
follow_hand (const TripTensor *input, float *found, const TripRun *run, GError **error)
{
  g_autoptr (TripImage) selected = trip_image_new (input->width, input->height, 1, error), distance = NULL;
  double trust;
  Hand hand;

  for (int y = 0; selected && y < input->height; y++)
    for (int x = 0; x < input->width; x++)
      trip_image_row (selected, y)[x] = input->data[y * input->stride + x * TRIP_OUTLINE_INPUTS + 3];
  distance = selected ? trip_distance (selected, 0.5f, run, error) : NULL;
  if (! distance)
    return FALSE;
  learn_shares (&hand, distance, found);
  judge (&hand, distance, found);
  trust = hand.told * hand.told;
  for (int y = 0; y < input->height; y++)
    for (int x = 0; x < input->width; x++, found++)
      {
        const float d = trip_image_row (distance, y)[x];

        *found += TRUSTED * trust * odds_of (hand.shares[depth_bin (d)]);
        if (d > 0)
          *found = MAX (*found, odds_of (SELECTED * trust));
      }
  return TRUE;
}

typedef struct
{
  TripWindow window;
  TripTensor input;
  float *found; /* window.height x window.width */
  const TripImage *picture;
  TripImage *result;
} Enlarging;

static gboolean
enlarge (gsize tile, int worker, gpointer data, GError **error)
{
  const Enlarging *self = data;
  const TripRect *rect = &self->window.rect;
  const int n = self->picture->n_channels, end = MIN (rect->height, ((int) tile + 1) * ROWS);

  for (int y = tile * ROWS; y < end; y++)
    {
      const float *pixel = trip_image_row (self->picture, rect->y + y) + (gsize) rect->x * n;
      float *to = trip_image_row (self->result, rect->y + y) + rect->x;

      for (int x = 0; x < rect->width; x++, pixel += n)
        {
          float odds;

          trip_window_look_up (&self->window, &self->input, self->found, 1, x, y, pixel, n, &odds);
          to[x] = likely (odds);
        }
    }
  return TRUE;
}

TripImage *
trip_outline (const TripImage *picture, const TripImage *selection, float *size, const TripRun *run, GError **error)
{
  const TripRun reading = trip_run_part (run, 0, 0.3), seeing = trip_run_part (run, 0.3, 0.6);
  const TripRun following = trip_run_part (run, 0.6, 0.6);
  const TripRun enlarging = trip_run_part (run, 0.6, 1);
  g_autoptr (GBytes) file = trip_shipped_weights ("outline", error);
  g_autoptr (TripUnet) network = file ? trip_outline_network_new (file, NULL, error) : NULL;
  g_autoptr (TripImage) result = network ? trip_image_new (picture->width, picture->height, 1, error) : NULL;
  Enlarging self = { .picture = picture, .result = result };
  TripWindow *window = &self.window;
  TripArena arena;
  gboolean done;

  if (! result)
    return NULL;
  for (int y = 0; y < result->height; y++)
    memset (trip_image_row (result, y), 0, result->width * sizeof (float));
  *size = 1;
  if (! trip_window_find (selection, TRIP_OUTLINE_MARGIN, LONGER_SIDE, trip_unet_multiple (network), window))
    return g_steal_pointer (&result);
  *size = (float) MAX (window->rect.width, window->rect.height) / LONGER_SIDE;
  if (! trip_arena_init (&arena, trip_tensor_need (window->height, window->width, TRIP_OUTLINE_INPUTS)
                                   + trip_arena_need ((gsize) window->height * window->width), error))
    return NULL;
  self.input = trip_tensor_take (&arena, window->height, window->width, TRIP_OUTLINE_INPUTS);
  self.found = trip_arena_take (&arena, (gsize) window->height * window->width);
  done = trip_window_read (window, picture, selection, &self.input, &reading, error)
         && trip_window_see (network, trip_unet_run, &self.input, -1, TRIP_OUTLINE_OUTPUTS, self.found, &seeing, error)
         && follow_hand (&self.input, self.found, &following, error)
         && trip_run_tiles (&enlarging, trip_divide_up (window->rect.height, ROWS), enlarge, &self, error);
  trip_arena_clear (&arena);
  return done ? g_steal_pointer (&result) : NULL;
}
