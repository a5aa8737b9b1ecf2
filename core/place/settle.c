#include "settle.h"

#include <math.h>

#include "../blur.h"
#include "picture.h"
#include "shadow.h"
#include "sharpness.h"

#define AROUND 1.0           /* how far surroundings reach, in sides of the object */
#define VISIBLE 0.5f         /* alpha */
#define FEW 16               /* visible px that say nothing */
#define DARK 0.02            /* below that, differences do not matter */
#define LIGHT 0.4            /* share of a difference in brightness that is taken away, */
#define MOST_LIGHT 0.3       /* and its logarithm at most */
#define COLOUR 0.6           /* the same for the cast */
#define MOST_COLOUR 0.15
#define NEUTRAL 0.25         /* saturation from which on a colour tells little about the light */
#define BLUR 0.8             /* the same for the blur, */
#define MOST_BLUR 0.012      /* of the object's size */
#define N_BINS 1024
#define SIDE 320             /* px of the object that are looked at */
#define BAND_BYTES (4 << 20) /* of the rows that are blurred at once */

/* What is visible of a picture. */
typedef struct
{
  double n;
  double light[2];   /* the logarithms of the brightness that half, and that a tenth, of the pixels exceed */
  double red, blue;  /* logarithms of red and blue over green, where colours are neutral and bright */
  double confidence; /* 0..1: how many are */
} Statistics;

TripRect
trip_settle_around (int width, int height, const TripRect *box)
{
  const double x = AROUND * box->width, y = AROUND * box->height;
  const int left = CLAMP (box->x - x, 0, width - 1), right = CLAMP (box->x + box->width + x, left + 1, width);
  const int top = CLAMP (box->y - y, 0, height - 1), bottom = CLAMP (box->y + box->height + y, top + 1, height);

  return (TripRect) { left, top, right - left, bottom - top };
}

static double
logarithm (double value)
{
  return log (MAX (value, 0) + DARK);
}

/* The value that a share of what is in bins lies above. */
static double
quantile (const double *bins, double n, double above)
{
  double left = n * above;
  int i = N_BINS - 1;

  for (; i > 0 && bins[i] < left; i--)
    left -= bins[i];
  return (i + 1 - (bins[i] > 0 ? left / bins[i] : 0)) / N_BINS;
}

static Statistics
look_at (const TripImage *image)
{
  const int n = image->n_channels, green = n > 2 ? 1 : 0, blue = n > 2 ? 2 : 0;
  g_autofree double *bins = g_new0 (double, N_BINS);
  Statistics self = { 0 };
  double weights = 0, values = 0;

  for (int y = 0; y < image->height; y++)
    for (const float *p = trip_image_row (image, y), *end = p + (gsize) n * image->width; p < end; p += n)
      {
        const double r = CLAMP (p[0], 0, 1), g = CLAMP (p[green], 0, 1), b = CLAMP (p[blue], 0, 1);
        const double most = MAX (MAX (r, g), b), least = MIN (MIN (r, g), b);
        const double saturation = (most - least) / (most + DARK) / NEUTRAL;
        const double weight = most * most / (1 + saturation * saturation);

        if (trip_has_alpha (n) && ! (p[n - 1] >= VISIBLE))
          continue;
        self.n++;
        bins[(int) ((N_BINS - 1) * (0.2126 * r + 0.7152 * g + 0.0722 * b) + 0.5)]++;
        self.red += weight * (logarithm (r) - logarithm (g));
        self.blue += weight * (logarithm (b) - logarithm (g));
        weights += weight;
        values += most * most;
      }
  if (weights > 0)
    {
      self.red /= weights;
      self.blue /= weights;
      self.confidence = weights / values;
    }
  self.light[0] = logarithm (quantile (bins, self.n, 0.5));
  self.light[1] = logarithm (quantile (bins, self.n, 0.1));
  return self;
}

TripSettling
trip_settle_measure (const TripImage *around, const TripImage *object)
{
  const Statistics there = look_at (around), own = look_at (object);
  const double most_blur = MOST_BLUR * sqrt ((double) object->width * object->height);
  TripSettling self = TRIP_SETTLING_INIT;
  double light, warm, tint, cast[3] = { 0 }, mean, blur;

  if (MIN (there.n, own.n) < FEW)
    return self;
  light = LIGHT * 0.5 * (there.light[0] - own.light[0] + there.light[1] - own.light[1]);
  /* light is warmer or colder, but seldom green or magenta, which is what stands there */
  warm = 0.5 * (there.red - own.red - there.blue + own.blue) * COLOUR * own.confidence * sqrt (there.confidence);
  tint = 0.5 * (there.red - own.red + there.blue - own.blue) * COLOUR * own.confidence * there.confidence;
  cast[0] = tint + warm;
  cast[2] = tint - warm;
  mean = 0.2126 * cast[0] + 0.0722 * cast[2];
  for (int c = 0; c < 3; c++)
    self.gain[c] = exp (CLAMP (light, -MOST_LIGHT, MOST_LIGHT) + CLAMP (cast[c] - mean, -MOST_COLOUR, MOST_COLOUR));
  blur = trip_sharpness_blur (around, object);
  self.blur = MIN (BLUR * blur, most_blur);
  return self;
}

/* Factor gain near black; 1 stays 1 where it would be clipped. */
static float
tone (float value, float gain)
{
  if (gain <= 1 || value <= 0)
    return value * gain;
  return value < 1 ? value * gain / (1 + (gain - 1) * value) : 1 + (value - 1) / gain;
}

