; plug-in-triptych-upscale, from Script-Fu: arguments, defaults, return values and errors.

(define tap (open-output-file (getenv "TRIPTYCH_TAP")))
(define number 0)

(define (say . words)
  (for-each (lambda (word) (display word tap)) words)
  (newline tap))

; test: a function that returns #t if the case passes; an error fails it
(define (case! name test)
  (set! number (+ number 1))
  (let ((passed #f))
    (catch (say "# error: " *error-hook*) (set! passed (eq? (test) #t)))
    (say (if passed "ok " "not ok ") number " - " name)))

; whether the call is refused with an error
(define (refused? call)
  (let ((refused #t))
    (catch #t (call) (set! refused #f))
    refused))

(define (make-image width height)
  (let* ((image (car (gimp-image-new width height RGB)))
         (layer (car (gimp-layer-new image "layer" width height RGBA-IMAGE 100 LAYER-MODE-NORMAL))))
    (gimp-image-insert-layer image layer 0 0)
    (gimp-context-set-foreground '(200 100 50))
    (gimp-drawable-fill layer FILL-FOREGROUND)
    image))

(define (layers-of image) (car (gimp-image-get-layers image)))

(define (size-is? item get-width get-height width height)
  (and (= (car (get-width item)) width) (= (car (get-height item)) height)))

(define (image-is? image width height)
  (size-is? image gimp-image-get-width gimp-image-get-height width height))

(define (layer-is? layer width height)
  (size-is? layer gimp-drawable-get-width gimp-drawable-get-height width height))

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

(define (refuses! name . arguments)
  (case! name
    (lambda ()
      (let* ((image (make-image 12 9))
             (passed (and (refused? (lambda ()
                                      (apply plug-in-triptych-upscale
                                             (append (list RUN-NONINTERACTIVE image (layers-of image))
                                                     arguments))))
                          (image-is? image 12 9)
                          (layer-is? (vector-ref (layers-of image) 0) 12 9))))
        (gimp-image-delete image)
        passed))))

(refuses! "scale-x below its range" 0.01 2.0 0 0 "fast" 0 "image")
(refuses! "scale-y above its range" 2.0 33.0 0 0 "fast" 0 "image")
(refuses! "width below its range" 2.0 2.0 -1 0 "fast" 0 "image")
(refuses! "height above its range" 2.0 2.0 0 524289 "fast" 0 "image")
(refuses! "clean-up above its range" 2.0 2.0 0 0 "fast" 1.5 "image")
(refuses! "more memory than there is" 2.0 2.0 524288 524288 "fast" 0 "image")

(say "# done")
(close-output-port tap)
