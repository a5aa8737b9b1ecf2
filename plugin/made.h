/* Whose the layers are that runs have made for objects. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* Notes on layer, as a parasite of this name, that it was made for object, which gets a note, too. */
void made_mark (GimpLayer *layer, const char *name, GimpLayer *object);

/* Whether item was noted as that. Both may have been copied, by themselves or with their image; FALSE if it then might
 * be that of another object. */
gboolean made_is_for (GimpItem *item, const char *name, GimpLayer *object);
