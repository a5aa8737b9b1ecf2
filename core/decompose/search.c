#include "search.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../solve.h"
#include "colour-model.h"

#define N_SAMPLES 4000
#define N_PLACES 24
#define N_ROUNDS 2
#define N_STEPS 3    /* of learning the object's colours, each round */
#define SHADED 0.15f /* of the background: in shadow, and nowhere lit */
#define SURE 0.95f   /* how surely what lies deep inside is the object */
#define FILLED 0.3f  /* how much of it is filled, at least */
#define CONFUSED 0.1f /* of the background, what may look like the object where colours are to tell them apart, */
#define MORE 0.65f    /* and times that, what must be missing of the object for it not to be confusion */

#define LEAST 0.02f     /* that the outline's word lets the object, or the background, have, */
#define LEAST_DEEP 0.1f /* and where holes are looked for, which may be too small for it */
#define IN_HOLE 0.5f    /* how surely what lies in a hole, or close to it, is the object */
#define MOST_ODDS 6     /* that a single pixel may have */

/* Densities of colours that neither part has shown: more may turn up in the object than around it. */
#define NEW_OBJECT 0.05f
#define NEW_BACKGROUND 0.02f

/* Of the walk: how much a difference in colour holds it up, what it always lets through, what belief weighs, and what
 * a pixel's belief is worth where its neighbours' are nearly the same. */
#define CONTRAST 10
#define LEAK 0.005f
#define DATA 0.015f
#define ALONE 0.6f

#define CHUNK 1024 /* pixels */

typedef struct
{
  const TripSearch *search;
  TripColourModel *object, *background; /* or NULL: unknown */
  int n_shares;
  float *shares; /* of the object, for each px of distance from -outside on */
  float filled;  /* of what lies well inside, how much looks like the object: the rest shows through it */
  float *belief;
} State;

static void
state_clear (State *state)
{
  trip_colour_model_free (state->object);
  trip_colour_model_free (state->background);
  g_free (state->shares);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (State, state_clear)

static float
share_at (const State *state, float distance)
{
  const float at = CLAMP (distance + state->search->outside, 0, state->n_shares - 1.001f);
  const int i = at;

  if (distance >= state->search->inside)
    return IN_HOLE * state->filled;
  return state->filled * (state->shares[i] + (at - i) * (state->shares[i + 1] - state->shares[i]));
}

/* The share of the object by the outline's word, which lets both have the least. */
static float
told (const TripSearch *search, int x, int y, float least)
{
  return CLAMP (trip_image_row (search->outline, y)[x], least, 1 - least);
}

/* The share of the object before a pixel's colour is compared. */
static float
share_of (const State *state, int x, int y)
{
  const TripSearch *search = state->search;

  if (! search->outline || (search->holes && trip_image_row (search->holes, y)[x] > 0))
    return share_at (state, trip_image_row (search->distance, y)[x]);
  return state->filled * told (search, x, y, LEAST);
}

/* How surely it is the object that has colour at x, y where its share is known. */
static float
posterior (const State *state, const float *colour, float x, float y, float share)
{
  float object = state->object ? trip_colour_model_density (state->object, colour, x, y) : 1;
  float background = state->background ? trip_colour_model_density (state->background, colour, x, y) : 1;
  float a = share * (object + NEW_OBJECT), b = (1 - share) * (background + NEW_BACKGROUND);

  return a / (a + b);
}

/* Whether a pixel lies at from .. to; of those beyond the band none that is to be found out. */
static gboolean
is_sampled (const TripSearch *search, int x, int y, float from, float to)
{
  const float d = trip_image_row (search->distance, y)[x];
  const gboolean beyond = from >= search->inside || to <= -search->outside;

  return d >= from && d < to
         && (! beyond || search->band->index[(gsize) y * search->band->width + x] == TRIP_BAND_NONE);
}

/* Up to N_SAMPLES pixels, evenly spread over all with distance from .. to. */
static TripSample *
take_samples (const TripSearch *search, float from, float to, gsize *n)
{
  const int width = search->distance->width, height = search->distance->height;
  TripSample *samples = g_new (TripSample, N_SAMPLES);
  gsize n_all = 0, i = 0;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      n_all += is_sampled (search, x, y, from, to);
  *n = 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      if (is_sampled (search, x, y, from, to))
        {
          if (n_all <= N_SAMPLES || (i + 1) * N_SAMPLES / n_all > i * N_SAMPLES / n_all)
            {
              samples[*n] = (TripSample) { .x = x, .y = y, .weight = 1 };
              memcpy (samples[(*n)++].colour, trip_image_row (search->colours, y) + 3 * (gsize) x, 3 * sizeof (float));
            }
          i++;
        }
  return samples;
}

/* Gaussian means of what the band believes, by distance; few pixels change little. */
static void
learn_shares (State *state)
{
  const TripSearch *search = state->search;
  const int n = state->n_shares;
  g_autofree double *sum = g_new0 (double, n), *count = g_new0 (double, n);

  for (guint32 i = 0; i < search->band->n; i++)
    {
      guint32 at = search->band->at[i];
      float d = trip_image_row (search->distance, at / search->band->width)[at % search->band->width];
      int bin = CLAMP (d + search->outside, 0, n - 1);

      if (d >= search->inside || d < -search->outside)
        continue;
      sum[bin] += state->belief[i];
      count[bin] += 1;
    }
  for (int b = 0; b < n; b++)
    {
      double total = 10 * state->shares[b], weight = 10;

      for (int j = MAX (b - 3, 0); j <= MIN (b + 3, n - 1); j++)
        {
          double w = exp (-0.25 * (j - b) * (j - b));

          total += w * sum[j];
          weight += w * count[j];
        }
      state->shares[b] = CLAMP (total / weight, 0.01, 0.99);
    }
}

static gboolean
believe (gsize tile, int worker, gpointer data, GError **error)
{
  const State *state = data;
  const TripSearch *search = state->search;
  const TripBand *band = search->band;

  for (gsize i = tile * CHUNK; i < MIN ((tile + 1) * CHUNK, band->n); i++)
    {
      int x = band->at[i] % band->width, y = band->at[i] / band->width;

      state->belief[i] = posterior (state, trip_image_row (search->colours, y) + 3 * (gsize) x, x, y,
                                    share_of (state, x, y));
    }
  return TRUE;
}

/* The eight neighbours; the first four have been numbered before a pixel. */
static const struct { int x, y; } around[8] = {
  { -1, 0 }, { -1, -1 }, { 0, -1 }, { 1, -1 }, { 1, 0 }, { 1, 1 }, { 0, 1 }, { -1, 1 },
};

/* Squared difference in colour to neighbour k; below 0 where the picture ends. */
static float
difference (const TripSearch *search, int x, int y, int k)
{
  int u = x + around[k].x, v = y + around[k].y;
  const float *a, *b;

  if (u < 0 || u >= search->band->width || v < 0 || v >= search->band->height)
    return -1;
  a = trip_image_row (search->colours, y) + 3 * (gsize) x;
  b = trip_image_row (search->colours, v) + 3 * (gsize) u;
  return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]);
}

