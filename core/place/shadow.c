#include "shadow.h"

#include <math.h>
#include <string.h>

#include "../error.h"
#include "../blur.h"

/* Lengths in sizes of the object, the square root of its width times its height. */
typedef struct
{
  double gap;        /* between outline and ground that takes away most of it */
  double depth;      /* half of what it covers of the ground, before it is blurred, */
  double blur[2];    /* along the ground and down: the ground is seen at a slant */
  double opacity;
} Layer;

/* Where it touches, and where it only takes away the light of the sky. */
static const Layer layers[] = {
  { 0.04, 0.02, { 0.025, 0.012 }, 0.6 },
  { 0.3, 0.07, { 0.1, 0.045 }, 0.5 },
};

#define FAINT (0.5f / 255) /* opacity that does not show */
#define RAISED 0.2 /* heights of the object: outlines that much above the lowest point do not touch the ground */

/* For each column of an object, in px from its top; NAN where nothing is visible. */
typedef struct
{
  int left, right; /* the first and last that is visible */
  double top, bottom;
  double *outline, *ground;
  float alpha;     /* of what is most opaque */
} Outline;

static float
alpha_at (const TripImage *object, int x, int y)
{
  const int n = object->n_channels;

  return trip_has_alpha (n) ? trip_image_row (object, y)[x * n + n - 1] : 1;
}

static void
trace (const TripImage *object, Outline *self)
{
  self->left = object->width;
  self->top = object->height;
  for (int y = 0; y < object->height; y++)
    for (int x = 0; x < object->width; x++)
      self->alpha = MAX (self->alpha, alpha_at (object, x, y));
  for (int x = 0; x < object->width; x++)
    {
      self->outline[x] = NAN;
      for (int y = 0; y < object->height; y++)
        if (alpha_at (object, x, y) > self->alpha / 2)
          {
            self->outline[x] = y + 1;
            self->top = MIN (self->top, y);
          }
      if (isnan (self->outline[x]))
        continue;
      self->left = MIN (self->left, x);
      self->right = x;
      self->bottom = MAX (self->bottom, self->outline[x]);
    }
}

/* The lower hull of the outline: a string that is drawn tight below it. */
static void
stretch (Outline *self)
{
  g_autofree int *corners = g_new (int, self->right + 2 - self->left);
  const double *y = self->outline;
  int n = 0;

  for (int x = self->left; x <= self->right; x++)
    {
      if (isnan (y[x]))
        continue;
      while (n > 1 && (y[corners[n - 1]] - y[corners[n - 2]]) * (x - corners[n - 2])
                        <= (y[x] - y[corners[n - 2]]) * (corners[n - 1] - corners[n - 2]))
        n--;
      corners[n++] = x;
    }
  for (int i = 0; i < n; i++)
    {
      const int from = corners[i], to = corners[MIN (i + 1, n - 1)];

      for (int x = from; x <= to; x++)
        self->ground[x] = to > from ? y[from] + (y[to] - y[from]) * (x - from) / (to - from) : y[from];
    }
}

/* How much of a column from from to to lies in the px y. */
static double
covered (double from, double to, int y)
{
  return MAX (MIN (to, y + 1) - MAX (from, y), 0);
}

static void
paint (const Outline *outline, const Layer *layer, double size, int margin, TripImage *image)
{
  const double raised = RAISED * (outline->bottom - outline->top), depth = layer->depth * size;

  memset (image->data, 0, image->stride * image->height * sizeof (float));
  for (int x = outline->left; x <= outline->right; x++)
    {
      const double up = (outline->bottom - outline->ground[x]) / raised;
      const double gap = isnan (outline->outline[x]) ? 1 : (outline->ground[x] - outline->outline[x]) / size;
      const double dark = exp (-up * up - gap / layer->gap);
      const double middle = outline->ground[x] - outline->top + margin;

      for (int y = MAX ((int) (middle - depth), 0); y < MIN ((int) (middle + depth) + 1, image->height); y++)
        trip_image_row (image, y)[x - outline->left + margin] = dark * covered (middle - depth, middle + depth, y);
    }
  trip_blur (image, layer->blur[0] * size, layer->blur[1] * size);
}

