#include "colour-model.h"

#include <math.h>
#include <string.h>

/* one step of the 8 bits that most pictures have, and what a lens blurs */
#define NOISE (2.0f / 255)
/* of all places, wherever they are: what far from them all counts */
#define ANYWHERE 2e-3f
#define SWEEPS 6

typedef struct
{
  float mean[3], x, y, covariance[6];
  float root[6];  /* of the inverse covariance, lower triangle: |root (colour - mean)| is how far off a colour is */
  float share;    /* of the samples' weight */
  float scale;    /* of the density */
  float nearness; /* 1 / (2 reach^2) */
} Place;

struct _TripColourModel
{
  int n;
  Place places[];
};

typedef struct
{
  double weight, sum[5], squares[6], spread; /* r r, g r, g g, b r, b g, b b; x x + y y */
} Moments;

static void
add (Moments *m, const TripSample *s)
{
  const float *c = s->colour;
  double w = s->weight;

  m->weight += w;
  for (int i = 0, k = 0; i < 3; i++)
    {
      m->sum[i] += w * c[i];
      for (int j = 0; j <= i; j++)
        m->squares[k++] += w * c[i] * c[j];
    }
  m->sum[3] += w * s->x;
  m->sum[4] += w * s->y;
  m->spread += w * ((double) s->x * s->x + (double) s->y * s->y);
}

/* The covariance of the colours, lower triangle, and the means. */
static void
spread_of (const Moments *m, double mean[5], double covariance[6])
{
  for (int i = 0; i < 5; i++)
    mean[i] = m->sum[i] / m->weight;
  for (int i = 0, k = 0; i < 3; i++)
    for (int j = 0; j <= i; j++, k++)
      covariance[k] = m->squares[k] / m->weight - mean[i] * mean[j] + (i == j ? NOISE * NOISE : 0);
}

/* The inverse of covariance's Cholesky factor; returns its determinant. */
static double
invert_root (const double c[6], float root[6])
{
  double l00 = sqrt (c[0]), l10 = c[1] / l00, l11 = sqrt (MAX (c[2] - l10 * l10, 1e-8));
  double l20 = c[3] / l00, l21 = (c[4] - l20 * l10) / l11;
  double l22 = sqrt (MAX (c[5] - l20 * l20 - l21 * l21, 1e-8));

  root[0] = 1 / l00;
  root[2] = 1 / l11;
  root[5] = 1 / l22;
  root[1] = -l10 / (l00 * l11);
  root[4] = -l21 / (l11 * l22);
  root[3] = -(l20 * root[0] + l21 * root[1]) / l22;
  return root[0] * root[2] * root[5];
}

static void
set_covariance (Place *place, const double covariance[6])
{
  for (int i = 0; i < 6; i++)
    place->covariance[i] = covariance[i];
  place->scale = invert_root (covariance, place->root) / pow (2 * G_PI, 1.5);
}

static void
fit_place (Place *place, const Moments *m, double total, float reach)
{
  double mean[5], covariance[6];
  double across;

  spread_of (m, mean, covariance);
  for (int i = 0; i < 3; i++)
    place->mean[i] = mean[i];
  place->x = mean[3];
  place->y = mean[4];
  place->share = m->weight / total;
  set_covariance (place, covariance);
  across = MAX (m->spread / m->weight - mean[3] * mean[3] - mean[4] * mean[4], 0) / 2;
  place->nearness = 1 / (2 * (reach * reach + across));
}

static inline float
off (const Place *p, const float *colour)
{
  float r = colour[0] - p->mean[0], g = colour[1] - p->mean[1], b = colour[2] - p->mean[2];
  float u = p->root[0] * r, v = p->root[1] * r + p->root[2] * g;
  float w = p->root[3] * r + p->root[4] * g + p->root[5] * b;

  return u * u + v * v + w * w;
}

static inline float
away (const Place *p, float x, float y)
{
  return ((x - p->x) * (x - p->x) + (y - p->y) * (y - p->y)) * p->nearness;
}

/* Splits the group of samples that differs most along what it differs most in: "Color Quantization of Images" (Orchard
 * and Bouman, 1991). Positions count as the colours do where they are reach apart times 4. */
typedef struct
{
  double weight, mean[5], axis[5], variance;
} Group;

static void
feature (const TripSample *s, float reach, double f[5])
{
  for (int i = 0; i < 3; i++)
    f[i] = s->colour[i];
  f[3] = s->x / (4 * reach);
  f[4] = s->y / (4 * reach);
}

