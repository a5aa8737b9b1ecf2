#include "procedures.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *name;
  GimpProcedure *(*create) (GimpPlugIn *plug_in);
} Entry;

static const Entry entries[] = {
  { UPSCALE_NAME, upscale_create },
  { SHRINK_NAME, shrink_create },
  { DECOMPOSE_NAME, decompose_create },
  { PLACE_NAME, place_create },
};

#define TRIPTYCH_TYPE_PLUG_IN (triptych_plug_in_get_type ())
G_DECLARE_FINAL_TYPE (TriptychPlugIn, triptych_plug_in, TRIPTYCH, PLUG_IN, GimpPlugIn)

struct _TriptychPlugIn
{
  GimpPlugIn parent_instance;
};

G_DEFINE_FINAL_TYPE (TriptychPlugIn, triptych_plug_in, GIMP_TYPE_PLUG_IN)

static GList *
triptych_plug_in_query_procedures (GimpPlugIn *plug_in)
{
  GList *names = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    names = g_list_append (names, g_strdup (entries[i].name));
  return names;
}

static GimpProcedure *
triptych_plug_in_create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      if (g_str_equal (entries[i].name, name))
        {
          GimpProcedure *procedure = entries[i].create (plug_in);

          gimp_procedure_add_menu_path (procedure, "<Image>/Filters/Triptych");
          gimp_procedure_set_attribution (procedure, "Triptych developers", "Triptych developers",
                                          "2026");
          return procedure;
        }
    }
  return NULL;
}

static gboolean
triptych_plug_in_set_i18n (GimpPlugIn *plug_in, const gchar *procedure_name, gchar **gettext_domain,
                           gchar **catalog_dir)
{
  *gettext_domain = g_strdup (GETTEXT_PACKAGE);
  *catalog_dir = g_strdup ("locale"); /* beside the executable */
  return TRUE;
}

static void
triptych_plug_in_class_init (TriptychPlugInClass *klass)
{
  GimpPlugInClass *plug_in_class = GIMP_PLUG_IN_CLASS (klass);

  plug_in_class->query_procedures = triptych_plug_in_query_procedures;
  plug_in_class->create_procedure = triptych_plug_in_create_procedure;
  plug_in_class->set_i18n = triptych_plug_in_set_i18n;
}

static void
triptych_plug_in_init (TriptychPlugIn *self)
{
}

GIMP_MAIN (TRIPTYCH_TYPE_PLUG_IN)
