; plug-in-triptych-upscale, from Script-Fu: arguments, defaults, return values and errors.

(case! "default arguments, image and layers returned"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image image
                                             #:drawables (layers-of image)))
           (passed (and (= (car result) image)
                        (= (vector-length (cadr result)) 1)
                        (= (vector-ref (cadr result) 0) (vector-ref (layers-of image) 0))
                        (image-is? image 24 18))))
      (gimp-image-delete image)
      passed)))

(case! "positional arguments, every one of them"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-upscale RUN-NONINTERACTIVE image (layers-of image)
                                             1.5 3.0 0 0 "fast" 0.25 "image"))
           (passed (image-is? image 18 27)))
      (gimp-image-delete image)
      passed)))

(case! "target layer"
  (lambda ()
    (let* ((image (make-image 12 9))
           (layer (vector-ref (layers-of image) 0))
           (result (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image image
                                             #:drawables (vector layer) #:height 27 #:model "fast"
                                             #:target "layer"))
           (passed (and (= (vector-ref (cadr result) 0) layer)
                        (image-is? image 12 9)
                        (layer-is? layer 36 27)
                        (equal? (gimp-drawable-get-offsets layer) '(-12 -9)))))
      (gimp-image-delete image)
      passed)))

(case! "target new-image"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image image
                                             #:drawables (layers-of image) #:scale-x 0.5 #:model "fast"
                                             #:target "new-image"))
           (copy (car result))
           (passed (and (not (= copy image))
                        (image-is? image 12 9)
                        (image-is? copy 6 18)
                        (= (vector-ref (cadr result) 0) (vector-ref (layers-of copy) 0)))))
      (gimp-image-delete copy)
      (gimp-image-delete image)
      passed)))

(case! "no drawables, for the whole image"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image image
                                             #:drawables (vector) #:model "fast"))
           (passed (image-is? image 24 18)))
      (gimp-image-delete image)
      passed)))

(refuses! plug-in-triptych-upscale "scale-x below its range" 0.01 2.0 0 0 "fast" 0 "image")
(refuses! plug-in-triptych-upscale "scale-y above its range" 2.0 33.0 0 0 "fast" 0 "image")
(refuses! plug-in-triptych-upscale "width below its range" 2.0 2.0 -1 0 "fast" 0 "image")
(refuses! plug-in-triptych-upscale "height above its range" 2.0 2.0 0 524289 "fast" 0 "image")
(refuses! plug-in-triptych-upscale "clean-up above its range" 2.0 2.0 0 0 "fast" 1.5 "image")
(refuses! plug-in-triptych-upscale "more memory than there is" 2.0 2.0 524288 524288 "fast" 0 "image")

(say "# done")
(close-output-port tap)
