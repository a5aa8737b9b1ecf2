#include "job.h"

struct _UiJob
{
  UiJobClass klass;
  GMainContext *context;
  GThread *thread;

  GMutex lock; /* for all below */
  GCond wake;
  gpointer request;          /* waiting for the worker */
  GCancellable *cancellable; /* of the request that waits or runs */
  GSource *delivery;         /* of a result that waits for the main loop */
  gboolean quit;
};

typedef struct
{
  UiJob *job;
  gpointer result;
  GError *error;
} Delivery;

static void
delivery_free (gpointer data)
{
  Delivery *self = data;

  if (self->result)
    self->job->klass.free_result (self->result);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
deliver (gpointer data)
{
  Delivery *self = data;
  UiJob *job = self->job;

  g_mutex_lock (&job->lock);
  g_clear_pointer (&job->delivery, g_source_unref);
  g_mutex_unlock (&job->lock);
  job->klass.done (self->result, self->error, job->klass.data);
  return G_SOURCE_REMOVE;
}

/* Hands on what was computed, unless the request has been overtaken. Called without the lock. */
static void
finish (UiJob *self, GCancellable *cancellable, gpointer result, GError *error)
{
  Delivery *delivery = g_new (Delivery, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  *delivery = (Delivery) { self, result, error };
  g_source_set_callback (source, deliver, delivery, delivery_free);
  g_mutex_lock (&self->lock);
  if (self->cancellable == cancellable)
    {
      g_clear_object (&self->cancellable);
      self->delivery = g_source_ref (source);
      g_source_attach (source, self->context);
    }
  g_mutex_unlock (&self->lock);
}

static gpointer
work (gpointer data)
{
  UiJob *self = data;

  g_mutex_lock (&self->lock);
  while (! self->quit)
    if (self->request)
      {
        gpointer request = g_steal_pointer (&self->request);
        g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
        GError *error = NULL;
        gpointer result;

        g_mutex_unlock (&self->lock);
        result = self->klass.run (request, cancellable, &error);
        self->klass.free_request (request);
        finish (self, cancellable, result, error);
        g_mutex_lock (&self->lock);
      }
    else
      g_cond_wait (&self->wake, &self->lock);
  g_mutex_unlock (&self->lock);
  return NULL;
}

UiJob *
ui_job_new (const UiJobClass *klass)
{
  UiJob *self = g_new0 (UiJob, 1);

  self->klass = *klass;
  self->context = g_main_context_ref_thread_default ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("triptych-job", work, self);
  return self;
}

/* Puts request, or nothing for NULL, in the place of whatever is under way. */
static void
replace (UiJob *self, gpointer request, gboolean quit)
{
  g_autoptr (GSource) delivery = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  gpointer old;

  g_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->request);
  cancellable = g_steal_pointer (&self->cancellable);
  delivery = g_steal_pointer (&self->delivery);
  self->request = request;
  if (request)
    self->cancellable = g_cancellable_new ();
  self->quit = quit;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);

  if (cancellable)
    g_cancellable_cancel (cancellable);
  if (delivery)
    g_source_destroy (delivery);
  if (old)
    self->klass.free_request (old);
}

void
ui_job_start (UiJob *self, gpointer request)
{
  replace (self, request, FALSE);
}

void
ui_job_cancel (UiJob *self)
{
  replace (self, NULL, FALSE);
}

void
ui_job_free (UiJob *self)
{
  if (! self)
    return;
  replace (self, NULL, TRUE);
  g_thread_join (self->thread);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}
