;;; ulid-dap.el --- Any debug adapter with its ULIDs decoded -*- lexical-binding: t; -*-

;; For dape (Emacs 29 or newer) and dap-mode. Load it after either of them.

;;; Code:

(eval-when-compile (require 'subr-x))

(defvar ulid-dap-program "ulid-dap"
  "The program `ulid-dap': a path, or a name on the PATH.")

(defvar ulid-dap-dape-configs
  '(debugpy debugpy-module lldb-dap gdb dlv codelldb-cc codelldb-rust js-debug-node js-debug-ts-node)
  "The configurations of `dape-configs' that are offered with their ULIDs decoded.")

(defun ulid-dap-wrapped (command)
  "Return COMMAND, a list of a program and its arguments, with wrapping in front."
  (append (list ulid-dap-program "wrap" "--") command))

(defun ulid-dap--with-arguments (config port arguments)
  "Return CONFIG, a plist of `dape-configs', that runs `ulid-dap' with ARGUMENTS.
Its PORT is nil for an adapter on standard streams.  What dape asks of the command
before a session, it asks of the command that stood there before."
  (let ((ensure (plist-get config 'ensure))
        (wrapped (copy-sequence config)))
    (setq wrapped (plist-put wrapped 'command ulid-dap-program))
    (setq wrapped (plist-put wrapped 'command-args (vconcat arguments)))
    (setq wrapped (plist-put wrapped 'port port))
    (when ensure
      (setq wrapped (plist-put wrapped 'ensure
                               (lambda (_) (funcall ensure config)
                                 (unless (executable-find ulid-dap-program)
                                   (user-error "%s is not installed" ulid-dap-program))))))
    wrapped))

(defun ulid-dap--stdio-arguments (arguments)
  "Return ARGUMENTS of debugpy's adapter without those that make it listen."
  (let (kept)
    (while arguments
      (if (member (car arguments) '("--host" "--port"))
          (setq arguments (cddr arguments))
        (push (pop arguments) kept)))
    (nreverse kept)))

(defun ulid-dap--any-port (argument)
  "Return ARGUMENT of an adapter that listens, so that it takes a port of its own."
  (cond ((eq argument :autoport) "0")
        ((stringp argument)
         (replace-regexp-in-string ":autoport" "0" argument t t))
        (t argument)))

(defun ulid-dap-wrap-dape-config (config)
  "Return CONFIG, a plist of `dape-configs', with wrapping in front of its adapter."
  (let* ((port (plist-get config 'port))
         (program (plist-get config 'command))
         (arguments (append (plist-get config 'command-args) nil))
         (command (cons program arguments)))
    (cond
     ;; an adapter that runs somewhere
     ((and (integerp port) (not program))
      (let ((host (or (plist-get config 'host) "127.0.0.1")))
        (ulid-dap--with-arguments config nil (list "wrap" "--connect" (format "%s:%d" host port)))))
     ((not (stringp program))
      (user-error "The command of this configuration is no program, so that it cannot be wrapped"))
     ((not port)
      (ulid-dap--with-arguments config nil (cdr (ulid-dap-wrapped command))))
     ;; debugpy does not say on which port it listens, and needs none
     ((member "debugpy.adapter" arguments)
      (ulid-dap--with-arguments
       config nil
       (cdr (ulid-dap-wrapped (cons program (ulid-dap--stdio-arguments arguments))))))
     ((eq port :autoport)
      (ulid-dap--with-arguments
       config :autoport
       (append (list "wrap" "--listen" "127.0.0.1::autoport" "--announces" "--" program)
               (mapcar #'ulid-dap--any-port arguments))))
     (t
      (user-error "This adapter listens on port %s of its own choice; set it to `:autoport'" port)))))

(with-eval-after-load 'dape
  (defvar dape-configs)
  (dolist (name ulid-dap-dape-configs)
    (when-let* ((config (alist-get name dape-configs)))
      (condition-case problem
          (setf (alist-get (intern (format "%s-ulid" name)) dape-configs)
                (ulid-dap-wrap-dape-config config))
        (error (display-warning 'ulid-dap (format "%s: %s" name (error-message-string problem)))))))
  (setf (alist-get 'ulid dape-configs)
        `(command ,ulid-dap-program
          command-args ["inspect"]
          :type "ulid" :request "launch" :program buffer-file-name)))

(with-eval-after-load 'dap-mode
  (declare-function dap-register-debug-provider "dap-mode")
  (dap-register-debug-provider
   "ulid"
   (lambda (configuration)
     (plist-put configuration :dap-server-path
                (if-let* ((wrapped (plist-get configuration :wrap)))
                    (ulid-dap-wrapped wrapped)
                  (list ulid-dap-program "inspect"))))))

(provide 'ulid-dap)
;;; ulid-dap.el ends here
