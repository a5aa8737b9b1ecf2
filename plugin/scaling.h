/* What the procedures that scale have in common. */
#pragma once

#include "plan.h"
#include "view.h"

/* width and height, and scale-x and scale-y from UI_MIN_SCALE to most. */
void scaling_add_size_arguments (GimpProcedure *procedure, double most, double standard);
void scaling_add_model_argument (GimpProcedure *procedure);

/* The value of "model". */
TripModel scaling_get_model (GimpProcedureConfig *config);

/* Where it can run: with any layers chosen, and of an indexed image a new one can be made. */
void scaling_set_sensitivity (GimpProcedure *procedure);

/* FALSE with a GIMP_PLUG_IN_ERROR if there is nothing in image to be scaled, or if it is indexed and
 * its own pixels are to be changed. */
gboolean scaling_check_image (GimpImage *image, gboolean copy, GError **error);

/* FALSE with a GIMP_PLUG_IN_ERROR if there are not so many bytes to be had; sentence has a %s for what is needed, and
 * one for what there is. */
gboolean scaling_check_memory (double needed, const char *sentence, GError **error);

/* How the pixels of a plan are computed. */
typedef struct
{
  const char *title; /* for the progress bar */
  double from;       /* 0..1: what the bar shows already; 0: it has to be started */
  TripUpscaleCost (*cost) (const ScalePart *part, int n_threads, gpointer data);
  gboolean (*run) (ScalePart *part, const TripRun *run, gpointer data, GError **error);
} ScalingClass;

/* Fills the outputs of plan. */
gboolean scaling_compute (ScalePlan *plan, const ScalingClass *klass, gpointer data,
                          GError **error);

/* What else becomes of the result of a part, which is in its output. */
typedef gboolean (*ScalingFunc) (ScalePart *part, const TripRun *run, gpointer data, GError **error);

/* Fills them by upscaling, or antialiased reduction, with model. title and from as in ScalingClass;
 * clean_up as in TripUpscaleOptions, of the colours; after may be NULL. */
gboolean scaling_upscale (ScalePlan *plan, const char *title, double from, TripModel model,
                          double clean_up, ScalingFunc after, gpointer data, GError **error);

/* A TripProgressFunc. */
void scaling_show_progress (double fraction, gpointer data);

/* FALSE with a GIMP_PLUG_IN_ERROR if there is no display; else dialogs can be made. */
gboolean scaling_init_display (GError **error);

typedef gboolean (*ScalingDialog) (GimpProcedure *procedure, GimpProcedureConfig *config,
                                   const UiPicture *picture);

/* Lets dialog ask for arguments about image. selected: shows only what is selected, if anything is.
 * FALSE without an error: the user has cancelled. */
gboolean scaling_ask (GimpProcedure *procedure, GimpProcedureConfig *config, GimpImage *image,
                      GimpDrawable **drawables, gboolean selected, ScalingDialog dialog,
                      GError **error);

/* Makes an error of core, of the domain TRIP_ERROR, a sentence for the user. */
void scaling_explain (GError **error);

/* The return values of a run that has failed, in the user's words; takes error. NULL: it was
 * cancelled. */
GimpValueArray *scaling_fail (GimpProcedure *procedure, GError *error);

/* Shows result, which was made from image, to the user, if there is one. */
void scaling_show (GimpImage *result, GimpImage *image, GimpRunMode run_mode);
