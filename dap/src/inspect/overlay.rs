//! IDs put in the place of others, to see what would be. The file is never touched.

use dap::{
    events::{Event, InvalidatedEventBody},
    requests::{SetExpressionArguments, SetVariableArguments},
    responses::{ResponseBody, SetExpressionResponse, SetVariableResponse},
    types::InvalidatedAreas,
};
use ulid_engine::{Reading, codec, row::Spelling};

use super::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    variables::Node,
};

impl Session {
    /// Puts another ID, in whichever form it is written, in the place of the row's.
    pub(super) fn set_expression(&mut self, arguments: &SetExpressionArguments) -> Answer {
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
    pub(super) fn set_variable(&mut self, arguments: &SetVariableArguments) -> Answer {
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
        if name.trim() != "id" {
            return Err(only_the_id(name));
        }
        let text = value.trim().trim_matches('"');
        let (_, id) = Spelling::read(text, Reading::Strict)
            .map_err(|error| Refusal::Expression(format!("{text:?} is {error}")))?;
        let program = self.program.as_mut().ok_or(Refusal::NotLaunched)?;
        if at >= program.table.end() {
            return Err(Refusal::NoRow);
        }
        program.table.put(at, id);
        if self.client.supports_invalidated_event == Some(true) {
            self.send(Event::Invalidated(InvalidatedEventBody {
                areas: Some(vec![InvalidatedAreas::Stacks, InvalidatedAreas::Variables]),
                ..InvalidatedEventBody::default()
            }));
        }
        Ok(codec::print(id).to_string())
    }
}

fn only_the_id(name: &str) -> Refusal {
    Refusal::Expression(format!("{name:?} cannot be set, only \"id\""))
}
