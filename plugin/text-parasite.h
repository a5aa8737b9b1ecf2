/* Text that images and items carry as parasites, also in XCF files. Main thread only. */
#pragma once

#include <libgimp/gimp.h>

/* What parasite, which may be NULL and is freed, holds; NULL if it is NULL. The caller g_free()s it. */
char *text_of_parasite (GimpParasite *parasite);

/* Attaching it can be undone. The caller owns it. */
GimpParasite *parasite_of_text (const char *name, const char *text);

/* NULL if there is none. The caller g_free()s it. */
char *item_get_text (GimpItem *item, const char *name);

/* Can be undone. */
void item_set_text (GimpItem *item, const char *name, const char *text);
