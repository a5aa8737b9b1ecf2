#include "places.h"

#include <glib/gi18n.h>

#include "heatmap.h"

#define SPACING 6
#define HEIGHT 150 /* logical px */

static const char *
format_size (double scale)
{
  return 100 * scale < 10 ? _("%.1f %%") : _("%.0f %%");
}

char *
ui_places_describe_size (double scale)
{
  return g_strdup_printf (format_size (scale), 100 * scale);
}

static void
fill (UiPlaces *self)
{
  g_autoptr (GList) old = gtk_container_get_children (GTK_CONTAINER (self->list));

  for (GList *row = old; row; row = row->next)
    gtk_widget_destroy (row->data);
  for (int i = 0; i < self->n_places; i++)
    {
      const TripPlacement *place = &self->places[i];
      g_autofree char *size = ui_places_describe_size (place->scale);
      /* Translators: a place in a list: its number, the object's size, a score from 0 to 1 */
      g_autofree char *text = g_strdup_printf (_("%d: size %s, score %.2f"), i + 1, size, place->score);
      GtkWidget *label = gtk_label_new (text);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_set_margin_start (label, SPACING);
      gtk_list_box_insert (GTK_LIST_BOX (self->list), label, -1);
    }
  gtk_widget_show_all (self->list);
}

void
ui_places_find (UiPlaces *self, const TripHeatmap *map, const TripPlaceFixed *fixed, int count)
{
  self->n_places = trip_heatmap_best (map, fixed, count, self->places);
  self->is_updating = TRUE;
  fill (self);
  self->is_updating = FALSE;
}

void
ui_places_mark (UiPlaces *self, const TripPlacement *place)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);
  GtkListBoxRow *row = NULL;

  for (int i = 0; i < self->n_places && ! row; i++)
    if (ui_heatmap_is_same (&self->places[i], place))
      row = gtk_list_box_get_row_at_index (list, i);
  self->is_updating = TRUE;
  if (row != gtk_list_box_get_selected_row (list))
    gtk_list_box_select_row (list, row);
  self->is_updating = FALSE;
}

static void
row_selected (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  UiPlaces *self = data;

  if (row && ! self->is_updating)
    self->chosen (&self->places[gtk_list_box_row_get_index (row)], self->data);
}

/* The list itself cannot be focused, but its rows can. */
static gboolean
focus_row (GtkWidget *list, gboolean group_cycling, gpointer data)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (list));

  gtk_widget_grab_focus (GTK_WIDGET (row ? row : gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0)));
  return TRUE;
}

void
ui_places_init (UiPlaces *self, void (*chosen) (const TripPlacement *place, gpointer data), gpointer data)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (_("Best _places"));
  GtkWidget *window = gtk_scrolled_window_new (NULL, NULL);

  *self = (UiPlaces) { .widget = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING / 2), .list = gtk_list_box_new (),
                       .chosen = chosen, .data = data };
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (window), GTK_SHADOW_IN);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (window), HEIGHT);
  gtk_container_add (GTK_CONTAINER (window), self->list);
  g_signal_connect (self->list, "mnemonic-activate", G_CALLBACK (focus_row), NULL);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (row_selected), self);
  gtk_box_pack_start (GTK_BOX (self->widget), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (self->widget), window, TRUE, TRUE, 0);
}
