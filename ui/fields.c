#include "fields.h"

#include <glib/gi18n.h>
#include <math.h>

#include "size.h"
#include "trip.h"

#define SPACING 6

struct _UiFields
{
  GtkBox parent_instance;

  GObject *config;
  int picture[UI_N_AXES];
  double max_scale;
  GtkWidget *spins[UI_N_AXES], *chain, *units;
  gboolean busy; /* the fields or the config change by our own hand */
};

G_DEFINE_TYPE (UiFields, ui_fields, GTK_TYPE_BOX)

static const struct
{
  const char *name;
  double min, step;
  int digits;
} units[UI_N_UNITS] = {
  [UI_UNIT_TIMES] = { N_("times"), UI_MIN_SCALE, 0.5, 3 },
  [UI_UNIT_PERCENT] = { N_("percent"), 100 * UI_MIN_SCALE, 10, 2 },
  [UI_UNIT_PIXELS] = { N_("pixels"), 1, 10, 0 },
};

static UiUnit
get_unit (UiFields *self)
{
  return gtk_combo_box_get_active (GTK_COMBO_BOX (self->units));
}

static gboolean
get_linked (UiFields *self)
{
  return gimp_chain_button_get_active (GIMP_CHAIN_BUTTON (self->chain));
}

/* The largest number of an axis in unit. */
static double
get_max (UiFields *self, UiAxis axis, UiUnit unit)
{
  switch (unit)
    {
    case UI_UNIT_PIXELS:
      return self->max_scale > 1 ? TRIP_MAX_SIZE : self->max_scale * self->picture[axis];
    case UI_UNIT_PERCENT:
      return 100 * self->max_scale;
    default:
      return self->max_scale;
    }
}

/* Brings the numbers up to the config, in the unit that is chosen. */
static void
show_numbers (UiFields *self)
{
  const UiSize size = ui_size_from_config (self->config);
  const UiUnit unit = get_unit (self);
  /* where all is below 1 a half would be a leap */
  const double step = unit == UI_UNIT_TIMES && self->max_scale <= 1 ? 0.05 : units[unit].step;
  const gboolean was_busy = self->busy;

  self->busy = TRUE;
  for (int i = 0; i < UI_N_AXES; i++)
    {
      GtkSpinButton *spin = GTK_SPIN_BUTTON (self->spins[i]);
      const double value = ui_size_get (&size, self->picture, i, unit);

      gtk_spin_button_set_digits (spin, units[unit].digits);
      gtk_spin_button_set_increments (spin, step, 10 * step);
      /* what was asked of a larger picture may be too much here, which the dialog then says */
      gtk_spin_button_set_range (spin, units[unit].min, MAX (get_max (self, i, unit), value));
      gtk_spin_button_set_value (spin, value);
    }
  self->busy = was_busy;
}

/* Follows a config that others have changed. */
static void
follow (UiFields *self)
{
  const UiSize size = ui_size_from_config (self->config);

  if (self->busy)
    return;
  self->busy = TRUE;
  if (ui_size_in_pixels (&size) != (get_unit (self) == UI_UNIT_PIXELS))
    gtk_combo_box_set_active (GTK_COMBO_BOX (self->units),
                              ui_size_in_pixels (&size) ? UI_UNIT_PIXELS : UI_UNIT_TIMES);
  gimp_chain_button_set_active (GIMP_CHAIN_BUTTON (self->chain),
                                ui_size_linked (&size, self->picture));
  show_numbers (self);
  self->busy = FALSE;
}

static void
set_axis (UiFields *self, UiAxis axis, double value, UiUnit unit)
{
  UiSize size = ui_size_from_config (self->config);

  size = ui_size_set (&size, self->picture, axis, value, unit, get_linked (self));
  size.scale_x = MIN (size.scale_x, self->max_scale);
  size.scale_y = MIN (size.scale_y, self->max_scale);
  self->busy = TRUE;
  g_object_set (self->config, "scale-x", size.scale_x, "scale-y", size.scale_y, "width", size.width,
                "height", size.height, NULL);
  show_numbers (self);
  self->busy = FALSE;
}

