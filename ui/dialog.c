#include "dialog.h"

#include <glib/gi18n.h>
#include <math.h>

#include "fields.h"
#include "memory.h"

#define SPACING 12 /* between groups; half of it within them */
#define TEXT_WIDTH 30 /* characters */
#define SLIDER_WIDTH 120 /* px, at least */

/* GIMP 3.2 does not look at the key. */
static gboolean
help_pressed (GtkWidget *widget, GdkEventKey *event, gpointer data)
{
  if (event->keyval != GDK_KEY_F1 && event->keyval != GDK_KEY_KP_F1)
    return FALSE;
  gtk_dialog_response (GTK_DIALOG (widget), GTK_RESPONSE_HELP);
  return TRUE;
}

void
ui_dialog_init (UiDialog *self, GimpProcedure *procedure, GimpProcedureConfig *config,
                const char *title, GimpHelpFunc help)
{
  /* as gimp_procedure_dialog_new() does, but with a help of our own */
  self->widget = g_object_new (GIMP_TYPE_PROCEDURE_DIALOG, "procedure", procedure, "config", config,
                               "title", title, "help-func", help,
                               "help-id", gimp_procedure_get_name (procedure), NULL);
  g_signal_connect (self->widget, "key-press-event", G_CALLBACK (help_pressed), NULL);
}

static GtkWidget *
make_text (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (label), TEXT_WIDTH);
  gtk_label_set_max_width_chars (GTK_LABEL (label), TEXT_WIDTH);
  return label;
}

static GtkWidget *
make_summary (UiDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING / 2);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING / 2);
  g_autoptr (PangoLayout) lines = NULL;
  int height;

  self->result = gtk_label_new (NULL);
  self->notice = make_text (NULL);
  lines = gtk_widget_create_pango_layout (self->notice, "\n");
  pango_layout_get_pixel_size (lines, NULL, &height);
  gtk_widget_set_size_request (self->notice, -1, height); /* two lines, so that a second one moves nothing */
  self->warning = gtk_image_new_from_icon_name ("dialog-warning", GTK_ICON_SIZE_BUTTON);
  gtk_label_set_xalign (GTK_LABEL (self->result), 0);
  gtk_widget_set_valign (self->warning, GTK_ALIGN_START);
  gtk_widget_set_no_show_all (self->warning, TRUE);
  gtk_box_pack_start (GTK_BOX (row), self->warning, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (row), self->notice, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (box), self->result, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (box), row, FALSE, FALSE, 0);
  return box;
}

/* The row of an argument; a number gets one with a slider, a choice one with a list, not the column of buttons that
 * GIMP 3.2 would make. */
static GtkWidget *
get_row (GimpProcedureDialog *dialog, GimpProcedureConfig *config, const char *name)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (config), name);

  if (G_IS_PARAM_SPEC_DOUBLE (spec))
    {
      GtkWidget *entry = gimp_procedure_dialog_get_scale_entry (dialog, name, 1.0);

      gimp_label_spin_set_digits (GIMP_LABEL_SPIN (entry), G_PARAM_SPEC_DOUBLE (spec)->maximum > 1 ? 0 : 2);
      gtk_widget_set_size_request (gimp_scale_entry_get_range (GIMP_SCALE_ENTRY (entry)), SLIDER_WIDTH, -1);
    }
  return gimp_procedure_dialog_get_widget (dialog, name,
                                           GIMP_IS_PARAM_SPEC_CHOICE (spec) ? GTK_TYPE_COMBO_BOX : G_TYPE_NONE);
}

/* The rows of the arguments, whose labels get the width of those in labels. */
static GtkWidget *
make_options (UiDialog *self, GimpProcedureConfig *config, const char *const names[],
              GtkSizeGroup *labels)
{
  GimpProcedureDialog *dialog = GIMP_PROCEDURE_DIALOG (self->widget);
  g_autoptr (GList) list = NULL;
  GtkWidget *options;

  for (const char *const *name = names; *name; name++)
    {
      GtkWidget *row = get_row (dialog, config, *name);

      if (GIMP_IS_LABELED (row))
        gtk_size_group_add_widget (labels, gimp_labeled_get_label (GIMP_LABELED (row)));
      list = g_list_append (list, (gpointer) *name);
    }
  options = gimp_procedure_dialog_fill_box_list (dialog, "options", list);
  gtk_box_set_spacing (GTK_BOX (options), SPACING / 2);
  return options;
}

static void
let_enter_apply (GtkWidget *widget, gpointer data)
{
  if (GTK_IS_SPIN_BUTTON (widget))
    gtk_entry_set_activates_default (GTK_ENTRY (widget), TRUE);
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), let_enter_apply, NULL);
}

/* The view at the left, and at the right a column with fields, which may be NULL, and options. */
static void
lay_out (UiDialog *self, GtkWidget *view, GtkWidget *fields, GtkWidget *options)
{
  GtkWidget *content = gtk_dialog_get_content_area (GTK_DIALOG (self->widget));
  GtkWidget *halves = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, SPACING);
  GtkWidget *frame = gtk_frame_new (NULL);

  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING);
  gtk_widget_set_hexpand (self->column, FALSE); /* all room to the view */
  gtk_container_add (GTK_CONTAINER (frame), view);
  if (fields)
    gtk_box_pack_start (GTK_BOX (self->column), fields, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (self->column), options, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (self->column), make_summary (self), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (halves), frame, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (halves), self->column, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (content), halves, TRUE, TRUE, 0);
  gtk_widget_show_all (halves);
  let_enter_apply (self->column, NULL);
}

