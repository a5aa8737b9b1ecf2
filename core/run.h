/* How a slow operation runs: progress, cancelling, threads.
 *
 * Progress is reported only from the thread that called the operation, and only rises, so that a
 * caller may pass it on to a user interface library that is bound to one thread. */
#pragma once

#include <gio/gio.h>

typedef void (*TripProgressFunc) (double fraction, gpointer data);

typedef struct
{
  GCancellable *cancellable; /* or NULL */
  TripProgressFunc progress; /* or NULL; fraction in from..to */
  gpointer progress_data;
  int n_threads;   /* 0: one for each processor */
  double from, to; /* the part of the progress bar that belongs to this run */
} TripRun;

#define TRIP_RUN_INIT { .to = 1.0 }

/* The number of threads the run may use, at least 1. */
int trip_run_threads (const TripRun *run);

/* The part from..to (0..1) of a run, for one of several steps. */
TripRun trip_run_part (const TripRun *run, double from, double to);

/* A run by the caller's thread alone, without progress. */
TripRun trip_run_alone (GCancellable *cancellable);

/* Reports fraction (0..1) of this run. FALSE with G_IO_ERROR_CANCELLED if it was cancelled. */
gboolean trip_run_step (const TripRun *run, double fraction, GError **error);

/* One piece of work. worker is 0 .. trip_run_threads()-1, and no two calls with the same worker run
 * at the same time; 0 is the thread that called trip_run_tiles(). FALSE: cancelled or failed. */
typedef gboolean (*TripTileFunc) (gsize tile, int worker, gpointer data, GError **error);

/* Calls func once for each of n_tiles, on several threads. Stops at the first failure and returns it. */
gboolean trip_run_tiles (const TripRun *run, gsize n_tiles, TripTileFunc func, gpointer data,
                         GError **error);

/* One step of a lane. worker as above. */
typedef gboolean (*TripLaneFunc) (int lane, int step, int worker, gpointer data, GError **error);

/* Calls func for n_steps of each of n_lanes, on several threads. A step is taken after the one before it in its lane
 * and the same one of the lane before, and only while the nth lane after it has done at most n steps less. Stops at
 * the first failure and returns it. */
gboolean trip_run_lanes (const TripRun *run, int n_lanes, int n_steps, TripLaneFunc func, gpointer data,
                         GError **error);
