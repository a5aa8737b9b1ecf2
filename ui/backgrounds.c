#include "backgrounds.h"

#include <glib/gi18n.h>

#define SPACING 6
#define WIDTH 20          /* characters, as far as the column has no more room */
#define INDENT "\u2002\u2002" /* for each group that a layer lies in */

static char *
describe (GimpItem *item)
{
  g_autofree char *name = gimp_item_get_name (item);
  g_autoptr (GString) text = g_string_new (NULL);

  for (GimpItem *group = gimp_item_get_parent (item); group; group = gimp_item_get_parent (group))
    g_string_append (text, INDENT);
  g_string_append (text, name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The ids of the entries are those of the drawables. */
static char *
id_of (GimpDrawable *drawable)
{
  return g_strdup_printf ("%d", drawable ? gimp_item_get_id (GIMP_ITEM (drawable)) : 0);
}

static void
changed (GtkComboBox *combo, GObject *config)
{
  const char *id = gtk_combo_box_get_active_id (combo);
  const int number = id ? (int) g_ascii_strtoll (id, NULL, 10) : 0;

  if (id)
    g_object_set (config, "background", number ? gimp_drawable_get_by_id (number) : NULL, NULL);
}

static void
follow (GObject *config, GParamSpec *property, GtkComboBox *combo)
{
  g_autoptr (GimpDrawable) drawable = NULL;
  g_autofree char *id = NULL;

  g_object_get (config, "background", &drawable, NULL);
  id = id_of (drawable);
  gtk_combo_box_set_active_id (combo, id);
}

static void
limit_width (GtkWidget *combo)
{
  g_autoptr (GList) cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));

  g_object_set (cells->data, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "width-chars", WIDTH, NULL);
}

GtkWidget *
ui_backgrounds_new (GObject *config, const GPtrArray *drawables)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *label = gtk_label_new_with_mnemonic (_("Back_ground"));
  GtkWidget *combo = gtk_combo_box_text_new ();

  gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), "0", _("Everything below the object"));
  for (guint i = 0; i < drawables->len; i++)
    {
      g_autofree char *id = id_of (drawables->pdata[i]), *text = describe (drawables->pdata[i]);

      gtk_combo_box_text_append (GTK_COMBO_BOX_TEXT (combo), id, text);
    }
  limit_width (combo);
  gtk_widget_set_tooltip_text (combo, _("The picture that the object belongs into"));
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), combo);
  follow (config, NULL, GTK_COMBO_BOX (combo));
  g_signal_connect_object (combo, "changed", G_CALLBACK (changed), config, 0);
  g_signal_connect_object (config, "notify::background", G_CALLBACK (follow), combo, 0);
  gtk_box_pack_start (GTK_BOX (row), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), combo, TRUE, TRUE, 0);
  return row;
}
