/* What the four size arguments mean, and how edits change them. */
#include "size.h"

#include "trip.h"

static const int picture[UI_N_AXES] = { 300, 200 };
static const int other[UI_N_AXES] = { 1000, 500 };

static void
assert_result (const UiSize *size, const int of[UI_N_AXES], int width, int height)
{
  int result[UI_N_AXES];

  ui_size_resolve (size, of, result);
  g_assert_cmpint (result[UI_AXIS_X], ==, width);
  g_assert_cmpint (result[UI_AXIS_Y], ==, height);
}

static void
test_resolve (void)
{
  assert_result (&(UiSize) { 2, 2, 0, 0 }, picture, 600, 400);
  assert_result (&(UiSize) { 2.5, 1.3, 0, 0 }, picture, 750, 260);
  assert_result (&(UiSize) { 2, 2, 640, 0 }, picture, 640, 427);
  assert_result (&(UiSize) { 2, 2, 0, 100 }, picture, 150, 100);
  assert_result (&(UiSize) { 2, 2, 10, 1000 }, picture, 10, 1000);
  /* never less than a pixel; more than is allowed is for the caller to refuse */
  assert_result (&(UiSize) { 0.05, 0.05, 0, 0 }, (int[]) { 3, 300 }, 1, 15);
  assert_result (&(UiSize) { 32, 32, 0, 0 }, (int[]) { TRIP_MAX_SIZE, 1 }, 32 * TRIP_MAX_SIZE, 32);
  assert_result (&(UiSize) { 1, 1, TRIP_MAX_SIZE, 0 }, (int[]) { 1, TRIP_MAX_SIZE }, TRIP_MAX_SIZE, G_MAXINT);
}

static void
test_linked (void)
{
  g_assert_true (ui_size_linked (&(UiSize) { 2, 2, 0, 0 }, picture));
  g_assert_false (ui_size_linked (&(UiSize) { 2, 3, 0, 0 }, picture));
  g_assert_true (ui_size_linked (&(UiSize) { 2, 3, 0, 77 }, picture));
  g_assert_true (ui_size_linked (&(UiSize) { 2, 3, 600, 400 }, picture));
  g_assert_false (ui_size_linked (&(UiSize) { 2, 3, 600, 410 }, picture));
}

/* A number that is set is the number that is got, in each unit, and a linked axis follows. */
static void
test_set (void)
{
  static const double values[UI_N_UNITS][3] = { { 0.5, 2, 3.333 }, { 50, 200, 333.3 }, { 1, 150, 4001 } };
  const UiSize start = { 2, 2, 0, 0 };

  for (UiUnit unit = 0; unit < UI_N_UNITS; unit++)
    for (UiAxis axis = 0; axis < UI_N_AXES; axis++)
      for (int i = 0; i < 3; i++)
        for (int linked = 0; linked < 2; linked++)
          {
            const double value = values[unit][i];
            const double kept = ui_size_get (&start, picture, 1 - axis, unit);
            UiSize size = ui_size_set (&start, picture, axis, value, unit, linked);

            g_assert_cmpfloat_with_epsilon (ui_size_get (&size, picture, axis, unit), value, 1e-9);
            g_assert_cmpint (ui_size_in_pixels (&size), ==, unit == UI_UNIT_PIXELS);
            if (linked)
              g_assert_true (ui_size_linked (&size, picture));
            else
              g_assert_cmpfloat_with_epsilon (ui_size_get (&size, picture, 1 - axis, unit), kept, 1e-9);
          }
}

/* What is repeated on another picture is what was entered: a factor, one side, or both. */
static void
test_repeat (void)
{
  const UiSize start = { 2, 2, 0, 0 };
  UiSize size;

  size = ui_size_set (&start, picture, UI_AXIS_X, 3, UI_UNIT_TIMES, TRUE);
  assert_result (&size, other, 3000, 1500);
  size = ui_size_set (&start, picture, UI_AXIS_Y, 150, UI_UNIT_PERCENT, FALSE);
  assert_result (&size, other, 2000, 750);
  size = ui_size_set (&start, picture, UI_AXIS_X, 900, UI_UNIT_PIXELS, TRUE);
  assert_result (&size, other, 900, 450);
  size = ui_size_set (&start, picture, UI_AXIS_Y, 900, UI_UNIT_PIXELS, TRUE);
  assert_result (&size, other, 1800, 900);
  size = ui_size_set (&start, picture, UI_AXIS_X, 900, UI_UNIT_PIXELS, FALSE);
  assert_result (&size, other, 900, 400);
}

/* The factors stay within the range of the arguments whatever the pixels are. */
static void
test_range (void)
{
  const UiSize start = { 2, 2, 0, 0 };
  UiSize size = ui_size_set (&start, picture, UI_AXIS_X, TRIP_MAX_SIZE, UI_UNIT_PIXELS, TRUE);

  g_assert_cmpfloat (size.scale_x, ==, UI_MAX_SCALE);
  g_assert_cmpfloat (size.scale_y, ==, UI_MAX_SCALE);
  size = ui_size_set (&start, picture, UI_AXIS_Y, 1, UI_UNIT_PIXELS, FALSE);
  g_assert_cmpfloat (size.scale_y, ==, UI_MIN_SCALE);
  g_assert_cmpfloat (size.scale_x, ==, 2);
  assert_result (&size, picture, 600, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/size/resolve", test_resolve);
  g_test_add_func ("/size/linked", test_linked);
  g_test_add_func ("/size/set", test_set);
  g_test_add_func ("/size/repeat", test_repeat);
  g_test_add_func ("/size/range", test_range);
  return g_test_run ();
}
