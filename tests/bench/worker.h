/* The trunk of a network on a picture, computed by one engine in a process that works when it is told to, so
 * that engine.py lets several take turns. worker.c is the program around the engine. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *weights; /* path */
  const char *isa;     /* the instruction set to use; "" for the best */
  int n_threads, n_together; /* in all, and of ours at one tile */
  int n_channels;    /* of the features */
  int height, width; /* px of the largest input: the picture, or a tile with its margin */
} WorkerJob;

typedef struct
{
  const char *uses; /* what the engine chose, for the table */
  int n_at_once;    /* inputs it computes side by side, sharing the threads */
} WorkerEngine;

/* Feature c of pixel y, x is data[y * row + x * column + c * channel]. */
typedef struct
{
  const float *data;
  gsize row, column, channel;
} WorkerFeatures;

/* Takes the rows first .. first + n - 1, before they are gone. */
typedef void (*WorkerFunc) (const WorkerFeatures *features, int first, int n, gpointer data);

/* These two are the engine's; what fails ends the process. */
WorkerEngine worker_open (const WorkerJob *job);

/* The features of height x width px of in, TRIP_NETWORK_INPUTS values a pixel, rows begin stride floats apart, with
 * zeros beyond it. at is 0 .. n_at_once - 1; func may be NULL. */
void worker_run (const WorkerJob *job, const float *in, gsize stride, int height, int width, int at, WorkerFunc func,
                 gpointer data);
