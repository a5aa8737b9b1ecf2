#include "scene.h"

#include <glib/gi18n.h>
#include <string.h>

#include "heat-layer.h"
#include "items.h"
#include "made.h"
#include "shadow-layer.h"

#define BACKGROUND_NOTE "triptych-background" /* a parasite of GIMP's own: its id */

static gboolean
is_any_visible (const TripImage *image)
{
  for (int y = 0; y < image->height; y++)
    {
      const float *alpha = trip_image_row (image, y) + image->n_channels - 1;

      for (int x = 0; x < image->width; x++)
        if (alpha[x * image->n_channels] > 0)
          return TRUE;
    }
  return FALSE;
}

static TripImage *
read_rect (const TripRect *rect, gpointer data, GError **error)
{
  Scene *self = data;
  const TripSource *source = &self->input->source;
  const TripRect part = { rect->x + self->x - self->input->x, rect->y + self->y - self->input->y,
                          rect->width, rect->height };
  TripImage *image = source->read (&part, source->data, error);

  if (image && ! self->is_visible)
    self->is_visible = ! trip_has_alpha (image->n_channels) || is_any_visible (image);
  return image;
}

/* The one of a copy's drawables that stands for drawable; NULL of NULL. */
static GimpItem *
find_twin (GimpImage *copy, GimpDrawable *drawable)
{
  g_autoptr (GPtrArray) originals
    = drawable ? items_list_drawables (gimp_item_get_image (GIMP_ITEM (drawable))) : NULL;
  g_autoptr (GPtrArray) twins = items_list_drawables (copy);
  guint i;

  return originals && g_ptr_array_find (originals, drawable, &i) ? twins->pdata[i] : NULL;
}

/* item's list in the stack, from top to bottom. */
static GimpItem **
get_siblings (GimpItem *item)
{
  GimpItem *parent = gimp_item_get_parent (item);

  if (parent)
    return gimp_item_get_children (parent);
  return (GimpItem **) gimp_image_get_layers (gimp_item_get_image (item));
}

/* Hides item and all that lies above it. */
static void
hide_from (GimpItem *item)
{
  gimp_item_set_visible (item, FALSE);
  for (; item; item = gimp_item_get_parent (item))
    {
      g_autofree GimpItem **siblings = get_siblings (item);

      for (GimpItem **i = siblings; *i != item; i++)
        gimp_item_set_visible (*i, FALSE);
    }
}

/* Hides all but item, which is shown as it is by itself. */
static void
show_alone (GimpItem *item)
{
  for (; item; item = gimp_item_get_parent (item))
    {
      g_autofree GimpItem **siblings = get_siblings (item);

      for (GimpItem **i = siblings; *i; i++)
        gimp_item_set_visible (*i, *i == item);
      gimp_layer_set_mode (GIMP_LAYER (item), GIMP_LAYER_MODE_NORMAL);
      gimp_layer_set_opacity (GIMP_LAYER (item), 100);
    }
}

/* What earlier runs have made for object, and what is no part of the picture. */
static gboolean
is_made (GimpItem *item, GimpLayer *object)
{
  GimpParasite *note = gimp_item_get_parasite (item, HEAT_LAYER_NOTE);
  const gboolean is_heatmap = note != NULL;

  g_clear_pointer (&note, gimp_parasite_free);
  return is_heatmap || made_is_for (item, SHADOW_LAYER_NOTE, object);
}

/* Hides it in copy, whose items cannot tell whose they are. */
static void
hide_made (GimpImage *copy, GimpLayer *object)
{
  g_autoptr (GPtrArray) originals = items_list_drawables (gimp_item_get_image (GIMP_ITEM (object)));
  g_autoptr (GPtrArray) twins = items_list_drawables (copy);

  for (guint i = 0; i < originals->len; i++)
    if (is_made (originals->pdata[i], object))
      gimp_item_set_visible (twins->pdata[i], FALSE);
}

/* What copy, of the image that they are in, shows of the scene. */
static GimpLayer *
render (GimpImage *copy, GimpLayer *object, GimpDrawable *background)
{
  GimpItem *object_twin, *background_twin;

  gimp_image_undo_disable (copy);
  items_unlock (copy);
  object_twin = find_twin (copy, GIMP_DRAWABLE (object));
  background_twin = find_twin (copy, background);
  hide_made (copy, object);
  if (background_twin)
    {
      show_alone (background_twin);
      gimp_item_set_visible (object_twin, FALSE); /* which may lie in it */
    }
  else
    hide_from (object_twin);
  return gimp_layer_new_from_visible (copy, copy, NULL);
}

