/* triptych-cli: the operations on PNG files, for tests, measurements and bug reports. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli-decompose.h"
#include "support/cli-place.h"
#include "support/png-io.h"
#include "trip.h"

typedef struct
{
  char *size, *scale;
  double clean_up, strength;
  int n_threads;
  const char *at, *heatmap;
  int count;
  const char *select, *effects;
  double edge;
  int seed;
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

/* A side: nothing but digits, and a number that fits. */
static gboolean
parse_side (const char *text, int *side)
{
  guint64 value;

  if (! g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    return FALSE;
  *side = value;
  return TRUE;
}

/* "WxH" */
static gboolean
parse_size (const char *text, int *width, int *height)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 0);

  return g_strv_length (parts) == 2 && parse_side (parts[0], width) && parse_side (parts[1], height);
}

/* A factor: without the sign or space that g_ascii_strtod () takes. */
static gboolean
parse_factor (const char *text, double *factor)
{
  char *end;

  *factor = g_ascii_strtod (text, &end);
  return (g_ascii_isdigit (*text) || *text == '.') && *end == '\0' && *factor > 0;
}

/* "SX" or "SXxSY" */
static gboolean
parse_scale (const char *text, double *x, double *y)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", 0);
  const guint n = g_strv_length (parts);

  return n >= 1 && n <= 2 && parse_factor (parts[0], x) && parse_factor (parts[n - 1], y);
}

