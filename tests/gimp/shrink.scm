; plug-in-triptych-shrink, from Script-Fu: arguments, defaults, return values and errors.

(case! "default arguments: a new image of half the size, and a fidelity, are returned"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-shrink #:run-mode RUN-NONINTERACTIVE #:image image
                                            #:drawables (layers-of image)))
           (copy (car result))
           (passed (and (not (= copy image))
                        (image-is? image 12 9)
                        (image-is? copy 6 5)
                        (> (cadr result) 60)
                        (<= (cadr result) 200))))
      (gimp-image-delete copy)
      (gimp-image-delete image)
      passed)))

(case! "positional arguments, every one of them"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-shrink RUN-NONINTERACTIVE image (layers-of image)
                                            0.75 0.4 0 0 "fast" 0.5 "image"))
           (passed (and (= (car result) image) (image-is? image 9 4))))
      (gimp-image-delete image)
      passed)))

(case! "a height alone, no drawables"
  (lambda ()
    (let* ((image (make-image 12 9))
           (result (plug-in-triptych-shrink #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector)
                                            #:height 3 #:model "fast" #:target "image"))
           (passed (and (image-is? image 4 3) (layer-is? (vector-ref (layers-of image) 0) 4 3))))
      (gimp-image-delete image)
      passed)))

(case! "back again with Upscale"
  (lambda ()
    (let* ((image (make-image 13 9))
           (small (car (plug-in-triptych-shrink #:run-mode RUN-NONINTERACTIVE #:image image
                                                #:drawables (layers-of image) #:model "fast")))
           (marked (pair? (member "triptych-shrink" (car (gimp-image-get-parasite-list small)))))
           (result (plug-in-triptych-upscale #:run-mode RUN-NONINTERACTIVE #:image small
                                             #:drawables (layers-of small) #:width 13 #:height 9 #:model "fast"))
           (passed (and marked
                        (image-is? small 13 9)
                        (not (member "triptych-shrink" (car (gimp-image-get-parasite-list small)))))))
      (gimp-image-delete small)
      (gimp-image-delete image)
      passed)))

(refuses! plug-in-triptych-shrink "scale-x below its range" 0.01 0.5 0 0 "fast" 1 "image")
(refuses! plug-in-triptych-shrink "scale-y above its range" 0.5 1.1 0 0 "fast" 1 "image")
(refuses! plug-in-triptych-shrink "both factors 1" 1.0 1.0 0 0 "fast" 1 "image")
(refuses! plug-in-triptych-shrink "a width that is not smaller" 0.5 0.5 12 9 "fast" 1 "image")
(refuses! plug-in-triptych-shrink "a height above the image's" 0.5 0.5 6 10 "fast" 1 "image")
(refuses! plug-in-triptych-shrink "strength above its range" 0.5 0.5 0 0 "fast" 1.5 "image")

(say "# done")
(close-output-port tap)
