#include "view.h"

#include <glib/gi18n.h>

#include "job.h"
#include "plain.h"
#include "preview.h"
#include "screen.h"

#define MAX_SOURCE_PIXELS 8e6 /* read at once; a strong reduction shows only its middle */
#define FIRST_RATE 6e10 /* multiply-adds per second and thread, before the first measurement */

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

  TripRect plain;         /* what is shown of plain scaling; width 0: nothing */
  cairo_surface_t *after; /* what is known of the result, for these options */
  TripRect known;         /* where it lies; width 0: nothing */

  gint64 started; /* when the newest preview was asked for, µs */
  double rate;
  gboolean has_rate;
  void (*measured) (gpointer data);
  gpointer data;
};

static void queue_update (UiView *self);

typedef struct
{
  const TripUpscaler *upscaler;
  TripUpscaleOptions options;
  int width, height; /* of the whole picture */
  int n_threads;
  TripImagePart part;
  TripRect kept; /* of what is known already: with the options' region it makes a rectangle */
} Request;

typedef struct
{
  TripImage *image;
  TripRect region, kept;
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
    g_steal_pointer (&image), options->region, request->kept,
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

/* Puts what has been computed beside what was known. */
static void
join (UiView *self, const Result *result)
{
  const TripRect *a = &result->kept, *b = &result->region;
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
  const Result *result = data;

  if (! result)
    {
      ui_preview_set_note (self->preview, _("Not enough memory for the preview"));
      return;
    }
  ui_preview_set_note (self->preview, NULL);
  join (self, result);
  g_debug ("preview shown: %d x %d px after %.0f ms, of which %.0f ms computing",
           result->region.width, result->region.height,
           1e-3 * (g_get_monotonic_time () - self->started), 1e3 * result->seconds);
  if (result->kept.width == 0)
    measure (self, result);
  queue_update (self); /* perhaps there is more to see */
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

/* Shows plain scaling of region of the result, made from part of the picture. */
static gboolean
show_plain (UiView *self, const TripImagePart *part, const TripRect *region)
{
  const TripSource *source = &self->picture->source;
  const Babl *format;
  g_autoptr (TripImage) plain
    = ui_plain_scale (part, self->picture->format, source->width, source->height,
                      self->options.width, self->options.height, region, &format, NULL);

  if (! plain)
    return FALSE;
  ui_preview_set_side (self->preview, UI_PREVIEW_BEFORE,
                       ui_screen_surface (&self->screen, plain, format, region->x, region->y),
                       region->x, region->y);
  self->plain = *region;
  return TRUE;
}

/* Shows what is known of the visible part, and has the job compute more of it, if there is more. */
static gboolean
update (gpointer data)
{
  UiView *self = data;
  const TripSource *source = &self->picture->source;
  TripUpscaleOptions options = self->options;
  const TripRect *wanted = &options.region;
  g_autoptr (TripImage) in = NULL;
  TripRect needs, kept;
  gboolean has_plain, has_all, failed;
  TripImagePart part;
  Request *request;

  self->idle = 0;
  if (ui_preview_get_visible (self->preview).width == 0)
    return G_SOURCE_REMOVE;
  needs = choose_region (self, &options);
  kept = intersection (wanted, &self->known);
  has_plain = equal (wanted, &self->plain);
  has_all = equal (wanted, &kept);
  if (! has_plain || ! has_all)
    in = trip_source_read (source, &needs, NULL);
  part = (TripImagePart) { in, needs.x, needs.y };
  failed = ! in && (! has_plain || ! has_all);
  failed = failed || (! has_plain && ! show_plain (self, &part, wanted));
  if (failed || has_all)
    {
      ui_job_cancel (self->job);
      ui_preview_set_note (self->preview,
                           failed ? _("Not enough memory for the preview") : NULL);
      g_debug ("preview shown");
      return G_SOURCE_REMOVE;
    }

  ui_preview_set_note (self->preview, _("Computing…"));
  g_debug ("preview asked for");
  self->started = g_get_monotonic_time ();
  options.region = next_piece (wanted, &kept);
  request = g_new (Request, 1);
  *request = (Request) { self->upscaler, options, source->width, source->height,
                         self->n_threads, part, kept };
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
  g_clear_pointer (&self->after, cairo_surface_destroy);
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
  ui_job_cancel (self->job); /* so that no result of older options comes */
  self->plain.width = self->known.width = 0;
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
