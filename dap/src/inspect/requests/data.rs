//! Breakpoints on fields: where a value changes from one row to the next.

use dap::{
    requests::{DataBreakpointInfoArguments, SetDataBreakpointsArguments},
    responses::{DataBreakpointInfoResponse, ResponseBody, SetDataBreakpointsResponse},
    types::{Breakpoint, DataBreakpoint, DataBreakpointAccessType},
};

use ulid_engine::row::{Flaw, Window};

use crate::inspect::{
    breakpoints::{SINCE_PREVIOUS, What, When},
    refusal::Refusal,
    session::{Answer, Reply, Session},
    variables::Node,
    watch::{Watch, Watched},
};

impl Session {
    pub(in crate::inspect) fn data_breakpoint_info(
        &self,
        arguments: &DataBreakpointInfoArguments,
    ) -> Answer {
        let program = self.standing()?;
        let in_row = match arguments.variables_reference {
            None | Some(0) => true,
            Some(reference) => {
                let node = self
                    .handles
                    .get(reference)
                    .ok_or(Refusal::Stale(reference))?;
                matches!(node, Node::Ulid(_) | Node::Row(_) | Node::Neighbours(_))
            }
        };
        let name = arguments.name.as_str();
        let table = &program.table;
        let window = Window::of_row(table, program.at)?;
        let watched = Watched::named(name, table.dataset.columns());
        // an ID is another in every row
        let is_in = |row| watched.is_in(&row, (self.clock)());
        let known = name == SINCE_PREVIOUS || window.around(program.at).is_some_and(is_in);
        let description = match name {
            _ if !in_row || !known => format!("{name:?} cannot be watched"),
            SINCE_PREVIOUS => Flaw::Gap.sentence(table.survey.limits),
            _ => format!("changes of {name}"),
        };
        let can = in_row && known;
        Ok(Reply::Body(ResponseBody::DataBreakpointInfo(
            DataBreakpointInfoResponse {
                data_id: can.then(|| name.to_owned()),
                description,
                access_types: can.then(|| vec![DataBreakpointAccessType::Write]),
                can_persist: Some(can),
            },
        )))
    }

    pub(in crate::inspect) fn set_data_breakpoints(
        &mut self,
        arguments: &SetDataBreakpointsArguments,
    ) -> Reply {
        self.breakpoints.clear(|what| matches!(what, What::Data(_)));
        let table = self.program.as_ref().map(|program| program.table.clone());
        let now = (self.clock)();
        let columns = table.as_ref().map(|table| table.dataset.columns().to_vec());
        let columns = columns.unwrap_or_default();
        let set = |data: &DataBreakpoint| {
            if matches!(data.access_type, Some(DataBreakpointAccessType::Read)) {
                return Breakpoint {
                    message: Some("a value can only be watched for changes".to_owned()),
                    ..Breakpoint::default()
                };
            }
            let watch = match data.data_id.as_str() {
                SINCE_PREVIOUS => Watch::Gap,
                field => Watch::Change(Watched::named(field, &columns)),
            };
            let when = When {
                condition: data.condition.as_deref(),
                hit: data.hit_condition.as_deref(),
                log: None,
                name: Some(&data.data_id),
                table: table.as_ref(),
                now,
            };
            self.breakpoints.add(What::Data(watch), when)
        };
        let breakpoints = arguments.breakpoints.iter().map(set).collect();
        self.breakpoints.publish();
        self.count_hits();
        Reply::Body(ResponseBody::SetDataBreakpoints(
            SetDataBreakpointsResponse { breakpoints },
        ))
    }
}