/* Colours multiplied by alpha, of image, and alpha or, where there is none, 1, of its own. */
static TripImage *
weigh (const TripImage *image, GError **error)
{
  const int n = image->n_channels, colours = n > 2 ? 3 : 1;
  TripImage *weighed = trip_image_new (image->width, image->height, colours + 1, error);

  for (int y = 0; weighed && y < image->height; y++)
    {
      const float *p = trip_image_row (image, y);
      float *out = trip_image_row (weighed, y);

      for (int x = 0; x < image->width; x++, p += n, out += colours + 1)
        {
          out[colours] = trip_has_alpha (n) ? CLAMP (p[n - 1], 0, 1) : 1;
          for (int c = 0; c < colours; c++)
            out[c] = p[c] * out[colours];
        }
    }
  return weighed;
}

/* Gives image the colours of weighed, blurred. */
static gboolean
blur (TripImage *image, double sigma, GError **error)
{
  const int n = image->n_channels, colours = n > 2 ? 3 : 1;
  g_autoptr (TripImage) weighed = weigh (image, error);

  if (! weighed)
    return FALSE;
  trip_blur (weighed, sigma, sigma);
  for (int y = 0; y < image->height; y++)
    {
      const float *w = trip_image_row (weighed, y);
      float *out = trip_image_row (image, y);

      for (int x = 0; x < image->width; x++, w += colours + 1, out += n)
        for (int c = 0; c < colours && w[colours] > 1e-6f; c++)
          out[c] = w[c] / w[colours];
    }
  return TRUE;
}

static void
change_tone (TripImage *image, const double gain[3])
{
  const int n = image->n_channels, colours = n > 2 ? 3 : 1;

  for (int y = 0; y < image->height; y++)
    {
      float *p = trip_image_row (image, y);

      for (int x = 0; x < image->width; x++, p += n)
        for (int c = 0; c < colours; c++)
          p[c] = tone (p[c], gain[colours > 1 ? c : 1]);
    }
}

gboolean
trip_settle (const TripSource *object, const TripSettling *settling, const TripSink *sink, const TripRun *run,
             GError **error)
{
  const int reach = trip_blur_reach (settling->blur);
  const gsize row = (gsize) object->width * object->n_channels * sizeof (float);
  const int n_rows = CLAMP ((int) (BAND_BYTES / row), MAX (reach, 1), object->height);

  for (int y = 0; y < object->height; y += n_rows)
    {
      const int first = MAX (y - reach, 0), last = MIN (y + n_rows + reach, object->height);
      const TripRect rect = { 0, first, object->width, last - first };
      g_autoptr (TripImage) rows = NULL;
      TripImage part;

      if (! trip_run_step (run, (double) y / object->height, error)
          || ! (rows = trip_source_read (object, &rect, error))
          || (reach && ! blur (rows, settling->blur, error)))
        return FALSE;
      change_tone (rows, settling->gain);
      part = *rows;
      part.data = trip_image_row (rows, y - first);
      part.height = MIN (n_rows, object->height - y);
      if (! sink->write (&part, y, sink->data, error))
        return FALSE;
    }
  return trip_run_step (run, 1, error);
}

void
trip_settled_clear (TripSettled *self)
{
  g_clear_pointer (&self->shadow, trip_image_free);
}

/* rect of source at a size, with straight alpha. */
static TripImage *
read_small (const TripSource *source, const TripRect *rect, double width, double height, const TripRun *run,
            GError **error)
{
  TripImage *image = trip_place_read (source, rect, CLAMP ((int) rint (width), 1, rect->width),
                                      CLAMP ((int) rint (height), 1, rect->height), run, error);

  for (int y = 0; image && y < image->height; y++)
    for (float *p = trip_image_row (image, y), *end = p + 4 * image->width; p < end; p += 4)
      for (int c = 0; c < 3 && p[3] > 0; c++)
        p[c] /= p[3];
  return image;
}

gboolean
trip_settle_look (const TripSource *scene, const TripSource *object, const TripRect *visible,
                  const TripPlacement *place, const TripRun *run, TripSettled *settled, GError **error)
{
  const double width = visible->width * place->scale, height = visible->height * place->scale;
  const double left = place->x - width / 2, top = place->y - height / 2;
  const TripRect box = { floor (left), floor (top), ceil (width), ceil (height) };
  const TripRect rect = trip_settle_around (scene->width, scene->height, &box);
  const double scale = MIN (MIN (1, 1 / place->scale), SIDE / MAX (width, height));
  const TripRun first = trip_run_part (run, 0, 0.5), second = trip_run_part (run, 0.5, 1);
  g_autoptr (TripImage) around = read_small (scene, &rect, rect.width * scale, rect.height * scale, &first, error);
  g_autoptr (TripImage) small = NULL;
  int x, y;

  if (! around || ! (small = read_small (object, visible, width * scale, height * scale, &second, error)))
    return FALSE;
  settled->shadow = trip_shadow (small, &x, &y, error);
  if (! settled->shadow)
    return FALSE;
  settled->settling = trip_settle_measure (around, small);
  settled->settling.blur /= scale;
  settled->step_x = width / small->width;
  settled->step_y = height / small->height;
  settled->x = left + x * settled->step_x;
  settled->y = top + y * settled->step_y;
  return TRUE;
}
