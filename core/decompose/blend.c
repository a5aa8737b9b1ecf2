#include "blend.h"

#include "../error.h"

#define ROWS 16        /* that a thread takes at once */
#define MAX_SEAM 0.07f /* the root of the mean square over the channels; above it things end there */
#define TIE 0.0025f    /* of a pixel to what it was, beside the 1 of a seam: corrections reach 1 / sqrt (TIE) px */
#define ROUNDS 80      /* of relaxation, which leave less than a hundredth, */
#define FASTER 1.93f   /* with the factor of over-relaxation that suits TIE */
#define N_SIDES 4
#define MAX_CHANNELS 4

typedef struct
{
  const TripComposition *composition;
  float *seams;       /* n_channels a pixel: what its differences from its neighbours lack, summed up */
  float *corrections; /* n_channels a pixel */
  guint8 *links;      /* bit i: is tied to its neighbour at side i, which is corrected too; from bit N_SIDES on: the
                         number of all neighbours it is tied to */
  int parity;         /* which half of the pixels, as on a chessboard, is being relaxed */
} Job;

static const int sides[N_SIDES][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };

static gboolean
is_composed (const TripComposition *composition, int x, int y)
{
  const TripRect *at = &composition->at;
  const TripLevel *level = composition->level;

  if (x < 0 || x >= at->width || y < 0 || y >= at->height)
    return FALSE;
  x += at->x - composition->x;
  y += at->y - composition->y;
  return level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE;
}

/* The picture's pixel beside the one that the hole's pixel i is copied from; NULL where that is not known. */
static const float *
source (const TripComposition *composition, gsize i, int dx, int dy)
{
  const TripLevel *level = composition->level;
  const TripImage *picture = composition->picture;
  const guint32 from = composition->from[i];
  const TripMatch match = { from % level->width, from / level->width, composition->turns[i] };
  int x, y;

  trip_match_beside (&match, dx, dy, &x, &y);
  if (x < 0 || x >= level->width || y < 0 || y >= level->height
      || level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE)
    return NULL;
  return trip_image_row (picture, composition->y + y) + (gsize) (composition->x + x) * picture->n_channels;
}

/* What the difference of pixel x, y from its neighbour at a side lacks to what it is where the two come from, which is
 * the same seen from the neighbour but for its sign. FALSE where the two are not to be tied. */
static gboolean
find_seam (const TripComposition *composition, int x, int y, const int *side, float *seam)
{
  const TripImage *picture = composition->picture;
  const int n = picture->n_channels, width = composition->at.width, dx = side[0], dy = side[1];
  const int there_x = composition->at.x + x + dx, there_y = composition->at.y + y + dy;
  const float *here = trip_image_row (composition->out, y) + (gsize) x * n, *there;
  const gsize i = (gsize) y * width + x, beside = i + dy * width + dx;
  const float *own = source (composition, i, 0, 0), *own_beside = source (composition, i, dx, dy);
  const float *other = NULL, *other_beside = NULL;
  float square = 0;

  if (there_x < 0 || there_y < 0 || there_x >= picture->width || there_y >= picture->height)
    return FALSE;
  if (is_composed (composition, x + dx, y + dy))
    {
      there = trip_image_row (composition->out, y + dy) + (gsize) (x + dx) * n;
      other = source (composition, beside, 0, 0);
      other_beside = source (composition, beside, -dx, -dy);
    }
  else
    there = trip_image_row (picture, there_y) + (gsize) there_x * n;
  if (! own_beside && ! other_beside)
    return FALSE;
  for (int c = 0; c < n; c++)
    {
      const float by_own = own_beside ? own[c] - own_beside[c] : other_beside[c] - other[c];
      const float by_other = other_beside ? other_beside[c] - other[c] : by_own;

      seam[c] = (by_own + by_other) / 2 - (here[c] - there[c]);
      square += seam[c] * seam[c];
    }
  return square <= MAX_SEAM * MAX_SEAM * n;
}

static gboolean
find_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  const TripRect *at = &job->composition->at;
  const int n = job->composition->picture->n_channels;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, at->height); y++)
    for (int x = 0; x < at->width; x++)
      {
        const gsize i = (gsize) y * at->width + x;
        float seam[MAX_CHANNELS];

        for (int side = 0; side < N_SIDES && is_composed (job->composition, x, y); side++)
          if (find_seam (job->composition, x, y, sides[side], seam))
            {
              job->links[i] += 1 << N_SIDES;
              if (is_composed (job->composition, x + sides[side][0], y + sides[side][1]))
                job->links[i] |= 1 << side;
              for (int c = 0; c < n; c++)
                job->seams[i * n + c] += seam[c];
            }
      }
  return TRUE;
}

static gboolean
relax_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const Job *job = data;
  const TripRect *at = &job->composition->at;
  const int n = job->composition->picture->n_channels;

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, at->height); y++)
    for (int x = (y + job->parity) % 2; x < at->width; x += 2)
      {
        const gsize i = (gsize) y * at->width + x;
        const float scale = 1 / ((job->links[i] >> N_SIDES) + TIE);

        for (int c = 0; c < n && job->links[i]; c++)
          {
            float *correction = job->corrections + i * n + c, sum = job->seams[i * n + c];

            for (int side = 0; side < N_SIDES; side++)
              if (job->links[i] >> side & 1)
                sum += correction[(sides[side][1] * at->width + sides[side][0]) * n];
            *correction += FASTER * (scale * sum - *correction);
          }
      }
  return TRUE;
}

static void
apply (const Job *job)
{
  const TripComposition *composition = job->composition;
  const TripRect *at = &composition->at;
  const int n = composition->picture->n_channels;

  for (int y = 0; y < at->height; y++)
    for (int i = 0; i < at->width * n; i++)
      {
        float *value = trip_image_row (composition->out, y) + i;

        if (is_composed (composition, i / n, y))
          *value = CLAMP (*value + job->corrections[(gsize) y * at->width * n + i], MIN (*value, 0), MAX (*value, 1));
      }
}

gboolean
trip_blend (const TripComposition *composition, const TripRun *run, GError **error)
{
  const TripRect *at = &composition->at;
  const gsize n_pixels = (gsize) at->width * at->height, n_tiles = trip_divide_up (at->height, ROWS);
  const gsize pixel = composition->picture->n_channels * sizeof (float);
  g_autofree float *seams = g_try_malloc0_n (n_pixels, pixel), *corrections = g_try_malloc0_n (n_pixels, pixel);
  g_autofree guint8 *links = g_try_malloc0 (n_pixels);
  Job job = { .composition = composition, .seams = seams, .corrections = corrections, .links = links };

  if (! seams || ! corrections || ! links)
    {
      g_set_error (error, TRIP_ERROR, TRIP_ERROR_NO_MEMORY, "no memory to blend %d x %d px", at->width, at->height);
      return FALSE;
    }
  for (int i = 0; i <= 2 * ROUNDS; i++)
    {
      const TripRun part = trip_run_part (run, i / (2 * ROUNDS + 1.0), (i + 1) / (2 * ROUNDS + 1.0));

      job.parity = i % 2;
      if (! trip_run_tiles (&part, n_tiles, i == 0 ? find_rows : relax_rows, &job, error))
        return FALSE;
    }
  apply (&job);
  return TRUE;
}
