; plug-in-triptych-place, from Script-Fu: arguments, defaults, return values and errors.

; an image with a layer of 8 x 8 px above another, and what test makes of it
(define (with-object test)
  (let* ((image (make-image 64 48))
         (object (car (gimp-layer-new image "object" 8 8 RGBA-IMAGE 100 LAYER-MODE-NORMAL))))
    (gimp-image-insert-layer image object 0 0)
    (gimp-context-set-foreground '(20 30 250))
    (gimp-drawable-fill object FILL-FOREGROUND)
    (let ((passed (test image object)))
      (gimp-image-delete image)
      passed)))

(define (lies-at? layer x y)
  (equal? (gimp-drawable-get-offsets layer) (list x y)))

(case! "default arguments: the best place is applied, and up to five are returned, best first"
  (lambda ()
    (with-object
      (lambda (image object)
        (let* ((places (car (plug-in-triptych-place #:run-mode RUN-NONINTERACTIVE #:image image
                                                    #:drawables (vector object))))
               (scale (vector-ref places 2))
               (side (max 1 (round (* 8 scale)))))
          (and (= (modulo (vector-length places) 4) 0)
               (<= 4 (vector-length places) 20)
               (layer-is? object side side)
               (= (vector-length (layers-of image)) 2)))))))

(case! "positional arguments, every one of them"
  (lambda ()
    (with-object
      (lambda (image object)
        (let* ((bottom (vector-ref (layers-of image) 1))
               (places (car (plug-in-triptych-place RUN-NONINTERACTIVE image (vector object)
                                                    bottom 2 30 20 3 TRUE TRUE))))
          (and (= (vector-length places) 4)
               (= (vector-ref places 0) 30)
               (= (vector-ref places 1) 20)
               (= (vector-ref places 2) 2)
               (>= (vector-ref places 3) 0)
               (<= (vector-ref places 3) 1)
               (layer-is? object 16 16)
               (lies-at? object 22 12)
               (= (vector-length (layers-of image)) 3)))))))

(case! "settling in: a shadow is added below the object"
  (lambda ()
    (with-object
      (lambda (image object)
        (plug-in-triptych-place #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector object)
                                #:scale 2 #:x 30 #:y 20 #:settle-in TRUE)
        (and (layer-is? object 16 16)
             (lies-at? object 22 12)
             (= (vector-length (layers-of image)) 3)
             (equal? (car (gimp-item-get-name (vector-ref (layers-of image) 1))) "Contact shadow"))))))

(case! "nothing is changed without apply"
  (lambda ()
    (with-object
      (lambda (image object)
        (let ((places (car (plug-in-triptych-place #:run-mode RUN-NONINTERACTIVE #:image image
                                                   #:drawables (vector object) #:count 2 #:apply FALSE))))
          (and (<= (vector-length places) 8)
               (layer-is? object 8 8)
               (lies-at? object 0 0)
               (= (vector-length (layers-of image)) 2)))))))

; make-image's only layer has nothing below it
(refuses! plug-in-triptych-place "nothing below the object" -1 0 -1 -1 5 TRUE FALSE)

; an object as large as the image above its layer
(define (add-object image)
  (let ((object (car (gimp-layer-new image "object" 12 9 RGBA-IMAGE 100 LAYER-MODE-NORMAL))))
    (gimp-image-insert-layer image object 0 0)
    (gimp-drawable-fill object FILL-FOREGROUND)
    (vector object)))

(define (refuses-place! name . arguments)
  (apply refuses-only! (append (list add-object plug-in-triptych-place (list -1 1 6 4 5 TRUE FALSE) name) arguments)))

(refuses-place! "a size below its range" -1 -0.5 6 4 5 TRUE FALSE)
(refuses-place! "a size above its range" -1 2000 6 4 5 TRUE FALSE)
(refuses-place! "no place at all" -1 1 6 4 0 TRUE FALSE)
(refuses-place! "more than fifty places" -1 1 6 4 51 TRUE FALSE)
(refuses-place! "a position below its range" -1 1 -2 -2 5 TRUE FALSE)

(say "# done")
(close-output-port tap)
