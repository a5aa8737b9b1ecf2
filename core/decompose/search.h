/* Where the object ends near a roughly drawn outline: from the colours well outside and those within, and from where
 * the picture changes. */
#pragma once

#include "../image.h"
#include "../run.h"
#include "band.h"

typedef struct
{
  const TripImage *colours;    /* 3 channels, 0..1 */
  const TripImage *distance;   /* 1 channel: px to the outline, above 0 inside (distance.h) */
  const TripBand *band;        /* what is searched: where distance is from -outside to inside, holes, and where outline
                                  is not sure */
  float outside, inside, ring; /* px; ring: how far beyond the band colours are taken from */
  float blur;                  /* px: how far off the outline may be */
  const TripImage *outline;    /* 1 channel: how likely a pixel is the object, before its colour is compared; NULL: as
                                  its distance says */
  const TripImage *holes;      /* 1 channel, above 0 where the band holds what lies deeper as well; NULL: nowhere */
} TripSearch;

/* belief: for each pixel of the band how surely it is the object's, 0..1; on entry anything from 0 to 1. The object's
 * colours are what the selection has and its surroundings don't, as in "GrabCut" (Rother et al., 2004) but with a share
 * for each distance learnt from the picture, or for each pixel as outline says. solid: how much of what lies
 * deeper than the band is the object, 0..1, 1 where nothing does or colours do not tell. odds, 1 channel, for one pixel
 * in step x step each, of all that lie deeper: the logarithm of how much likelier than the object it is the background;
 * 0 elsewhere. FALSE with NO_MEMORY or cancelled. */
gboolean trip_search (const TripSearch *search, float *belief, float *solid, TripImage *odds, int step,
                      const TripRun *run, GError **error);
