#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define CACHE_LINE 64   /* bytes */
#define LARGE (8 << 20) /* bytes, from which on huge pages fit in well */

/* Otherwise the first use of every few kilobytes costs a fault, together as much as all that enlarging does beside its
 * network. Where there are no huge pages it is just slower. */
static void
ask_for_huge_pages (char *from, gsize size)
{
#ifdef MADV_HUGEPAGE
  const gsize page = sysconf (_SC_PAGESIZE), before = -(uintptr_t) from % page;

  madvise (from + before, (size - before) / page * page, MADV_HUGEPAGE);
#endif
}

float *
trip_floats_new (gsize n)
{
  const gsize line = CACHE_LINE / sizeof (float);
  gsize size;
  float *floats;

  if (n > G_MAXSSIZE / sizeof (float) - line)
    return NULL;
  size = MAX ((n + line - 1) / line, 1) * CACHE_LINE;
  floats = aligned_alloc (CACHE_LINE, size);
  if (floats && size >= LARGE)
    ask_for_huge_pages ((char *) floats, size);
  return floats;
}
