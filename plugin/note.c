#include "note.h"

#include <stdio.h>
#include <string.h>

#include "text-parasite.h"

#define PARASITE "triptych-shrink"
#define COMMENT "gimp-comment"
#define PLACE "%d %d %d %d"

/* NULL if there is none. */
static char *
get_text (GimpImage *image, const char *name)
{
  return text_of_parasite (gimp_image_get_parasite (image, name));
}

static void
set_text (GimpImage *image, const char *name, const char *text)
{
  GimpParasite *parasite = parasite_of_text (name, text);

  gimp_image_attach_parasite (image, parasite);
  gimp_parasite_free (parasite);
}

/* comment, which it takes, without its notes. */
static char *
without_notes (char *comment)
{
  g_auto (GStrv) lines = g_strsplit (comment, "\n", -1);
  char **to = lines;
  char *rest;
  TripShrinkNote note;

  for (char **line = lines; *line; line++)
    {
      if (trip_shrink_note_parse (*line, &note))
        g_free (*line);
      else
        *to++ = *line;
    }
  *to = NULL;
  rest = g_strjoinv ("\n", lines);
  g_free (comment);
  return rest;
}

gboolean
note_get (GimpImage *image, TripShrinkNote *note)
{
  static const char *const names[] = { PARASITE, COMMENT };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = get_text (image, names[i]);

      if (trip_shrink_note_parse (text, note) && note->small_width == gimp_image_get_width (image)
          && note->small_height == gimp_image_get_height (image))
        return TRUE;
    }
  return FALSE;
}

void
note_set (GimpImage *image, const TripShrinkNote *note)
{
  g_autofree char *line = trip_shrink_note (note), *comment = NULL, *text = NULL;

  note_remove (image);
  comment = get_text (image, COMMENT);
  text = comment ? g_strconcat (comment, "\n", line, NULL) : g_strdup (line);
  set_text (image, COMMENT, text);
  set_text (image, PARASITE, line);
}

/* A parasite can be taken off with undo only if it says so, which a loaded one does not. */
static void
detach (GimpImage *image, const char *name)
{
  set_text (image, name, "");
  gimp_image_detach_parasite (image, name);
}

void
note_remove (GimpImage *image)
{
  g_autofree char *line = get_text (image, PARASITE), *comment = get_text (image, COMMENT);
  TripShrinkNote note;

  if (line)
    detach (image, PARASITE);
  if (! trip_shrink_note_parse (comment, &note))
    return;
  comment = without_notes (g_steal_pointer (&comment));
  if (*comment)
    set_text (image, COMMENT, comment);
  else
    detach (image, COMMENT);
}

static GeglRectangle
place_now (GimpItem *layer)
{
  GeglRectangle now = { 0, 0, gimp_drawable_get_width (GIMP_DRAWABLE (layer)),
                        gimp_drawable_get_height (GIMP_DRAWABLE (layer)) };

  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &now.x, &now.y);
  return now;
}

gboolean
note_get_place (GimpItem *layer, GeglRectangle *was)
{
  g_autofree char *text = item_get_text (layer, PARASITE);
  const GeglRectangle now = place_now (layer);
  GeglRectangle then;

  return text
         && sscanf (text, PLACE " " PLACE, &was->x, &was->y, &was->width, &was->height, &then.x, &then.y, &then.width,
                    &then.height) == 8
         && gegl_rectangle_equal (&now, &then) && was->width >= now.width && was->height >= now.height
         && MAX (was->width, was->height) <= TRIP_MAX_SIZE;
}

void
note_set_place (GimpItem *layer, const GeglRectangle *was)
{
  const GeglRectangle now = place_now (layer);
  g_autofree char *text = g_strdup_printf (PLACE " " PLACE, was->x, was->y, was->width, was->height, now.x, now.y,
                                           now.width, now.height);

  item_set_text (layer, PARASITE, text);
}

void
note_remove_place (GimpItem *layer)
{
  g_autofree char *text = item_get_text (layer, PARASITE);

  if (! text)
    return;
  item_set_text (layer, PARASITE, ""); /* as for images, see detach() */
  gimp_item_detach_parasite (layer, PARASITE);
}
