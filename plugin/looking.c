#include "looking.h"

#include <glib/gi18n.h>
#include <math.h>

#include "items.h"
#include "rescale/reduce.h"

#define SCENE_SIDE 1024 /* px: of the pictures for the dialog, at most */
#define OBJECT_SIDE 512
#define BAND 64 /* rows of them between two looks at what the user does */

void
looking_clear (UiPlacePicture *seen)
{
  g_clear_pointer (&seen->map, trip_heatmap_free);
  g_clear_pointer (&seen->scene, trip_image_free);
  g_clear_pointer (&seen->object, trip_image_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (UiPlacePicture, looking_clear)

/* Says more of what core found. */
static void
explain (GimpLayer *object, GError **error)
{
  g_autofree char *name = NULL;

  if (! g_error_matches (*error, TRIP_ERROR, TRIP_ERROR_EMPTY_MASK))
    return;
  g_clear_error (error);
  name = gimp_item_get_name (GIMP_ITEM (object));
  g_set_error (error, GIMP_PLUG_IN_ERROR, 0,
               _("There is nothing to be seen of the layer “%s”: all of it is transparent. Choose "
                 "the layer of the object."),
               name);
}

/* The object as it is seen, and what is behind it. */
typedef struct
{
  Scene *scene;
  LayerInput *object;
  TripRect frame; /* of object, px of the layer */
} Sight;

static void
sight_clear (Sight *self)
{
  layer_input_free (self->object);
  scene_free (self->scene);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sight, sight_clear)

/* copies: as scene_new(). */
static gboolean
sight_init (Sight *self, GimpLayer *object, GimpDrawable *background, GPtrArray *copies, GError **error)
{
  GimpLayer *copy;
  int x, y;

  *self = (Sight) { .scene = scene_new (object, background, copies, error) };
  copy = self->scene ? layer_copy_seen (object, error) : NULL;
  if (! copy)
    return FALSE;
  self->object = layer_input_new (GIMP_DRAWABLE (copy), NULL, error);
  if (self->object)
    layer_input_take_over (self->object);
  layer_copy_delete (copy);
  if (! self->object)
    return FALSE;
  gimp_drawable_get_offsets (GIMP_DRAWABLE (object), &x, &y);
  self->frame = (TripRect) { self->object->x - x, self->object->y - y, self->object->source.width,
                             self->object->source.height };
  return TRUE;
}

/* A part of a picture. */
typedef struct
{
  const TripSource *source;
  int x, y;
} Part;

static TripImage *
read_part (const TripRect *rect, gpointer data, GError **error)
{
  const Part *self = data;
  const TripRect moved = { rect->x + self->x, rect->y + self->y, rect->width, rect->height };

  return self->source->read (&moved, self->source->data, error);
}

/* All of source. */
static TripImage *
read_all (const TripSource *source, const TripRun *run, GError **error)
{
  g_autoptr (TripImage) image = trip_image_new (source->width, source->height, source->n_channels, error);
  TripSink sink;

  if (! image)
    return NULL;
  sink = trip_sink_to_image (image);
  for (int y = 0; y < source->height; y += BAND)
    {
      const TripRect rect = { 0, y, source->width, MIN (BAND, source->height - y) };
      g_autoptr (TripImage) rows = NULL;

      if (! trip_run_step (run, (double) y / source->height, error)
          || ! (rows = trip_source_read (source, &rect, error)) || ! sink.write (rows, y, sink.data, error))
        return NULL;
    }
  return g_steal_pointer (&image);
}

/* rect of source, reduced to at most side px. */
static TripImage *
read_reduced (const TripSource *source, const TripRect *rect, int side, const TripRun *run, GError **error)
{
  Part part = { source, rect->x, rect->y };
  const TripSource cut = { rect->width, rect->height, source->n_channels, read_part, &part };
  const double factor = MIN (1, (double) side / MAX (rect->width, rect->height));
  g_autoptr (TripReduced) reduced = trip_reduced_new (&cut, MAX (lround (factor * rect->width), 1),
                                                      MAX (lround (factor * rect->height), 1), run->cancellable);

  return read_all (trip_reduced_source (reduced), run, error);
}

static gboolean
read_pictures (Sight *sight, const TripRun *run, UiPlacePicture *seen, GError **error)
{
  const TripRun first = trip_run_part (run, 0, 0.7), second = trip_run_part (run, 0.7, 1);
  const TripRect all = { 0, 0, seen->place.width, seen->place.height };
  const TripRect visible = trip_heatmap_visible (seen->map);

  seen->scene_format = sight->scene->format;
  seen->object_format = sight->object->format;
  seen->scene = read_reduced (&sight->scene->source, &all, SCENE_SIDE, &first, error);
  seen->object = seen->scene ? read_reduced (&sight->object->source, &visible, OBJECT_SIDE, &second, error) : NULL;
  return seen->object != NULL;
}

/* Whether there is anything to be seen of the scene, which has been read. */
static gboolean
check_scene (const Scene *scene, GimpDrawable *background, GError **error)
{
  return scene->is_visible
         || fail_with (error, background
                                ? _("There is nothing to be seen of the background: all of it is "
                                    "transparent. Choose another one.")
                                : _("There is nothing to be seen below the object. Move its layer above "
                                    "the picture that it belongs into, or choose a background."));
}

static gboolean
look_at (Sight *sight, GimpDrawable *background, gboolean pictures, const TripRun *run, UiPlacePicture *seen,
         GError **error)
{
  const double share = pictures ? 0.5 : 1;
  const TripRun first = trip_run_part (run, 0, 0.8 * share), second = trip_run_part (run, 0.8 * share, share);
  const TripRun third = trip_run_part (run, share, 1);
  const TripSource *scene = &sight->scene->source;
  g_autoptr (TripPlacer) placer = trip_placer_new (error);
  g_autoptr (TripPlaceScene) known = placer ? trip_place_scene_new (placer, scene, &first, error) : NULL;

  if (! known || ! check_scene (sight->scene, background, error)
      || ! (seen->map = trip_place (known, &sight->object->source, &second, error)))
    return FALSE;
  seen->place = (TripRect) { sight->scene->x, sight->scene->y, scene->width, scene->height };
  seen->frame = sight->frame;
  return ! pictures || read_pictures (sight, &third, seen, error);
}

gboolean
looking_find (GimpLayer *object, GimpDrawable *background, gboolean pictures, const TripRun *run,
              GPtrArray *copies, UiPlacePicture *seen, GError **error)
{
  g_auto (Sight) sight = { NULL };
  g_auto (UiPlacePicture) found = { NULL }, old = { NULL };

  if (! sight_init (&sight, object, background, copies, error))
    return FALSE;
  if (! look_at (&sight, background, pictures, run, &found, error))
    {
      explain (object, error);
      return FALSE;
    }
  old = *seen;
  *seen = found;
  found = (UiPlacePicture) { NULL };
  return TRUE;
}

gboolean
looking_settle (GimpLayer *object, GimpDrawable *background, const TripRect *visible, const TripPlacement *place,
                const TripRun *run, TripSettled *settled, GError **error)
{
  g_auto (Sight) sight = { NULL };
  TripPlacement there = *place;

  if (! sight_init (&sight, object, background, NULL, error))
    return FALSE;
  there.x -= sight.scene->x;
  there.y -= sight.scene->y;
  if (! trip_settle_look (&sight.scene->source, &sight.object->source, visible, &there, run, settled, error))
    {
      explain (object, error);
      return FALSE;
    }
  settled->x += sight.scene->x;
  settled->y += sight.scene->y;
  return TRUE;
}
