/* triptych-cli: the operations on PNG files, for tests, measurements and bug reports. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "support/cli-decompose.h"
#include "support/cli-place.h"
#include "support/png-io.h"
#include "trip.h"

#define MIN_SCALE 0.05
#define MAX_SCALE 32

/* As they were given; NULL: not. */
typedef struct
{
  char *size, *scale, *model, *clean_up, *strength;
  char *count, *at, *heatmap;
  char *select, *out, *edge, *effects, *seed;
  char *threads;
  gboolean time;
} Options;

static void
options_clear (Options *self)
{
  char *const all[] = { self->size, self->scale, self->model, self->clean_up, self->strength, self->count, self->at,
                        self->heatmap, self->select, self->out, self->edge, self->effects, self->seed, self->threads };

  for (int i = 0; i < G_N_ELEMENTS (all); i++)
    g_free (all[i]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

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

/* Leaves value as it is where text is NULL. */
static gboolean
parse_number (const char *name, const char *text, double least, double most, double *value, GError **error)
{
  char *end = NULL;
  const double given = text ? g_ascii_strtod (text, &end) : *value;

  if (text && (end == text || *end != '\0' || ! (given >= least && given <= most)))
    return refuse (error, "--%s %s is not a number from %.10g to %.10g", name, text, least, most);
  *value = given;
  return TRUE;
}

static gboolean
parse_whole (const char *name, const char *text, int least, int most, int *value, GError **error)
{
  gint64 given = *value;

  if (text && ! g_ascii_string_to_signed (text, 10, least, most, &given, NULL))
    return refuse (error, "--%s %s is not a whole number from %d to %d", name, text, least, most);
  *value = given;
  return TRUE;
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
      if (MIN (x, y) < MIN_SCALE || MAX (x, y) > MAX_SCALE)
        return refuse (error, "--scale %s is not from %g to %d", o->scale, MIN_SCALE, MAX_SCALE);
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

/* A number, or what fits the picture. */
static gboolean
parse_clean_up (const char *text, const TripSource *source, double *clean_up, GError **error)
{
  return g_strcmp0 (text, "auto") == 0 ? trip_jpeg_clean_up (source, clean_up, error)
                                       : parse_number ("clean-up", text, 0, 1, clean_up, error);
}

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
  if (! parse_clean_up (job->options->clean_up, &source, &options.clean_up, error)
      || ! target_size (job->options, job->picture, &options.width, &options.height, error))
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
  options.rounded = job->picture->bits == 8;
  if (! upscaler || ! parse_number ("strength", job->options->strength, 0, 1, &options.strength, error)
      || ! target_size (job->options, job->picture, &options.width, &options.height, error))
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
  CliPlace options = { .count = 5, .heatmap = o->heatmap };
  g_autoptr (PngPicture) object = NULL;
  double other;

  if (o->scale && (! parse_scale (o->scale, &options.fixed.scale, &other) || other != options.fixed.scale
                   || other > TRIP_MAX_SIZE))
    return refuse (error, "--scale %s is not a factor", o->scale);
  if (o->at && ! parse_at (o->at, &options.fixed))
    return refuse (error, "--at %s is not X,Y", o->at);
  if (MIN (options.fixed.x, options.fixed.y) < 0 || options.fixed.x > scene.width || options.fixed.y > scene.height)
    return refuse (error, "--at %s is outside of the picture", o->at);
  if (! parse_whole ("count", o->count, 1, TRIP_MAX_PLACEMENTS, &options.count, error))
    return FALSE;
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
  int seed = 0;

  trip_decompose_options_init (&options);
  if (! o->select)
    return refuse (error, "give --select MASK.png");
  if (! parse_number ("edge", o->edge, 0, 200, &options.edge, error)
      || ! parse_whole ("seed", o->seed, G_MININT, G_MAXINT, &seed, error)
      || ! parse_effects (o->effects, &options.effects, error))
    return FALSE;
  options.seed = seed;
  selection = png_picture_read (o->select, error);
  return selection && cli_decompose (job->picture, selection, &options, out, &job->run, error);
}

typedef struct
{
  const char *name, *options; /* beside those of all */
  gboolean (*run) (const Job *job, const char *out, GError **error);
} Command;

static const Command commands[] = {
  { "upscale", "size scale model clean-up", upscale },
  { "shrink", "size scale model strength", shrink },
  { "decompose", "select out edge effects seed", decompose },
  { "place", "count scale at heatmap", place },
};

#define COMMON "threads time"

/* NULL: there is none of that name. */
static const Command *
find_command (const char *name)
{
  for (int i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      return &commands[i];
  return NULL;
}

/* What another command is told would be of no effect. */
static gboolean
check_options (const Command *command, const GOptionEntry *entries, GError **error)
{
  g_autofree char *names = g_strconcat (command->options, " ", COMMON, NULL);
  g_auto (GStrv) known = g_strsplit (names, " ", 0);

  for (; entries->long_name; entries++)
    if (entries->arg != G_OPTION_ARG_NONE && *(char **) entries->arg_data
        && ! g_strv_contains ((const char *const *) known, entries->long_name))
      return refuse (error, "%s has no option --%s", command->name, entries->long_name);
  return TRUE;
}

#define USAGE                                                                                                          \
  "upscale|shrink IN.png OUT.png --size WxH | --scale SX[xSY], decompose IN.png --select MASK.png --out DIR, "         \
  "or place SCENE.png OBJECT.png"

static gboolean
run (int argc, char **argv, GError **error)
{
  g_auto (Options) o = { NULL };
  const GOptionEntry entries[] = {
    { "size", 0, 0, G_OPTION_ARG_STRING, &o.size, "size of the result in px", "WxH" },
    { "scale", 0, 0, G_OPTION_ARG_STRING, &o.scale, "factor, for both axes or each", "SX[xSY]" },
    { "model", 0, 0, G_OPTION_ARG_STRING, &o.model, "fast, balanced (default) or best", "NAME" },
    { "clean-up", 0, 0, G_OPTION_ARG_STRING, &o.clean_up, "upscale: damage to remove, 0..1; auto: that of JPEG", "C" },
    { "strength", 0, 0, G_OPTION_ARG_STRING, &o.strength, "shrink: how hard the small one is optimised, 0..1", "S" },
    { "count", 0, 0, G_OPTION_ARG_STRING, &o.count, "place: how many placements, default 5", "N" },
    { "at", 0, 0, G_OPTION_ARG_STRING, &o.at, "place: centre of the object in px", "X,Y" },
    { "heatmap", 0, 0, G_OPTION_ARG_FILENAME, &o.heatmap,
      "place: folder for a picture of scores for each scale", "DIR" },
    { "select", 0, 0, G_OPTION_ARG_FILENAME, &o.select, "decompose: where the object is", "MASK.png" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &o.out, "decompose: the folder for the layers", "DIR" },
    { "edge", 0, 0, G_OPTION_ARG_STRING, &o.edge, "decompose: px of the uncertain band, 0: automatic", "PX" },
    { "effects", 0, 0, G_OPTION_ARG_STRING, &o.effects,
      "decompose: to be removed: none, shadow or all (default)", "KIND" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &o.seed, "decompose: of the background filling", "N" },
    { "threads", 0, 0, G_OPTION_ARG_STRING, &o.threads, "default, and 0: one for each processor", "N" },
    { "time", 0, 0, G_OPTION_ARG_NONE, &o.time, "print the seconds the operation took", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (USAGE);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (PngPicture) picture = NULL;
  Job job = { &o, .run = TRIP_RUN_INIT };
  const Command *command;
  gint64 start;

  g_option_context_add_main_entries (context, entries, NULL);
  if (! g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  command = argc > 1 ? find_command (argv[1]) : NULL;
  if (command && ! check_options (command, entries, error))
    return FALSE;
  if (! command || argc != (command->run == decompose ? 3 : 4) || (command->run == decompose && ! o.out))
    return refuse (error, "usage: triptych-cli " USAGE);
  if (! trip_model_from_name (o.model ? o.model : "balanced", &job.model))
    return refuse (error, "--model %s is not fast, balanced or best", o.model);
  if (! parse_whole ("threads", o.threads, 0, G_MAXINT, &job.run.n_threads, error))
    return FALSE;
  picture = job.picture = png_picture_read (argv[2], error);
  if (! picture)
    return FALSE;
  cancellable = job.run.cancellable = cancel_by_signal ();
  start = g_get_monotonic_time ();
  if (! command->run (&job, o.out ? o.out : argv[3], error))
    return FALSE;
  if (o.time)
    (command->run == place ? g_printerr : g_print) ("%.3f s\n", (g_get_monotonic_time () - start) / 1e6);
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
