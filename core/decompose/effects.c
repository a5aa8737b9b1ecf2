#include "effects.h"

#include "../error.h"
#include "../nn/shipped.h"
#include "effects-network.h"
#include "effects-window.h"

#include <math.h>
#include <string.h>

#define ROWS 16            /* relit at once */
#define NONE (1 / 255.0f)  /* a change that is left out, */
#define FULL (2 / 255.0f)  /* and one that is made in full */

struct _TripEffects
{
  TripEffectsNetwork *network;
};

TripEffects *
trip_effects_new (GError **error)
{
  g_autoptr (GBytes) file = trip_shipped_weights ("effects", error);
  TripEffectsNetwork *network = file ? trip_effects_network_new (file, NULL, error) : NULL;
  TripEffects *self;

  if (! network)
    return NULL;
  self = g_new (TripEffects, 1);
  *self = (TripEffects) { network };
  return self;
}

void
trip_effects_free (TripEffects *self)
{
  if (! self)
    return;
  trip_effects_network_free (self->network);
  g_free (self);
}

typedef struct
{
  TripEffectsWindow window;
  const float *found; /* window.height x window.width, TRIP_EFFECTS_OUTPUTS */
  TripEffectsKind kind;
  TripImage *result;
} Relighting;

/* Between which two of n, and how near to the second, lies the middle of pixel i of n_large. */
typedef struct
{
  int first, second;
  float share;
} Between;

static Between
between (int i, int n_large, int n)
{
  const float place = CLAMP ((i + 0.5f) * n / n_large - 0.5f, 0, n - 1);
  const int first = place;

  return (Between) { first, MIN (first + 1, n - 1), place - first };
}

/* Gain and offset at a pixel of the window in the picture's size. */
static void
look_up (const Relighting *self, const Between *y, int column, float found[TRIP_EFFECTS_OUTPUTS])
{
  const int width = self->window.width;
  const Between x = between (column, self->window.rect.width, width);
  const float *above = self->found + (gsize) y->first * width * TRIP_EFFECTS_OUTPUTS;
  const float *below = self->found + (gsize) y->second * width * TRIP_EFFECTS_OUTPUTS;
  const gsize left = x.first * TRIP_EFFECTS_OUTPUTS, right = x.second * TRIP_EFFECTS_OUTPUTS;

  for (int i = 0; i < TRIP_EFFECTS_OUTPUTS; i++)
    {
      const float a = above[left + i] + (above[right + i] - above[left + i]) * x.share;
      const float b = below[left + i] + (below[right + i] - below[left + i]) * x.share;

      found[i] = a + (b - a) * y->share;
    }
}

/* What the pixel changes by; small changes are made smaller, and none at all below NONE. */
static void
relight_pixel (const Relighting *self, const float found[TRIP_EFFECTS_OUTPUTS], float *pixel)
{
  const int n = self->result->n_channels;
  float change[3], most = 0, sum = 0, share;

  for (int c = 0; c < n; c++)
    {
      const float gain = n == 3 ? found[c] : (found[0] + found[1] + found[2]) / 3;
      const float offset = n == 3 ? found[3 + c] : (found[3] + found[4] + found[5]) / 3;

      change[c] = gain * pixel[c] + offset - pixel[c];
      sum += change[c];
      most = MAX (most, fabsf (change[c]));
    }
  if (self->kind == TRIP_EFFECTS_SHADOW && sum <= 0)
    return;
  share = CLAMP ((most - NONE) / (FULL - NONE), 0, 1);
  for (int c = 0; c < n && share > 0; c++)
    pixel[c] = CLAMP (pixel[c] + share * change[c], MIN (pixel[c], 0), MAX (pixel[c], 1));
}

static gboolean
relight (gsize tile, int worker, gpointer data, GError **error)
{
  const Relighting *self = data;
  const TripRect *rect = &self->window.rect;
  const int end = MIN (rect->height, ((int) tile + 1) * ROWS);

  for (int y = tile * ROWS; y < end; y++)
    {
      const Between rows = between (y, rect->height, self->window.height);
      float *pixel = trip_image_row (self->result, rect->y + y) + (gsize) rect->x * self->result->n_channels;

      for (int x = 0; x < rect->width; x++, pixel += self->result->n_channels)
        {
          float found[TRIP_EFFECTS_OUTPUTS];

          look_up (self, &rows, x, found);
          relight_pixel (self, found, pixel);
        }
    }
  return TRUE;
}

static TripImage *
copy_colours (const TripImage *picture, GError **error)
{
  const int n_from = picture->n_channels, n = n_from > 2 ? 3 : 1;
  TripImage *copy = trip_image_new (picture->width, picture->height, n, error);

  for (int y = 0; copy && y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      memcpy (trip_image_row (copy, y) + (gsize) x * n, trip_image_row (picture, y) + (gsize) x * n_from,
              n * sizeof (float));
  return copy;
}

TripImage *
trip_effects_remove (const TripEffects *self, const TripImage *picture, const TripImage *alpha, TripEffectsKind kind,
                     const TripRun *run, GError **error)
{
  const TripRun reading = trip_run_part (run, 0, 0.3), relighting = trip_run_part (run, 0.7, 1);
  g_autoptr (TripImage) result = copy_colours (picture, error);
  Relighting work = { .kind = kind, .result = result };
  TripEffectsWindow *window = &work.window;
  TripTensor input;
  TripArena arena;
  float *found;
  gboolean done;

  if (! result || kind == TRIP_EFFECTS_NONE
      || ! trip_effects_window_find (alpha, trip_effects_network_multiple (self->network), window))
    return g_steal_pointer (&result);
  if (! trip_arena_init (&arena, trip_tensor_need (window->height, window->width, TRIP_EFFECTS_INPUTS)
                                   + trip_arena_need ((gsize) window->height * window->width * TRIP_EFFECTS_OUTPUTS)
                                   + trip_effects_network_need (self->network, window->height, window->width), error))
    return NULL;
  input = trip_tensor_take (&arena, window->height, window->width, TRIP_EFFECTS_INPUTS);
  work.found = found = trip_arena_take (&arena, (gsize) window->height * window->width * TRIP_EFFECTS_OUTPUTS);
  done = trip_effects_window_read (window, picture, alpha, &input, &reading, error)
         && trip_effects_network_run (self->network, &input, found, &arena, run->cancellable, error)
         && trip_run_tiles (&relighting, (window->rect.height + ROWS - 1) / ROWS, relight, &work, error);
  trip_arena_clear (&arena);
  return done ? g_steal_pointer (&result) : NULL;
}
