/* What a run tells of its progress. */
#pragma once

#include <glib.h>

typedef struct
{
  double last; /* 0 at first */
  double step; /* the largest that was taken */
  int n;       /* how often it was told */
} Progress;

/* A TripProgressFunc with a Progress as data: fails if the fraction falls, or leaves 0..1. */
void progress_see (double fraction, gpointer data);
