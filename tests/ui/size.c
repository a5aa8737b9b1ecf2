/* What scale-x, scale-y, width and height mean, and what edits of them do. */
#include "size.h"

static const int picture[UI_N_AXES] = { 640, 480 };

static void
assert_result (const UiSize *size, int width, int height)
{
  int result[UI_N_AXES];

  ui_size_resolve (size, picture, result);
  g_assert_cmpint (result[UI_AXIS_X], ==, width);
  g_assert_cmpint (result[UI_AXIS_Y], ==, height);
}

static void
test_resolve (void)
{
  assert_result (&(UiSize) { 2, 2, 0, 0 }, 1280, 960);
  assert_result (&(UiSize) { 0.5, 3, 0, 0 }, 320, 1440);
  assert_result (&(UiSize) { 2, 2, 100, 0 }, 100, 75);
  assert_result (&(UiSize) { 2, 2, 0, 100 }, 133, 100);
  assert_result (&(UiSize) { 2, 2, 7, 9 }, 7, 9);
  assert_result (&(UiSize) { 2, 2, 1, 0 }, 1, 1);
}

static void
test_extremes (void)
{
  const int thin[UI_N_AXES] = { 1, 524288 }, dot[UI_N_AXES] = { 1, 1 };
  int result[UI_N_AXES];

  ui_size_resolve (&(UiSize) { 1, 1, 524288, 0 }, thin, result);
  g_assert_cmpint (result[UI_AXIS_Y], ==, G_MAXINT);
  ui_size_resolve (&(UiSize) { 0.05, 0.05, 0, 0 }, dot, result);
  g_assert_cmpint (result[UI_AXIS_X], ==, 1);
  g_assert_cmpint (result[UI_AXIS_Y], ==, 1);
}

static void
test_linked (void)
{
  g_assert_true (ui_size_linked (&(UiSize) { 2, 2, 0, 0 }, picture));
  g_assert_false (ui_size_linked (&(UiSize) { 2, 3, 0, 0 }, picture));
  g_assert_true (ui_size_linked (&(UiSize) { 2, 3, 0, 9 }, picture));
  g_assert_true (ui_size_linked (&(UiSize) { 2, 2, 100, 75 }, picture));
  g_assert_false (ui_size_linked (&(UiSize) { 2, 2, 100, 76 }, picture));
}

static void
test_get (void)
{
  const UiSize pixels = { 2, 2, 320, 0 };

  g_assert_cmpfloat (ui_size_get (&pixels, picture, UI_AXIS_Y, UI_UNIT_PIXELS), ==, 240);
  g_assert_cmpfloat (ui_size_get (&pixels, picture, UI_AXIS_Y, UI_UNIT_PERCENT), ==, 50);
  g_assert_cmpfloat (ui_size_get (&pixels, picture, UI_AXIS_X, UI_UNIT_TIMES), ==, 0.5);
  /* a factor is what was chosen, not what rounding to pixels made of it */
  g_assert_cmpfloat (ui_size_get (&(UiSize) { 1.2345, 1, 0, 0 }, picture, UI_AXIS_X, UI_UNIT_TIMES),
                     ==, 1.2345);
}

static void
test_set_factor (void)
{
  UiSize size = { 2, 2, 0, 0 };

  size = ui_size_set (&size, picture, UI_AXIS_X, 3, UI_UNIT_TIMES, FALSE);
  assert_result (&size, 1920, 960);
  size = ui_size_set (&size, picture, UI_AXIS_Y, 150, UI_UNIT_PERCENT, TRUE);
  assert_result (&size, 960, 720);
  g_assert_false (ui_size_in_pixels (&size));
}

/* Linked pixels keep the proportions of the next picture too; free ones are both kept. */
static void
test_set_pixels (void)
{
  const int other[UI_N_AXES] = { 100, 200 };
  const UiSize factor = { 2, 2, 0, 0 };
  int result[UI_N_AXES];
  UiSize size;

  size = ui_size_set (&factor, picture, UI_AXIS_X, 320, UI_UNIT_PIXELS, TRUE);
  assert_result (&size, 320, 240);
  ui_size_resolve (&size, other, result);
  g_assert_cmpint (result[UI_AXIS_X], ==, 320);
  g_assert_cmpint (result[UI_AXIS_Y], ==, 640);

  size = ui_size_set (&size, picture, UI_AXIS_Y, 90, UI_UNIT_PIXELS, TRUE);
  assert_result (&size, 120, 90);
  size = ui_size_set (&size, picture, UI_AXIS_Y, 91, UI_UNIT_PIXELS, FALSE);
  assert_result (&size, 120, 91);
  ui_size_resolve (&size, other, result);
  g_assert_cmpint (result[UI_AXIS_X], ==, 120);
  g_assert_cmpint (result[UI_AXIS_Y], ==, 91);
}

/* A change of unit alone keeps the result. */
static void
test_change_unit (void)
{
  const UiSize size = { 2, 2, 333, 0 };
  UiSize factor
    = ui_size_set (&size, picture, UI_AXIS_X,
                   ui_size_get (&size, picture, UI_AXIS_X, UI_UNIT_TIMES), UI_UNIT_TIMES, TRUE);

  g_assert_false (ui_size_in_pixels (&factor));
  assert_result (&factor, 333, 250);
}

/* The arguments stay in their ranges, whatever the pixels. */
static void
test_range (void)
{
  const UiSize size = { 2, 2, 0, 0 };
  const UiSize large = ui_size_set (&size, picture, UI_AXIS_X, 524288, UI_UNIT_PIXELS, TRUE);

  g_assert_cmpfloat (large.scale_x, <=, UI_MAX_SCALE);
  assert_result (&large, 524288, 393216);
}

static void
test_smaller (void)
{
  g_assert_true (ui_size_is_smaller ((int[]) { 319, 240 }, (int[]) { 320, 240 }));
  g_assert_true (ui_size_is_smaller ((int[]) { 320, 1 }, (int[]) { 320, 240 }));
  g_assert_false (ui_size_is_smaller ((int[]) { 320, 240 }, (int[]) { 320, 240 }));
  g_assert_false (ui_size_is_smaller ((int[]) { 321, 1 }, (int[]) { 320, 240 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/size/resolve", test_resolve);
  g_test_add_func ("/size/extremes", test_extremes);
  g_test_add_func ("/size/linked", test_linked);
  g_test_add_func ("/size/get", test_get);
  g_test_add_func ("/size/set-factor", test_set_factor);
  g_test_add_func ("/size/set-pixels", test_set_pixels);
  g_test_add_func ("/size/change-unit", test_change_unit);
  g_test_add_func ("/size/range", test_range);
  g_test_add_func ("/size/smaller", test_smaller);
  return g_test_run ();
}
