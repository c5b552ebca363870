//! What the inspector says it can do: one table of requests, each with the capability that announces it.

use dap::types::Capabilities;

/// Marks one capability.
type Mark = fn(&mut Capabilities);

macro_rules! mark {
    ($field:ident) => {
        Some(|capabilities| capabilities.$field = Some(true))
    };
}

/// Every request with a handler, and the capability that a client looks at before it sends one. A request that needs
/// none has none.
pub(super) const REQUESTS: &[(&str, Option<Mark>)] = &[
    ("initialize", None),
    ("launch", None),
    (
        "configurationDone",
        mark!(supports_configuration_done_request),
    ),
    ("disconnect", None),
    ("threads", None),
    ("stackTrace", mark!(supports_delayed_stack_trace_loading)),
    ("scopes", None),
    ("variables", None),
    ("setBreakpoints", None),
    ("continue", None),
    ("next", None),
    ("stepIn", None),
    ("stepOut", None),
    ("goto", mark!(supports_goto_targets_request)),
    ("gotoTargets", mark!(supports_goto_targets_request)),
    ("restart", mark!(supports_restart_request)),
    ("restartFrame", mark!(supports_restart_frame)),
    ("terminate", mark!(supports_terminate_request)),
    ("cancel", mark!(supports_cancel_request)),
    ("stepBack", mark!(supports_step_back)),
    ("reverseContinue", mark!(supports_step_back)),
    ("pause", None),
    ("evaluate", mark!(supports_evaluate_for_hovers)),
];

/// The answer to `initialize`.
pub(super) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::default();
    for mark in REQUESTS.iter().filter_map(|(_, mark)| *mark) {
        mark(&mut capabilities);
    }
    capabilities
}

/// Whether a request has a handler.
pub(super) fn knows(command: &str) -> bool {
    REQUESTS.iter().any(|&(name, _)| name == command)
}
