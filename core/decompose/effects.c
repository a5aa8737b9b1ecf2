#include "effects.h"

#include "../error.h"
#include "../nn/shipped.h"
#include "component.h"
#include "distance.h"
#include "effects-network.h"
#include "effects-window.h"
#include "reflection.h"

#include <math.h>
#include <string.h>

/* Margins around the object: what the first look leaves of the effects the second one sees, at a higher resolution. */
static const float MARGINS[] = { 2.2f, 1.5f };

#define LONGER_SIDE 192    /* px, of a window as the network sees it */
#define ROWS 16            /* relit at once */
#define NONE (1 / 255.0f)  /* a change that is left out, */
#define FULL (2 / 255.0f)  /* and one that is made in full */
#define STRONG (12 / 255.0f) /* a change that shows: what is fainter is believed only close to such ones; */
#define LEAST 0.02f         /* those in patches with less of all that shows do not count, */
#define CLOSE 2             /* within so many px that the network sees, */
#define FADE 2              /* and after them less and less */

G_STATIC_ASSERT (TRIP_EFFECTS_OUTPUTS <= TRIP_WINDOW_MOST);

struct _TripEffects
{
  TripUnet *network;
};

TripEffects *
trip_effects_new (GError **error)
{
  g_autoptr (GBytes) file = trip_shipped_weights ("effects", error);
  TripUnet *network = file ? trip_effects_network_new (file, NULL, error) : NULL;
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
  trip_unet_free (self->network);
  g_free (self);
}

typedef struct
{
  TripWindow window;
  TripTensor input;        /* as the network saw it, */
  TripTensor picture;      /* and as it was before anything was removed */
  float *found;            /* window.height x window.width, TRIP_EFFECTS_OUTPUTS */
  TripEffectsKind kind;
  const TripImage *alpha;
  TripImage *result;
} Relighting;

/* The largest change of a colour, by what the network found at a pixel that it saw, from the picture's; none on the
 * object. */
static float
change_seen (const float *seen, const float *found, const float *picture)
{
  float most = 0;

  for (int c = 0; c < 3 && seen[3] < 0.5f; c++)
    most = MAX (most, fabsf (found[c] * (seen[c] + 0.5f) + found[3 + c] - (picture[c] + 0.5f)));
  return most;
}

/* How large the changes are, where they show: STRONG or above in patches that hold much of all change, else 0. */
static TripImage *
find_strong (const Relighting *self, GError **error)
{
  const TripWindow *window = &self->window;
  const float *found = self->found;
  g_autoptr (TripImage) change = trip_image_new (window->width, window->height, 1, error);
  g_autoptr (TripImage) strong = change ? trip_image_new (window->width, window->height, 1, error) : NULL;
  g_autofree guint32 *pixels = NULL;
  double total = 0;

  if (! strong)
    return NULL;
  pixels = g_new (guint32, (gsize) window->width * window->height);
  for (int y = 0; y < window->height; y++)
    for (int x = 0; x < window->width; x++, found += TRIP_EFFECTS_OUTPUTS)
      {
        const float most = change_seen (self->input.data + y * self->input.stride + x * TRIP_EFFECTS_INPUTS, found,
                                        self->picture.data + y * self->picture.stride + x * TRIP_EFFECTS_INPUTS);

        trip_image_row (change, y)[x] = trip_image_row (strong, y)[x] = most >= STRONG ? most : 0;
        total += most >= STRONG ? most : 0;
      }
  for (guint32 first = 0; first < (guint32) window->width * window->height; first++)
    {
      double sum = 0;
      gsize n;

      if (trip_image_row (change, first / window->width)[first % window->width] <= 0)
        continue;
      n = trip_component_take (change, 0, first, pixels);
      for (gsize i = 0; i < n; i++)
        sum += trip_image_row (strong, pixels[i] / window->width)[pixels[i] % window->width];
      for (gsize i = 0; i < n && sum < LEAST * total; i++)
        trip_image_row (strong, pixels[i] / window->width)[pixels[i] % window->width] = 0;
    }
  return g_steal_pointer (&strong);
}

/* Takes back faint changes away from those that show: they are as likely to be wrong as right, and what is far from the
 * effects shall stay as it is. */
