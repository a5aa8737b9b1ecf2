#include "object-mask.h"

#include <glib/gi18n.h>
#include <math.h>

#include "items.h"
#include "layer-copy.h"
#include "layer-filters.h"

#define SCAN_ROWS 64

static TripImage *
read_part (const ObjectMask *self, const Babl *format, const TripRect *rect, GError **error)
{
  TripImage *image = trip_image_new (rect->width, rect->height, 1, error);

  if (image)
    gegl_buffer_get (self->pixels,
                     GEGL_RECTANGLE (rect->x + self->layer_x - self->extent.x,
                                     rect->y + self->layer_y - self->extent.y, rect->width, rect->height),
                     1.0, format, image->data, image->stride * sizeof (float), GEGL_ABYSS_NONE);
  for (gsize i = 0; image && i < (gsize) rect->width * rect->height; i++)
    image->data[i] = isfinite (image->data[i]) ? CLAMP (image->data[i], 0, 1) : 0;
  return image;
}

/* Calls see for every pixel of the layer, row by row, until it returns FALSE. */
static gboolean
scan (const ObjectMask *self, const Babl *format, int width, int height,
      gboolean (*see) (int x, int y, float value, gpointer data), gpointer data, GError **error)
{
  for (int y = 0; y < height; y += SCAN_ROWS)
    {
      const TripRect rect = { 0, y, width, MIN (SCAN_ROWS, height - y) };
      g_autoptr (TripImage) part = read_part (self, format, &rect, error);

      if (! part)
        return FALSE;
      for (int i = 0; i < rect.height; i++)
        for (int x = 0; x < width; x++)
          if (! see (x, y + i, trip_image_row (part, i)[x], data))
            return TRUE;
    }
  return TRUE;
}

/* What the pixels of a layer come to. */
typedef struct
{
  int left, right, top, bottom; /* of those that are marked */
  gboolean all;                 /* marked, by more than half */
} Extent;

static gboolean
grow (int x, int y, float value, gpointer data)
{
  Extent *self = data;

  self->all = self->all && value > 0.5f;
  if (value > 0)
    {
      self->left = MIN (self->left, x);
      self->right = MAX (self->right, x);
      self->top = MIN (self->top, y);
      self->bottom = y;
    }
  return TRUE;
}

static gboolean
is_opaque (int x, int y, float value, gpointer data)
{
  gboolean *opaque = data;

  return *opaque = value >= 1;
}

/* A mask's values as they are stored, whatever curve they follow; a layer's opacity or its brightness. */
static gboolean
choose_format (ObjectMask *self, GimpDrawable *mask, GError **error)
{
  gboolean opaque = TRUE;
  ObjectMask all = *self;

  if (GIMP_IS_CHANNEL (mask))
    {
      const Babl *stored = gimp_drawable_get_format (mask);
      const gboolean linear = ! g_str_has_prefix (babl_format_get_encoding (stored), "Y'");

      self->format = babl_format_with_space (linear ? "Y float" : "Y' float", babl_format_get_space (stored));
      return TRUE;
    }
  all.layer_x = self->extent.x;
  all.layer_y = self->extent.y;
  if (gimp_drawable_has_alpha (mask)
      && ! scan (&all, babl_format ("A float"), self->extent.width, self->extent.height, is_opaque, &opaque, error))
    return FALSE;
  self->format = babl_format (opaque ? "Y' float" : "A float");
  return TRUE;
}

static gboolean
find_bounds (ObjectMask *self, GimpDrawable *mask, GimpLayer *layer, GError **error)
{
  const int width = gimp_drawable_get_width (GIMP_DRAWABLE (layer));
  const int height = gimp_drawable_get_height (GIMP_DRAWABLE (layer));
  Extent extent = { width, -1, height, -1, TRUE };

  if (! scan (self, self->format, width, height, grow, &extent, error))
    return FALSE;
  if (extent.bottom < 0)
    return item_fail (GIMP_ITEM (layer), error,
                      mask ? _("The mask marks nothing of the layer “%s”. Paint the object's place white in "
                               "the mask, or choose another layer.")
                           : _("The selection does not touch the layer “%s”. Select the object in this "
                               "layer, or choose the layer that the object is in."));
  self->all = extent.all;
  self->bounds = (TripRect) { extent.left, extent.top, extent.right - extent.left + 1,
                              extent.bottom - extent.top + 1 };
  return TRUE;
}

ObjectMask *
object_mask_new (GimpImage *image, GimpDrawable *mask, GimpLayer *layer, GError **error)
{
  g_autoptr (ObjectMask) self = g_new0 (ObjectMask, 1);
  GimpDrawable *drawable = mask ? mask : GIMP_DRAWABLE (gimp_image_get_selection (image));

  if (! mask && gimp_selection_is_empty (image))
    {
      fail_with (error, _("Select the object first, for example with the Free Select tool; a rough outline "
                          "will do. Or give a mask."));
      return NULL;
    }
  if (gimp_item_get_image (GIMP_ITEM (drawable)) != image)
    {
      item_fail (GIMP_ITEM (mask), error, _("The mask “%s” belongs to another image. Choose one of this image."));
      return NULL;
    }
  gimp_drawable_get_offsets (GIMP_DRAWABLE (layer), &self->layer_x, &self->layer_y);
  if (GIMP_IS_LAYER (drawable) && layer_has_filters (GIMP_LAYER (drawable)))
    {
      self->filtered = layer_copy_filtered (GIMP_LAYER (drawable), error);
      if (! self->filtered)
        return NULL;
      drawable = GIMP_DRAWABLE (self->filtered);
    }
  gimp_drawable_get_offsets (drawable, &self->extent.x, &self->extent.y);
  self->extent.width = gimp_drawable_get_width (drawable);
  self->extent.height = gimp_drawable_get_height (drawable);
  self->pixels = gimp_drawable_get_buffer (drawable);
  if (! choose_format (self, drawable, error) || ! find_bounds (self, mask, layer, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
object_mask_free (ObjectMask *self)
{
  if (! self)
    return;
  g_clear_object (&self->pixels);
  if (self->filtered)
    layer_copy_delete (self->filtered);
  g_free (self);
}

TripImage *
object_mask_read (const ObjectMask *self, const TripRect *rect, GError **error)
{
  return read_part (self, self->format, rect, error);
}
