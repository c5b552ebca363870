//! Capabilities of the inspector: one table of requests, each with the capability that announces it.

use dap::types::Capabilities;

use super::flaws;

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
    ("attach", None),
    (
        "configurationDone",
        mark!(supports_configuration_done_request),
    ),
    ("disconnect", None),
    ("threads", None),
    ("stackTrace", mark!(supports_delayed_stack_trace_loading)),
    ("scopes", None),
    ("variables", None),
    ("locations", None),
    (
        "setBreakpoints",
        Some(|capabilities| {
            capabilities.supports_conditional_breakpoints = Some(true);
            capabilities.supports_hit_conditional_breakpoints = Some(true);
            capabilities.supports_log_points = Some(true);
        }),
    ),
    ("continue", None),
    ("next", None),
    (
        "setFunctionBreakpoints",
        mark!(supports_function_breakpoints),
    ),
    (
        "setExceptionBreakpoints",
        Some(|capabilities| {
            capabilities.exception_breakpoint_filters = Some(flaws::filters());
            capabilities.supports_exception_filter_options = Some(true);
        }),
    ),
    ("exceptionInfo", mark!(supports_exception_info_request)),
    ("dataBreakpointInfo", mark!(supports_data_breakpoints)),
    ("setDataBreakpoints", mark!(supports_data_breakpoints)),
    (
        "breakpointLocations",
        mark!(supports_breakpoint_locations_request),
    ),
    ("readMemory", mark!(supports_read_memory_request)),
    ("disassemble", mark!(supports_disassemble_request)),
    ("loadedSources", mark!(supports_loaded_sources_request)),
    ("source", None),
    ("setExpression", mark!(supports_set_expression)),
    ("setVariable", mark!(supports_set_variable)),
    ("completions", mark!(supports_completions_request)),
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
    (
        "evaluate",
        Some(|capabilities| {
            capabilities.supports_evaluate_for_hovers = Some(true);
            capabilities.supports_clipboard_context = Some(true);
        }),
    ),
];

/// The answer to `initialize`.
pub(super) fn capabilities() -> Capabilities {
    let mut capabilities = Capabilities::default();
    for mark in REQUESTS.iter().filter_map(|(_, mark)| *mark) {
        mark(&mut capabilities);
    }
    capabilities
}

/// True if a request has a handler.
pub(super) fn knows(command: &str) -> bool {
    REQUESTS.iter().any(|&(name, _)| name == command)
}
