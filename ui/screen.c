#include "screen.h"

#define CHECK_SIZE 8 /* logical px */
#define LIGHT_CHECK 0x99
#define DARK_CHECK 0x66

void
ui_screen_init (UiScreen *self, GtkWidget *widget)
{
  *self = (UiScreen) { widget, gimp_get_color_configuration () };
}

void
ui_screen_clear (UiScreen *self)
{
  g_clear_object (&self->config);
}

static guint8
mix (guint8 value, guint8 alpha, guint8 check)
{
  return (value * alpha + check * (255 - alpha) + 127) / 255;
}

/* Colours over checks, of size px; x, y: where the row begins. */
static void
put_over_checks (const guint8 *row, int n, int x, int y, int size, guint32 *out)
{
  for (int i = 0; i < n; i++)
    {
      const guint8 *p = row + 4 * i;
      guint8 check = ((x + i) / size + y / size) % 2 ? DARK_CHECK : LIGHT_CHECK;

      out[i] = (guint32) mix (p[0], p[3], check) << 16 | mix (p[1], p[3], check) << 8
               | mix (p[2], p[3], check);
    }
}

/* Colours multiplied by alpha, as cairo has them. */
static void
put_with_alpha (const guint8 *row, int n, guint32 *out)
{
  for (int i = 0; i < n; i++)
    {
      const guint8 *p = row + 4 * i;

      out[i] = (guint32) p[3] << 24 | (guint32) mix (p[0], p[3], 0) << 16
               | mix (p[1], p[3], 0) << 8 | mix (p[2], p[3], 0);
    }
}

static cairo_surface_t *
make_surface (const UiScreen *self, const TripImage *image, const Babl *format, gboolean alpha,
              int x, int y)
{
  const Babl *managed = babl_format ("R'G'B'A float"), *screen = babl_format ("R'G'B'A u8");
  const Babl *to_managed = babl_fish (format, managed), *to_screen = babl_fish (managed, screen);
  const int size = CHECK_SIZE * gtk_widget_get_scale_factor (self->widget);
  cairo_surface_t *surface
    = cairo_image_surface_create (alpha ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, image->width,
                                  image->height);
  guint8 *data = cairo_image_surface_get_data (surface);
  const int stride = cairo_image_surface_get_stride (surface);
  g_autofree float *colours = g_new (float, (gsize) 4 * image->width);
  g_autofree guint8 *row = g_new (guint8, (gsize) 4 * image->width);
  g_autoptr (GimpColorProfile) srgb = gimp_color_profile_new_rgb_srgb ();
  g_autoptr (GimpColorTransform) transform
    = gimp_widget_get_color_transform (self->widget, self->config, srgb, managed, screen, NULL,
                                       GIMP_COLOR_RENDERING_INTENT_PERCEPTUAL, FALSE);

  for (int i = 0; data && i < image->height; i++)
    {
      guint32 *out = (guint32 *) (data + (gsize) i * stride);

      babl_process (to_managed, trip_image_row (image, i), colours, image->width);
      if (transform)
        gimp_color_transform_process_pixels (transform, managed, colours, screen, row,
                                             image->width);
      else
        babl_process (to_screen, colours, row, image->width);
      if (alpha)
        put_with_alpha (row, image->width, out);
      else
        put_over_checks (row, image->width, x, y + i, size, out);
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

cairo_surface_t *
ui_screen_surface (const UiScreen *self, const TripImage *image, const Babl *format, int x, int y)
{
  return make_surface (self, image, format, FALSE, x, y);
}

cairo_surface_t *
ui_screen_surface_alpha (const UiScreen *self, const TripImage *image, const Babl *format)
{
  return make_surface (self, image, format, TRUE, 0, 0);
}
