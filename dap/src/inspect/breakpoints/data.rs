//! Breakpoints on fields: where a value changes from one row to the next.

use dap::{
    requests::{DataBreakpointInfoArguments, SetDataBreakpointsArguments},
    responses::{DataBreakpointInfoResponse, ResponseBody, SetDataBreakpointsResponse},
    types::{Breakpoint, DataBreakpoint, DataBreakpointAccessType},
};

use ulid_engine::{
    dataset::Format,
    row::{Flaw, Window},
};

use super::{What, When};
use crate::inspect::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::Node,
    watch::{Watch, Watched},
};

/// The field that is the time since the row before.
const SINCE_PREVIOUS: &str = "since_previous";

/// True if rows of a file have a field that can be watched.
pub(super) fn check_field(field: &str, table: Option<&Table>) -> Result<(), String> {
    let Some(dataset) = table.map(|table| &table.dataset) else {
        return Ok(());
    };
    let columns = dataset.columns();
    // fields of JSON can be in some of the objects alone
    let may_have = matches!(dataset.layout().format, Format::Json | Format::JsonLines);
    let is_known = match Watched::named(field, columns) {
        Watched::Fact(_) => true,
        Watched::Column(name) => columns.contains(&name),
    };
    if may_have || field == SINCE_PREVIOUS || is_known {
        return Ok(());
    }
    let facts = Watched::FACTS.iter().map(|fact| fact.entry().name);
    let mut names: Vec<&str> = facts.chain([SINCE_PREVIOUS]).collect();
    names.extend(columns.iter().map(String::as_str));
    Err(format!(
        "{field:?} cannot be watched in this file; these can: {}",
        names.join(", ")
    ))
}

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
