#include "text-parasite.h"

#include <string.h>

char *
text_of_parasite (GimpParasite *parasite)
{
  const char *data;
  char *text;
  guint32 size;

  if (! parasite)
    return NULL;
  data = gimp_parasite_get_data (parasite, &size);
  text = g_strndup (data ? data : "", size);
  gimp_parasite_free (parasite);
  return text;
}

GimpParasite *
parasite_of_text (const char *name, const char *text)
{
  return gimp_parasite_new (name, GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE, strlen (text) + 1, text);
}

char *
item_get_text (GimpItem *item, const char *name)
{
  return text_of_parasite (gimp_item_get_parasite (item, name));
}

void
item_set_text (GimpItem *item, const char *name, const char *text)
{
  GimpParasite *parasite = parasite_of_text (name, text);

  gimp_item_attach_parasite (item, parasite);
  gimp_parasite_free (parasite);
}
