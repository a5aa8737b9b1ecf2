/* The preview of a dialog: keeps the visible part of a result computed. */
#pragma once

#include "trip.h"

#include <libgimp/gimpui.h>

/* What a dialog shows and asks about. */
typedef struct
{
  /* the chosen layer as the user sees it, or its selected part; main thread only */
  TripSource source;
  const Babl *format; /* of its pixels: float, straight alpha, perceptual, in the layer's space */
  int image_width, image_height; /* px, of the whole image */
  double image_pixels; /* px of all its layers together, for the estimate; 0: one such layer */
  const char *image_refusal, *layer_refusal; /* why the image, or what is chosen of it, cannot be changed; or NULL */
  gboolean is_rounded; /* stored as multiples of 1/255 */
  gboolean has_selection, has_note;
  TripShrinkNote note; /* of what the image was made from, if it has one */
} UiPicture;

/* A part of a result that is to be computed. */
typedef struct
{
  gpointer options;    /* a copy of what ui_view_show() got */
  int pass;            /* from 0 on: better and better */
  TripRect region;     /* of the result */
  TripImagePart part;  /* of the picture: what the region depends on */
  int width, height;   /* of the whole picture */
  const Babl *format;  /* of the picture, and of the result */
  int n_threads;
  double macs; /* that it takes */
} UiViewRequest;

typedef struct
{
  TripImage *image; /* of the region's size */
  int pass;
  double fidelity; /* dB, or 0 where there is no such thing */
  double macs, seconds;
} UiViewResult;

/* What the result is and how it comes about. */
typedef struct
{
  gsize options_size; /* they are compared and copied as bytes */
  int n_passes;       /* at least 1 */
  gboolean is_local;  /* a pixel is the same in every region: known ones stay when the view moves */
  /* The part of a picture of width x height px that region of the result depends on; grows region
   * to what can be computed. */
  TripRect (*needs) (int width, int height, gconstpointer options, TripRect *region);
  /* The multiply-adds that pass takes for region, which needs part. */
  double (*cost) (const UiPicture *picture, gconstpointer options, const TripRect *region,
                  const TripRect *part, int pass, int n_threads);
  /* What there is to compare the region with, in *format. In the main thread. */
  TripImage *(*before) (const UiViewRequest *request, const Babl **format, GError **error);
  /* Computes result's image and fidelity. In the worker. */
  gboolean (*after) (const UiViewRequest *request, const TripRun *run, UiViewResult *result,
                     GError **error);
  /* The result that the user sees from now on; NULL: a new one has been asked for. */
  void (*shown) (const UiViewResult *result, gpointer data);
} UiViewClass;

typedef struct _UiView UiView;

/* picture must outlive the view. data is for shown(). */
UiView *ui_view_new (const UiViewClass *klass, const UiPicture *picture, gpointer data);

/* Waits for the worker, which takes less than 100 ms. */
void ui_view_free (UiView *self);

GtkWidget *ui_view_get_widget (UiView *self);

/* Shows the result with these options, width x height px large, from now on. */
void ui_view_show (UiView *self, int width, int height, gconstpointer options);

/* Shows nothing until there are options again. */
void ui_view_clear (UiView *self);

/* What the sides are called. */
void ui_view_set_labels (UiView *self, const char *before, const char *after);

/* The number of threads that the user allows GIMP. */
int ui_view_get_threads (const UiView *self);

/* Multiply-adds per second on this machine, as measured so far. */
double ui_view_get_rate (const UiView *self);
