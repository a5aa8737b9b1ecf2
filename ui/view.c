#include "view.h"

#include <glib/gi18n.h>

#include "job.h"
#include "plain.h"
#include "preview.h"
#include "screen.h"

#define MAX_SOURCE_PIXELS 8e6 /* read at once; a strong reduction shows only its middle */
#define FIRST_RATE 2e10 /* multiply-adds per second and thread, before the first measurement */

struct _UiView
{
  const UiPicture *picture;
  UiPreview *preview;
  UiScreen screen;
  UiJob *job;
  guint idle;

  const TripUpscaler *upscaler;
  TripUpscaleOptions options;
  int n_threads;

  gint64 started; /* when the newest preview was asked for, µs */
  double rate;
  gboolean has_rate;
  void (*measured) (gpointer data);
  gpointer data;
};

typedef struct
{
  const TripUpscaler *upscaler;
  TripUpscaleOptions options;
  int width, height; /* of the whole picture */
  int n_threads;
  TripImagePart part;
} Request;

typedef struct
{
  TripImage *image;
  TripRect region;
  double macs, seconds;
} Result;

static void
request_free (gpointer data)
{
  Request *self = data;

  trip_image_free ((TripImage *) self->part.image);
  g_free (self);
}

static void
result_free (gpointer data)
{
  Result *self = data;

  trip_image_free (self->image);
  g_free (self);
}

static gpointer
compute (gpointer data, GCancellable *cancellable, GError **error)
{
  const Request *request = data;
  const TripUpscaleOptions *options = &request->options;
  const TripSource source = trip_source_from_part (&request->part, request->width, request->height);
  TripRun run = TRIP_RUN_INIT;
  g_autoptr (TripImage) image = trip_image_new (options->region.width, options->region.height,
                                                source.n_channels, error);
  const gint64 start = g_get_monotonic_time ();
  TripSink sink;
  Result *result;

  if (! image)
    return NULL;
  run.cancellable = cancellable;
  run.n_threads = request->n_threads;
  sink = trip_sink_to_image (image);
  if (! trip_upscale (request->upscaler, &source, options, &sink, &run, error))
    return NULL;
  result = g_new (Result, 1);
  *result = (Result) {
    g_steal_pointer (&image), options->region,
    trip_upscale_cost (request->upscaler, &source, options, run.n_threads).macs,
    (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC
  };
  return result;
}

/* Newer measurements count more: the machine may be busy for a while. */
static void
measure (UiView *self, const Result *result)
{
  if (result->macs <= 0 || result->seconds <= 0)
    return;
  self->rate = self->has_rate ? 0.5 * (self->rate + result->macs / result->seconds)
                              : result->macs / result->seconds;
  self->has_rate = TRUE;
  self->measured (self->data);
}

static void
computed (gpointer data, const GError *error, gpointer user_data)
{
  UiView *self = user_data;
  const Result *result = data;

  if (! result)
    {
      ui_preview_set_note (self->preview, _("Not enough memory for the preview"));
      return;
    }
  ui_preview_set_note (self->preview, NULL);
  ui_preview_set_side (self->preview, UI_PREVIEW_AFTER,
                       ui_screen_surface (&self->screen, result->image, self->picture->format,
                                          result->region.x, result->region.y),
                       result->region.x, result->region.y);
  g_debug ("preview shown: %d x %d px after %.0f ms, of which %.0f ms computing",
           result->region.width, result->region.height,
           1e-3 * (g_get_monotonic_time () - self->started), 1e3 * result->seconds);
  measure (self, result);
}

/* The visible part, or as much of its middle as does not take too much of the picture. */
static TripRect
choose_region (UiView *self, TripUpscaleOptions *options)
{
  const TripSource *source = &self->picture->source;
  TripRect needs, *region = &options->region;

  *region = ui_preview_get_visible (self->preview);
  while (needs = trip_upscale_needs (source->width, source->height, options),
         (double) needs.width * needs.height > MAX_SOURCE_PIXELS
           && MIN (region->width, region->height) >= 8)
    {
      region->x += region->width / 8;
      region->y += region->height / 8;
      region->width -= region->width / 4;
      region->height -= region->height / 4;
    }
  return needs;
}

static gboolean
update (gpointer data)
{
  UiView *self = data;
  const TripSource *source = &self->picture->source;
  TripUpscaleOptions options = self->options;
  g_autoptr (TripImage) in = NULL, plain = NULL;
  TripImagePart part;
  TripRect needs;
  Request *request;
  const Babl *format;

  self->idle = 0;
  self->started = g_get_monotonic_time ();
  if (ui_preview_get_visible (self->preview).width == 0)
    return G_SOURCE_REMOVE;
  needs = choose_region (self, &options);
  in = trip_source_read (source, &needs, NULL);
  part = (TripImagePart) { in, needs.x, needs.y };
  if (in)
    plain = ui_plain_scale (&part, self->picture->format, source->width, source->height,
                            options.width, options.height, &options.region, &format, NULL);
  if (! plain)
    {
      ui_job_cancel (self->job);
      ui_preview_set_note (self->preview, _("Not enough memory for the preview"));
      return G_SOURCE_REMOVE;
    }
  ui_preview_set_side (
    self->preview, UI_PREVIEW_BEFORE,
    ui_screen_surface (&self->screen, plain, format, options.region.x, options.region.y),
    options.region.x, options.region.y);
  ui_preview_set_note (self->preview, _("Computing…"));
  g_debug ("preview asked for");
  request = g_new (Request, 1);
  *request = (Request) { self->upscaler, options, source->width, source->height,
                         self->n_threads, part };
  g_steal_pointer (&in);
  ui_job_start (self->job, request);
  return G_SOURCE_REMOVE;
}

static void
queue_update (UiView *self)
{
  if (self->upscaler && ! self->idle)
    self->idle = g_idle_add (update, self);
}

UiView *
ui_view_new (const UiPicture *picture, void (*measured) (gpointer data), gpointer data)
{
  UiView *self = g_new0 (UiView, 1);
  const UiJobClass job = { compute, computed, request_free, result_free, self };

  self->picture = picture;
  self->measured = measured;
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
  ui_screen_clear (&self->screen);
  g_object_unref (self->preview);
  g_free (self);
}

GtkWidget *
ui_view_get_widget (UiView *self)
{
  return GTK_WIDGET (self->preview);
}

void
ui_view_show (UiView *self, const TripUpscaler *upscaler, int width, int height, double clean_up)
{
  if (self->upscaler == upscaler && self->options.width == width && self->options.height == height
      && self->options.clean_up == clean_up)
    return;
  self->upscaler = upscaler;
  trip_upscale_options_init (&self->options);
  self->options.width = width;
  self->options.height = height;
  self->options.clean_up = clean_up;
  ui_preview_set_size (self->preview, width, height);
  queue_update (self);
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
