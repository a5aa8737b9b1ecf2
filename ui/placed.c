#include "placed.h"

#include "heatmap.h"
#include "marks.h"

static void
forget_settled (UiPlaced *self)
{
  g_clear_pointer (&self->settled, cairo_surface_destroy);
  g_clear_pointer (&self->shadow, cairo_surface_destroy);
  trip_settled_clear (&self->found);
}

void
ui_placed_clear (UiPlaced *self)
{
  g_clear_pointer (&self->plain, cairo_surface_destroy);
  forget_settled (self);
}

void
ui_placed_get_frame (const UiPlaced *self, const UiPlaceView *view, const TripPlacement *place,
                     double frame[4])
{
  const TripRect visible = trip_heatmap_visible (self->picture->map);

  frame[2] = MAX (visible.width * place->scale * view->scale, 1);
  frame[3] = MAX (visible.height * place->scale * view->scale, 1);
  frame[0] = view->left + view->scale * place->x - frame[2] / 2;
  frame[1] = view->top + view->scale * place->y - frame[3] / 2;
}

/* Black's opacity. */
static cairo_surface_t *
make_shadow (const TripImage *shadow)
{
  cairo_surface_t *surface
    = cairo_image_surface_create (CAIRO_FORMAT_A8, shadow->width, shadow->height);
  guint8 *data = cairo_image_surface_get_data (surface);
  const int stride = cairo_image_surface_get_stride (surface);

  for (int y = 0; data && y < shadow->height; y++)
    for (int x = 0; x < shadow->width; x++)
      data[(gsize) y * stride + x] = (guint8) (255 * trip_image_row (shadow, y)[x] + 0.5f);
  cairo_surface_mark_dirty (surface);
  return surface;
}

/* Px of the picture's scene for one of the scene. */
static double
get_reduction (const UiPlaced *self)
{
  return (double) self->picture->scene->width / self->picture->place.width;
}

/* As it would be done to the object itself, but of what the dialog has of it. Without memory nothing
 * settles in. */
static void
settle (UiPlaced *self, const TripPlacement *place)
{
  const UiPlacePicture *picture = self->picture;
  const TripImagePart parts[] = { { picture->scene, 0, 0 }, { picture->object, 0, 0 } };
  const TripSource scene
    = trip_source_from_part (&parts[0], picture->scene->width, picture->scene->height);
  const TripSource object
    = trip_source_from_part (&parts[1], picture->object->width, picture->object->height);
  const TripRect visible = { 0, 0, object.width, object.height };
  const TripRun run = TRIP_RUN_INIT;
  const double reduction = get_reduction (self);
  const double scale = reduction * place->scale * trip_heatmap_visible (picture->map).width
                       / object.width; /* from px of the one picture to px of the other */
  const TripPlacement there = { reduction * place->x, reduction * place->y, scale, 0 };
  g_autoptr (TripImage) image = NULL;
  TripSettling settling;
  TripSink sink;

  forget_settled (self);
  self->place = *place;
  if (! trip_settle_look (&scene, &object, &visible, &there, &run, &self->found, NULL)
      || ! (image = trip_image_new (object.width, object.height, object.n_channels, NULL)))
    return;
  settling = self->found.settling;
  settling.blur /= scale;
  sink = trip_sink_to_image (image);
  if (! trip_settle (&object, &settling, &sink, &run, NULL))
    return;
  self->settled = ui_screen_surface_alpha (self->screen, image, picture->object_format);
  self->shadow = make_shadow (self->found.shadow);
  g_debug ("settled in: %.3f %.3f %.3f", settling.gain[0], settling.gain[1], settling.gain[2]);
}

static void
draw_shadow (const UiPlaced *self, cairo_t *cr, const UiPlaceView *view)
{
  const double scale = view->scale / get_reduction (self);

  cairo_save (cr);
  cairo_translate (cr, view->left + scale * self->found.x, view->top + scale * self->found.y);
  cairo_scale (cr, scale * self->found.step_x, scale * self->found.step_y);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_mask_surface (cr, self->shadow, 0, 0);
  cairo_restore (cr);
}

void
ui_placed_draw (UiPlaced *self, cairo_t *cr, const UiPlaceView *view, const TripPlacement *place)
{
  cairo_surface_t *object;
  double frame[4];

  if (! self->plain)
    self->plain = ui_screen_surface_alpha (self->screen, self->picture->object,
                                           self->picture->object_format);
  if (self->settles && ! (self->settled && ui_heatmap_is_same (&self->place, place)))
    settle (self, place);
  object = self->settles && self->settled ? self->settled : self->plain;
  if (object == self->settled)
    draw_shadow (self, cr, view);
  ui_placed_get_frame (self, view, place, frame);
  ui_marks_draw_surface (cr, object, frame[0], frame[1], frame[2], frame[3], 1);
}
