//! IDs put in the place of others, to see what would be. The file is never touched.

use dap::{
    events::{Event, InvalidatedEventBody},
    requests::{SetExpressionArguments, SetVariableArguments},
    responses::{ResponseBody, SetExpressionResponse, SetVariableResponse},
    types::InvalidatedAreas,
};
use ulid_engine::{Reading, Timestamp, Ulid, codec, row::Spelling, timestamp::InZone as _};

use crate::inspect::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    table::Table,
    variables::Node,
};

/// Reason for which a row cannot be put at a time.
const NO_RANDOMNESS: &str =
    "this row has no ID whose randomness a time could have; give a whole ID";

impl Session {
    /// Puts another ID, in whichever form it is written, in the place of the row's.
    pub(in crate::inspect) fn set_expression(
        &mut self,
        arguments: &SetExpressionArguments,
    ) -> Answer {
        let at = match arguments.frame_id {
            None => self.standing()?.at,
            Some(frame) => self.frame(frame)?.row(),
        };
        let value = self.put(at, &arguments.expression, &arguments.value)?;
        Ok(Reply::Body(ResponseBody::SetExpression(
            SetExpressionResponse {
                value,
                ..SetExpressionResponse::default()
            },
        )))
    }

    /// The same, for the row of a tree that a person changes.
    pub(in crate::inspect) fn set_variable(&mut self, arguments: &SetVariableArguments) -> Answer {
        self.standing()?;
        let parent = arguments.variables_reference;
        let node = *self.handles.get(parent).ok_or(Refusal::Stale(parent))?;
        let Node::Ulid(at) = node else {
            return Err(only_the_id(&arguments.name));
        };
        let value = self.put(at, &arguments.name, &arguments.value)?;
        Ok(Reply::Body(ResponseBody::SetVariable(
            SetVariableResponse {
                value,
                ..SetVariableResponse::default()
            },
        )))
    }

    fn put(&mut self, at: usize, name: &str, value: &str) -> Result<String, Refusal> {
        let is_time = match name.trim() {
            "id" => false,
            "time" => true,
            _ => return Err(only_the_id(name)),
        };
        let text = value.trim().trim_matches('"');
        let program = self.program.as_mut().ok_or(Refusal::NotLaunched)?;
        let table = &mut program.table;
        if at >= table.end() {
            return Err(Refusal::NoRow);
        }
        let id = match at_time(table, at, text)? {
            Some(id) => id,
            None if is_time => return Err(Refusal::Expression(format!("{text:?} is no time"))),
            None => {
                let read = Spelling::read(text, Reading::Strict);
                read.map_err(|error| Refusal::Expression(format!("{text:?} is {error}")))?
                    .1
            }
        };
        table.put(at, id);
        let set = match is_time {
            true => table.time(Timestamp::of(id)),
            false => codec::print(id).to_string(),
        };
        if self.client.supports_invalidated_event == Some(true) {
            self.send(Event::Invalidated(InvalidatedEventBody {
                areas: Some(vec![InvalidatedAreas::Stacks, InvalidatedAreas::Variables]),
                ..InvalidatedEventBody::default()
            }));
        }
        Ok(set)
    }
}

/// The ID of a row at another time, which keeps its randomness; none where the text is no time.
fn at_time(table: &Table, at: usize, text: &str) -> Result<Option<Ulid>, Refusal> {
    // digits alone are an ID
    let may_be = text.contains(['-', ':']);
    let time = Timestamp::parse_in(text, &table.zone).ok();
    let Some(time) = time.filter(|_| may_be) else {
        return Ok(None);
    };
    let own = table.id(at)?;
    let own = own.ok_or_else(|| Refusal::Expression(NO_RANDOMNESS.to_owned()))?;
    Ok(Ulid::from_parts(time.ms(), own.random()).ok())
}

fn only_the_id(name: &str) -> Refusal {
    Refusal::Expression(format!("{name:?} cannot be set, only \"id\" and \"time\""))
}
