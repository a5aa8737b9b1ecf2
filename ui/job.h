/* One worker thread for what a dialog shows: the newest request wins. */
#pragma once

#include <gio/gio.h>

typedef struct _UiJob UiJob;

typedef struct
{
  /* In the worker: computes request and returns a result, or NULL with the error set. It should
   * return soon after cancellable is cancelled. */
  gpointer (*run) (gpointer request, GCancellable *cancellable, GError **error);
  /* In the main loop: result, which stays the job's, or NULL and the error. Not called for requests
   * that were cancelled or overtaken. */
  void (*done) (gpointer result, const GError *error, gpointer data);
  GDestroyNotify free_request, free_result;
  gpointer data; /* of done */
} UiJobClass;

/* The main loop is that of the calling thread, which alone may use the job. */
UiJob *ui_job_new (const UiJobClass *klass);

/* Computes request, which the job takes; an older request is cancelled and forgotten. */
void ui_job_start (UiJob *self, gpointer request);

/* Forgets the request, if there is one. */
void ui_job_cancel (UiJob *self);

/* Cancels, waits for the worker to return, and frees the job; done is not called any more. */
void ui_job_free (UiJob *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UiJob, ui_job_free)