void
ui_dialog_fill (UiDialog *self, GimpProcedureConfig *config, const UiPicture *picture,
                GtkWidget *view, const char *const names[])
{
  g_autoptr (GtkSizeGroup) labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  GtkWidget *options = make_options (self, config, names, labels);

  self->fields = ui_fields_new (config, picture->image_width, picture->image_height, labels);
  lay_out (self, view, self->fields, options);
}

void
ui_dialog_fill_plain (UiDialog *self, GimpProcedureConfig *config, GtkWidget *view,
                      const char *const names[])
{
  g_autoptr (GtkSizeGroup) labels = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);

  lay_out (self, view, NULL, make_options (self, config, names, labels));
}

GtkWidget *
ui_dialog_add_text (UiDialog *self, const char *text)
{
  GtkWidget *label = make_text (text);

  gtk_box_pack_start (GTK_BOX (self->column), label, FALSE, FALSE, 0);
  gtk_widget_show (label);
  return label;
}

gboolean
ui_dialog_run (UiDialog *self, GimpProcedureConfig *config, void (*refresh) (gpointer data),
               gpointer data)
{
  gboolean ok;

  g_signal_connect_swapped (config, "notify", G_CALLBACK (refresh), data);
  refresh (data);
  ok = gimp_procedure_dialog_run (GIMP_PROCEDURE_DIALOG (self->widget));
  g_signal_handlers_disconnect_by_data (config, data);
  return ok;
}

void
ui_dialog_set_result (UiDialog *self, const char *format, const int result[UI_N_AXES])
{
  const double mega = 1e-6 * result[UI_AXIS_X] * result[UI_AXIS_Y];
  g_autofree char *number = g_strdup_printf (mega < 1 ? "%.2f" : "%.1f", mega);
  g_autofree char *text
    = g_strdup_printf (format, result[UI_AXIS_X], result[UI_AXIS_Y], number);

  gtk_label_set_text (GTK_LABEL (self->result), text);
}

static void
set_notice (UiDialog *self, const char *text, gboolean wrong)
{
  gtk_label_set_text (GTK_LABEL (self->notice), text);
  gtk_widget_set_visible (self->warning, wrong);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self->widget), GTK_RESPONSE_OK, ! wrong);
}

static char *
describe_cost (double seconds, double bytes)
{
  g_autofree char *memory = g_format_size (bytes);

  if (seconds < 1)
    return g_strdup_printf (_("Takes less than a second and %s of memory."), memory);
  if (seconds < 90)
    return g_strdup_printf (_("Takes about %d s and %s of memory."), (int) lround (seconds),
                            memory);
  if (seconds < 90 * 60)
    return g_strdup_printf (_("Takes about %d min and %s of memory."), (int) lround (seconds / 60),
                            memory);
  return g_strdup_printf (_("Takes about %d h and %s of memory."), (int) lround (seconds / 3600),
                          memory);
}

void
ui_dialog_set_cost (UiDialog *self, double seconds, double bytes)
{
  const double available = ui_memory_available ();
  g_autofree char *text = NULL;

  if (available > 0 && bytes > available)
    {
      g_autofree char *needed = g_format_size (bytes), *free = g_format_size (available);

      text = g_strdup_printf (
        _("This needs %s of memory, but only %s are free. Choose a smaller size, or close other "
          "images and programs."),
        needed, free);
      ui_dialog_refuse (self, text);
      return;
    }
  text = describe_cost (seconds, bytes);
  set_notice (self, text, FALSE);
}

void
ui_dialog_refuse (UiDialog *self, const char *text)
{
  set_notice (self, text, TRUE);
}

gboolean
ui_dialog_check_target (UiDialog *self, GObject *config, const UiPicture *picture)
{
  g_autofree char *target = NULL;
  const char *refusal = NULL;

  g_object_get (config, "target", &target, NULL);
  if (g_str_equal (target, "image"))
    refusal = picture->image_refusal;
  else if (g_str_equal (target, "layer"))
    refusal = picture->layer_refusal;
  if (refusal)
    ui_dialog_refuse (self, refusal);
  return refusal == NULL;
}

void
ui_dialog_wait (UiDialog *self, const char *text)
{
  set_notice (self, text, FALSE);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (self->widget), GTK_RESPONSE_OK, FALSE);
}

void
ui_dialog_accept (UiDialog *self, const char *text)
{
  set_notice (self, text, FALSE);
}

void
ui_dialog_show_help (gpointer dialog, const char *title, const char *text)
{
  GtkWidget *help = gtk_message_dialog_new (GTK_WINDOW (dialog),
                                            GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT,
                                            GTK_MESSAGE_INFO, GTK_BUTTONS_CLOSE, "%s", title);

  gtk_window_set_title (GTK_WINDOW (help), _("Help"));
  gtk_message_dialog_format_secondary_text (GTK_MESSAGE_DIALOG (help), "%s", text);
  gtk_dialog_run (GTK_DIALOG (help));
  gtk_widget_destroy (help);
}