static void
spin_changed (GtkSpinButton *spin, UiFields *self)
{
  const UiAxis axis = GTK_WIDGET (spin) == self->spins[UI_AXIS_X] ? UI_AXIS_X : UI_AXIS_Y;
  const UiSize size = ui_size_from_config (self->config);
  const UiUnit unit = get_unit (self);
  const double value = gtk_spin_button_get_value (spin);

  /* a spin button rounds what it shows; that is no edit */
  if (! self->busy
      && fabs (value - ui_size_get (&size, self->picture, axis, unit))
           >= 0.5 * pow (10, -units[unit].digits))
    set_axis (self, axis, value, unit);
}

/* Keeps the size, and what the user now says about how it is meant. */
static void
meaning_changed (UiFields *self)
{
  const UiSize size = ui_size_from_config (self->config);
  const UiUnit unit = get_unit (self);

  if (! self->busy)
    set_axis (self, UI_AXIS_X, ui_size_get (&size, self->picture, UI_AXIS_X, unit), unit);
}

static void
add_row (UiFields *self, GtkGrid *grid, UiAxis axis, const char *text, const char *tooltip,
         GtkSizeGroup *labels)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text);
  GtkWidget *spin = gtk_spin_button_new_with_range (0, 1, 1);

  self->spins[axis] = spin;
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), spin);
  gtk_size_group_add_widget (labels, label);
  gtk_entry_set_width_chars (GTK_ENTRY (spin), 8);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), TRUE);
  gtk_widget_set_tooltip_text (spin, tooltip);
  gtk_widget_set_hexpand (spin, TRUE);
  gtk_grid_attach (grid, label, 0, axis, 1, 1);
  gtk_grid_attach (grid, spin, 1, axis, 1, 1);
  g_signal_connect (spin, "value-changed", G_CALLBACK (spin_changed), self);
}

static void
ui_fields_class_init (UiFieldsClass *klass)
{
}

static void
ui_fields_init (UiFields *self)
{
}

GtkWidget *
ui_fields_new (GimpProcedureConfig *config, int picture_width, int picture_height,
               GtkSizeGroup *labels)
{
  UiFields *self = g_object_new (UI_TYPE_FIELDS, "spacing", SPACING, NULL);
  GtkWidget *grid = gtk_grid_new ();
  const char *const properties[] = { "scale-x", "scale-y", "width", "height" };

  self->config = G_OBJECT (config);
  self->max_scale = G_PARAM_SPEC_DOUBLE (
    g_object_class_find_property (G_OBJECT_GET_CLASS (config), "scale-x"))->maximum;
  self->picture[UI_AXIS_X] = picture_width;
  self->picture[UI_AXIS_Y] = picture_height;
  gtk_grid_set_column_spacing (GTK_GRID (grid), SPACING);
  gtk_grid_set_row_spacing (GTK_GRID (grid), SPACING);
  /* in a box of their own, so that the Tab key goes from one number to the other */
  gtk_box_pack_start (GTK_BOX (self), grid, TRUE, TRUE, 0);
  add_row (self, GTK_GRID (grid), UI_AXIS_X, _("_Width"), _("Width of the result"), labels);
  add_row (self, GTK_GRID (grid), UI_AXIS_Y, _("Hei_ght"), _("Height of the result"), labels);

  self->chain = gimp_chain_button_new (GIMP_CHAIN_RIGHT);
  gtk_widget_set_tooltip_text (self->chain, _("Keep the proportions"));
  gtk_box_pack_start (GTK_BOX (self), self->chain, FALSE, FALSE, 0);

  self->units = gtk_combo_box_text_new ();
  for (int i = 0; i < UI_N_UNITS; i++)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (self->units), _(units[i].name));
  gtk_combo_box_set_active (GTK_COMBO_BOX (self->units), UI_UNIT_TIMES);
  gtk_widget_set_valign (self->units, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (self->units, _("Unit of width and height"));
  gtk_box_pack_start (GTK_BOX (self), self->units, FALSE, FALSE, 0);
  gtk_widget_show_all (GTK_WIDGET (self));

  follow (self);
  g_signal_connect_object (self->chain, "toggled", G_CALLBACK (meaning_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->units, "changed", G_CALLBACK (meaning_changed), self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *signal = g_strconcat ("notify::", properties[i], NULL);

      g_signal_connect_object (config, signal, G_CALLBACK (follow), self, G_CONNECT_SWAPPED);
    }
  return GTK_WIDGET (self);
}

void
ui_fields_set_picture (UiFields *self, int width, int height)
{
  self->picture[UI_AXIS_X] = width;
  self->picture[UI_AXIS_Y] = height;
  show_numbers (self);
}
