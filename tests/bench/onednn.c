/* oneDNN: convolutions with what follows them fused, weights brought once into the layout it asks for, features in
 * blocks of channels all the way. The instruction set is chosen by its ONEDNN_MAX_CPU_ISA, threads by
 * OMP_NUM_THREADS. */
#include <oneapi/dnnl/dnnl.h>
#include <string.h>

#include "nn/weights.h"
#include "rescale/network.h"
#include "worker.h"

#define CHECK(call)                                                                                                    \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    if ((call) != dnnl_success)                                                                                        \
      g_error ("oneDNN failed: %s", #call);                                                                            \
  }                                                                                                                    \
  G_STMT_END

typedef enum
{
  PLAIN,
  RELU,
  ADD, /* to what the output holds */
  ADD_RELU
} Activation;

typedef struct
{
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t args[4];
  int n_args;
} Step;

static dnnl_engine_t engine;
static dnnl_stream_t stream;
static TripWeights *weights;
static GArray *steps;         /* of Step: from pixels to the features */
static Step show;             /* the features, out of their blocks */
static float *pixels, *shown; /* height, width, channels */

static dnnl_memory_desc_t
describe (int n_dims, const dnnl_dims_t dims, dnnl_format_tag_t tag)
{
  dnnl_memory_desc_t desc;

  CHECK (dnnl_memory_desc_create_with_tag (&desc, n_dims, dims, dnnl_f32, tag));
  return desc;
}

static dnnl_memory_t
allocate (const_dnnl_memory_desc_t desc, void *data)
{
  dnnl_memory_t memory;

  CHECK (dnnl_memory_create (&memory, desc, engine, data));
  return memory;
}

static Step
copy (dnnl_memory_t from, dnnl_memory_t to)
{
  const_dnnl_memory_desc_t from_desc, to_desc;
  dnnl_primitive_desc_t desc;
  Step step = { NULL, { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } }, 2 };

  CHECK (dnnl_memory_get_memory_desc (from, &from_desc));
  CHECK (dnnl_memory_get_memory_desc (to, &to_desc));
  CHECK (dnnl_reorder_primitive_desc_create (&desc, from_desc, engine, to_desc, engine, NULL));
  CHECK (dnnl_primitive_create (&step.primitive, desc));
  return step;
}

static void
execute (const Step *step)
{
  CHECK (dnnl_primitive_execute (step->primitive, stream, step->n_args, step->args));
}

static void
add_step (Step step)
{
  g_array_append_val (steps, step);
}

static dnnl_memory_desc_t
describe_features (const WorkerJob *job, int n_channels, dnnl_format_tag_t tag)
{
  return describe (4, (dnnl_dims_t) { 1, n_channels, job->height, job->width }, tag);
}

/* A 3x3 convolution that leaves the layout of its weights to the library. */
static dnnl_primitive_desc_t
describe_conv (int in_channels, int out_channels, Activation activation, const_dnnl_memory_desc_t in,
               const_dnnl_memory_desc_t out)
{
  const dnnl_dims_t one = { 1, 1 }, none = { 0, 0 };
  dnnl_primitive_attr_t attr;
  dnnl_post_ops_t after;
  dnnl_primitive_desc_t desc;

  CHECK (dnnl_primitive_attr_create (&attr));
  CHECK (dnnl_post_ops_create (&after));
  if (activation == ADD || activation == ADD_RELU)
    CHECK (dnnl_post_ops_append_sum (after, 1, 0, dnnl_data_type_undef));
  if (activation == RELU || activation == ADD_RELU)
    CHECK (dnnl_post_ops_append_eltwise (after, dnnl_eltwise_relu, 0, 0));
  CHECK (dnnl_primitive_attr_set_post_ops (attr, after));
  CHECK (dnnl_convolution_forward_primitive_desc_create (
      &desc, engine, dnnl_forward_inference, dnnl_convolution_auto, in,
      describe (4, (dnnl_dims_t) { out_channels, in_channels, 3, 3 }, dnnl_format_tag_any),
      describe (1, (dnnl_dims_t) { out_channels }, dnnl_a), out, one, none, one, one, attr));
  return desc;
}

static dnnl_memory_t
load (const char *name, const char *kind, int n_dims, const gsize *shape, dnnl_format_tag_t tag)
{
  g_autofree char *path = g_strconcat (name, kind, NULL);
  g_autoptr (GError) error = NULL;
  float *values = trip_weights_get (weights, path, n_dims, shape, &error);
  dnnl_dims_t dims;

  if (! values)
    g_error ("%s", error->message);
  for (int i = 0; i < n_dims; i++)
    dims[i] = shape[i];
  return allocate (describe (n_dims, dims, tag), values);
}

