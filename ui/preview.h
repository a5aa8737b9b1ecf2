/* Before and after of a result at 100 %: one pixel of the result on one pixel of the screen, a
 * split that can be dragged between the two, and a view that can be moved to any place.
 *
 * Keys: arrows, Page Up and Page Down move the view; with Shift or Ctrl, Left and Right move the
 * split; Home centers both. */
#pragma once

#include "trip.h"

#include <gtk/gtk.h>

#define UI_TYPE_PREVIEW (ui_preview_get_type ())
G_DECLARE_FINAL_TYPE (UiPreview, ui_preview, UI, PREVIEW, GtkDrawingArea)

typedef enum
{
  UI_PREVIEW_BEFORE, /* left of the split */
  UI_PREVIEW_AFTER,  /* right of it; where it is unknown, before shows */
  UI_PREVIEW_N_SIDES
} UiPreviewSide;

/* Signal "moved": another part of the result is visible. */
GtkWidget *ui_preview_new (void);

/* The size of the whole result, at least 1 x 1 px. A new size forgets both sides and keeps the
 * centre of the view. */
void ui_preview_set_size (UiPreview *self, int width, int height);

/* The visible part in px of the result; width 0 as long as there is none. */
TripRect ui_preview_get_visible (UiPreview *self);

/* Shows surface as what is known of side, with its top left corner at x, y of the result. Takes
 * surface. */
void ui_preview_set_side (UiPreview *self, UiPreviewSide side, cairo_surface_t *surface, int x,
                          int y);

/* What the sides are called, which is "Before" and "After" at first. */
void ui_preview_set_labels (UiPreview *self, const char *before, const char *after);

/* A word about the after side in the place of its label; NULL: none. */
void ui_preview_set_note (UiPreview *self, const char *note);
