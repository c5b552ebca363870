//! Names to go on with, in the console.

use dap::{
    requests::CompletionsArguments,
    responses::{CompletionsResponse, ResponseBody},
    types::{CompletionItem, CompletionItemType},
};

use ulid_engine::query::{Completion, CompletionKind, complete};

use crate::{
    inspect::{
        query,
        refusal::Refusal,
        session::{Answer, Reply, Session},
        variables::{Entry, Node, children, dataset::dataset},
    },
    visible::visible,
};

impl Session {
    pub(in crate::inspect) fn completions(&self, arguments: &CompletionsArguments) -> Answer {
        let typed = self.typed_before(arguments);
        let begin = typed
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .map_or(0, |at| at + 1);
        let word = typed.get(begin..).unwrap_or_default();
        let (parents, start) = word.rsplit_once('.').unwrap_or(("", word));
        let mut targets: Vec<CompletionItem> = self
            .names(parents)?
            .into_iter()
            .filter(|entry| entry.name.starts_with(start))
            .map(|entry| item(entry, start))
            .collect();
        let scope = query::scope(Some(&self.program()?.table), (self.clock)());
        for completion in complete(&typed, typed.len(), &scope) {
            // a variable of the same name says more
            if !targets.iter().any(|target| target.label == completion.text) {
                targets.push(of_language(completion, &typed));
            }
        }
        Ok(Reply::Body(ResponseBody::Completions(
            CompletionsResponse { targets },
        )))
    }

    /// The text before the cursor, on its line.
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
        if path == "dataset" {
            return Ok(dataset(program));
        }
        if path.is_empty() {
            let mut entries = Vec::new();
            for node in [Node::Ulid(at), Node::Row(at), Node::Neighbours(at)] {
                entries.extend(children(table, node, now)?);
            }
            return Ok(entries);
        }
        let parent = crate::inspect::meaning::find(program, at, path, now)?;
        match parent.and_then(|entry| entry.below) {
            Some(node) => children(table, node, now),
            None => Ok(Vec::new()),
        }
    }
}

fn item(entry: Entry, start: &str) -> CompletionItem {
    CompletionItem {
        label: visible(&entry.name).into_owned(),
        text: Some(entry.name.into_owned()),
        detail: Some(visible(&entry.value).into_owned()),
        type_field: Some(CompletionItemType::Property),
        length: i64::try_from(start.encode_utf16().count()).ok(),
        ..CompletionItem::default()
    }
}

fn of_language(completion: Completion, typed: &str) -> CompletionItem {
    let replaced = typed.get(completion.replaces).unwrap_or_default();
    CompletionItem {
        label: visible(&completion.text).into_owned(),
        text: Some(completion.text),
        detail: Some(visible(&completion.detail).into_owned()),
        type_field: Some(match completion.kind {
            CompletionKind::Field | CompletionKind::Column => CompletionItemType::Field,
            CompletionKind::Function => CompletionItemType::Function,
            CompletionKind::Keyword | CompletionKind::Operator => CompletionItemType::Keyword,
        }),
        length: i64::try_from(replaced.encode_utf16().count()).ok(),
        ..CompletionItem::default()
    }
}
