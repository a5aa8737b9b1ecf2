/* One size of the picture while a hole in it is filled: its pixels for matching, which of them are to be filled, and
 * where each patch that touches the hole has its likeness. Internal to inpainting. */
#pragma once

#include "../image.h"
#include "../run.h"

#define TRIP_PATCH_RADIUS 3 /* px; a patch is square */
#define TRIP_PATCH_SIZE (2 * TRIP_PATCH_RADIUS + 1)
#define TRIP_PATCH_AREA (TRIP_PATCH_SIZE * TRIP_PATCH_SIZE)
#define TRIP_LEVEL_ONE 2047  /* the value of 1.0: with it the squares of a patch's differences sum up in 31 bits */
#define TRIP_LEVEL_MEAN 16   /* means are kept in parts of that */
#define TRIP_LEVEL_STRIDE 4  /* values a pixel, whatever the picture's channels; unused ones are 0 */

typedef enum
{
  TRIP_PIXEL_HOLE = 1,   /* is to be filled */
  TRIP_PIXEL_SOURCE = 2, /* the patch around it lies in the picture and is nowhere hole */
} TripPixelKind;

/* How a patch is turned, and mirrored, as it is copied: what is dx, dy from its centre comes from xx dx + xy dy,
 * yx dx + yy dy. */
typedef struct
{
  int xx, xy, yx, yy;
} TripTurn;

#define TRIP_N_TURNS 8 /* of trip_turns; the first one leaves a patch as it is */
extern const TripTurn trip_turns[TRIP_N_TURNS];

/* Where a patch is copied from. */
typedef struct
{
  int x, y;                       /* centre of the likeness, a TRIP_PIXEL_SOURCE */
  guint8 turn;                    /* of trip_turns */
  float cost;                     /* squared difference over the patch, in squares of a level's values */
  gint16 bias[TRIP_LEVEL_STRIDE]; /* what is added to the likeness */
} TripMatch;

/* Where what is dx, dy from the centre of a patch with that match is copied from. */
static inline void
trip_match_beside (const TripMatch *match, int dx, int dy, int *x, int *y)
{
  const TripTurn *turn = &trip_turns[match->turn];

  *x = match->x + turn->xx * dx + turn->xy * dy;
  *y = match->y + turn->yx * dx + turn->yy * dy;
}

/* What a patch is expected to be like. */
typedef struct
{
  gint16 mean[TRIP_LEVEL_STRIDE]; /* in 1 / TRIP_LEVEL_MEAN */
  float weight;                   /* how surely, 0..1 */
} TripGuide;

typedef struct
{
  int width, height;
  gint16 *pixels; /* TRIP_LEVEL_STRIDE a pixel, 0..TRIP_LEVEL_ONE */
  gint16 *means;  /* of the patch around each source, in 1 / TRIP_LEVEL_MEAN */
  guint8 *kinds;  /* of TripPixelKind */
  gsize n_sources, first_source; /* how many, and one of them */
  TripRect box;    /* of the centres of all patches that touch the hole and lie in the picture; all below is of its
                      size */
  guint8 *depths;  /* 0: the patch does not touch the hole; else 1 + its centre's distance from known pixels, at most
                      255 */
  int max_depth;   /* of depths */
  TripGuide *guides; /* or NULL */
  TripMatch *matches, *next;
} TripLevel;

/* A level with its pixels undefined; NULL with NO_MEMORY. The caller owns it. */
TripLevel *trip_level_new (int width, int height, GError **error);
void trip_level_free (TripLevel *level);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripLevel, trip_level_free)

static inline gsize
trip_level_at (const TripLevel *level, int x, int y)
{
  return (gsize) y * level->width + x;
}

/* x, y within the box */
static inline gsize
trip_level_in_box (const TripLevel *level, int x, int y)
{
  return (gsize) (y - level->box.y) * level->box.width + (x - level->box.x);
}

/* The mean of the patch around x, y, in 1 / TRIP_LEVEL_MEAN. */
void trip_level_mean (const TripLevel *level, int x, int y, int *mean);

/* The level of half the size, from known pixels only; a pixel is hole where most of what it stands for is.
 * NULL with NO_MEMORY or cancelled. */
TripLevel *trip_level_reduce (const TripLevel *level, const TripRun *run, GError **error);

/* Finds sources and box, once pixels and the first two kinds are there. FALSE with NO_MEMORY or cancelled. */
gboolean trip_level_prepare (TripLevel *level, const TripRun *run, GError **error);

/* Fills the hole with the level of half the size, which is filled already. FALSE with cancelled. */
gboolean trip_level_enlarge (TripLevel *level, const TripLevel *small, const TripRun *run, GError **error);