static void
measure (Group *group, int which, const TripSample *samples, const guint8 *of, gsize n, float reach)
{
  double c[5][5] = { { 0 } }, f[5];

  memset (group, 0, sizeof *group);
  for (gsize s = 0; s < n; s++)
    if (of[s] == which)
      {
        feature (&samples[s], reach, f);
        group->weight += samples[s].weight;
        for (int i = 0; i < 5; i++)
          {
            group->mean[i] += samples[s].weight * f[i];
            for (int j = 0; j < 5; j++)
              c[i][j] += samples[s].weight * f[i] * f[j];
          }
      }
  for (int i = 0; i < 5; i++)
    {
      group->mean[i] /= MAX (group->weight, 1e-9);
      group->axis[i] = 1 + i * 0.1;
    }
  for (int step = 0; step < 20; step++)
    {
      double next[5], length = 0;

      for (int i = 0; i < 5; i++)
        {
          next[i] = 0;
          for (int j = 0; j < 5; j++)
            next[i] += (c[i][j] - group->weight * group->mean[i] * group->mean[j]) * group->axis[j];
          length += next[i] * next[i];
        }
      length = sqrt (length);
      group->variance = length;
      for (int i = 0; i < 5; i++)
        group->axis[i] = length > 1e-12 ? next[i] / length : 0;
      if (step == 0)
        group->variance = 0;
    }
}

static int
split (const TripSample *samples, gsize n, int n_places, float reach, guint8 *of)
{
  g_autofree Group *groups = g_new0 (Group, n_places);
  int n_groups = 1;

  memset (of, 0, n);
  measure (&groups[0], 0, samples, of, n, reach);
  while (n_groups < n_places)
    {
      Group *most = &groups[0];
      double middle = 0;

      for (int g = 1; g < n_groups; g++)
        if (groups[g].variance > most->variance)
          most = &groups[g];
      if (most->variance < 1e-3 * most->weight / n_places)
        break;
      for (int i = 0; i < 5; i++)
        middle += most->axis[i] * most->mean[i];
      for (gsize s = 0; s < n; s++)
        if (of[s] == most - groups)
          {
            double f[5], along = 0;

            feature (&samples[s], reach, f);
            for (int i = 0; i < 5; i++)
              along += most->axis[i] * f[i];
            if (along > middle)
              of[s] = n_groups;
          }
      measure (&groups[n_groups], n_groups, samples, of, n, reach);
      measure (most, most - groups, samples, of, n, reach);
      n_groups++;
    }
  return n_groups;
}

TripColourModel *
trip_colour_model_new (const TripSample *samples, gsize n, int n_places, float reach)
{
  TripColourModel *colours;
  g_autofree Moments *moments = g_new (Moments, n_places);
  g_autofree guint8 *of = g_new (guint8, n + 1);
  int n_groups = split (samples, n, n_places, reach, of);

  colours = g_malloc0 (sizeof (TripColourModel) + n_groups * sizeof (Place));
  for (int sweep = 0; sweep < SWEEPS; sweep++)
    {
      double total = 0;

      memset (moments, 0, n_groups * sizeof (Moments));
      for (gsize s = 0; s < n; s++)
        {
          float best = INFINITY;

          /* the first sweep takes the groups as they are, then each sample goes to the likeliest */
          for (int k = 0; sweep > 0 && k < colours->n; k++)
            {
              const Place *p = &colours->places[k];
              float cost = off (p, samples[s].colour) + 2 * away (p, samples[s].x, samples[s].y)
                           - 2 * logf (p->share * p->scale);

              if (cost < best)
                {
                  best = cost;
                  of[s] = k;
                }
            }
          add (&moments[of[s]], &samples[s]);
          total += samples[s].weight;
        }
      colours->n = 0;
      for (int k = 0; k < n_groups; k++)
        if (moments[k].weight > 1e-3)
          fit_place (&colours->places[colours->n++], &moments[k], total, reach);
      n_groups = colours->n;
    }
  if (colours->n == 0)
    g_clear_pointer (&colours, trip_colour_model_free);
  return colours;
}

void
trip_colour_model_free (TripColourModel *colours)
{
  g_free (colours);
}

float
trip_colour_model_density (const TripColourModel *colours, const float *colour, float x, float y)
{
  float sum = 0, total = 0;

  for (int k = 0; k < colours->n; k++)
    {
      const Place *p = &colours->places[k];
      float far = off (p, colour), near = p->share * (expf (-MIN (away (p, x, y), 20)) + ANYWHERE);

      total += near;
      if (far < 40)
        sum += near * p->scale * expf (-0.5f * far);
    }
  return sum / total;
}

void
trip_colour_model_shade (TripColourModel **colours, float share)
{
  TripColourModel *lit = *colours, *shaded = g_malloc0 (sizeof (TripColourModel) + 2 * lit->n * sizeof (Place));

  shaded->n = 2 * lit->n;
  for (int k = 0; k < lit->n; k++)
    {
      Place *dark = &shaded->places[lit->n + k];
      double covariance[6];

      shaded->places[k] = *dark = lit->places[k];
      shaded->places[k].share *= 1 - share;
      dark->share *= share;
      /* around two thirds of the light, give or take a fifth */
      for (int i = 0, l = 0; i < 3; i++)
        for (int j = 0; j <= i; j++, l++)
          covariance[l] = 0.4 * dark->covariance[l] + 0.04 * dark->mean[i] * dark->mean[j] + (i == j ? 1e-5 : 0);
      for (int i = 0; i < 3; i++)
        dark->mean[i] *= 0.65f;
      set_covariance (dark, covariance);
    }
  g_free (lit);
  *colours = shaded;
}
