//! Breakpoints on functions: a time, an ID, a period or a condition.

use dap::{
    requests::SetFunctionBreakpointsArguments,
    responses::{ResponseBody, SetFunctionBreakpointsResponse},
    types::FunctionBreakpoint,
};

use crate::inspect::{
    breakpoints::{What, When, sought, split_log},
    session::{Reply, Session},
};

impl Session {
    pub(in crate::inspect) fn set_function_breakpoints(
        &mut self,
        arguments: &SetFunctionBreakpointsArguments,
    ) -> Reply {
        self.breakpoints
            .clear(|what| matches!(what, What::Function(_)));
        let table = self.program.as_ref().map(|program| program.table.clone());
        let now = (self.clock)();
        let set = |function: &FunctionBreakpoint| {
            let condition = function.condition.as_deref();
            let (condition, log) = condition.map_or((None, None), split_log);
            let when = When {
                condition,
                hit: function.hit_condition.as_deref(),
                log,
                name: Some(&function.name),
                table: table.as_ref(),
                now,
            };
            match sought(&function.name, table.as_ref(), now) {
                Ok(sought) => self.breakpoints.add(What::Function(sought), when),
                Err(reason) => self.breakpoints.refuse(reason),
            }
        };
        let breakpoints = arguments.breakpoints.iter().map(set).collect();
        self.breakpoints.publish();
        self.count_hits();
        Reply::Body(ResponseBody::SetFunctionBreakpoints(
            SetFunctionBreakpointsResponse { breakpoints },
        ))
    }
}
