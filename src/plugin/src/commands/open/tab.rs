//! Completions behind `ulid open FILE`: the columns of that file, and how its condition may go on.

use std::path::PathBuf;

use nu_plugin::{DynamicCompletionCall, EngineInterface};
use nu_protocol::{DynamicSuggestion, Span, ast::Expr};
use ulid_engine::{
    Timestamp,
    dataset::{Dataset, OpenOptions},
    query::{Completion, CompletionKind, Scope, complete},
    timestamp::TimeZone,
};

use crate::source;

/// Nushell's quotes. Text whose quote is not closed yet reaches us with the quote.
const QUOTES: [char; 3] = ['"', '\'', '`'];

/// The columns that may hold the ID.
pub(super) fn columns(
    engine: &EngineInterface,
    call: &DynamicCompletionCall,
) -> Option<Vec<DynamicSuggestion>> {
    let dataset = dataset(engine, call)?;
    let suggestion = |column: &String| DynamicSuggestion {
        value: if column.chars().all(|c| c.is_alphanumeric() || c == '_') {
            column.clone()
        } else {
            format!("'{column}'")
        },
        description: Some("a column of the file".to_owned()),
        ..DynamicSuggestion::default()
    };
    Some(dataset.columns().iter().map(suggestion).collect())
}

/// The words with which a text of the query language may go on.
pub(super) fn expression(
    engine: &EngineInterface,
    call: &DynamicCompletionCall,
    flag: &str,
) -> Option<Vec<DynamicSuggestion>> {
    let dataset = dataset(engine, call)?;
    let Some(typed) = Typed::of_flag(call, flag) else {
        return Some(Vec::new());
    };
    let zone = TimeZone::UTC;
    let scope = Scope::of(&dataset, Timestamp::now(), &zone);
    let words = complete(&typed.text, typed.text.len(), &scope);
    let suggestion = |word: Completion| {
        let before = typed.text.get(..word.replaces.start).unwrap_or_default();
        DynamicSuggestion {
            value: format!("{}{}", typed.opening, word.text),
            // what Nushell holds against all that was typed
            display_override: Some(format!("{before}{}", word.text)),
            description: Some(word.detail),
            append_whitespace: word.kind != CompletionKind::Function,
            span: typed
                .start
                .map(|start| Span::new(start + word.replaces.start, typed.end)),
            ..DynamicSuggestion::default()
        }
    };
    Some(words.into_iter().map(suggestion).collect())
}

/// The file that the call names, where it is one that lies there: Tab waits for no pipe.
fn dataset(engine: &EngineInterface, call: &DynamicCompletionCall) -> Option<Dataset> {
    let name = match &call.call.positional_iter().next()?.expr {
        Expr::GlobPattern(name, _)
        | Expr::Filepath(name, _)
        | Expr::String(name)
        | Expr::RawString(name) => name,
        _ => return None,
    };
    let path: PathBuf = source::absolute(engine, name).ok()?;
    if !path.is_file() {
        return None;
    }
    Dataset::open_paths(&[path], &OpenOptions::default()).ok()
}

/// The argument at the cursor.
struct Typed {
    /// The part of it that was typed, without its quote.
    text: String,
    /// The begin of the text; nothing where nothing was typed yet.
    start: Option<usize>,
    end: usize,
    /// A quote that is still to be written, as conditions have spaces.
    opening: &'static str,
}

impl Typed {
    /// The text that was typed behind a flag; nothing where its quotes are closed.
    fn of_flag(call: &DynamicCompletionCall, flag: &str) -> Option<Typed> {
        let value = call
            .call
            .named_iter()
            .find(|(name, ..)| name.item == flag)?
            .2
            .as_ref();
        let Some(value) = value else {
            return Some(Typed {
                text: String::new(),
                start: None,
                end: call.pos,
                opening: "\"",
            });
        };
        let (Expr::String(text) | Expr::RawString(text)) = &value.expr else {
            return None;
        };
        // Nushell puts a letter at the cursor where its parser needs one
        let end = value.span.end.saturating_sub(usize::from(call.strip));
        let mut text = text.clone();
        if call.strip {
            text.pop();
        }
        if end.saturating_sub(value.span.start) > text.len() {
            return None;
        }
        let quoted = text.strip_prefix(QUOTES).map(str::to_owned);
        Some(Typed {
            start: Some(value.span.start + usize::from(quoted.is_some())),
            end,
            opening: if quoted.is_some() { "" } else { "\"" },
            text: quoted.unwrap_or(text),
        })
    }
}
