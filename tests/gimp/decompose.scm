; plug-in-triptych-decompose, from Script-Fu: arguments, defaults, return values and errors.

(define (select-part image)
  (gimp-image-select-rectangle image CHANNEL-OP-REPLACE 3 2 4 4))

(define (children-of group) (car (gimp-item-get-children group)))

(case! "default arguments: a group and its three layers are returned"
  (lambda ()
    (let ((image (make-image 24 18)))
      (select-part image)
      (let* ((layer (vector-ref (layers-of image) 0))
             (result (plug-in-triptych-decompose #:run-mode RUN-NONINTERACTIVE #:image image
                                                 #:drawables (layers-of image)))
             (group (car result))
             (passed (and (= (length result) 4)
                          (= (vector-ref (layers-of image) 0) group)
                          (= (vector-ref (layers-of image) 1) layer)
                          (= (vector-ref (children-of group) 2) (cadr result))
                          (= (vector-ref (children-of group) 1) (caddr result))
                          (= (vector-ref (children-of group) 0) (cadddr result))
                          (layer-is? (cadr result) 24 18)
                          (= (car (gimp-item-get-visible layer)) FALSE))))
        (gimp-image-delete image)
        passed))))

(case! "positional arguments, with a channel as mask"
  (lambda ()
    (let ((image (make-image 24 18)))
      (select-part image)
      (let* ((mask (car (gimp-selection-save image)))
             (nothing (gimp-selection-none image))
             (result (plug-in-triptych-decompose RUN-NONINTERACTIVE image (layers-of image) mask 3 "none" 5))
             (passed (= (length result) 4)))
        (gimp-image-delete image)
        passed))))

(refuses! plug-in-triptych-decompose "nothing is selected" -1 0 "all" 0)

(define (with-part image)
  (select-part image)
  (layers-of image))

(define (refuses-part! name . arguments)
  (apply refuses-only! (append (list with-part plug-in-triptych-decompose '(-1 0 "all" 0) name) arguments)))

(refuses-part! "an edge above its range" -1 201 "all" 0)
(refuses-part! "a seed below its range" -1 0 "all" -1)
(refuses-part! "unknown effects" -1 0 "some" 0)

(say "# done")
(close-output-port tap)
