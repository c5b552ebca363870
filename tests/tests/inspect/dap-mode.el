;;; Drives `ulid-dap' by dap-mode, set up by our own file for Emacs, and prints what a person would see.
;;; usage: emacs --batch --load dap-mode.el FOLDER-OF-ULID-DAP.EL ULID-DAP PROGRAM LINE [WRAPPED-COMMAND...]

(require 'package)
(package-initialize)
(require 'dap-mode)
(require 'dap-ui)

(defvar patience 60 "Seconds within which everything is answered.")
(defvar stops 0 "Stops whose place is known.")

(defun await (what)
  "Wait until the function WHAT returns something, and return it."
  (let ((end (time-add nil patience)) found)
    (while (and (not (setq found (funcall what))) (time-less-p nil end))
      (accept-process-output nil 0.02))
    (or found (error "Nothing came within %d s" patience))))

(defun ask (command arguments)
  "Send the request COMMAND with ARGUMENTS and return the body of its answer."
  (let (answer)
    (dap--send-message (dap--make-request command arguments)
                       (lambda (message) (setq answer message))
                       (dap--cur-session))
    (await (lambda () answer))
    (or (gethash "body" answer) (error "%s: %s" command (gethash "message" answer)))))

(defun frame ()
  "The frame where the program stands."
  (dap--debug-session-active-frame (dap--cur-session)))

(defun move (motion)
  "Call MOTION, wait for the stop, and print the place."
  (let ((before stops))
    (funcall motion)
    (await (lambda () (> stops before))))
  (princ (format "%s: %s\n" (gethash "line" (frame)) (gethash "name" (frame)))))

(defun see ()
  "Print the variables of the first scope."
  (let* ((scopes (ask "scopes" (list :frameId (gethash "id" (frame)))))
         (scope (elt (gethash "scopes" scopes) 0))
         (answer (ask "variables" (list :variablesReference (gethash "variablesReference" scope)))))
    (seq-do (lambda (variable)
              (princ (format "  %s = %s\n" (gethash "name" variable) (gethash "value" variable))))
            (gethash "variables" answer))))

(defun main (editor-folder adapter program line &rest wrapped)
  (load (expand-file-name "ulid-dap.el" editor-folder) nil t)
  (setq ulid-dap-program adapter
        dap-breakpoints-file (make-temp-file "breakpoints")
        dap-auto-show-output nil)
  (add-hook 'dap-stack-frame-changed-hook (lambda (_) (setq stops (1+ stops))))
  (dap-mode 1)
  (find-file program)
  (goto-char (point-min))
  (forward-line (1- (string-to-number line)))
  (dap-breakpoint-add)
  (move (lambda ()
          (dap-debug (append (list :type "ulid" :request "launch" :name "test" :program program)
                             (and wrapped (list :wrap wrapped :console "internalConsole"))))))
  (unless wrapped
    (move (lambda () (dap-continue (dap--cur-session) 1)))
    (move (lambda () (dap-next (dap--cur-session))))
    (move (lambda () (dap--step "stepBack" (dap--cur-session)))))
  (see)
  (let ((session (dap--cur-session)))
    (dap-disconnect session)
    (await (lambda () (not (process-live-p (dap--debug-session-proc session))))))
  (princ "ended\n"))

(apply #'main command-line-args-left)
(setq command-line-args-left nil)
