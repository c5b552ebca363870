//! Names to go on with, in the console.

use dap::{
    requests::CompletionsArguments,
    responses::{CompletionsResponse, ResponseBody},
    types::{CompletionItem, CompletionItemType},
};

use super::{
    refusal::Refusal,
    session::{Answer, Reply, Session},
    variables::{Entry, Node, children, dataset::dataset},
};

impl Session {
    pub(super) fn completions(&self, arguments: &CompletionsArguments) -> Answer {
        let typed = self.typed_before(arguments);
        let begin = typed
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |at| at + 1);
        let word = typed.get(begin..).unwrap_or_default();
        let (parents, start) = word.rsplit_once('.').unwrap_or(("", word));
        let targets = self
            .names(parents)?
            .into_iter()
            .filter(|entry| entry.name.starts_with(start))
            .map(|entry| item(entry, start))
            .collect();
        Ok(Reply::Body(ResponseBody::Completions(
            CompletionsResponse { targets },
        )))
    }

    /// What stands before the cursor, on its line.
    fn typed_before(&self, arguments: &CompletionsArguments) -> String {
        let starts_at_1 = self.client.columns_start_at1.unwrap_or(true);
        let column = usize::try_from(arguments.column).unwrap_or(0);
        let units = column.saturating_sub(usize::from(starts_at_1));
        let line = arguments.line.map_or(0, |line| {
            usize::try_from(line - i64::from(self.client.lines_start_at1.unwrap_or(true)))
                .unwrap_or(0)
        });
        let line = arguments.text.lines().nth(line).unwrap_or_default();
        // columns count UTF-16
        let units: Vec<u16> = line.encode_utf16().take(units).collect();
        String::from_utf16_lossy(&units)
    }

    /// All names below a path.
    fn names(&self, path: &str) -> Result<Vec<Entry>, Refusal> {
        let program = self.standing()?;
        let (table, at, now) = (&program.table, program.at, (self.clock)());
        if path.is_empty() {
            let mut entries = Vec::new();
            for node in [Node::Ulid(at), Node::Row(at), Node::Neighbours(at)] {
                entries.extend(children(table, node, now)?);
            }
            entries.extend(dataset(program));
            return Ok(entries);
        }
        let parent = super::evaluate::find(table, at, path, now)?;
        match parent.and_then(|entry| entry.below) {
            Some(node) => children(table, node, now),
            None => Ok(Vec::new()),
        }
    }
}

fn item(entry: Entry, start: &str) -> CompletionItem {
    CompletionItem {
        label: entry.name.into_owned(),
        detail: Some(entry.value),
        type_field: Some(CompletionItemType::Property),
        length: i64::try_from(start.encode_utf16().count()).ok(),
        ..CompletionItem::default()
    }
}
