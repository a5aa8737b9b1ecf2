#include "view.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "job.h"
#include "preview.h"
#include "screen.h"

#define MAX_SOURCE_PIXELS 2e6 /* read at once; a strong reduction shows only its middle */
#define MAX_SECONDS 6         /* until there is something to be seen */
#define MIN_SIZE 80           /* px: less is not shown for that */
#define FIRST_RATE 6e10 /* multiply-adds per second and thread, before the first measurement */

struct _UiView
{
  UiViewClass klass;
  const UiPicture *picture;
  gpointer data;
  UiPreview *preview;
  UiScreen screen;
  UiJob *job;
  guint idle;

  gpointer options;       /* NULL before the first are known */
  TripRect before;        /* what is shown to compare with; width 0: nothing */
  cairo_surface_t *after; /* what is known of the result, for these options */
  TripRect known;         /* where it lies; width 0: nothing, or nothing of the last pass */
  TripRect region, needs; /* what is being computed, and of the picture what it depends on */
  TripRect kept;          /* of what is known: with the region it makes a rectangle */
  int n_threads;

  gint64 started; /* when the newest preview was asked for, µs */
  double rate;
  gboolean has_rate;
};

static void queue_update (UiView *self);

/* For the worker. */
typedef struct
{
  const UiViewClass *klass;
  UiViewRequest request;
} Task;

static void
task_free (gpointer data)
{
  Task *self = data;

  trip_image_free ((TripImage *) self->request.part.image);
  g_free (self->request.options);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Task, task_free)

static void
result_free (gpointer data)
{
  UiViewResult *self = data;

  trip_image_free (self->image);
  g_free (self);
}

