#include "progress.h"

void
progress_see (double fraction, gpointer data)
{
  Progress *self = data;

  g_assert_cmpfloat (fraction, >=, self->last);
  g_assert_cmpfloat (fraction, <=, 1);
  self->step = MAX (self->step, fraction - self->last);
  self->last = fraction;
  self->n++;
}
