/* The reader of weights files on damaged ones: it must refuse or read them, never crash.
 *
 * Built with -Db_sanitize=address,undefined this is a fuzzer of its own: a good file with bytes changed,
 * cut off, or headers rewritten, many times. With clang, -DTRIP_LIBFUZZER makes a libFuzzer target. */
#include <string.h>

#include "rescale/network.h"

static void
try_bytes (const void *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TripNetwork) network = trip_network_new (bytes, NULL, &error);

  g_assert_true ((network == NULL) == (error != NULL));
}

#ifdef TRIP_LIBFUZZER

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  try_bytes (data, size);
  return 0;
}

#else

static GBytes *good;

static void
test_good (void)
{
  g_autoptr (TripNetwork) network = trip_network_new (good, NULL, NULL);

  g_assert_nonnull (network);
}

static void
test_every_length_of_the_header (void)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (good, &size);
  guint64 header;

  memcpy (&header, data, 8);
  for (gsize cut = 0; cut < 8 + GUINT64_FROM_LE (header); cut += 7)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data, cut);
      g_autoptr (TripNetwork) network = trip_network_new (bytes, NULL, NULL);

      g_assert_null (network);
    }
}

static void
test_changed_bytes (void)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (good, &size);
  guint64 header;

  memcpy (&header, data, 8);
  for (int round = 0; round < 1500; round++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);

      /* mostly in the header, where meaning lies */
      for (int i = g_test_rand_int_range (1, 6); i > 0; i--)
        copy[g_test_rand_int_range (0, round % 8 ? 8 + header : size)] = g_test_rand_int_range (0, 256);
      try_bytes (copy, size);
    }
}

static void
test_headers (void)
{
  static const char *const headers[] = {
    "", "null", "[]", "{}", "{\"a\":1}", "{\"__metadata__\":[]}", "{\"__metadata__\":{\"format\":1}}",
    "{\"a\":{\"dtype\":\"F16\",\"shape\":[-1],\"data_offsets\":[0,2]}}",
    "{\"a\":{\"dtype\":\"F16\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}",
    "{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}",
    "{\"a\":{\"dtype\":\"F32\",\"shape\":null,\"data_offsets\":[0,4]}}",
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"__metadata__\":{\"format\":\"triptych-upscaler-1\"}}"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      gsize length = strlen (headers[i]);
      g_autofree guint8 *file = g_malloc0 (8 + length + 16);
      guint64 le = GUINT64_TO_LE (length);

      memcpy (file, &le, 8);
      memcpy (file + 8, headers[i], length);
      try_bytes (file, 8 + length + 16);
      le = G_MAXUINT64;
      memcpy (file, &le, 8);
      try_bytes (file, 8 + length + 16);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  char *content;
  gsize size;

  g_test_init (&argc, &argv, NULL);
  path = g_build_filename (g_getenv ("TRIPTYCH_TEST_WEIGHTS"), "fast.safetensors", NULL);
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  good = g_bytes_new_take (content, size);
  g_test_add_func ("/weights/good", test_good);
  g_test_add_func ("/weights/every-length-of-the-header", test_every_length_of_the_header);
  g_test_add_func ("/weights/changed-bytes", test_changed_bytes);
  g_test_add_func ("/weights/headers", test_headers);
  return g_test_run ();
}

#endif
