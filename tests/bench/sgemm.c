/* For each line of its input, the GFLOP/s of one OpenBLAS sgemm on one thread, by the processor's time: what this core
 * can do. First the name of the kernels that OpenBLAS chose. */
#include <cblas.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N 1024

int
main (void)
{
  float *a = g_new (float, N *N), *b = g_new (float, N *N), *c = g_new (float, N *N);
  char line[64];

  for (int i = 0; i < N * N; i++)
    {
      a[i] = i % 17;
      b[i] = i % 13;
    }
  openblas_set_num_threads (1);
  printf ("%s\n", openblas_get_corename ());
  fflush (stdout);
  while (fgets (line, sizeof line, stdin))
    {
      const clock_t start = clock ();

      cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
      printf ("%.3f\n", 2e-9 * N * N * N * CLOCKS_PER_SEC / (clock () - start));
      fflush (stdout);
    }
  return EXIT_SUCCESS;
}
