#include "solve.h"

#include <math.h>
#include <string.h>

#include "error.h"

/* What of a float's digits the sums lose: there is no use in a smaller residual. */
#define ROUNDING 1e-6

TripSystem *
trip_system_new (gsize n, guint32 n_slots, GError **error)
{
  g_autoptr (TripSystem) system = g_new0 (TripSystem, 1);

  system->n = n;
  system->n_slots = n_slots;
  if (n >= G_MAXUINT32 / n_slots || ! (system->earlier = g_try_new (guint32, n * n_slots + 1))
      || ! (system->coupling = g_try_new0 (float, n * n_slots + 1)) || ! (system->diagonal = g_try_new0 (float, n + 1))
      || ! (system->right = g_try_new0 (float, n + 1)))
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %" G_GSIZE_FORMAT " unknowns", n);
      return NULL;
    }
  for (guint32 i = 0; i < n; i++)
    for (guint32 k = 0; k < n_slots; k++)
      system->earlier[(gsize) i * n_slots + k] = i;
  return g_steal_pointer (&system);
}

void
trip_system_free (TripSystem *system)
{
  if (! system)
    return;
  g_free (system->earlier);
  g_free (system->coupling);
  g_free (system->diagonal);
  g_free (system->right);
  g_free (system);
}

/* Makes the diagonal 1, so that the matrix is I + L + L'; the diagonal becomes what x is scaled with. */
static void
scale (TripSystem *system)
{
  float *d = system->diagonal;

  for (guint32 i = 0; i < system->n; i++)
    d[i] = 1 / sqrtf (d[i]);
  for (guint32 i = 0; i < system->n; i++)
    {
      const guint32 *earlier = system->earlier + (gsize) i * system->n_slots;
      float *coupling = system->coupling + (gsize) i * system->n_slots;

      for (guint32 k = 0; k < system->n_slots; k++)
        coupling[k] *= d[i] * d[earlier[k]];
      system->right[i] *= d[i];
    }
}

/* v = (I + L)^-1 v */
static void
forward (const TripSystem *system, float *v)
{
  const guint32 n_slots = system->n_slots;

  for (guint32 i = 0; i < system->n; i++)
    {
      const guint32 *earlier = system->earlier + (gsize) i * n_slots;
      const float *coupling = system->coupling + (gsize) i * n_slots;
      float sum = v[i];

      for (guint32 k = 0; k < n_slots; k++)
        sum -= coupling[k] * v[earlier[k]];
      v[i] = sum;
    }
}

/* v = (I + L')^-1 v */
static void
backward (const TripSystem *system, float *v)
{
  const guint32 n_slots = system->n_slots;

  for (guint32 i = system->n; i-- > 0;)
    {
      const guint32 *earlier = system->earlier + (gsize) i * n_slots;
      const float *coupling = system->coupling + (gsize) i * n_slots;
      float value = v[i];

      for (guint32 k = 0; k < n_slots; k++)
        v[earlier[k]] -= coupling[k] * value;
    }
}

/* to = (I + L') v */
static void
multiply_upper (const TripSystem *system, const float *v, float *to)
{
  const guint32 n_slots = system->n_slots;

  memcpy (to, v, system->n * sizeof (float));
  for (guint32 i = 0; i < system->n; i++)
    for (guint32 k = 0; k < n_slots; k++)
      to[system->earlier[(gsize) i * n_slots + k]] += system->coupling[(gsize) i * n_slots + k] * v[i];
}

/* to = (I + L)^-1 (I + L + L') (I + L')^-1 v: with t = (I + L')^-1 v that is t + (I + L)^-1 (v - t) */
static void
apply (const TripSystem *system, const float *v, float *t, float *to)
{
  memcpy (t, v, system->n * sizeof (float));
  backward (system, t);
  for (guint32 i = 0; i < system->n; i++)
    to[i] = v[i] - t[i];
  forward (system, to);
  for (guint32 i = 0; i < system->n; i++)
    to[i] += t[i];
}

static double
dot (const float *a, const float *b, guint32 n)
{
  double sum = 0;

  for (guint32 i = 0; i < n; i++)
    sum += (double) a[i] * b[i];
  return sum;
}

gboolean
trip_system_solve (TripSystem *system, float *x, double tolerance, int max_steps, const TripRun *run, GError **error)
{
  const guint32 n = system->n;
  g_autofree float *memory = g_try_new (float, 5 * (gsize) n + 1);
  float *y = memory, *r = y + n, *p = r + n, *q = p + n, *t = q + n;
  double rr, limit;

  if (! memory)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory for %u unknowns", n);
      return FALSE;
    }
  scale (system);
  for (guint32 i = 0; i < n; i++)
    x[i] /= system->diagonal[i];
  multiply_upper (system, x, y);
  memcpy (r, system->right, n * sizeof (float));
  forward (system, r);
  limit = MAX (tolerance * tolerance * dot (r, r, n), ROUNDING * ROUNDING * dot (y, y, n));
  apply (system, y, t, q);
  for (guint32 i = 0; i < n; i++)
    r[i] -= q[i];
  memcpy (p, r, n * sizeof (float));
  rr = dot (r, r, n);
  for (int step = 0; step < max_steps && rr > limit; step++)
    {
      double pq, along, before = rr;

      if (! trip_run_step (run, (double) step / max_steps, error))
        return FALSE;
      apply (system, p, t, q);
      pq = dot (p, q, n);
      if (! (pq > 0)) /* nothing is left that a float can express */
        break;
      along = rr / pq;
      for (guint32 i = 0; i < n; i++)
        {
          y[i] += (float) along * p[i];
          r[i] -= (float) along * q[i];
        }
      rr = dot (r, r, n);
      for (guint32 i = 0; i < n; i++)
        p[i] = r[i] + (float) (rr / before) * p[i];
    }
  backward (system, y);
  for (guint32 i = 0; i < n; i++)
    x[i] = y[i] * system->diagonal[i];
  return trip_run_step (run, 1, error);
}
