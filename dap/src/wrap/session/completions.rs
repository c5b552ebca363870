//! Completions of the console: its command `ulid`, and behind it what shows a ULID.

use serde_json::{Value, json};

use super::{
    super::json,
    Completions, Session, Subject, Turn,
    requests::{Request, kept},
};

/// The command of the console.
const COMMAND: &str = "ulid";
/// Expressions that are offered.
const OFFERED: usize = 50;

impl Session {
    /// Says that lines are completed, where the adapter does not say it of itself.
    pub(super) fn announce_completions(&mut self, message: &[u8], body: usize) -> Option<Vec<u8>> {
        const KEY: &str = "supportsCompletionsRequest";
        let said = json::member(message, body, KEY);
        if said
            .as_ref()
            .is_some_and(|said| json::is_true(message, said.clone()))
        {
            self.completions = Completions::Both;
            return None;
        }
        let mut edits = json::Edits::of(message);
        match said {
            Some(said) => edits.replace(said, true),
            None => {
                // what is no object stays as it is
                let end = json::end_of_value(message, body)?;
                (message.get(end - 1) == Some(&b'}')).then_some(())?;
                let comma = if json::members(message, body).next().is_some() {
                    ","
                } else {
                    ""
                };
                edits.insert(end - 1, format_args!("{comma}\"{KEY}\":true"));
            }
        }
        self.completions = Completions::Ours;
        Some(edits.apply())
    }

    /// A line that is to be completed.
    pub(super) fn completions_request(&mut self, request: &Request<'_>) -> Option<Turn> {
        let is_on = self.is_on();
        let ours = if is_on {
            self.offers(request)
        } else {
            Vec::new()
        };
        match self.completions {
            Completions::Ours => {
                let body = json!({"targets": ours});
                Some(kept(self.answer(request.seq, request.command, Some(&body))))
            }
            _ if ours.is_empty() => None,
            _ => {
                self.expect(request.seq, request.command, Subject::Completions(ours));
                Some(Turn::default())
            }
        }
    }

    /// Completions of ours for what stands before the cursor.
    fn offers(&self, request: &Request<'_>) -> Vec<Value> {
        let text = request.text("text").unwrap_or_default();
        let line = usize::try_from(request.integer("line").unwrap_or(1).max(1) - 1).ok();
        let line = line
            .and_then(|line| text.split('\n').nth(line))
            .unwrap_or_default();
        let column = request.integer("column").unwrap_or(0);
        let before = up_to_column(line, column);
        match before.trim_start().strip_prefix(COMMAND) {
            Some(argument) if argument.starts_with(' ') => {
                self.expressions_like(argument.trim_start(), request.integer("frameId"))
            }
            _ if !before.is_empty() && COMMAND.starts_with(before) => {
                let detail = "tells the ULID that an expression shows";
                vec![
                    json!({"label": COMMAND, "text": "ulid ", "type": "keyword", "detail": detail}),
                ]
            }
            _ => Vec::new(),
        }
    }

    /// Expressions that show a ULID and begin like one word.
    fn expressions_like(&self, begin: &str, frame: Option<i64>) -> Vec<Value> {
        // a client replaces the last word alone
        let is_word = begin.chars().all(|c| c.is_alphanumeric() || c == '_');
        let Some(frame) = frame.filter(|_| is_word) else {
            return Vec::new();
        };
        let mut offered = Vec::new();
        for expression in self.stop.expressions(frame) {
            let is_new = offered.len() < OFFERED && !offered.contains(&expression);
            if is_new && expression.starts_with(begin) {
                offered.push(expression);
            }
        }
        let offered = offered.into_iter();
        offered
            .map(|expression| json!({"label": expression, "type": "variable"}))
            .collect()
    }
}

/// The adapter's answer with completions of ours before its own.
pub(super) fn completed(message: &[u8], body: usize, ours: &[Value]) -> Option<Vec<u8>> {
    let targets = json::member(message, body, "targets")?;
    (message.get(targets.start) == Some(&b'[')).then_some(())?;
    let is_empty = json::first_item(message, targets.start).is_none();
    let comma = if is_empty { "" } else { "," };
    let ours: Vec<String> = ours.iter().map(Value::to_string).collect();
    let mut edits = json::Edits::of(message);
    edits.insert(targets.start + 1, format_args!("{}{comma}", ours.join(",")));
    Some(edits.apply())
}

/// A line up to a column, which counts from 1 in units of UTF-16.
fn up_to_column(line: &str, column: i64) -> &str {
    let mut left = column - 1;
    let end = line.char_indices().find(|(_, c)| {
        let is_before = left > 0;
        left -= if c.len_utf16() == 1 { 1 } else { 2 };
        !is_before
    });
    end.map_or(line, |(end, _)| line.get(..end).unwrap_or(line))
}
