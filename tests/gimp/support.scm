; What the cases share: TAP, and small images.

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

; whether procedure, with the layers that prepare makes ready in a new image, is refused and leaves the image as it was
(define (refused-for? prepare procedure arguments)
  (let* ((image (make-image 12 9))
         (layers (prepare image))
         (n (vector-length (layers-of image)))
         (passed (and (refused? (lambda ()
                                  (apply procedure (append (list RUN-NONINTERACTIVE image layers) arguments))))
                      (image-is? image 12 9)
                      (= (vector-length (layers-of image)) n)
                      (layer-is? (vector-ref (layers-of image) 0) 12 9))))
    (gimp-image-delete image)
    passed))

; a case for a call of procedure that must be refused
(define (refuses! procedure name . arguments)
  (case! name (lambda () (refused-for? layers-of procedure arguments))))

; the same for an image made ready, with which the call succeeds with the arguments good
(define (refuses-only! prepare procedure good name . arguments)
  (case! name
    (lambda ()
      (and (refused-for? prepare procedure arguments) (not (refused-for? prepare procedure good))))))