static gpointer
compute (gpointer data, GCancellable *cancellable, GError **error)
{
  const Task *task = data;
  const UiViewRequest *request = &task->request;
  const gint64 start = g_get_monotonic_time ();
  UiViewResult *result = g_new0 (UiViewResult, 1);
  TripRun run = TRIP_RUN_INIT;

  result->pass = request->pass;
  result->macs = request->macs;
  run.cancellable = cancellable;
  run.n_threads = request->n_threads;
  if (! task->klass->after (request, &run, result, error))
    g_clear_pointer (&result, result_free);
  else
    result->seconds = (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
  return result;
}

/* Newer measurements count more: the machine may be busy for a while. */
static void
measure (UiView *self, const UiViewResult *result)
{
  if (result->macs <= 0 || result->seconds <= 0)
    return;
  self->rate = self->has_rate ? 0.5 * (self->rate + result->macs / result->seconds)
                              : result->macs / result->seconds;
  self->has_rate = TRUE;
}

static void
lack_memory (UiView *self)
{
  ui_job_cancel (self->job);
  ui_preview_set_note (self->preview, _("Not enough memory for the preview"));
}

static double
get_cost (UiView *self, int pass)
{
  return self->klass.cost (self->picture, self->options, &self->region, &self->needs, pass,
                           self->n_threads);
}

static Task *
task_new (UiView *self, int pass)
{
  const TripSource *source = &self->picture->source;
  TripImage *in = trip_source_read (source, &self->needs, NULL);
  Task *task;

  if (! in)
    return NULL;
  task = g_new (Task, 1);
  *task = (Task) { &self->klass,
                   { g_memdup2 (self->options, self->klass.options_size), pass, self->region,
                     { in, self->needs.x, self->needs.y }, source->width, source->height,
                     self->picture->format, self->n_threads, get_cost (self, pass) } };
  return task;
}

static void
start (UiView *self, Task *task)
{
  ui_preview_set_note (self->preview, _("Computing…"));
  g_debug ("preview asked for");
  ui_job_start (self->job, task);
}

/* Puts what has been computed beside what was known. */
static void
join (UiView *self, const UiViewResult *result)
{
  const TripRect *a = &self->kept, *b = &self->region;
  cairo_surface_t *piece
    = ui_screen_surface (&self->screen, result->image, self->picture->format, b->x, b->y);
  cairo_surface_t *both;
  cairo_t *cr;
  int x, y;

  if (a->width > 0)
    {
      x = MIN (a->x, b->x);
      y = MIN (a->y, b->y);
      both = cairo_surface_create_similar_image (
        piece, cairo_image_surface_get_format (piece),
        MAX (a->x + a->width, b->x + b->width) - x, MAX (a->y + a->height, b->y + b->height) - y);
      cairo_surface_set_device_scale (self->after, 1, 1);
      cr = cairo_create (both);
      cairo_set_source_surface (cr, self->after, self->known.x - x, self->known.y - y);
      cairo_paint (cr);
      cairo_set_source_surface (cr, piece, b->x - x, b->y - y);
      cairo_paint (cr);
      cairo_destroy (cr);
      cairo_surface_destroy (piece);
    }
  else
    {
      both = piece;
      x = b->x;
      y = b->y;
    }
  g_clear_pointer (&self->after, cairo_surface_destroy);
  self->after = cairo_surface_reference (both);
  self->known = (TripRect) { x, y, cairo_image_surface_get_width (both),
                             cairo_image_surface_get_height (both) };
  ui_preview_set_side (self->preview, UI_PREVIEW_AFTER, both, x, y);
}

static void
computed (gpointer data, const GError *error, gpointer user_data)
{
  UiView *self = user_data;
  const UiViewResult *result = data;
  const gboolean is_last = result && result->pass + 1 == self->klass.n_passes;
  Task *next = NULL;

  if (! result)
    {
      lack_memory (self);
      return;
    }
  ui_preview_set_note (self->preview, NULL);
  join (self, result);
  if (! is_last)
    self->known.width = 0;
  g_debug ("preview shown: %d x %d px after %.0f ms, of which %.0f ms computing",
           self->region.width, self->region.height,
           1e-3 * (g_get_monotonic_time () - self->started), 1e3 * result->seconds);
  if (self->kept.width == 0)
    measure (self, result);
  self->klass.shown (result, self->data);
  if (is_last && self->klass.is_local)
    queue_update (self); /* perhaps there is more to see */
  else if (! is_last && ! self->idle && (next = task_new (self, result->pass + 1)))
    start (self, next);
}

/* The visible part, or as much of its middle as does not take too much of the picture or too
 * long. */
static void
choose_region (UiView *self, double max_seconds)
{
  const TripSource *source = &self->picture->source;
  TripRect visible = ui_preview_get_visible (self->preview);

  while (self->region = visible,
         self->needs = self->klass.needs (source->width, source->height, self->options,
                                          &self->region),
         ((double) self->needs.width * self->needs.height > MAX_SOURCE_PIXELS
          || get_cost (self, 0) > max_seconds * self->rate)
           && MIN (visible.width, visible.height) >= MIN_SIZE)
    {
      visible.x += visible.width / 8;
      visible.y += visible.height / 8;
      visible.width -= visible.width / 4;
      visible.height -= visible.height / 4;
    }
}

static TripRect
intersection (const TripRect *a, const TripRect *b)
{
  const int x = MAX (a->x, b->x), y = MAX (a->y, b->y);
  const int right = MIN (a->x + a->width, b->x + b->width);
  const int bottom = MIN (a->y + a->height, b->y + b->height);

  return right > x && bottom > y ? (TripRect) { x, y, right - x, bottom - y } : (TripRect) { 0 };
}

static gboolean
equal (const TripRect *a, const TripRect *b)
{
  return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

/* A part of wanted, the next to compute, that makes a rectangle together with kept, which is a part
 * of it too. */
static TripRect
next_piece (const TripRect *wanted, const TripRect *kept)
{
  const int right = kept->x + kept->width, bottom = kept->y + kept->height;

  if (kept->width == 0)
    return *wanted;
  if (kept->y > wanted->y)
    return (TripRect) { kept->x, wanted->y, kept->width, kept->y - wanted->y };
  if (bottom < wanted->y + wanted->height)
    return (TripRect) { kept->x, bottom, kept->width, wanted->y + wanted->height - bottom };
  if (kept->x > wanted->x)
    return (TripRect) { wanted->x, kept->y, kept->x - wanted->x, kept->height };
  return (TripRect) { right, kept->y, wanted->x + wanted->width - right, kept->height };
}

/* Shows what there is to compare all of the visible part with, as far as there is memory. *task: what that was read
 * for, or NULL. */
static gboolean
show_before (UiView *self, Task **task)
{
  const Babl *format = NULL;
  g_autoptr (TripImage) before = NULL;

  choose_region (self, INFINITY);
  if (equal (&self->region, &self->before))
    return TRUE;
  *task = task_new (self, 0);
  if (*task)
    before = self->klass.before (&(*task)->request, &format, NULL);
  if (! before)
    return FALSE;
  ui_preview_set_side (
    self->preview, UI_PREVIEW_BEFORE,
    ui_screen_surface (&self->screen, before, format, self->region.x, self->region.y),
    self->region.x, self->region.y);
  self->before = self->region;
  return TRUE;
}

/* What is to be computed next. FALSE: nothing, all is known. */
static gboolean
choose_piece (UiView *self)
{
  const TripSource *source = &self->picture->source;

  choose_region (self, MAX_SECONDS);
  self->kept = intersection (&self->region, &self->known);
  if (equal (&self->kept, &self->region))
    return FALSE;
  if (! self->klass.is_local)
    self->kept.width = 0;
  if (self->kept.width > 0)
    {
      self->region = next_piece (&self->region, &self->kept);
      self->needs = self->klass.needs (source->width, source->height, self->options, &self->region);
    }
  return TRUE;
}

/* Shows what is known of the visible part, and has the job compute more of it, if there is more. */
static gboolean
update (gpointer data)
{
  UiView *self = data;
  g_autoptr (Task) task = NULL;

  self->idle = 0;
  if (! self->options || ui_preview_get_visible (self->preview).width == 0)
    return G_SOURCE_REMOVE;
  if (! show_before (self, &task))
    {
      lack_memory (self);
      return G_SOURCE_REMOVE;
    }
  if (! choose_piece (self))
    {
      ui_job_cancel (self->job);
      ui_preview_set_note (self->preview, NULL);
      g_debug ("preview shown");
      return G_SOURCE_REMOVE;
    }
  if (! task || ! equal (&task->request.region, &self->region)) /* else its pixels need not be read again */
    {
      g_clear_pointer (&task, task_free);
      task = task_new (self, 0);
    }
  if (! task)
    {
      lack_memory (self);
      return G_SOURCE_REMOVE;
    }
  self->started = g_get_monotonic_time ();
  self->klass.shown (NULL, self->data);
  start (self, g_steal_pointer (&task));
  return G_SOURCE_REMOVE;
}

static void
queue_update (UiView *self)
{
  if (self->options && ! self->idle)
    self->idle = g_idle_add (update, self);
}

UiView *
ui_view_new (const UiViewClass *klass, const UiPicture *picture, gpointer data)
{
  UiView *self = g_new0 (UiView, 1);
  const UiJobClass job = { compute, computed, task_free, result_free, self };

  self->klass = *klass;
  self->picture = picture;
  self->data = data;
  g_object_get (gegl_config (), "threads", &self->n_threads, NULL);
  self->rate = FIRST_RATE * self->n_threads;
  self->preview = g_object_ref_sink (UI_PREVIEW (ui_preview_new ()));
  ui_screen_init (&self->screen, GTK_WIDGET (self->preview));
  self->job = ui_job_new (&job);
  g_signal_connect_swapped (self->preview, "moved", G_CALLBACK (queue_update), self);
  return self;
}

void
ui_view_free (UiView *self)
{
  g_signal_handlers_disconnect_by_data (self->preview, self);
  if (self->idle)
    g_source_remove (self->idle);
  ui_job_free (self->job);
  g_clear_pointer (&self->after, cairo_surface_destroy);
  ui_screen_clear (&self->screen);
  g_object_unref (self->preview);
  g_free (self->options);
  g_free (self);
}

GtkWidget *
ui_view_get_widget (UiView *self)
{
  return GTK_WIDGET (self->preview);
}

void
ui_view_show (UiView *self, int width, int height, gconstpointer options)
{
  if (self->options && memcmp (self->options, options, self->klass.options_size) == 0)
    return;
  g_free (self->options);
  self->options = g_memdup2 (options, self->klass.options_size);
  ui_job_cancel (self->job); /* so that no result of older options comes */
  self->before.width = self->known.width = 0;
  ui_preview_set_size (self->preview, width, height);
  queue_update (self);
}

void
ui_view_clear (UiView *self)
{
  g_clear_pointer (&self->options, g_free);
  ui_job_cancel (self->job);
  ui_preview_set_side (self->preview, UI_PREVIEW_BEFORE, NULL, 0, 0);
  ui_preview_set_side (self->preview, UI_PREVIEW_AFTER, NULL, 0, 0);
  ui_preview_set_note (self->preview, NULL);
}

void
ui_view_set_labels (UiView *self, const char *before, const char *after)
{
  ui_preview_set_labels (self->preview, before, after);
}

int
ui_view_get_threads (const UiView *self)
{
  return self->n_threads;
}

double
ui_view_get_rate (const UiView *self)
{
  return self->rate;
}
