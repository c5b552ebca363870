;;; ulid-dap.el --- Any debug adapter with its ULIDs decoded -*- lexical-binding: t; -*-

;; For dape (Emacs 29 or newer) and dap-mode. Load it after either of them.

;;; Code:

(eval-when-compile (require 'subr-x))

(defvar ulid-dap-program "ulid-dap"
  "The program `ulid-dap': a path, or a name on the PATH.")

(defun ulid-dap-wrapped (command)
  "Return COMMAND, a list of a program and its arguments, with wrapping in front."
  (append (list ulid-dap-program "wrap" "--") command))

(defun ulid-dap-wrap-dape-config (config)
  "Return CONFIG, a plist of `dape-configs', with wrapping in front of its adapter.
Only adapters that speak on standard streams, which have no `port', are wrapped."
  (if (plist-get config 'port)
      config
    (let ((command (ulid-dap-wrapped (cons (plist-get config 'command)
                                           (append (plist-get config 'command-args) nil)))))
      (plist-put (plist-put (copy-sequence config) 'command (car command))
                 'command-args (vconcat (cdr command))))))

(with-eval-after-load 'dape
  (defvar dape-configs)
  (dolist (name '(debugpy lldb-dap gdb))
    (when-let* ((config (alist-get name dape-configs)))
      (setf (alist-get (intern (format "%s-ulid" name)) dape-configs)
            (ulid-dap-wrap-dape-config config))))
  (setf (alist-get 'ulid dape-configs)
        `(modes (text-mode fundamental-mode)
          command ,ulid-dap-program
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
