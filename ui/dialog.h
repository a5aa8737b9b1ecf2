/* What the dialogs have in common: a view on the left; on the right a size, for most, and other
 * arguments, and what they lead to. */
#pragma once

#include "size.h"
#include "view.h"

typedef struct
{
  GtkWidget *widget; /* a GimpProcedureDialog */
  GtkWidget *column; /* a box, at the right */
  GtkWidget *fields;

  /* private: */
  GtkWidget *result, *notice, *warning;
} UiDialog;

/* help is called with the dialog as its data. */
void ui_dialog_init (UiDialog *self, GimpProcedure *procedure, GimpProcedureConfig *config,
                     const char *title, GimpHelpFunc help);

/* Puts everything in its place; names: those arguments that are not of the size, with NULL at the
 * end. */
void ui_dialog_fill (UiDialog *self, GimpProcedureConfig *config, const UiPicture *picture,
                     GtkWidget *view, const char *const names[]);

/* The same where there is no size to be chosen. */
void ui_dialog_fill_plain (UiDialog *self, GimpProcedureConfig *config, GtkWidget *view,
                           const char *const names[]);

/* A paragraph at the end of the column. */
GtkWidget *ui_dialog_add_text (UiDialog *self, const char *text);

/* Runs the dialog until OK (TRUE) or Cancel; refresh is called at first and for every change. */
gboolean ui_dialog_run (UiDialog *self, GimpProcedureConfig *config,
                        void (*refresh) (gpointer data), gpointer data);

/* The size of the result. format: with two %d for it, and a %s for the number of its megapixels. */
void ui_dialog_set_result (UiDialog *self, const char *format, const int result[UI_N_AXES]);

/* Says what a result costs, or, if it needs more memory than there is, that it cannot be had. */
void ui_dialog_set_cost (UiDialog *self, double seconds, double bytes);

/* Says why the result cannot be had; OK cannot be pressed. */
void ui_dialog_refuse (UiDialog *self, const char *text);

/* FALSE, with a refusal: what the argument target says cannot be changed. */
gboolean ui_dialog_check_target (UiDialog *self, GObject *config, const UiPicture *picture);

/* text says what is being computed; OK cannot be pressed until then. */
void ui_dialog_wait (UiDialog *self, const char *text);

/* OK can be pressed; text, which may be NULL, tells more. */
void ui_dialog_accept (UiDialog *self, const char *text);

void ui_dialog_show_help (gpointer dialog, const char *title, const char *text);
