//! IDs put in the place of others, to see what would be. The file is never touched.

use dap::{
    events::{Event, InvalidatedEventBody},
    requests::SetExpressionArguments,
    responses::{ResponseBody, SetExpressionResponse},
    types::InvalidatedAreas,
};
use ulid_engine::{Reading, anatomy::Form, codec};

use super::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

impl Session {
    /// Puts another ID, in whichever form it is written, in the place of the row's.
    pub(super) fn set_expression(&mut self, arguments: &SetExpressionArguments) -> Answer {
        let at = match arguments.frame_id {
            None => self.standing()?.at,
            Some(frame) => self.frame(frame)?.row(),
        };
        if arguments.expression.trim() != "id" {
            let words = format!("{:?} cannot be set, only \"id\"", arguments.expression);
            return Err(Refusal::Expression(words));
        }
        let text = arguments.value.trim().trim_matches('"');
        let (_, id) = Form::read(text, Reading::Strict)
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
        Ok(Reply::Body(ResponseBody::SetExpression(
            SetExpressionResponse {
                value: codec::print(id).to_string(),
                ..SetExpressionResponse::default()
            },
        )))
    }
}
