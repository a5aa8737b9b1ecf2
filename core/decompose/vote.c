#include "vote.h"

#include <math.h>

#define ROWS 4           /* of a box that a thread takes at once */
#define NEARLY_SAME 2000 /* the cost at which a patch counts half as much as a perfect one */

/* What one patch says about a pixel. */
typedef struct
{
  gsize from; /* pixel of the level */
  guint8 turn;
  const gint16 *bias;
  float weight;
} Voice;

/* 1.2 to the power of -2 TRIP_PATCH_RADIUS .. 2 TRIP_PATCH_RADIUS */
static const float nearness[] = { 0.335f, 0.402f, 0.482f, 0.579f, 0.694f, 0.833f, 1,
                                  1.2f,   1.44f,  1.728f, 2.074f, 2.488f, 2.986f };
G_STATIC_ASSERT (G_N_ELEMENTS (nearness) == 4 * TRIP_PATCH_RADIUS + 1);

/* The voices of all patches over a pixel of the hole; their number. The nearer a patch is to what is known, the more it
 * counts: so things go on into the hole from there. */
static int
hear (const TripLevel *level, int x, int y, Voice *voices)
{
  const TripRect *box = &level->box;
  const int r = TRIP_PATCH_RADIUS;
  /* of the pixel, or of the nearest one that has a patch */
  const int depth = level->depths[trip_level_in_box (level, CLAMP (x, box->x, box->x + box->width - 1),
                                                     CLAMP (y, box->y, box->y + box->height - 1))];
  int n = 0;

  for (int from_y = MAX (y - r, box->y); from_y <= MIN (y + r, box->y + box->height - 1); from_y++)
    for (int from_x = MAX (x - r, box->x); from_x <= MIN (x + r, box->x + box->width - 1); from_x++)
      {
        const gsize at = trip_level_in_box (level, from_x, from_y);
        const TripMatch *match = level->matches + at;
        int source_x, source_y;

        if (! level->depths[at])
          continue;
        trip_match_beside (match, x - from_x, y - from_y, &source_x, &source_y);
        voices[n++] = (Voice) { trip_level_at (level, source_x, source_y), match->turn, match->bias,
                                nearness[2 * r + depth - level->depths[at]] * NEARLY_SAME
                                  / (NEARLY_SAME + match->cost) };
      }
  return n;
}

static gboolean
vote_rows (gsize tile, int worker, gpointer data, GError **error)
{
  TripLevel *level = data;
  const int first_row = level->box.y - TRIP_PATCH_RADIUS;
  Voice voices[TRIP_PATCH_AREA];

  for (int y = first_row + tile * ROWS; y < MIN (first_row + (int) (tile + 1) * ROWS, level->height); y++)
    for (int x = 0; x < level->width; x++)
      {
        gint16 *pixel = level->pixels + trip_level_at (level, x, y) * TRIP_LEVEL_STRIDE;
        float sums[TRIP_LEVEL_STRIDE] = { 0 }, sum = 0;
        int n;

        if (! (level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE))
          continue;
        n = hear (level, x, y, voices);
        for (int i = 0; i < n; i++)
          {
            sum += voices[i].weight;
            for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
              sums[c] += voices[i].weight
                         * (level->pixels[voices[i].from * TRIP_LEVEL_STRIDE + c] + voices[i].bias[c]);
          }
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          pixel[c] = CLAMP (lrintf (sums[c] / sum), 0, TRIP_LEVEL_ONE);
      }
  return TRUE;
}

gboolean
trip_vote (TripLevel *level, const TripRun *run, GError **error)
{
  return trip_run_tiles (run, trip_divide_up (level->box.height + TRIP_PATCH_SIZE - 1, ROWS), vote_rows, level, error);
}

/* Where most patches agree: one of the heaviest voices that come from the same pixel, and their mean bias. */
static const Voice *
elect (const Voice *voices, int n, float *bias)
{
  float most = -1;
  int best = 0;

  for (int i = 0; i < n; i++)
    {
      float sum = 0;

      for (int j = 0; j < n; j++)
        sum += voices[j].from == voices[i].from ? voices[j].weight : 0;
      if (sum > most)
        {
          most = sum;
          best = i;
        }
    }
  for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
    {
      bias[c] = 0;
      for (int j = 0; j < n; j++)
        if (voices[j].from == voices[best].from)
          bias[c] += voices[j].weight / most * voices[j].bias[c];
    }
  return &voices[best];
}

static gboolean
compose_rows (gsize tile, int worker, gpointer data, GError **error)
{
  const TripComposition *composition = data;
  const TripLevel *level = composition->level;
  const TripImage *picture = composition->picture;
  const int n_channels = picture->n_channels;
  const TripRect *at = &composition->at;
  Voice voices[TRIP_PATCH_AREA];

  for (int y = tile * ROWS; y < MIN ((int) (tile + 1) * ROWS, at->height); y++)
    for (int x = 0; x < at->width; x++)
      {
        const int to_x = at->x + x - composition->x, to_y = at->y + y - composition->y;
        float *pixel = trip_image_row (composition->out, y) + (gsize) x * n_channels, bias[TRIP_LEVEL_STRIDE];
        const Voice *found;
        const float *from;
        gsize i;

        if (! (level->kinds[trip_level_at (level, to_x, to_y)] & TRIP_PIXEL_HOLE))
          continue;
        found = elect (voices, hear (level, to_x, to_y, voices), bias);
        i = (gsize) y * at->width + x;
        composition->from[i] = found->from;
        composition->turns[i] = found->turn;
        from = trip_image_row (picture, composition->y + found->from / level->width)
               + (gsize) (composition->x + found->from % level->width) * n_channels;
        for (int c = 0; c < n_channels; c++)
          pixel[c] = CLAMP (from[c] + bias[c] / TRIP_LEVEL_ONE, MIN (from[c], 0), MAX (from[c], 1));
      }
  return TRUE;
}

gboolean
trip_vote_compose (const TripComposition *composition, const TripRun *run, GError **error)
{
  return trip_run_tiles (run, trip_divide_up (composition->at.height, ROWS), compose_rows,
                         (TripComposition *) composition, error);
}
