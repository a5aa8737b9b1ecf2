/* Text that an item carries as a parasite, also in XCF files. Both can be undone. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* NULL if there is none. The caller g_free()s it. */
char *item_note_get (GimpItem *item, const char *name);

/* text NULL: none any more. */
void item_note_set (GimpItem *item, const char *name, const char *text);