static float
contrast (const TripSearch *search)
{
  double sum = 0;
  gsize n = 0;

  for (guint32 i = 0; i < search->band->n; i++)
    for (int k = 0; k < 4; k++)
      {
        float far = difference (search, search->band->at[i] % search->band->width,
                                search->band->at[i] / search->band->width, k);

        sum += MAX (far, 0);
        n += far >= 0;
      }
  return CONTRAST / (2 * sum / MAX (n, 1) + 1e-4);
}

/* A pixel is what those are that a walk through similar colours leads to, and what its belief says: "Multilabel Random
 * Walker Image Segmentation Using Prior Models" (Grady, 2005). */
static gboolean
walk (const TripSearch *search, const float *belief, float *result, const TripRun *run, GError **error)
{
  const TripBand *band = search->band;
  const float slope = contrast (search);
  g_autoptr (TripSystem) system = trip_system_new (band->n, 4, error);

  for (guint32 i = 0; system && i < band->n; i++)
    {
      const int x = band->at[i] % band->width, y = band->at[i] / band->width;
      float p = CLAMP (belief[i], 1e-4f, 1 - 1e-4f), odds = powf (p / (1 - p), ALONE), alone = odds / (1 + odds);
      float weight = DATA * (0.1f + fabsf (2 * alone - 1));

      system->diagonal[i] = weight;
      system->right[i] = weight * alone;
      for (int k = 0; k < 8; k++)
        {
          float far = difference (search, x, y, k), w;
          guint32 other;

          if (far < 0)
            continue;
          w = (expf (-slope * far) + LEAK) * (around[k].x && around[k].y ? 0.7f : 1);
          other = band->index[(gsize) (y + around[k].y) * band->width + x + around[k].x];
          system->diagonal[i] += w;
          if (other == TRIP_BAND_NONE)
            system->right[i] += trip_image_row (search->distance, y + around[k].y)[x + around[k].x] > 0 ? w : 0;
          else if (k < 4)
            {
              system->earlier[(gsize) i * 4 + k] = other;
              system->coupling[(gsize) i * 4 + k] = -w;
            }
        }
    }
  return system && trip_system_solve (system, result, 1e-3, 300, run, error);
}

