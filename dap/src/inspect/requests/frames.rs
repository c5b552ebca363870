//! The stack: the row, and around it the stretches of time that it lies in, each called by the next.

use dap::{
    requests::{ScopesArguments, StackTraceArguments},
    responses::{ResponseBody, ScopesResponse, StackTraceResponse, ThreadsResponse},
    types::{Scope, ScopePresentationhint, StackFrame, StackFramePresentationhint, Thread},
};
use ulid_engine::dataset::Row;

use super::{count, memory::reference};
use crate::inspect::{
    frame::Frame,
    program::{Program, THREAD},
    refusal::Refusal,
    session::{Answer, Reply, Session, check_thread},
    variables::Node,
};

impl Session {
    pub(in crate::inspect) fn threads(&self) -> Reply {
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

    pub(in crate::inspect) fn stack_trace(&mut self, arguments: &StackTraceArguments) -> Answer {
        check_thread(arguments.thread_id)?;
        let program = self.standing()?;
        let row = program.table.row(program.at)?;
        let frames = Frame::all(&program.table, program.at)?
            .into_iter()
            .map(|frame| Ok((frame, self.describe(program, &frame, row.as_ref())?)))
            .collect::<Result<Vec<(Frame, StackFrame)>, Refusal>>()?;
        let total = frames.len();
        let stack_frames = frames
            .into_iter()
            .skip(count(arguments.start_frame))
            .take(match count(arguments.levels) {
                0 => total,
                levels => levels,
            })
            .map(|(frame, described)| StackFrame {
                id: self.handles.number(0, frame.key(), Node::Frame(frame)),
                ..described
            })
            .collect();
        Ok(Reply::Body(ResponseBody::StackTrace(StackTraceResponse {
            stack_frames,
            total_frames: i64::try_from(total).ok(),
        })))
    }

    /// Everything but the number. `row` is that of the innermost frame.
    fn describe(
        &self,
        program: &Program,
        frame: &Frame,
        row: Option<&Row>,
    ) -> Result<StackFrame, Refusal> {
        let table = &program.table;
        // each row is read once, for a read takes longer than all else
        let first = match frame.row() == frame.at {
            true => row.cloned(),
            false => table.row(frame.row())?,
        };
        let line = match &first {
            Some(first) => table.line_of(first),
            None => table.line(frame.row()),
        };
        Ok(StackFrame {
            name: frame.name(table, row),
            source: Some(program.source.clone()),
            line: self.line_to_client(line),
            column: i64::from(self.client.columns_start_at1.unwrap_or(true)),
            can_restart: Some(frame.is_whole()),
            instruction_pointer_reference: first.map(|row| reference(row.offset)),
            presentation_hint: frame.around.map(|_| StackFramePresentationhint::Subtle),
            ..StackFrame::default()
        })
    }

    /// The frame of a number that was given out at this stop.
    pub(in crate::inspect) fn frame(&self, id: i64) -> Result<Frame, Refusal> {
        match self.handles.get(id) {
            Some(&Node::Frame(frame)) => Ok(frame),
            _ => Err(Refusal::Frame(id)),
        }
    }

    pub(in crate::inspect) fn scopes(&mut self, arguments: &ScopesArguments) -> Answer {
        self.standing()?;
        let id = arguments.frame_id;
        let frame = self.frame(id)?;
        let at = frame.at;
        let mut scopes = Vec::new();
        if let Some((unit, span)) = frame.around {
            scopes.push(self.scope(id, unit.title(), Node::Span(at, unit, span)));
        } else {
            if at < self.program()?.table.end() {
                scopes.push(self.scope(id, "ULID", Node::Ulid(at)));
                scopes.push(self.scope(id, "Row", Node::Row(at)));
            }
            scopes.push(self.scope(id, "Neighbours", Node::Neighbours(at)));
            scopes.push(Scope {
                expensive: true,
                ..self.scope(id, "Dataset", Node::Dataset)
            });
        }
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
