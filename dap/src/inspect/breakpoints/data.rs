//! Breakpoints on fields: where a value changes from one row to the next.

use dap::{
    requests::{DataBreakpointInfoArguments, SetDataBreakpointsArguments},
    responses::{DataBreakpointInfoResponse, ResponseBody, SetDataBreakpointsResponse},
    types::{Breakpoint, DataBreakpoint, DataBreakpointAccessType},
};

use ulid_engine::dataset::{Dataset, Format};

use super::{What, When};
use crate::inspect::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    variables::Node,
    watch::{Watch, value},
};

/// The field that is the time since the row before.
const SINCE_PREVIOUS: &str = "since_previous";

/// True if rows of a file have a field that can be watched.
pub(super) fn check_field(field: &str, dataset: Option<&Dataset>) -> Result<(), String> {
    let Some(dataset) = dataset else {
        return Ok(());
    };
    let columns = dataset.columns();
    // fields of JSON can be in some of the objects alone
    let may_have = matches!(dataset.layout().format, Format::Json | Format::JsonLines);
    if may_have || OWN.contains(&field) || columns.iter().any(|column| column == field) {
        return Ok(());
    }
    let mut names: Vec<&str> = OWN.to_vec();
    names.extend(columns.iter().map(String::as_str));
    Err(format!(
        "{field:?} cannot be watched in this file; these can: {}",
        names.join(", ")
    ))
}

/// Fields that can be watched besides the columns.
const OWN: [&str; 4] = ["time", "kind", "length", SINCE_PREVIOUS];

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
        let row = program.table.row(program.at)?;
        // an ID is another in every row
        let known =
            name == SINCE_PREVIOUS || row.is_some_and(|row| value(&row.borrow(), name).is_some());
        let description = match name {
            _ if !in_row || !known => format!("{name:?} cannot be watched"),
            SINCE_PREVIOUS => "gaps of more than an hour".to_owned(),
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
        let set = |data: &DataBreakpoint| {
            if matches!(data.access_type, Some(DataBreakpointAccessType::Read)) {
                return Breakpoint {
                    message: Some("a field can be watched for changes alone".to_owned()),
                    ..Breakpoint::default()
                };
            }
            let watch = match data.data_id.as_str() {
                SINCE_PREVIOUS => Watch::Gap,
                field => Watch::Change {
                    field: field.to_owned(),
                },
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
        Reply::Body(ResponseBody::SetDataBreakpoints(
            SetDataBreakpointsResponse { breakpoints },
        ))
    }
}
