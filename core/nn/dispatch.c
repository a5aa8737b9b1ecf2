#include "kernels.h"

#ifdef TRIP_NEON
extern const TripKernels trip_kernels_neon;
#define ALWAYS trip_kernels_neon
#else
extern const TripKernels trip_kernels_plain;
#define ALWAYS trip_kernels_plain
#endif
#ifdef TRIP_X86
extern const TripKernels trip_kernels_avx2, trip_kernels_avx512;
#endif

const TripKernels *
trip_kernels_named (const char *name)
{
#ifdef TRIP_X86
  if (g_str_equal (name, "avx512") && __builtin_cpu_supports ("avx512f"))
    return &trip_kernels_avx512;
  if (g_str_equal (name, "avx2") && __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    return &trip_kernels_avx2;
#endif
  return g_str_equal (name, ALWAYS.name) ? &ALWAYS : NULL;
}

const TripKernels *
trip_kernels (void)
{
  static const char *const best_first[] = { "avx512", "avx2" };

  for (guint i = 0; i < G_N_ELEMENTS (best_first); i++)
    {
      const TripKernels *kernels = trip_kernels_named (best_first[i]);
      if (kernels)
        return kernels;
    }
  return &ALWAYS;
}