/* The scene as pixels of its own, which a copy of the image has shown. */
static LayerInput *
render_input (GimpLayer *object, GimpDrawable *background, GPtrArray *copies, GError **error)
{
  GimpImage *copy = gimp_image_duplicate (gimp_item_get_image (GIMP_ITEM (object)));
  GimpLayer *layer = copy ? render (copy, object, background) : NULL;
  LayerInput *input = layer ? layer_input_new (GIMP_DRAWABLE (layer), NULL, error) : NULL;

  if (input)
    layer_input_take_over (input);
  else if (! layer)
    g_set_error (error, GIMP_PLUG_IN_ERROR, 0, _("GIMP could not show what is below the object: %s"),
                 gimp_pdb_get_last_error (gimp_get_pdb ()));
  if (copy && copies)
    g_ptr_array_add (copies, copy);
  else if (copy)
    gimp_image_delete (copy);
  return input;
}

/* Narrows self to where background lies. */
static gboolean
crop (Scene *self, GimpDrawable *background, GError **error)
{
  GeglRectangle part = { .width = gimp_drawable_get_width (background),
                         .height = gimp_drawable_get_height (background) };
  const GeglRectangle canvas = { .width = self->source.width, .height = self->source.height };

  gimp_drawable_get_offsets (background, &part.x, &part.y);
  if (! gegl_rectangle_intersect (&part, &part, &canvas))
    return fail_with (error, _("The background lies outside of the image. Choose another one."));
  self->x = part.x;
  self->y = part.y;
  self->source.width = part.width;
  self->source.height = part.height;
  return TRUE;
}

/* Whether item is, or lies in, other. */
static gboolean
is_within (GimpItem *item, GimpItem *other)
{
  while (item && item != other)
    item = gimp_item_get_parent (item);
  return item != NULL;
}

gboolean
scene_check (GimpLayer *object, GimpDrawable *background, GError **error)
{
  const char *sentence = NULL;

  if (! item_check_valid (GIMP_ITEM (object), error)
      || (background && ! item_check_valid (GIMP_ITEM (background), error)))
    return FALSE;
  if (! background)
    return TRUE;
  if (gimp_item_get_image (GIMP_ITEM (background)) != gimp_item_get_image (GIMP_ITEM (object)))
    sentence = _("The background belongs to another image. Choose one of the image that the "
                 "object is in.");
  else if (is_within (GIMP_ITEM (background), GIMP_ITEM (object)))
    sentence = _("The background is the object itself. Choose another one.");
  else if (GIMP_IS_LAYER (background))
    return items_find_layer (gimp_item_get_image (GIMP_ITEM (object)), background, error) != NULL;
  return ! sentence || fail_with (error, sentence);
}

GPtrArray *
scene_list_backgrounds (GimpLayer *object)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (gimp_item_get_image (GIMP_ITEM (object)));
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; i < drawables->len; i++)
    {
      GimpItem *item = drawables->pdata[i];

      if (! GIMP_IS_LAYER_MASK (item) && ! is_within (item, GIMP_ITEM (object)) && ! is_made (item, object))
        g_ptr_array_add (list, item);
    }
  return list;
}

void
scene_remember_background (GimpDrawable *background)
{
  const int id = background ? gimp_item_get_id (GIMP_ITEM (background)) : 0;
  GimpParasite *note = gimp_parasite_new (BACKGROUND_NOTE, 0, sizeof id, &id);

  gimp_attach_parasite (note);
  gimp_parasite_free (note);
}

GimpDrawable *
scene_recall_background (GimpImage *image)
{
  GimpParasite *note = gimp_get_parasite (BACKGROUND_NOTE);
  gconstpointer data;
  guint32 size;
  int id = 0;

  if (! note)
    return NULL;
  data = gimp_parasite_get_data (note, &size);
  if (size == sizeof id)
    memcpy (&id, data, size);
  gimp_parasite_free (note);
  if (! gimp_item_id_is_drawable (id) || gimp_item_get_image (gimp_item_get_by_id (id)) != image)
    return NULL;
  return g_object_ref (gimp_drawable_get_by_id (id));
}

Scene *
scene_new (GimpLayer *object, GimpDrawable *background, GPtrArray *copies, GError **error)
{
  g_autoptr (Scene) self = g_new0 (Scene, 1);
  const gboolean is_layer = background && GIMP_IS_LAYER (background);

  if (! scene_check (object, background, error))
    return NULL;
  self->input = background && ! is_layer ? layer_input_new (background, NULL, error)
                                         : render_input (object, background, copies, error);
  if (! self->input)
    return NULL;
  self->format = self->input->format;
  self->source = self->input->source;
  self->source.read = read_rect;
  self->source.data = self;
  self->x = self->input->x;
  self->y = self->input->y;
  return is_layer && ! crop (self, background, error) ? NULL : g_steal_pointer (&self);
}

void
scene_free (Scene *self)
{
  if (! self)
    return;
  layer_input_free (self->input);
  g_free (self);
}
