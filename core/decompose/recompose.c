#include "recompose.h"

#include <math.h>
#include <string.h>

#define TILE_ROWS 16
#define LEAST (0.5f / 65536)    /* less is no difference between pictures that are not rounded */
#define ROUNDING 1e-4f          /* steps that may come from computing with floats */
#define TOO_BRIGHT 16.0f        /* under this, single precision is exact enough to mix with */

typedef struct
{
  const TripSum *sum;
  int n_colours;
  gboolean has_alpha;
  TripImage **layers;
} Work;

/* A pixel of a layer. */
typedef struct
{
  float colour[3], alpha;
} Pixel;

static float
stored (float value, int levels)
{
  return levels ? CLAMP (roundf (value * levels), 0, levels) / levels : value;
}

static float
stored_above (float alpha, int levels)
{
  return MIN (levels ? ceilf (alpha * levels - ROUNDING) / levels : alpha, 1);
}

static float
least_alpha (float seen, float under)
{
  if (seen != under && fabsf (under) > TOO_BRIGHT)
    return 1;
  if (seen > under + LEAST)
    return (seen - under) / (MAX (seen, 1) - under);
  if (seen < under - LEAST)
    return (under - seen) / (under - MIN (seen, 0));
  return 0;
}

float
trip_least_alpha (const float *seen, const float *under, int n_colours)
{
  float least = 0;

  for (int c = 0; c < n_colours; c++)
    least = MAX (least, least_alpha (seen[c], under[c]));
  return least;
}

/* The colour that, with alpha, adds rest to what is below. */
static float
colour_of (float rest, float alpha, float seen, int levels)
{
  return stored (CLAMP (rest / alpha, MIN (seen, 0), MAX (seen, 1)), levels);
}

static Pixel
explain (const Work *self, const float *seen, const float *under, float alpha)
{
  const int levels = self->sum->levels;
  Pixel pixel = { 0 };

  alpha = stored_above (MAX (alpha, trip_least_alpha (seen, under, self->n_colours)), levels);
  if (alpha <= 0)
    return pixel;
  pixel.alpha = alpha;
  for (int c = 0; c < self->n_colours; c++)
    pixel.colour[c] = colour_of (seen[c] - (1 - alpha) * under[c], alpha, seen[c], levels);
  return pixel;
}

/* Whether the picture shows nothing else there. */
static gboolean
is_same (const float *a, const float *b, int n, int levels)
{
  const float least = levels ? 0.5f / levels : LEAST;

  for (int c = 0; c < n; c++)
    if (fabsf (a[c] - b[c]) > least)
      return FALSE;
  return TRUE;
}

static void
put_over (const Work *self, const Pixel *pixel, float *colour)
{
  for (int c = 0; c < self->n_colours; c++)
    colour[c] = pixel->alpha * pixel->colour[c] + (1 - pixel->alpha) * colour[c];
}

/* Where picture and background are opaque. */
static void
solve_opaque (const Work *self, const float *seen, const float *behind, float alpha, const float *background,
              Pixel *effects, Pixel *foreground)
{
  float under[3];

  memcpy (under, background, self->n_colours * sizeof (float));
  if (alpha < 1)
    {
      if (! is_same (behind, under, self->n_colours, self->sum->levels))
        *effects = explain (self, behind, under, 0);
      put_over (self, effects, under);
    }
  if (alpha > 0 || ! is_same (seen, under, self->n_colours, self->sum->levels))
    *foreground = explain (self, seen, under, alpha);
}

/* Where the picture is partly transparent, or its background is. Both together must have the picture's alpha: the
 * background's share is at most what it was filled with. If the object's colour then is out of range, all is its. */
static void
solve_transparent (const Work *self, const float *seen, float alpha, float *background, Pixel *foreground)
{
  const int n = self->n_colours, levels = self->sum->levels;
  const float all = seen[n];
  float own = alpha * all, rest;

  if (alpha >= 1)
    own = all;
  else if (background[n] < 1)
    own = MAX (own, 1 - (1 - all) / (1 - background[n]));
  own = stored_above (own, levels);
  if (own <= 0)
    {
      memcpy (background, seen, (n + 1) * sizeof (float));
      return;
    }
  foreground->alpha = own;
  rest = own < 1 ? stored (CLAMP ((all - own) / (1 - own), 0, 1), levels) : background[n];
  for (int c = 0; c < n; c++)
    {
      const float total = own + (1 - own) * rest, share = (total * seen[c] - (1 - own) * rest * background[c]) / own;

      if (share < MIN (seen[c], 0) - LEAST || share > MAX (seen[c], 1) + LEAST)
        {
          rest = 0;
          foreground->alpha = all;
          memcpy (foreground->colour, seen, n * sizeof (float));
          break;
        }
      foreground->colour[c] = own < 1 ? colour_of (share, 1, seen[c], levels) : seen[c];
    }
  background[n] = rest;
}