/* Lays the layer over what is there already. */
static void
add (const TripImage *layer, double opacity, TripImage *shadow)
{
  for (int y = 0; y < shadow->height; y++)
    for (int x = 0; x < shadow->width; x++)
      {
        float *dark = trip_image_row (shadow, y) + x;

        *dark = 1 - (1 - *dark) * (1 - opacity * CLAMP (trip_image_row (layer, y)[x], 0, 1));
      }
}

static gboolean
is_faint (const TripImage *image, int x, int y, int width, int height)
{
  for (int i = y; i < y + height; i++)
    for (int k = x; k < x + width; k++)
      if (trip_image_row (image, i)[k] >= FAINT)
        return FALSE;
  return TRUE;
}

/* What there is to be seen of shadow, which has it in its middle; moves *x, *y along. */
static TripImage *
trim (const TripImage *shadow, int *x, int *y, GError **error)
{
  int left = 0, right = shadow->width, top = 0, bottom = shadow->height;
  TripImage *out;

  while (top < bottom - 1 && is_faint (shadow, 0, top, shadow->width, 1))
    top++;
  while (bottom > top + 1 && is_faint (shadow, 0, bottom - 1, shadow->width, 1))
    bottom--;
  while (left < right - 1 && is_faint (shadow, left, top, 1, bottom - top))
    left++;
  while (right > left + 1 && is_faint (shadow, right - 1, top, 1, bottom - top))
    right--;
  *x += left;
  *y += top;
  out = trip_image_new (right - left, bottom - top, 1, error);
  for (int i = 0; out && i < out->height; i++)
    memcpy (trip_image_row (out, i), trip_image_row (shadow, top + i) + left, out->width * sizeof (float));
  return out;
}

static TripImage *
draw (const Outline *outline, int *x, int *y, GError **error)
{
  const int width = outline->right + 1 - outline->left;
  const double height = outline->bottom - outline->top, size = sqrt (width * height);
  const Layer *widest = &layers[G_N_ELEMENTS (layers) - 1];
  const int margin = trip_blur_reach (widest->blur[0] * size) + (int) (widest->depth * size) + 1;
  g_autoptr (TripImage) shadow = trip_image_new (width + 2 * margin, (int) height + 2 * margin, 1, error);
  g_autoptr (TripImage) layer = shadow ? trip_image_new (shadow->width, shadow->height, 1, error) : NULL;

  if (! layer)
    return NULL;
  memset (shadow->data, 0, shadow->stride * shadow->height * sizeof (float));
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      paint (outline, &layers[i], size, margin, layer);
      add (layer, layers[i].opacity * MIN (outline->alpha, 1), shadow);
    }
  *x = outline->left - margin;
  *y = (int) outline->top - margin;
  return trim (shadow, x, y, error);
}

TripImage *
trip_shadow (const TripImage *object, int *x, int *y, GError **error)
{
  g_autofree double *outline = g_new (double, object->width), *ground = g_new (double, object->width);
  Outline self = { .outline = outline, .ground = ground };

  trace (object, &self);
  if (! (self.alpha > 0))
    {
      g_set_error_literal (error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK, "nothing of the object is visible");
      return NULL;
    }
  stretch (&self);
  return draw (&self, x, y, error);
}

double
trip_shadow_at (const TripImage *shadow, double x, double y)
{
  const int left = (int) floor (x - 0.5), top = (int) floor (y - 0.5);
  const double across = x - 0.5 - left, down = y - 0.5 - top;
  double sum = 0;

  for (int i = 0; i < 4; i++)
    {
      const int u = left + (i & 1), v = top + (i >> 1);

      if (u >= 0 && v >= 0 && u < shadow->width && v < shadow->height)
        sum += (i & 1 ? across : 1 - across) * (i & 2 ? down : 1 - down) * trip_image_row (shadow, v)[u];
    }
  return sum;
}
