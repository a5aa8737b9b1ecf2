#include "place-help.h"

#include <glib/gi18n.h>

#include "dialog.h"

void
ui_place_show_help (const gchar *help_id, gpointer dialog)
{
  g_autofree char *text = g_strjoin (
    "\n\n",
    _("The colours say how well the object would stand where: the lighter, the better. The numbered "
      "places are the best ones that differ visibly; choose one in the picture or in the list."),
    _("Move the pointer over the picture: the object is shown there, at the size that is best at "
      "that place. Click to put it there. For a size of your own move the slider: colours and "
      "places are then those of that size, until you choose the best size at each place again."),
    _("With the keyboard, the arrow keys move the object, with Shift by single pixels; plus and "
      "minus change its size, 1 to 9 choose one of the numbered places, Home the best one, and "
      "Enter applies it."),
    _("The background is everything below the object, or one layer or channel; what is above the object does not "
      "matter. When the object settles in, it gets the brightness, the colour cast and, if it is too sharp, the "
      "softness of what is around it, all moderately, and a soft shadow on the ground, which is a layer of its own."),
    NULL);

  ui_dialog_show_help (dialog, _("Placing with Triptych"), text);
}
