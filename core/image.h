/* Pictures as core sees them, and how they come in and go out in pieces.
 *
 * Values are perceptually encoded (the sRGB curve or the like, of any RGB space), 0..1 for what a
 * screen can show; values outside that range are allowed and survive. Alpha is straight. */
#pragma once

#include <glib.h>

typedef struct
{
  int x, y, width, height; /* px */
} TripRect;

/* rect with so many pixels around it, as far as there is a picture of width x height px. */
static inline TripRect
trip_rect_grown (const TripRect *rect, int by, int width, int height)
{
  const int x = MAX (rect->x - by, 0), y = MAX (rect->y - by, 0);
  const int right = MIN (rect->x + rect->width + by, width), bottom = MIN (rect->y + rect->height + by, height);

  return (TripRect) { x, y, right - x, bottom - y };
}

/* How many pieces of size b hold a. */
static inline int
trip_divide_up (int a, int b)
{
  return (a + b - 1) / b;
}

typedef struct
{
  int width, height; /* px, at least 1 */
  int n_channels;    /* 1 gray, 2 gray + alpha, 3 RGB, 4 RGB + alpha */
  gsize stride;      /* floats from one row to the next */
  float *data;       /* interleaved; 64-byte aligned in new pictures, not where one is a part of another */
} TripImage;

/* New picture with undefined content; NULL with TRIP_ERROR_NO_MEMORY or _INVALID_ARGUMENT. The caller
 * owns it. */
TripImage *trip_image_new (int width, int height, int n_channels, GError **error);
/* The caller owns it; NULL with TRIP_ERROR_NO_MEMORY. */
TripImage *trip_image_copy (const TripImage *image, GError **error);
/* Left and right change places. The caller owns it; NULL with TRIP_ERROR_NO_MEMORY. */
TripImage *trip_image_mirrored (const TripImage *image, GError **error);
void trip_image_free (TripImage *image);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TripImage, trip_image_free)

static inline float *
trip_image_row (const TripImage *image, int y)
{
  return image->data + (gsize) y * image->stride;
}

static inline gboolean
trip_has_alpha (int n_channels)
{
  return n_channels % 2 == 0;
}

/* Where an operation reads its picture: any rectangle of it, as often as it likes. read is called only
 * in the thread that called the operation; rect lies within the picture; the caller of read owns the
 * result, which has n_channels and rect's size. */
typedef struct
{
  int width, height, n_channels;
  TripImage *(*read) (const TripRect *rect, gpointer data, GError **error);
  gpointer data;
} TripSource;

/* What an operation calls: source's read(), with NaN and infinities as 0. */
TripImage *trip_source_read (const TripSource *source, const TripRect *rect, GError **error);

/* Where an operation puts its result: rows from top to bottom, each once, in parts as wide as the
 * result and any number of rows high; y is the part's first row. Called only in the thread that called
 * the operation; part stays the operation's. */
typedef struct
{
  gboolean (*write) (const TripImage *part, int y, gpointer data, GError **error);
  gpointer data;
} TripSink;

/* A source that cuts its rectangles out of image, which is the part of a picture of width x height px
 * whose top left corner is at x, y. image must outlive the source. Reading outside the part fails with
 * TRIP_ERROR_INVALID_ARGUMENT. */
typedef struct
{
  const TripImage *image;
  int x, y;
} TripImagePart;

TripSource trip_source_from_part (const TripImagePart *part, int width, int height);

/* A sink that fills image, which must have the result's size and channels and outlive the sink. */
TripSink trip_sink_to_image (TripImage *image);