static gboolean
take_back (const Relighting *self, const TripRun *run, GError **error)
{
  const TripWindow *window = &self->window;
  float *found = self->found;
  g_autoptr (TripImage) strong = find_strong (self, error);
  g_autoptr (TripImage) distance = strong ? trip_distance (strong, STRONG, run, error) : NULL;

  if (! distance)
    return FALSE;
  for (int y = 0; y < window->height; y++)
    for (int x = 0; x < window->width; x++, found += TRIP_EFFECTS_OUTPUTS)
      {
        const float share = CLAMP ((trip_image_row (distance, y)[x] + CLOSE + FADE) / FADE, 0, 1);

        for (int c = 0; c < 3; c++)
          {
            found[c] = 1 + share * (found[c] - 1);
            found[3 + c] *= share;
          }
      }
  return TRUE;
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
  const int end = MIN (rect->height, ((int) tile + 1) * ROWS), n = self->result->n_channels;

  for (int y = tile * ROWS; y < end; y++)
    {
      const float *alpha = trip_image_row (self->alpha, rect->y + y) + rect->x;
      float *pixel = trip_image_row (self->result, rect->y + y) + (gsize) rect->x * n;

      for (int x = 0; x < rect->width; x++, pixel += n)
        {
          float found[TRIP_EFFECTS_OUTPUTS];

          if (alpha[x] > 0.5f)
            continue;
          trip_window_look_up (&self->window, &self->input, self->found, TRIP_EFFECTS_OUTPUTS, x, y, pixel, n, found);
          relight_pixel (self, found, pixel);
        }
    }
  return TRUE;
}

static TripImage *
copy_colours (const TripImage *picture, GError **error)
{
  const int n_from = picture->n_channels, n = n_from > 2 ? 3 : 1;
  TripImage *copy = n < n_from ? trip_image_new (picture->width, picture->height, n, error)
                               : trip_image_copy (picture, error);

  for (int y = 0; copy && n < n_from && y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      memcpy (trip_image_row (copy, y) + (gsize) x * n, trip_image_row (picture, y) + (gsize) x * n_from,
              n * sizeof (float));
  return copy;
}

/* Removes from result what is found in it within the margin around the object; is_first: result still is the
 * picture. */
static gboolean
look (const TripEffects *self, const TripImage *picture, const TripImage *alpha, TripEffectsKind kind, float margin,
      gboolean is_first, TripImage *result, const TripRun *run, GError **error)
{
  const TripRun reading = trip_run_part (run, 0, 0.15), comparing = trip_run_part (run, 0.15, 0.3);
  const TripRun seeing = trip_run_part (run, 0.3, 0.7), judging = trip_run_part (run, 0.7, 0.7);
  const TripRun relighting = trip_run_part (run, 0.7, 1);
  Relighting work = { .kind = kind, .alpha = alpha, .result = result };
  TripWindow *window = &work.window;
  TripArena arena;
  gboolean done;

  if (! trip_window_find (alpha, margin, LONGER_SIDE, trip_unet_multiple (self->network), window))
    return TRUE;
  if (! trip_arena_init (&arena, 2 * trip_tensor_need (window->height, window->width, TRIP_EFFECTS_INPUTS)
                                   + trip_arena_need ((gsize) window->height * window->width * TRIP_EFFECTS_OUTPUTS),
                         error))
    return FALSE;
  work.input = work.picture = trip_tensor_take (&arena, window->height, window->width, TRIP_EFFECTS_INPUTS);
  if (! is_first)
    work.picture = trip_tensor_take (&arena, window->height, window->width, TRIP_EFFECTS_INPUTS);
  work.found = trip_arena_take (&arena, (gsize) window->height * window->width * TRIP_EFFECTS_OUTPUTS);
  done = trip_effects_window_read (window, result, alpha, &work.input, &reading, error)
         && (is_first || trip_effects_window_read (window, picture, alpha, &work.picture, &comparing, error))
         && trip_window_see (self->network, trip_effects_network_run, &work.input, TRIP_EFFECTS_PLACE_X,
                             TRIP_EFFECTS_OUTPUTS, work.found, &seeing, error)
         && take_back (&work, &judging, error)
         && trip_run_tiles (&relighting, trip_divide_up (window->rect.height, ROWS), relight, &work, error);
  trip_arena_clear (&arena);
  return done;
}

TripImage *
trip_effects_remove (const TripEffects *self, const TripImage *picture, const TripImage *alpha, TripEffectsKind kind,
                     const TripRun *run, GError **error)
{
  const gboolean all = kind == TRIP_EFFECTS_ALL;
  const TripRun before = trip_run_part (run, 0, 0.25), after = trip_run_part (run, 0.75, 1);
  const TripRun looking = all ? trip_run_part (run, 0.25, 0.75) : *run;
  const double n = G_N_ELEMENTS (MARGINS);
  g_autoptr (TripImage) result = copy_colours (picture, error);
  gboolean changed = FALSE;
  gboolean done = result && trip_run_step (run, 0, error)
                  && (! all || trip_reflection_remove (result, alpha, &changed, &before, error));

  for (guint i = 0; done && kind != TRIP_EFFECTS_NONE && i < G_N_ELEMENTS (MARGINS); i++)
    {
      const TripRun part = trip_run_part (&looking, i / n, (i + 1) / n);

      done = look (self, picture, alpha, kind, MARGINS[i], i == 0 && ! changed, result, &part, error);
    }
  if (done && all)
    done = trip_reflection_remove (result, alpha, &changed, &after, error);
  return done ? g_steal_pointer (&result) : NULL;
}