static void
solve (const Work *self, const float *seen, const float *behind, float alpha, float *background, Pixel *effects,
       Pixel *foreground)
{
  const int n = self->n_colours, levels = self->sum->levels;
  const gboolean opaque = ! self->has_alpha || (seen[n] >= 1 && (background[n] >= 1 || alpha >= 1));

  for (int c = 0; c < n + self->has_alpha; c++)
    background[c] = stored (background[c], levels);
  if (alpha <= 0 && (! opaque || is_same (seen, background, n, levels)))
    memcpy (background, seen, (n + self->has_alpha) * sizeof (float));
  else if (opaque)
    solve_opaque (self, seen, behind, alpha, background, effects, foreground);
  else
    solve_transparent (self, seen, alpha, background, foreground);
}

static gboolean
solve_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Work *self = data;
  const TripSum *sum = self->sum;
  const int n = sum->picture->n_channels, n_layer = self->n_colours + 1;
  const int end = MIN ((int) (tile + 1) * TILE_ROWS, sum->picture->height);

  for (int y = tile * TILE_ROWS; y < end; y++)
    {
      const float *seen = trip_image_row (sum->picture, y), *behind = trip_image_row (sum->behind, y);
      const float *alpha = trip_image_row (sum->alpha, y);
      float *background = trip_image_row (self->layers[TRIP_LAYER_BACKGROUND], y);
      float *effects = trip_image_row (self->layers[TRIP_LAYER_EFFECTS], y);
      float *foreground = trip_image_row (self->layers[TRIP_LAYER_FOREGROUND], y);

      memcpy (background, trip_image_row (sum->background, y), (gsize) sum->picture->width * n * sizeof (float));
      for (int x = 0; x < sum->picture->width; x++)
        {
          Pixel e = { 0 }, f = { 0 };

          solve (self, seen + (gsize) x * n, behind + (gsize) x * n, alpha[x], background + (gsize) x * n, &e, &f);
          memcpy (effects + (gsize) x * n_layer, e.colour, self->n_colours * sizeof (float));
          memcpy (foreground + (gsize) x * n_layer, f.colour, self->n_colours * sizeof (float));
          effects[(gsize) x * n_layer + self->n_colours] = e.alpha;
          foreground[(gsize) x * n_layer + self->n_colours] = f.alpha;
        }
    }
  return TRUE;
}

gboolean
trip_recompose (const TripSum *sum, const TripRun *run, TripImage *layers[TRIP_N_LAYERS], GError **error)
{
  const TripImage *picture = sum->picture;
  const gboolean has_alpha = trip_has_alpha (picture->n_channels);
  const int n_colours = picture->n_channels - has_alpha;
  g_autoptr (TripImage) background = trip_image_new (picture->width, picture->height, picture->n_channels, error);
  g_autoptr (TripImage) effects = NULL, foreground = NULL;
  TripImage *all[TRIP_N_LAYERS];
  Work work = { sum, n_colours, has_alpha, all };

  if (! background || ! (effects = trip_image_new (picture->width, picture->height, n_colours + 1, error))
      || ! (foreground = trip_image_new (picture->width, picture->height, n_colours + 1, error)))
    return FALSE;
  all[TRIP_LAYER_BACKGROUND] = background;
  all[TRIP_LAYER_EFFECTS] = effects;
  all[TRIP_LAYER_FOREGROUND] = foreground;
  if (! trip_run_tiles (run, trip_divide_up (picture->height, TILE_ROWS), solve_rows, &work, error))
    return FALSE;
  background = effects = foreground = NULL; /* all are the caller's now */
  memcpy (layers, all, sizeof all);
  return TRUE;
}

TripRect
trip_layer_bounds (const TripImage *layer)
{
  const int n = layer->n_channels;
  int left = layer->width, right = -1, top = layer->height, bottom = -1;

  for (int y = 0; y < layer->height; y++)
    {
      const float *alpha = trip_image_row (layer, y) + n - 1;

      for (int x = 0; x < layer->width; x++)
        if (alpha[(gsize) x * n] > 0)
          {
            left = MIN (left, x);
            right = MAX (right, x);
            top = MIN (top, y);
            bottom = y;
          }
    }
  if (bottom < 0)
    return (TripRect) { 0, 0, 1, 1 };
  return (TripRect) { left, top, right - left + 1, bottom - top + 1 };
}
