//! The stack: the row, and around it the stretches of time that it lies in, each called by the next.

use dap::{
    requests::{ScopesArguments, StackTraceArguments},
    responses::{ResponseBody, ScopesResponse, StackTraceResponse, ThreadsResponse},
    types::{Scope, ScopePresentationhint, StackFrame, StackFramePresentationhint, Thread},
};
use ulid_engine::{Timestamp, codec, dataset::Row};

use super::{
    memory::reference,
    program::{Program, THREAD},
    refusal::Refusal,
    session::{Answer, Reply, Session, check_thread},
    span::{Near, Span, Unit},
    table::Table,
    variables::Node,
};

/// The meaning of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// The row where the program stands, or the end.
    pub(super) at: usize,
    /// The rows around it in the same unit of time; none for the row itself.
    pub(super) around: Option<(Unit, Span)>,
}

impl Frame {
    /// Every frame at a place, the innermost first.
    pub(super) fn all(table: &Table, at: usize) -> Result<Vec<Frame>, Refusal> {
        let mut frames = vec![Frame { at, around: None }];
        let near = Near::of(table, at)?;
        let mut around = Vec::new();
        // from the outside in: of what is long the next unit below is a frame, too
        for unit in [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second] {
            let span = Span::around(table, &near, unit)?;
            around.extend(span.map(|span| (unit, span)));
            let is_long = span.is_some_and(|span| span.is_long());
            if unit != Unit::Day && !is_long {
                break;
            }
        }
        let own = Span::around(table, &near, Unit::Millisecond)?;
        around.extend(own.map(|span| (Unit::Millisecond, span)));
        let frame = |around| Frame {
            at,
            around: Some(around),
        };
        frames.extend(around.into_iter().rev().map(frame));
        Ok(frames)
    }

    /// True if its first row is known.
    pub(super) fn is_whole(&self) -> bool {
        self.around.is_none_or(|(_, span)| span.whole)
    }

    /// The row that the frame points at.
    pub(super) fn row(&self) -> usize {
        self.around.map_or(self.at, |(_, span)| span.first)
    }

    /// The words in the list of frames, of which the innermost is of a row.
    fn name(&self, table: &Table, row: Option<&Row>) -> String {
        match (self.around, row.map(|row| row.id)) {
            (None, Some(Ok(id))) => {
                format!("{} {}", codec::print(id), table.time(Timestamp::of(id)))
            }
            (None, Some(Err(fault))) => {
                format!(
                    "invalid: {} at character {}",
                    fault.kind,
                    fault.position + 1
                )
            }
            (Some((unit, span)), Some(Ok(id))) => {
                let name = unit.name(&table.time(Timestamp::of(id)));
                format!("{} {name}, {}", unit.title().to_lowercase(), span.rows())
            }
            _ => "end of file".to_owned(),
        }
    }

    /// The words for the target of a jump.
    pub(super) fn start_label(&self, table: &Table) -> Result<String, Refusal> {
        let line = table.line(self.row());
        Ok(match (self.around, table.id(self.at)?) {
            (Some((unit, _)), Some(id)) => {
                let name = unit.name(&table.time(Timestamp::of(id)));
                let title = unit.title().to_lowercase();
                format!("row {line}, the first of the {title} {name}")
            }
            _ => format!("row {line}"),
        })
    }

    /// A name that is the same at every stop.
    fn key(&self) -> &'static str {
        self.around.map_or("Row", |(unit, _)| unit.title())
    }
}

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
    pub(super) fn frame(&self, id: i64) -> Result<Frame, Refusal> {
        match self.handles.get(id) {
            Some(&Node::Frame(frame)) => Ok(frame),
            _ => Err(Refusal::Frame(id)),
        }
    }

    pub(super) fn scopes(&mut self, arguments: &ScopesArguments) -> Answer {
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

/// A number of a request that counts something; 0 where it is missing or makes no sense.
pub(super) fn count(number: Option<i64>) -> usize {
    number
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(0)
}
