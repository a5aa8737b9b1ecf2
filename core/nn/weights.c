#include "weights.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "../error.h"

typedef struct
{
  gboolean half;
  int n_dims;
  gsize shape[TRIP_MAX_DIMS];
  gsize n_values;
  const guint8 *bytes;
} Tensor;

struct _TripWeights
{
  GBytes *file;
  GHashTable *about;   /* text -> text */
  GHashTable *tensors; /* name -> Tensor */
};

G_GNUC_PRINTF (2, 3)
static gboolean
bad (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error)
    *error = g_error_new_valist (TRIP_ERROR, TRIP_ERROR_BAD_WEIGHTS, format, args);
  va_end (args);
  return FALSE;
}

static float
float_from_half (guint16 h)
{
  int exponent = (h >> 10) & 31, fraction = h & 1023;
  float value;

  if (exponent == 31)
    value = fraction ? NAN : INFINITY;
  else if (exponent == 0)
    value = ldexpf (fraction, -24);
  else
    value = ldexpf (1024 + fraction, exponent - 25);
  return h & 0x8000 ? -value : value;
}

static float
value_at (const Tensor *tensor, gsize i)
{
  guint16 half;
  guint32 bits;
  float value;

  if (tensor->half)
    {
      memcpy (&half, tensor->bytes + 2 * i, 2);
      return float_from_half (GUINT16_FROM_LE (half));
    }
  memcpy (&bits, tensor->bytes + 4 * i, 4);
  bits = GUINT32_FROM_LE (bits);
  memcpy (&value, &bits, 4);
  return value;
}

/* A whole number >= 0. */
static gboolean
get_size (JsonArray *array, guint i, gsize *size)
{
  JsonNode *node = json_array_get_element (array, i);
  gint64 value;

  if (! JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_int (node);
  *size = value;
  return value >= 0;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
get_text (JsonNode *node)
{
  if (! node || ! JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

static gboolean
read_tensor (TripWeights *self, const char *name, JsonNode *node, const guint8 *data, gsize n_bytes,
             GError **error)
{
  g_autofree Tensor *tensor = g_new0 (Tensor, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *type = object ? get_text (json_object_get_member (object, "dtype")) : NULL;
  JsonArray *shape = object ? get_array (object, "shape") : NULL;
  JsonArray *offsets = object ? get_array (object, "data_offsets") : NULL;
  gsize begin, end, size;

  if (! type || ! shape || ! offsets || json_array_get_length (offsets) != 2
      || ! get_size (offsets, 0, &begin) || ! get_size (offsets, 1, &end))
    return bad (error, "%s: not described", name);
  if (! g_str_equal (type, "F16") && ! g_str_equal (type, "F32"))
    return bad (error, "%s: type %s", name, type);
  if (json_array_get_length (shape) > TRIP_MAX_DIMS)
    return bad (error, "%s: too many dimensions", name);

  tensor->half = g_str_equal (type, "F16");
  tensor->n_dims = json_array_get_length (shape);
  tensor->n_values = 1;
  for (int i = 0; i < tensor->n_dims; i++)
    if (! get_size (shape, i, &tensor->shape[i])
        || ! g_size_checked_mul (&tensor->n_values, tensor->n_values, tensor->shape[i]))
      return bad (error, "%s: shape", name);
  if (! g_size_checked_mul (&size, tensor->n_values, tensor->half ? 2 : 4) || begin > end || end > n_bytes
      || end - begin != size)
    return bad (error, "%s: does not lie in the file", name);

  tensor->bytes = data + begin;
  for (gsize i = 0; i < tensor->n_values; i++)
    if (! isfinite (value_at (tensor, i)))
      return bad (error, "%s: a value is not finite", name);
  g_hash_table_insert (self->tensors, g_strdup (name), g_steal_pointer (&tensor));
  return TRUE;
}

static gboolean
read_about (TripWeights *self, JsonNode *node, GError **error)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;

  if (! JSON_NODE_HOLDS_OBJECT (node))
    return bad (error, "__metadata__ is not an object");
  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &key, &value))
    {
      if (! get_text (value))
        return bad (error, "__metadata__ holds more than texts");
      g_hash_table_insert (self->about, g_strdup (key), g_strdup (get_text (value)));
    }
  return TRUE;
}

static gboolean
read_all (TripWeights *self, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) json_error = NULL;
  gsize n_bytes;
  const guint8 *bytes = g_bytes_get_data (self->file, &n_bytes);
  guint64 header;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (n_bytes < 8)
    return bad (error, "the file is too short");
  memcpy (&header, bytes, 8);
  header = GUINT64_FROM_LE (header);
  if (header > n_bytes - 8 || header > G_MAXINT32)
    return bad (error, "the header is longer than the file");
  if (! json_parser_load_from_data (parser, (const char *) bytes + 8, header, &json_error))
    return bad (error, "the header is not JSON: %s", json_error->message);
  node = json_parser_get_root (parser);
  if (! node || ! JSON_NODE_HOLDS_OBJECT (node))
    return bad (error, "the header is not an object");

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &node))
    if (g_str_equal (name, "__metadata__")
          ? ! read_about (self, node, error)
          : ! read_tensor (self, name, node, bytes + 8 + header, n_bytes - 8 - header, error))
      return FALSE;
  return TRUE;
}

TripWeights *
trip_weights_new (GBytes *file, GError **error)
{
  g_autoptr (TripWeights) self = g_new0 (TripWeights, 1);

  self->file = g_bytes_ref (file);
  self->about = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->tensors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return read_all (self, error) ? g_steal_pointer (&self) : NULL;
}

void
trip_weights_free (TripWeights *self)
{
  if (! self)
    return;
  g_hash_table_unref (self->about);
  g_hash_table_unref (self->tensors);
  g_bytes_unref (self->file);
  g_free (self);
}

const char *
trip_weights_about (const TripWeights *self, const char *key)
{
  return g_hash_table_lookup (self->about, key);
}

int
trip_weights_shape (const TripWeights *self, const char *name, gsize shape[TRIP_MAX_DIMS])
{
  const Tensor *tensor = g_hash_table_lookup (self->tensors, name);

  if (! tensor)
    return -1;
  memcpy (shape, tensor->shape, sizeof tensor->shape);
  return tensor->n_dims;
}

float *
trip_weights_get (const TripWeights *self, const char *name, int n_dims, const gsize *shape, GError **error)
{
  const Tensor *tensor = g_hash_table_lookup (self->tensors, name);
  float *values;

  if (! tensor)
    {
      bad (error, "%s is missing", name);
      return NULL;
    }
  if (tensor->n_dims != n_dims || (n_dims > 0 && memcmp (tensor->shape, shape, n_dims * sizeof *shape) != 0))
    {
      bad (error, "%s has another shape", name);
      return NULL;
    }
  values = g_new (float, tensor->n_values);
  for (gsize i = 0; i < tensor->n_values; i++)
    values[i] = value_at (tensor, i);
  return values;
}
