/* Small pictures for tests, and comparing them. */
#pragma once

#include "trip.h"

/* Smooth waves with a hard-edged square in the middle, 0..1; the same for the same arguments. */
TripImage *picture_new (int width, int height, int n_channels);

/* All pixels alike. */
TripImage *picture_constant (int width, int height, int n_channels, float value);

/* A ball on a striped floor before a wall with its shadow beside it, the same without ball and shadow, and what the
 * ball covers. */
typedef struct
{
  TripImage *clean, *picture, *alpha;
} PictureScene;

/* darkness: of the shadow, 0..1; softness: of its edge, as a share of its radius. */
PictureScene picture_scene (int width, int height, int n_channels, float darkness, float softness);
void picture_scene_clear (PictureScene *scene);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PictureScene, picture_scene_clear)

/* The picture turned by a quarter, counter-clockwise. */
TripImage *picture_turned (const TripImage *image);

/* The sum of all differences where alpha, of one channel, is 0; the sizes must be the same. */
double picture_difference_beside (const TripImage *a, const TripImage *b, const TripImage *alpha);

/* The largest difference of any value; the sizes must be the same. */
float picture_distance (const TripImage *a, const TripImage *b);

/* The model's result, or its region; NULL with the error. */
TripImage *picture_upscaled (TripModel model, const TripImage *image, const TripUpscaleOptions *options,
                             int n_threads, GError **error);
