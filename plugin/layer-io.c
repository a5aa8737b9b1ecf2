#include "layer-io.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "items.h"
#include "layer-copy.h"

/* The parts of a format such as "R'G'B'A u8". */
typedef struct
{
  char *model; /* without alpha: RGB, R'G'B', R~G~B~, Y, Y' or Y~ */
  gboolean alpha;
  char *type;
} Encoding;

static void
encoding_clear (Encoding *self)
{
  g_free (self->model);
  g_free (self->type);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Encoding, encoding_clear)

static Encoding
encoding_of (GimpDrawable *drawable, const Babl *format)
{
  Encoding self = { .alpha = gimp_drawable_has_alpha (drawable) };

  if (gimp_drawable_is_indexed (drawable)) /* colours from a palette of 8 bits */
    {
      self.model = g_strdup ("R'G'B'");
      self.type = g_strdup ("u8");
    }
  else
    {
      const char *encoding = babl_format_get_encoding (format);
      const char *space = strchr (encoding, ' ');

      self.model = g_strndup (encoding, space - encoding - (self.alpha ? 1 : 0));
      self.type = g_strdup (space + 1);
    }
  return self;
}

static const Babl *
make_format (const char *model, gboolean alpha, const char *type, const Babl *space)
{
  g_autofree char *name = g_strdup_printf ("%s%s %s", model, alpha ? "A" : "", type);

  return babl_format_with_space (name, space);
}

static const char *
perceptual_model (const char *model)
{
  if (g_str_equal (model, "RGB"))
    return "R~G~B~";
  if (g_str_equal (model, "Y"))
    return "Y~";
  return model;
}

static GimpLayerColorSpace
blend_space_of (const char *model)
{
  if (g_str_equal (model, "RGB") || g_str_equal (model, "Y"))
    return GIMP_LAYER_COLOR_SPACE_RGB_LINEAR;
  return strchr (model, '~') ? GIMP_LAYER_COLOR_SPACE_RGB_PERCEPTUAL
                             : GIMP_LAYER_COLOR_SPACE_RGB_NON_LINEAR;
}

/* Before any conversion: some make a finite number of a NaN. */
static void
remove_nonfinite (TripImage *image)
{
  for (int y = 0; y < image->height; y++)
    {
      float *row = trip_image_row (image, y);

      for (int i = 0; i < image->width * image->n_channels; i++)
        if (! isfinite (row[i]))
          row[i] = 0;
    }
}

static void
convert (TripImage *image, const Babl *from, const Babl *to)
{
  const Babl *fish = babl_fish (from, to);
  g_autofree float *row = g_new (float, (gsize) image->width * image->n_channels);

  for (int y = 0; y < image->height; y++)
    {
      memcpy (row, trip_image_row (image, y), sizeof (float) * image->width * image->n_channels);
      babl_process (fish, row, trip_image_row (image, y), image->width);
    }
}

