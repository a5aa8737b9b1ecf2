/* ONNX Runtime, with all its graph optimisations. */
#include <onnxruntime_c_api.h>
#include <stdlib.h>

#include "rescale/network.h"
#include "worker.h"

static const OrtApi *ort;
static OrtSession *session;
static OrtMemoryInfo *memory;
static float *planes; /* of the input, which ONNX wants channel by channel */

static void
check (OrtStatus *status)
{
  if (status)
    g_error ("%s", ort->GetErrorMessage (status));
}

WorkerEngine
worker_open (const WorkerJob *job)
{
  OrtEnv *env;
  OrtSessionOptions *options;

  ort = OrtGetApiBase ()->GetApi (ORT_API_VERSION);
  check (ort->CreateEnv (ORT_LOGGING_LEVEL_ERROR, "bench", &env));
  check (ort->CreateSessionOptions (&options));
  check (ort->SetSessionGraphOptimizationLevel (options, ORT_ENABLE_ALL));
  check (ort->SetIntraOpNumThreads (options, job->n_threads));
  check (ort->SetInterOpNumThreads (options, 1));
  check (ort->CreateSession (env, job->weights, options, &session));
  check (ort->CreateCpuMemoryInfo (OrtArenaAllocator, OrtMemTypeDefault, &memory));
  planes = g_new (float, (gsize) TRIP_NETWORK_INPUTS *job->height *job->width);
  return (WorkerEngine) { OrtGetApiBase ()->GetVersionString (), 1 };
}

void
worker_run (const WorkerJob *job, const float *in, gsize stride, int height, int width, int at, WorkerFunc func,
            gpointer data)
{
  static const char *const in_names[] = { "input" }, *const out_names[] = { "features" };
  const gsize plane = (gsize) height * width;
  const int64_t shape[] = { 1, TRIP_NETWORK_INPUTS, height, width };
  OrtValue *input, *output = NULL;
  float *features;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < TRIP_NETWORK_INPUTS; c++)
        planes[c * plane + (gsize) y * width + x] = in[y * stride + x * TRIP_NETWORK_INPUTS + c];
  check (ort->CreateTensorWithDataAsOrtValue (memory, planes, TRIP_NETWORK_INPUTS * plane * sizeof (float), shape,
                                              G_N_ELEMENTS (shape), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &input));
  check (ort->Run (session, NULL, in_names, (const OrtValue *const *) &input, 1, out_names, 1, &output));
  check (ort->GetTensorMutableData (output, (void **) &features));
  if (func)
    func (&(WorkerFeatures) { features, width, 1, plane }, 0, height, data);
  ort->ReleaseValue (output);
  ort->ReleaseValue (input);
}