static void
add_conv (const char *name, int in_channels, int out_channels, Activation activation, dnnl_memory_t in,
          dnnl_memory_t out)
{
  const gsize shape[] = { out_channels, in_channels, 3, 3 };
  const_dnnl_memory_desc_t in_desc, out_desc, weights_desc;
  dnnl_memory_t plain = load (name, ".weight", 4, shape, dnnl_oihw), packed;
  dnnl_primitive_desc_t desc;
  Step pack, step = { 0 };

  CHECK (dnnl_memory_get_memory_desc (in, &in_desc));
  CHECK (dnnl_memory_get_memory_desc (out, &out_desc));
  desc = describe_conv (in_channels, out_channels, activation, in_desc, out_desc);
  weights_desc = dnnl_primitive_desc_query_md (desc, dnnl_query_weights_md, 0);
  packed = allocate (weights_desc, DNNL_MEMORY_ALLOCATE);
  pack = copy (plain, packed);
  execute (&pack);
  CHECK (dnnl_primitive_create (&step.primitive, desc));
  step.args[step.n_args++] = (dnnl_exec_arg_t) { DNNL_ARG_SRC, in };
  step.args[step.n_args++] = (dnnl_exec_arg_t) { DNNL_ARG_WEIGHTS, packed };
  step.args[step.n_args++] = (dnnl_exec_arg_t) { DNNL_ARG_BIAS, load (name, ".bias", 1, shape, dnnl_a) };
  step.args[step.n_args++] = (dnnl_exec_arg_t) { DNNL_ARG_DST, out };
  add_step (step);
}

static void
open_weights (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);
  g_autoptr (GBytes) bytes = file ? g_mapped_file_get_bytes (file) : NULL;

  weights = bytes ? trip_weights_new (bytes, &error) : NULL;
  if (! weights)
    g_error ("%s", error->message);
}

WorkerEngine
worker_open (const WorkerJob *job)
{
  const int c = job->n_channels;
  const gsize n_pixels = (gsize) job->height * job->width;
  dnnl_memory_t given, plain, input, first, inner, x;
  dnnl_memory_desc_t any;
  const_dnnl_memory_desc_t blocked;
  dnnl_primitive_desc_t desc;
  const char *kernel;
  gsize shape[TRIP_MAX_DIMS];

  CHECK (dnnl_engine_create (&engine, dnnl_cpu, 0));
  CHECK (dnnl_stream_create (&stream, engine, dnnl_stream_default_flags));
  steps = g_array_new (FALSE, FALSE, sizeof (Step));
  open_weights (job->weights);
  pixels = g_new (float, n_pixels *TRIP_NETWORK_INPUTS);
  shown = g_new (float, n_pixels *c);
  given = allocate (describe_features (job, TRIP_NETWORK_INPUTS, dnnl_nhwc), pixels);
  plain = allocate (describe_features (job, c, dnnl_nhwc), shown);

  any = describe_features (job, c, dnnl_format_tag_any);
  desc = describe_conv (c, c, RELU, any, any);
  blocked = dnnl_primitive_desc_query_md (desc, dnnl_query_dst_md, 0);
  CHECK (dnnl_primitive_desc_query (desc, dnnl_query_impl_info_str, 0, &kernel));
  first = allocate (blocked, DNNL_MEMORY_ALLOCATE);
  inner = allocate (blocked, DNNL_MEMORY_ALLOCATE);
  x = allocate (blocked, DNNL_MEMORY_ALLOCATE);

  any = describe_features (job, TRIP_NETWORK_INPUTS, dnnl_format_tag_any);
  desc = describe_conv (TRIP_NETWORK_INPUTS, c, PLAIN, any, blocked);
  input = allocate (dnnl_primitive_desc_query_md (desc, dnnl_query_src_md, 0), DNNL_MEMORY_ALLOCATE);
  add_step (copy (given, input));
  add_conv ("head", TRIP_NETWORK_INPUTS, c, PLAIN, input, first);
  add_step (copy (first, x));
  for (int i = 0;; i++)
    {
      g_autofree char *c1 = g_strdup_printf ("body.%d.c1", i), *c2 = g_strdup_printf ("body.%d.c2", i);
      g_autofree char *name = g_strconcat (c1, ".weight", NULL);

      if (trip_weights_shape (weights, name, shape) < 0)
        break;
      add_conv (c1, c, c, RELU, x, inner);
      add_conv (c2, c, c, ADD, inner, x);
    }
  add_conv ("tail", c, c, ADD_RELU, x, first);
  show = copy (first, plain);
  return (WorkerEngine) { kernel, 1 };
}

void
worker_run (const WorkerJob *job, const float *in, gsize stride, int height, int width, int at, WorkerFunc func,
            gpointer data)
{
  const gsize row = (gsize) width * TRIP_NETWORK_INPUTS;

  g_assert (height == job->height && width == job->width);
  for (int y = 0; y < height; y++)
    memcpy (pixels + y * row, in + y * stride, row * sizeof (float));
  for (guint i = 0; i < steps->len; i++)
    execute (&g_array_index (steps, Step, i));
  if (func)
    {
      execute (&show);
      func (&(WorkerFeatures) { shown, (gsize) width * job->n_channels, job->n_channels, 1 }, 0, height,
            data);
    }
}
