/* triptych-cli: the operations on PNG files, for tests, measurements and bug reports. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/png-io.h"
#include "trip.h"

typedef struct
{
  char *size, *scale, *model;
  double clean_up;
  int n_threads;
  gboolean time;
} Options;

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  *error = g_error_new_valist (TRIP_ERROR, TRIP_ERROR_INVALID_ARGUMENT, format, args);
  va_end (args);
  return FALSE;
}

/* "SX" or "SXxSY" */
static gboolean
parse_scale (const char *text, double *x, double *y)
{
  char *end;

  *x = *y = g_ascii_strtod (text, &end);
  if (end != text && *end == 'x')
    *y = g_ascii_strtod (text = end + 1, &end);
  return end != text && *end == '\0' && *x > 0 && *y > 0;
}

static gboolean
target_size (const Options *o, int width, int height, TripUpscaleOptions *upscale, GError **error)
{
  double x, y;
  char rest;

  if (! o->size == ! o->scale)
    return refuse (error, "give --size WxH or --scale SX[xSY]");
  if (o->size)
    return sscanf (o->size, "%dx%d%c", &upscale->width, &upscale->height, &rest) == 2
           || refuse (error, "--size %s is not WxH", o->size);
  if (! parse_scale (o->scale, &x, &y))
    return refuse (error, "--scale %s is not SX or SXxSY", o->scale);
  upscale->width = CLAMP (x * width + 0.5, 1, TRIP_MAX_SIZE + 1);
  upscale->height = CLAMP (y * height + 0.5, 1, TRIP_MAX_SIZE + 1);
  return TRUE;
}

static gpointer
wait_for_signal (gpointer cancellable)
{
  sigset_t signals;
  int received;

  pthread_sigmask (SIG_BLOCK, NULL, &signals);
  sigwait (&signals, &received);
  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
  return NULL;
}

/* From now on a signal such as Ctrl+C's cancels, so that no half-written file stays behind. */
static GCancellable *
cancel_by_signal (void)
{
  GCancellable *cancellable = g_cancellable_new ();
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGHUP);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  g_thread_unref (g_thread_new ("signals", wait_for_signal, g_object_ref (cancellable)));
  return cancellable;
}

static gboolean
upscale (const char *in, const char *out, const Options *o, GError **error)
{
  TripRun run = TRIP_RUN_INIT;
  TripUpscaleOptions options;
  TripModel model;
  g_autoptr (TripUpscaler) upscaler = NULL;
  g_autoptr (PngPicture) picture = NULL;
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (PngWriter) writer = NULL;
  TripSource source;
  TripSink sink;
  gint64 start;

  if (! trip_model_from_name (o->model, &model))
    return refuse (error, "--model %s is not fast, balanced or best", o->model);
  upscaler = trip_upscaler_new (model, error);
  picture = upscaler ? png_picture_read (in, error) : NULL;
  if (! picture)
    return FALSE;
  trip_upscale_options_init (&options);
  options.clean_up = o->clean_up;
  if (! target_size (o, picture->width, picture->height, &options, error))
    return FALSE;
  if (options.width < 1 || options.height < 1 || options.width > TRIP_MAX_SIZE || options.height > TRIP_MAX_SIZE)
    return refuse (error, "the result must have 1 to %d px on a side", TRIP_MAX_SIZE);
  cancellable = cancel_by_signal ();
  writer = png_writer_new (out, options.width, options.height, picture, error);
  if (! writer)
    return FALSE;
  source = png_picture_source (picture);
  sink = png_writer_sink (writer);
  run.n_threads = o->n_threads;
  run.cancellable = cancellable;
  start = g_get_monotonic_time ();
  if (! trip_upscale (upscaler, &source, &options, &sink, &run, error))
    return FALSE;
  if (o->time)
    g_print ("%.3f s\n", (g_get_monotonic_time () - start) / 1e6);
  return png_writer_finish (writer, error);
}

static gboolean
run (int argc, char **argv, GError **error)
{
  Options o = { 0 };
  g_autofree char *size = NULL, *scale = NULL, *model = NULL;
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "size of the result in px", "WxH" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &scale, "factor, for both axes or each", "SX[xSY]" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &model, "fast, balanced (default) or best", "NAME" },
    { "clean-up", 0, 0, G_OPTION_ARG_DOUBLE, &o.clean_up, "noise and JPEG damage to remove, 0..1", "C" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &o.n_threads, "default: one for each processor", "N" },
    { "time", 0, 0, G_OPTION_ARG_NONE, &o.time, "print the seconds the operation took", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("upscale IN.png OUT.png");

  g_option_context_add_main_entries (context, entries, NULL);
  if (! g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  o.size = size;
  o.scale = scale;
  o.model = model ? model : "balanced";
  if (argc != 4 || ! g_str_equal (argv[1], "upscale"))
    return refuse (error, "usage: triptych-cli upscale IN.png OUT.png --size WxH | --scale SX[xSY]");
  return upscale (argv[2], argv[3], &o, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (run (argc, argv, &error))
    return EXIT_SUCCESS;
  g_printerr ("triptych-cli: %s\n", error->message);
  return EXIT_FAILURE;
}
