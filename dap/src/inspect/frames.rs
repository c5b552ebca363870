//! The stack: the row, and around it the stretches of time that it lies in.

use dap::{
    requests::{ScopesArguments, StackTraceArguments},
    responses::{ResponseBody, ScopesResponse, StackTraceResponse, ThreadsResponse},
    types::{Scope, ScopePresentationhint, StackFrame, Thread},
};
use ulid_engine::{Timestamp, codec};

use super::{
    program::{Program, THREAD},
    refusal::Refusal,
    session::{Answer, Reply, Session, check_thread},
    variables::Node,
};

impl Session {
    pub(super) fn threads(&self) -> Reply {
        let name = self
            .program
            .as_ref()
            .and_then(|program| program.source.name.clone());
        Reply::Body(ResponseBody::Threads(ThreadsResponse {
            threads: vec![Thread {
                id: THREAD,
                name: name.unwrap_or_else(|| "no file".to_owned()),
            }],
        }))
    }

    pub(super) fn stack_trace(&mut self, arguments: &StackTraceArguments) -> Answer {
        check_thread(arguments.thread_id)?;
        let program = self.standing()?;
        let (at, name, line) = (
            program.at,
            frame_name(program, program.at),
            program.line(program.at),
        );
        let frame = StackFrame {
            name,
            source: Some(program.source.clone()),
            line: self.line_to_client(line),
            column: i64::from(self.client.columns_start_at1.unwrap_or(true)),
            id: self.handles.number(0, "row", Node::Frame(at)),
            ..StackFrame::default()
        };
        Ok(Reply::Body(ResponseBody::StackTrace(StackTraceResponse {
            stack_frames: vec![frame],
            total_frames: Some(1),
        })))
    }

    pub(super) fn scopes(&mut self, arguments: &ScopesArguments) -> Answer {
        self.standing()?;
        let frame = arguments.frame_id;
        let Some(&Node::Frame(at)) = self.handles.get(frame) else {
            return Err(Refusal::Frame(frame));
        };
        let at_row = self.program()?.row(at).is_some();
        let mut scopes = Vec::new();
        if at_row {
            scopes.push(self.scope(frame, "ULID", Node::Ulid(at)));
            scopes.push(self.scope(frame, "Row", Node::Row(at)));
        }
        scopes.push(self.scope(frame, "Neighbours", Node::Neighbours(at)));
        scopes.push(Scope {
            expensive: true,
            ..self.scope(frame, "Dataset", Node::Dataset)
        });
        Ok(Reply::Body(ResponseBody::Scopes(ScopesResponse { scopes })))
    }

    fn scope(&mut self, frame: i64, name: &str, node: Node) -> Scope {
        Scope {
            name: name.to_owned(),
            presentation_hint: (name == "ULID").then_some(ScopePresentationhint::Locals),
            variables_reference: self.handles.number(frame, name, node),
            ..Scope::default()
        }
    }
}

/// What a person reads in the list of frames: the ID and its time, or what is wrong.
fn frame_name(program: &Program, at: usize) -> String {
    match program.row(at).map(|row| row.id) {
        Some(Ok(id)) => format!("{} {}", codec::print(id), Timestamp::of(id)),
        Some(Err(fault)) => format!(
            "invalid: {} at character {}",
            fault.kind,
            fault.position + 1
        ),
        None => "end of file".to_owned(),
    }
}
