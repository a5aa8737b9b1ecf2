#include "guess.h"

#include <math.h>

#include "../nn/shipped.h"
#include "band.h"
#include "extend.h"

#define FORMAT "triptych-guess-1"
#define LEAST -9.0f /* of the logarithm */
#define MOST 0.0f
#define COLOURS 3
#define LARGEST 256 /* px: a longer side means a hole so shallow that nothing need be guessed */

void
trip_guess_clear (TripGuess *guess)
{
  g_clear_pointer (&guess->colours, trip_image_free);
  g_clear_pointer (&guess->errors, trip_image_free);
}

TripUnet *
trip_guess_network_new (GBytes *file, const TripKernels *kernels, GError **error)
{
  return trip_unet_new (file, FORMAT, TRIP_GUESS_INPUTS, TRIP_GUESS_OUTPUTS, kernels, error);
}

/* The channel of a level's pixels that holds a colour or, as COLOURS, the alpha channel. */
static int
channel_of (int colour, int n_channels)
{
  return colour == COLOURS ? n_channels - 1 : n_channels > 2 ? colour : 0;
}

static gboolean
is_known (const TripLevel *level, int x, int y)
{
  return ! (level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE);
}

/* n values of a level's pixels from the first on, and whether they are known, extended to the others. */
static TripImage *
surroundings (const TripLevel *level, int n_channels, int first, int n, GError **error)
{
  g_autoptr (TripImage) image = trip_image_new (level->width, level->height, n + 1, error);

  for (int y = 0; image && y < level->height; y++)
    for (int x = 0; x < level->width; x++)
      {
        const gsize at = trip_level_at (level, x, y);
        float *to = trip_image_row (image, y) + x * (n + 1);

        for (int c = 0; c < n; c++)
          to[c] = level->pixels[at * TRIP_LEVEL_STRIDE + channel_of (first + c, n_channels)] * (1.0f / TRIP_LEVEL_ONE);
        to[n] = is_known (level, x, y);
      }
  return image && trip_extend (image, error) ? g_steal_pointer (&image) : NULL;
}

/* Beyond the level its last pixels go on. */
static void
fill_input (const TripLevel *level, const TripImage *around, const TripTensor *input)
{
  for (int y = 0; y < input->height; y++)
    for (int x = 0; x < input->width; x++)
      {
        const int from_x = MIN (x, level->width - 1), from_y = MIN (y, level->height - 1);
        const float *from = trip_image_row (around, from_y) + from_x * (COLOURS + 1);
        float *to = input->data + y * input->stride + x * TRIP_GUESS_INPUTS;

        for (int c = 0; c < COLOURS; c++)
          to[c] = from[c] - 0.5f;
        to[COLOURS] = is_known (level, from_x, from_y);
      }
}

/* out: what the network says, rows of width pixels; NULL: nothing. */
static void
take_output (const TripLevel *level, int n_channels, const TripImage *around, const TripImage *alpha, const float *out,
             int width, const TripGuess *guess)
{
  for (int y = 0; y < level->height; y++)
    for (int x = 0; x < level->width; x++)
      {
        const gboolean is_hole = level->kinds[trip_level_at (level, x, y)] & TRIP_PIXEL_HOLE;
        static const float nothing[TRIP_GUESS_OUTPUTS] = { 0, 0, 0, MOST };
        const float *said = out ? out + ((gsize) y * width + x) * TRIP_GUESS_OUTPUTS : nothing;
        float *to = trip_image_row (guess->colours, y) + x * TRIP_LEVEL_STRIDE, colours[COLOURS];

        for (int c = 0; c < COLOURS; c++)
          {
            colours[c] = trip_image_row (around, y)[x * (COLOURS + 1) + c] + (is_hole ? said[c] : 0);
            colours[c] = CLAMP (colours[c], 0, 1);
          }
        for (int c = 0; c < TRIP_LEVEL_STRIDE; c++)
          to[c] = c < n_channels ? colours[MIN (c, COLOURS - 1)] : 0;
        if (n_channels < COLOURS)
          to[0] = (colours[0] + colours[1] + colours[2]) / COLOURS;
        if (alpha)
          to[n_channels - 1] = trip_image_row (alpha, y)[x * 2];
        trip_image_row (guess->errors, y)[x] = is_hole ? expf (CLAMP (said[COLOURS], LEAST, MOST)) : 0;
      }
}

static int
round_up (int n, int multiple)
{
  return trip_divide_up (n, multiple) * multiple;
}

gboolean
trip_guess (const TripLevel *level, int n_channels, TripGuess *guess, const TripRun *run, GError **error)
{
  g_autoptr (GBytes) file = trip_shipped_weights ("guess", error);
  g_autoptr (TripUnet) network = file ? trip_guess_network_new (file, NULL, error) : NULL;
  g_autoptr (TripImage) around = network ? surroundings (level, n_channels, 0, COLOURS, error) : NULL, alpha = NULL;
  gboolean is_done;
  TripTensor input;
  TripArena arena;
  int height, width;
  float *out;

  if (! around || (n_channels % 2 == 0 && ! (alpha = surroundings (level, n_channels, COLOURS, 1, error)))
      || ! (guess->colours = trip_image_new (level->width, level->height, TRIP_LEVEL_STRIDE, error))
      || ! (guess->errors = trip_image_new (level->width, level->height, 1, error)))
    return FALSE;
  if (MAX (level->width, level->height) > LARGEST)
    {
      take_output (level, n_channels, around, alpha, NULL, 0, guess);
      return trip_run_step (run, 1, error);
    }
  height = round_up (level->height, trip_unet_multiple (network));
  width = round_up (level->width, trip_unet_multiple (network));
  if (! trip_arena_init (&arena, trip_tensor_need (height, width, TRIP_GUESS_INPUTS)
                                   + trip_arena_need ((gsize) height * width * TRIP_GUESS_OUTPUTS)
                                   + trip_unet_need (network, height, width), error))
    return FALSE;
  input = trip_tensor_take (&arena, height, width, TRIP_GUESS_INPUTS);
  out = trip_arena_take (&arena, (gsize) height * width * TRIP_GUESS_OUTPUTS);
  fill_input (level, around, &input);
  is_done = trip_unet_run (network, &input, out, &arena, run->cancellable, error);
  if (is_done)
    take_output (level, n_channels, around, alpha, out, width, guess);
  trip_arena_clear (&arena);
  return is_done && trip_run_step (run, 1, error);
}

gboolean
trip_guess_halve (const TripGuess *guess, TripGuess *half, GError **error)
{
  g_autoptr (TripImage) colours = trip_halve (guess->colours, error);
  g_autoptr (TripImage) errors = colours ? trip_halve (guess->errors, error) : NULL;

  if (! errors)
    return FALSE;
  trip_guess_clear (half);
  half->colours = g_steal_pointer (&colours);
  half->errors = g_steal_pointer (&errors);
  return TRUE;
}