/* Multiplies alpha by the part of cover that lies over image. */
static void
cut (TripImage *image, GeglBuffer *cover, int x, int y)
{
  const int n = image->n_channels;
  g_autofree float *row = g_new (float, image->width);

  for (int i = 0; i < image->height; i++)
    {
      float *alpha = trip_image_row (image, i) + n - 1;

      gegl_buffer_get (cover, GEGL_RECTANGLE (x, y + i, image->width, 1), 1.0,
                       babl_format ("Y float"), row, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (int j = 0; j < image->width; j++)
        alpha[j * n] *= row[j];
    }
}

TripImage *
layer_input_read_stored (const LayerInput *self, const TripRect *rect, GError **error)
{
  const int x = rect->x + self->offset_x, y = rect->y + self->offset_y;
  TripImage *image;

  /* GIMP kills a plug-in that reads what is no more. */
  if (self->drawable && ! item_check_valid (GIMP_ITEM (self->drawable), error))
    return NULL;
  image = trip_image_new (rect->width, rect->height, self->source.n_channels, error);
  if (! image)
    return NULL;
  gegl_buffer_get (self->pixels, GEGL_RECTANGLE (x, y, rect->width, rect->height), 1.0,
                   self->stored, image->data, image->stride * sizeof (float), GEGL_ABYSS_NONE);
  remove_nonfinite (image);
  return image;
}

void
layer_input_from_stored (const LayerInput *self, TripImage *image)
{
  if (self->stored != self->format)
    convert (image, self->stored, self->format);
}

void
layer_input_to_stored (const LayerInput *self, TripImage *image)
{
  if (self->stored != self->format)
    convert (image, self->format, self->stored);
}

static TripImage *
read_rect (const TripRect *rect, gpointer data, GError **error)
{
  const LayerInput *self = data;
  TripImage *image = layer_input_read_stored (self, rect, error);

  if (! image)
    return NULL;
  layer_input_from_stored (self, image);
  if (self->mask)
    cut (image, self->mask, rect->x + self->offset_x, rect->y + self->offset_y);
  if (self->selection)
    cut (image, self->selection, rect->x + self->x, rect->y + self->y);
  return image;
}

/* Narrows self to the selection's bounds. By hand, as drawable may be a copy in another image. */
static gboolean
select_part (LayerInput *self, GimpDrawable *drawable, GimpSelection *selection, GError **error)
{
  GimpLayerMask *mask
      = GIMP_IS_LAYER (drawable) ? gimp_layer_get_mask (GIMP_LAYER (drawable)) : NULL;
  GeglRectangle whole = { self->x, self->y, self->source.width, self->source.height }, part;
  gboolean any;
  int x1, y1, x2, y2;

  if (! gimp_selection_bounds (gimp_item_get_image (GIMP_ITEM (selection)), &any, &x1, &y1, &x2, &y2)
      || ! gegl_rectangle_intersect (&part, &whole, GEGL_RECTANGLE (x1, y1, x2 - x1, y2 - y1)))
    return item_fail (GIMP_ITEM (drawable), error,
                      _("The selection does not touch the layer “%s”. Select a part of the layer, or "
                        "select nothing to use all of it."));
  self->offset_x = part.x - self->x;
  self->offset_y = part.y - self->y;
  self->x = part.x;
  self->y = part.y;
  self->source.width = part.width;
  self->source.height = part.height;
  self->selection = drawable_copy_pixels (GIMP_DRAWABLE (selection));
  if (mask && gimp_layer_get_apply_mask (GIMP_LAYER (drawable)))
    self->mask = drawable_copy_pixels (GIMP_DRAWABLE (mask));
  return TRUE;
}

LayerInput *
layer_input_new (GimpDrawable *drawable, GimpSelection *selection, GError **error)
{
  g_autoptr (LayerInput) self = g_new0 (LayerInput, 1);
  const Babl *format, *space;
  g_auto (Encoding) encoding = { NULL };
  const char *model;
  gboolean alpha;

  if (! item_check_valid (GIMP_ITEM (drawable), error))
    return NULL;
  format = gimp_drawable_get_format (drawable);
  encoding = encoding_of (drawable, format);
  space = babl_format_get_space (format);
  alpha = encoding.alpha || selection;
  self->is_colour = ! GIMP_IS_CHANNEL (drawable);
  model = self->is_colour ? perceptual_model (encoding.model) : encoding.model;
  self->is_rounded = g_str_equal (model, encoding.model) && g_str_equal (encoding.type, "u8");
  self->stored = make_format (encoding.model, alpha, "float", space);
  self->stored_alpha = make_format (encoding.model, TRUE, "float", space);
  self->blend_space = blend_space_of (encoding.model);
  self->levels = g_str_equal (encoding.type, "u8") ? 255 : g_str_equal (encoding.type, "u16") ? 65535 : 0;
  self->format = make_format (model, alpha, "float", space);
  self->format_alpha = make_format (model, TRUE, "float", space);
  self->storage = make_format (encoding.model, alpha, encoding.type, space);
  self->source
      = (TripSource) { gimp_drawable_get_width (drawable), gimp_drawable_get_height (drawable),
                      babl_format_get_n_components (self->format), read_rect, self };
  gimp_drawable_get_offsets (drawable, &self->x, &self->y);
  if (selection && ! select_part (self, drawable, selection, error))
    return NULL;
  self->drawable = g_object_ref (drawable);
  self->pixels = gimp_drawable_get_buffer (drawable);
  return g_steal_pointer (&self);
}

void
layer_input_take_over (LayerInput *self)
{
  g_object_unref (self->pixels);
  self->pixels = drawable_copy_pixels (self->drawable);
  g_clear_object (&self->drawable);
}

void
layer_input_free (LayerInput *self)
{
  if (! self)
    return;
  g_clear_object (&self->drawable);
  g_clear_object (&self->pixels);
  g_clear_object (&self->selection);
  g_clear_object (&self->mask);
  g_free (self);
}

static GimpLayer *
new_layer (const LayerInput *self, GimpImage *image, const char *name, int width, int height,
           const Babl *format)
{
  const gboolean alpha = babl_format_has_alpha (format);
  const gboolean gray = gimp_image_get_base_type (image) == GIMP_GRAY;

  return gimp_layer_new (image, name, width, height,
                         gray ? (alpha ? GIMP_GRAYA_IMAGE : GIMP_GRAY_IMAGE)
                              : (alpha ? GIMP_RGBA_IMAGE : GIMP_RGB_IMAGE),
                         100, GIMP_LAYER_MODE_NORMAL);
}

GimpLayer *
layer_input_new_layer (const LayerInput *self, GimpImage *image, const char *name,
                       const TripImage *patch, int x, int y)
{
  const GeglRectangle all = { 0, 0, self->source.width, self->source.height };
  GimpLayer *layer = new_layer (self, image, name, all.width, all.height, self->stored);
  GeglBuffer *pixels;

  if (! layer)
    return NULL;
  gimp_layer_set_offsets (layer, self->x, self->y);
  pixels = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  gegl_buffer_copy (self->pixels, &all, GEGL_ABYSS_NONE, pixels, &all);
  gegl_buffer_set (pixels, GEGL_RECTANGLE (x, y, patch->width, patch->height), 0, self->stored,
                   patch->data, patch->stride * sizeof (float));
  g_object_unref (pixels); /* sends them to GIMP */
  return layer;
}

GimpLayer *
layer_input_new_part (const LayerInput *self, GimpImage *image, const char *name,
                      const TripImage *pixels, const TripRect *part)
{
  GimpLayer *layer = new_layer (self, image, name, part->width, part->height, self->stored_alpha);
  GeglBuffer *buffer;

  if (! layer)
    return NULL;
  buffer = gimp_drawable_get_buffer (GIMP_DRAWABLE (layer));
  gegl_buffer_set (buffer, GEGL_RECTANGLE (0, 0, part->width, part->height), 0, self->stored_alpha,
                   trip_image_row (pixels, part->y) + (gsize) part->x * pixels->n_channels,
                   pixels->stride * sizeof (float));
  g_object_unref (buffer);
  return layer;
}

static gboolean
write_rows (const TripImage *part, int y, gpointer data, GError **error)
{
  LayerOutput *self = data;

  gegl_buffer_set (self->pixels, GEGL_RECTANGLE (0, y, part->width, part->height), 0, self->format,
                   part->data, part->stride * sizeof (float));
  return TRUE;
}

static TripImage *
read_back (const TripRect *rect, gpointer data, GError **error)
{
  const LayerOutput *self = data;
  TripImage *image = trip_image_new (rect->width, rect->height, self->source.n_channels, error);

  if (image)
    gegl_buffer_get (self->pixels,
                     GEGL_RECTANGLE (rect->x, rect->y, rect->width, rect->height), 1.0,
                     self->format, image->data, image->stride * sizeof (float), GEGL_ABYSS_NONE);
  return image;
}

LayerOutput *
layer_output_new (const LayerInput *input, int width, int height)
{
  LayerOutput *self = g_new (LayerOutput, 1);

  *self = (LayerOutput) { { write_rows, self },
                         { width, height, input->source.n_channels, read_back, self },
                         input->format,
                         gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height), input->storage) };
  return self;
}

void
layer_output_free (LayerOutput *self)
{
  if (! self)
    return;
  g_object_unref (self->pixels);
  g_free (self);
}

void
layer_output_store (LayerOutput *self, GimpDrawable *drawable)
{
  const GeglRectangle *extent = gegl_buffer_get_extent (self->pixels);
  GeglBuffer *pixels = gimp_drawable_get_buffer (drawable);

  gegl_buffer_copy (self->pixels, extent, GEGL_ABYSS_NONE, pixels, extent);
  g_object_unref (pixels); /* sends them to GIMP */
  gimp_drawable_update (drawable, 0, 0, extent->width, extent->height);
}
