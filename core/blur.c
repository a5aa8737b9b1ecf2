#include "blur.h"

#include <math.h>
#include <string.h>

#define N_BOXES 3

/* Weight 1 up to reach px to both sides, and rim at one more px. */
typedef struct
{
  int reach;
  double rim;
} Box;

static Box
box_of (double sigma)
{
  const double variance = sigma * sigma / N_BOXES;
  const int reach = (int) (0.5 * (sqrt (12 * variance + 1) - 1));

  return (Box) { reach, (2 * reach + 1) * (reach * (reach + 1.0) - 3 * variance)
                          / (6 * (variance - (reach + 1.0) * (reach + 1))) };
}

int
trip_blur_reach (double sigma)
{
  return sigma > 0 ? N_BOXES * (box_of (sigma).reach + 1) : 0;
}

/* n values, at in and at out each between zeros as many as the box reaches. */
static void
blur_once (const double *in, double *out, int n, const Box *box)
{
  const double total = 2 * box->reach + 1 + 2 * box->rim;
  double sum = 0;

  for (int i = -box->reach; i < box->reach; i++)
    sum += in[i];
  for (int i = 0; i < n; i++)
    {
      sum += in[i + box->reach];
      out[i] = (sum + box->rim * (in[i - box->reach - 1] + in[i + box->reach + 1])) / total;
      sum -= in[i - box->reach];
    }
}

/* The same values, step apart, again and again. */
static void
blur_line (float *values, int n, gsize step, const Box *box, double *lines[2])
{
  for (int i = 0; i < n; i++)
    lines[0][i] = values[i * step];
  for (int k = 0; k < N_BOXES; k++)
    blur_once (lines[k % 2], lines[(k + 1) % 2], n, box);
  for (int i = 0; i < n; i++)
    values[i * step] = lines[N_BOXES % 2][i];
}

void
trip_blur (TripImage *image, double sigma_x, double sigma_y)
{
  const double sigmas[] = { sigma_x, sigma_y };
  const int n = image->n_channels;

  for (int axis = 0; axis < 2; axis++)
    {
      const int length = axis ? image->height : image->width, n_lines = axis ? image->width : image->height;
      const gsize step = axis ? image->stride : n, next = axis ? n : image->stride;
      const Box box = box_of (sigmas[axis]);
      const int margin = box.reach + 1;
      g_autofree double *space = NULL;
      double *lines[2];

      if (! (sigmas[axis] > 0))
        continue;
      space = g_new0 (double, 2 * (gsize) (length + 2 * margin));
      lines[0] = space + margin;
      lines[1] = lines[0] + length + 2 * margin;
      for (int i = 0; i < n_lines; i++)
        for (int c = 0; c < n; c++)
          blur_line (image->data + i * next + c, length, step, &box, lines);
    }
}
