#include "item-note.h"

#include <string.h>

char *
item_note_get (GimpItem *item, const char *name)
{
  GimpParasite *parasite = gimp_item_get_parasite (item, name);
  const char *data;
  char *text = NULL;
  guint32 size;

  if (! parasite)
    return NULL;
  data = gimp_parasite_get_data (parasite, &size);
  text = g_strndup (data ? data : "", size);
  gimp_parasite_free (parasite);
  return text;
}

void
item_note_set (GimpItem *item, const char *name, const char *text)
{
  GimpParasite *parasite = gimp_parasite_new (name, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                                              text ? strlen (text) + 1 : 0, text);

  /* what was loaded can be taken off with undo only after it was written */
  gimp_item_attach_parasite (item, parasite);
  if (! text)
    gimp_item_detach_parasite (item, name);
  gimp_parasite_free (parasite);
}