static gboolean
target_size (const Options *o, const PngPicture *picture, int *width, int *height, GError **error)
{
  double x, y;

  if (! o->size == ! o->scale)
    return refuse (error, "give --size WxH or --scale SX[xSY]");
  if (o->size && ! parse_size (o->size, width, height))
    return refuse (error, "--size %s is not WxH", o->size);
  if (o->scale)
    {
      if (! parse_scale (o->scale, &x, &y))
        return refuse (error, "--scale %s is not SX or SXxSY", o->scale);
      *width = CLAMP (x * picture->width + 0.5, 1, TRIP_MAX_SIZE + 1);
      *height = CLAMP (y * picture->height + 0.5, 1, TRIP_MAX_SIZE + 1);
    }
  return (*width >= 1 && *height >= 1 && *width <= TRIP_MAX_SIZE && *height <= TRIP_MAX_SIZE)
         || refuse (error, "the result must have 1 to %d px on a side", TRIP_MAX_SIZE);
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

typedef struct
{
  const Options *options;
  TripModel model;
  PngPicture *picture;
  TripRun run;
} Job;

static gboolean
upscale (const Job *job, const char *out, GError **error)
{
  TripUpscaleOptions options;
  g_autoptr (TripUpscaler) upscaler = NULL;
  g_autoptr (PngWriter) writer = NULL;
  TripModel model = job->model;
  TripShrinkNote note;
  const TripSource source = png_picture_source (job->picture);
  TripSink sink;

  trip_upscale_options_init (&options);
  options.clean_up = job->options->clean_up;
  if (! target_size (job->options, job->picture, &options.width, &options.height, error))
    return FALSE;
  if (trip_shrink_note_parse (job->picture->note, &note)
      && trip_shrink_note_fits (&note, job->picture->width, job->picture->height, options.width, options.height))
    {
      model = note.restorer;
      options.clean_up = 0;
    }
  if (! (upscaler = trip_upscaler_new (model, error))
      || ! (writer = png_writer_new (out, options.width, options.height, job->picture, NULL, error)))
    return FALSE;
  sink = png_writer_sink (writer);
  return trip_upscale (upscaler, &source, &options, &sink, &job->run, error) && png_writer_finish (writer, error);
}

/* The small picture says what it was, and with --time how well it comes back. */
static gboolean
shrink (const Job *job, const char *out, GError **error)
{
  TripShrinkOptions options;
  const TripModel restorer = trip_model_restorer (job->model);
  g_autoptr (TripShrinker) shrinker = trip_shrinker_new (restorer, error);
  g_autoptr (TripUpscaler) upscaler = shrinker ? trip_upscaler_new (restorer, error) : NULL;
  g_autoptr (TripImage) small = NULL;
  g_autoptr (PngWriter) writer = NULL;
  g_autofree char *note = NULL;
  const TripSource source = png_picture_source (job->picture);
  TripSource small_source;
  TripImagePart part;
  TripSink sink;
  double fidelity;

  trip_shrink_options_init (&options);
  options.strength = job->options->strength;
  options.rounded = job->picture->bits == 8;
  if (! upscaler || ! target_size (job->options, job->picture, &options.width, &options.height, error))
    return FALSE;
  if (options.width > job->picture->width || options.height > job->picture->height
      || (options.width == job->picture->width && options.height == job->picture->height))
    return refuse (error, "the small picture must be smaller than %dx%d, and on no side larger", job->picture->width,
                   job->picture->height);
  note = trip_shrink_note (&(TripShrinkNote) { job->picture->width, job->picture->height, options.width, options.height,
                                              restorer });
  small = trip_image_new (options.width, options.height, job->picture->n_channels, error);
  if (! small || ! (writer = png_writer_new (out, options.width, options.height, job->picture, note, error)))
    return FALSE;
  sink = trip_sink_to_image (small);
  part = (TripImagePart) { small, 0, 0 };
  small_source = trip_source_from_part (&part, small->width, small->height);
  if (! trip_shrink (shrinker, &source, &options, &sink, &job->run, error))
    return FALSE;
  if (job->options->time)
    {
      if (! trip_shrink_restore (upscaler, &small_source, &source, NULL, &job->run, &fidelity, error))
        return FALSE;
      g_print ("%.2f dB\n", fidelity);
    }
  sink = png_writer_sink (writer);
  return sink.write (small, 0, sink.data, error) && png_writer_finish (writer, error);
}

static gboolean
parse_at (const char *text, TripPlaceFixed *fixed)
{
  char *end;

  fixed->position = TRUE;
  fixed->x = g_ascii_strtod (text, &end);
  if (end == text || *end != ',')
    return FALSE;
  fixed->y = g_ascii_strtod (text = end + 1, &end);
  return end != text && *end == '\0' && fabs (fixed->x) < TRIP_MAX_SIZE && fabs (fixed->y) < TRIP_MAX_SIZE;
}

/* object_file is read, too. */
static gboolean
place (const Job *job, const char *object_file, GError **error)
{
  const Options *o = job->options;
  const TripSource scene = png_picture_source (job->picture);
  CliPlace options = { .count = o->count, .heatmap = o->heatmap };
  g_autoptr (PngPicture) object = NULL;
  double other;

  if (o->scale && (! parse_scale (o->scale, &options.fixed.scale, &other) || other != options.fixed.scale
                   || other > TRIP_MAX_SIZE))
    return refuse (error, "--scale %s is not a factor", o->scale);
  if (o->at && ! parse_at (o->at, &options.fixed))
    return refuse (error, "--at %s is not X,Y", o->at);
  if (MIN (options.fixed.x, options.fixed.y) < 0 || options.fixed.x > scene.width || options.fixed.y > scene.height)
    return refuse (error, "--at %s is outside of the picture", o->at);
  if (o->count < 1 || o->count > TRIP_MAX_PLACEMENTS)
    return refuse (error, "--count is 1 to %d", TRIP_MAX_PLACEMENTS);
  object = png_picture_read (object_file, error);
  return object && cli_place (job->picture, object, &options, &job->run, error);
}

/* NULL: the standard kind */
static gboolean
parse_effects (const char *text, TripEffectsKind *kind, GError **error)
{
  static const char *const names[] = { "none", "shadow", "all" };

  if (! text)
    return TRUE;
  for (int i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *kind = TRIP_EFFECTS_NONE + i;
        return TRUE;
      }
  return refuse (error, "--effects %s is not none, shadow or all", text);
}

static gboolean
decompose (const Job *job, const char *out, GError **error)
{
  const Options *o = job->options;
  g_autoptr (PngPicture) selection = NULL;
  TripDecomposeOptions options;

  trip_decompose_options_init (&options);
  options.edge = o->edge;
  options.seed = o->seed;
  if (! o->select)
    return refuse (error, "give --select MASK.png");
  if (! (o->edge >= 0 && o->edge <= 200))
    return refuse (error, "--edge is 0 to 200 px");
  if (! parse_effects (o->effects, &options.effects, error))
    return FALSE;
  selection = png_picture_read (o->select, error);
  return selection && cli_decompose (job->picture, selection, &options, out, &job->run, error);
}

static const struct
{
  const char *name;
  gboolean (*run) (const Job *job, const char *out, GError **error);
  gboolean makes_folder;
} commands[] = {
  { "upscale", upscale, FALSE }, { "shrink", shrink, FALSE }, { "decompose", decompose, TRUE }, { "place", place, FALSE }
};

#define USAGE                                                                                                          \
  "upscale|shrink IN.png OUT.png --size WxH | --scale SX[xSY], decompose IN.png --select MASK.png --out DIR, or place "  \
  "SCENE.png OBJECT.png"

static gboolean
run (int argc, char **argv, GError **error)
{
  Options o = { .strength = 1, .count = 5 };
  g_autofree char *size = NULL, *scale = NULL, *model = NULL, *at = NULL, *heatmap = NULL;
  g_autofree char *select = NULL, *effects = NULL, *folder = NULL;
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "size of the result in px", "WxH" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &scale, "factor, for both axes or each", "SX[xSY]" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &model, "fast, balanced (default) or best", "NAME" },
    { "clean-up", 0, 0, G_OPTION_ARG_DOUBLE, &o.clean_up, "upscale: noise and JPEG damage to remove, 0..1", "C" },
    { "strength", 0, 0, G_OPTION_ARG_DOUBLE, &o.strength, "shrink: how hard the small picture is optimised, 0..1", "S" },
    { "count", 0, 0, G_OPTION_ARG_INT, &o.count, "place: how many placements, default 5", "N" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &at, "place: centre of the object in px", "X,Y" },
    { "heatmap", 0, 0, G_OPTION_ARG_FILENAME, &heatmap, "place: folder for one picture of scores for each scale", "DIR" },
    { "select", 0, 0, G_OPTION_ARG_FILENAME, &select, "decompose: where the object is", "MASK.png" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &folder, "decompose: the folder for the layers", "DIR" },
    { "edge", 0, 0, G_OPTION_ARG_DOUBLE, &o.edge, "decompose: px of the uncertain band, 0: automatic", "PX" },
    { "effects", 0, 0, G_OPTION_ARG_STRING, &effects, "decompose: to be removed: none, shadow or all (default)", "KIND" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &o.seed, "decompose: of the background filling", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &o.n_threads, "default: one for each processor", "N" },
    { "time", 0, 0, G_OPTION_ARG_NONE, &o.time, "print the seconds the operation took", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (USAGE);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (PngPicture) picture = NULL;
  Job job = { &o, .run = TRIP_RUN_INIT };
  guint command = 0;
  gint64 start;

  g_option_context_add_main_entries (context, entries, NULL);
  if (! g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  o.size = size;
  o.scale = scale;
  o.at = at;
  o.heatmap = heatmap;
  o.select = select;
  o.effects = effects;
  while (command < G_N_ELEMENTS (commands) && (argc < 3 || ! g_str_equal (argv[1], commands[command].name)))
    command++;
  if (command == G_N_ELEMENTS (commands) || argc != (commands[command].makes_folder ? 3 : 4)
      || ! commands[command].makes_folder != ! folder)
    return refuse (error, "usage: triptych-cli " USAGE);
  if (! trip_model_from_name (model ? model : "balanced", &job.model))
    return refuse (error, "--model %s is not fast, balanced or best", model);
  picture = job.picture = png_picture_read (argv[2], error);
  if (! picture)
    return FALSE;
  cancellable = job.run.cancellable = cancel_by_signal ();
  job.run.n_threads = o.n_threads;
  start = g_get_monotonic_time ();
  if (! commands[command].run (&job, folder ? folder : argv[3], error))
    return FALSE;
  if (o.time)
    (commands[command].run == place ? g_printerr : g_print) ("%.3f s\n", (g_get_monotonic_time () - start) / 1e6);
  return TRUE;
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