/* Weighs the samples by how surely they are the object's, and finds its colours anew from them. */
static void
learn_colours (State *state, TripSample *samples, gsize n, const float *known)
{
  const TripSearch *search = state->search;
  double sum = 0;
  gsize n_inner = 0;

  for (gsize i = 0; i < n; i++)
    {
      TripSample *s = &samples[i];
      int x = s->x, y = s->y;
      float d = trip_image_row (search->distance, y)[x];
      guint32 number = search->band->index[(gsize) y * search->band->width + x];

      if (number == TRIP_BAND_NONE)
        s->weight = posterior (state, s->colour, x, y, SURE * state->filled);
      else
        s->weight = known ? CLAMP (known[number], 0, 1) : posterior (state, s->colour, x, y, share_of (state, x, y));
      if (d > 2 * search->blur)
        {
          sum += s->weight;
          n_inner++;
        }
    }
  /* taken at its word, what shows through would soon pass for the object's colours */
  if (n_inner)
    state->filled = MIN (FILLED + (1 - FILLED) * sum / (n_inner * SURE), 1);
  trip_colour_model_free (state->object);
  state->object = trip_colour_model_new (samples, n, N_PLACES, search->ring * 1.75f);
}

/* The mean of how surely samples are the object where its share is known. */
static float
mean_posterior (const State *state, const TripSample *samples, gsize n, float share)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += posterior (state, samples[i].colour, samples[i].x, samples[i].y, share);
  return n ? sum / n : share;
}

/* How much of what is deep is the object; all, where colours say as much of what surely is not. */
static float
solidity (const State *state, const TripSample *deep, gsize n_deep, const TripSample *outer, gsize n_outer)
{
  const float solid = n_deep ? mean_posterior (state, deep, n_deep, SURE * state->filled) : 1;
  const float confused = mean_posterior (state, outer, n_outer, 0.5f);

  return confused < CONFUSED && 1 - solid > MORE * confused ? solid : 1;
}

typedef struct
{
  const State *state;
  TripImage *odds;
  int step;
} Odds;

static gboolean
find_odds (gsize tile, int worker, gpointer data, GError **error)
{
  const Odds *self = data;
  const TripSearch *search = self->state->search;
  float *odds = trip_image_row (self->odds, tile);
  const int y = MIN ((int) tile * self->step + self->step / 2, search->distance->height - 1);

  for (int i = 0; i < self->odds->width; i++)
    {
      const int x = MIN (i * self->step + self->step / 2, search->distance->width - 1);
      float p;

      odds[i] = 0;
      if (trip_image_row (search->distance, y)[x] < search->inside)
        continue;
      p = posterior (self->state, trip_image_row (search->colours, y) + 3 * (gsize) x, x, y,
                     search->outline ? told (search, x, y, LEAST_DEEP) : 0.5f);
      odds[i] = CLAMP (logf ((1 - p) / p), -MOST_ODDS, MOST_ODDS);
    }
  return TRUE;
}

gboolean
trip_search (const TripSearch *search, float *belief, float *solid, TripImage *odds, int step, const TripRun *run,
             GError **error)
{
  const gsize n_chunks = (search->band->n + CHUNK - 1) / CHUNK;
  gsize n, n_deep, n_around;
  g_autofree TripSample *samples = take_samples (search, -search->outside, search->inside, &n);
  g_autofree TripSample *deep = take_samples (search, search->inside, search->inside + search->ring, &n_deep);
  g_autofree TripSample *outer = take_samples (search, -search->outside - search->ring, -search->outside, &n_around);
  g_autofree float *alone = g_try_new (float, (gsize) search->band->n + 1);
  const TripRun last = trip_run_part (run, 0.9, 1);
  g_auto (State) state = { .search = search, .filled = 1,
                            .n_shares = ceilf (search->outside + search->inside) + 1 };

  if (! alone)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u pixels", search->band->n);
      return FALSE;
    }
  samples = g_renew (TripSample, samples, n + n_deep + 1);
  memcpy (samples + n, deep, n_deep * sizeof (TripSample));
  state.shares = g_new (float, state.n_shares);
  for (int b = 0; b < state.n_shares; b++)
    state.shares[b] = SURE / (1 + expf (-(b + 0.5f - search->outside) / search->blur));
  state.background = trip_colour_model_new (outer, n_around, N_PLACES, search->ring * 1.75f);
  if (state.background)
    trip_colour_model_shade (&state.background, SHADED);
  for (int round = 0; round < N_ROUNDS; round++)
    {
      TripRun half = trip_run_part (run, 0.9 * round / N_ROUNDS, 0.9 * (round + 1) / N_ROUNDS);
      TripRun first = trip_run_part (&half, 0.5, 0.8), second = trip_run_part (&half, 0.8, 1);

      for (int i = 0; i < N_STEPS; i++)
        {
          if (! trip_run_step (&half, 0.5 * i / N_STEPS, error))
            return FALSE;
          learn_colours (&state, samples, n + n_deep, round > 0 && i == 0 ? belief : NULL);
        }
      if (round == 0)
        *solid = solidity (&state, deep, n_deep, outer, n_around);
      state.belief = alone;
      if (! trip_run_tiles (&first, n_chunks, believe, &state, error) || ! walk (search, alone, belief, &second, error))
        return FALSE;
      state.belief = belief;
      learn_shares (&state);
    }
  return trip_run_tiles (&last, odds->height, find_odds, &(Odds) { &state, odds, step }, error);
}
