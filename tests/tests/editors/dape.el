;; Prints what becomes of configurations as dape writes them, one a line.
;; Arguments: the folder of ulid-dap.el.

(add-to-list 'load-path (pop command-line-args-left))

(defvar asked nil)
(defvar dape-configs
  '((debugpy
     modes (python-mode)
     ensure (lambda (config) (push (plist-get config 'command) asked))
     command "python"
     command-args ("-m" "debugpy.adapter" "--host" "0.0.0.0" "--port" :autoport)
     port :autoport
     :type "python")
    (lldb-dap
     ensure (lambda (config) (push (plist-get config 'command) asked))
     command "lldb-dap"
     :type "lldb-dap")
    (gdb
     ensure (lambda (config) (push (plist-get config 'command) asked))
     command "gdb"
     command-args ("--interpreter=dap"))
    (dlv
     command "dlv"
     command-args ("dap" "--listen" "127.0.0.1::autoport")
     port :autoport)
    (js-debug-node
     command "node"
     command-args ["/x/dapDebugServer.js" :autoport]
     port :autoport)
    (codelldb-cc
     command "codelldb"
     command-args ("--port" 4711)
     port 4711)
    (attached port 5678 host "10.0.0.2" :request "attach")))

(provide 'dape)
(require 'ulid-dap)

(defun show (name config)
  (princ (format "%s: %s" name (plist-get config 'command)))
  (mapc (lambda (argument) (princ (format " %s" argument))) (plist-get config 'command-args))
  (princ (format " | port %s, type %s\n" (plist-get config 'port) (plist-get config :type))))

(dolist (name '(debugpy-ulid lldb-dap-ulid gdb-ulid dlv-ulid js-debug-node-ulid codelldb-cc-ulid ulid))
  (show name (alist-get name dape-configs)))
(show 'attached (ulid-dap-wrap-dape-config (alist-get 'attached dape-configs)))

;; what dape asks of a command, it asks of the one that was there
(setq ulid-dap-program "emacs")
(dolist (name '(debugpy-ulid lldb-dap-ulid gdb-ulid))
  (funcall (plist-get (alist-get name dape-configs) 'ensure) (alist-get name dape-configs)))
(princ (format "asked: %s\n" (reverse asked)))
(show 'untouched (alist-get 'debugpy dape-configs))
