#include "made.h"

#include <stdio.h>

#include "items.h"
#include "text-parasite.h"

#define OBJECT_NOTE "triptych-object" /* the parasite of an object that something was made for */

/* A copy of an image, or of an item, has other tattoos, and the same parasites. */
typedef struct
{
  char id[37];     /* a UUID, of the object and of what was made for it */
  unsigned tattoo; /* of the item that was noted, so that a copy in the same image is known */
} Note;

static gboolean
read_note (GimpItem *item, const char *name, Note *note)
{
  g_autofree char *text = item_get_text (item, name);

  return text && sscanf (text, "%36s %u", note->id, &note->tattoo) == 2;
}

static void
write_note (GimpItem *item, const char *name, const char *id)
{
  g_autofree char *text = g_strdup_printf ("%s %u", id, gimp_item_get_tattoo (item));

  item_set_text (item, name, text);
}

static gboolean
is_original (GimpItem *item, const Note *note)
{
  return note->tattoo == gimp_item_get_tattoo (item);
}

/* Whether no other object of its image has the same id. */
static gboolean
is_alone (GimpItem *object, const Note *note)
{
  g_autoptr (GPtrArray) drawables = items_list_drawables (gimp_item_get_image (object));
  Note other;

  for (guint i = 0; i < drawables->len; i++)
    if (drawables->pdata[i] != object && read_note (drawables->pdata[i], OBJECT_NOTE, &other)
        && g_str_equal (other.id, note->id))
      return FALSE;
  return TRUE;
}

void
made_mark (GimpLayer *layer, const char *name, GimpLayer *object)
{
  GimpItem *item = GIMP_ITEM (object);
  g_autofree char *id = NULL;
  Note note;

  if (read_note (item, OBJECT_NOTE, &note) && (is_original (item, &note) || is_alone (item, &note)))
    id = g_strdup (note.id);
  else
    id = g_uuid_string_random ();
  write_note (item, OBJECT_NOTE, id);
  write_note (GIMP_ITEM (layer), name, id);
}

gboolean
made_is_for (GimpItem *item, const char *name, GimpLayer *object)
{
  GimpItem *owner = GIMP_ITEM (object);
  Note note, whose;

  return read_note (item, name, &note) && read_note (owner, OBJECT_NOTE, &whose) && g_str_equal (note.id, whose.id)
         && (is_alone (owner, &whose) || (is_original (owner, &whose) && is_original (item, &note)));
}
