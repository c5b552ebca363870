//! Figures asked for in one text, and told in one line: `count(), p95(took) by service`.

use super::{
    super::{
        Scope, Value,
        error::QueryError,
        token::{self, TokenKind},
    },
    GroupOrder, Grouping,
};
use crate::{dataset::Dataset, pass::SortError, progress::Progress};

/// Groups that are told in one line.
const TOLD: usize = 50;

impl Grouping {
    /// Reads figures, and behind the word `by` what rows are grouped by.
    ///
    /// # Errors
    ///
    /// As [`Grouping::parse`].
    pub fn of_text(text: &str, scope: &Scope<'_>) -> Result<Grouping, QueryError> {
        let tokens = token::tokens(text).map_err(|error| error.in_text(text))?;
        let is_by = |kind: &TokenKind| matches!(kind, TokenKind::Word(word) if word == "by");
        let Some(by) = tokens.iter().find(|token| is_by(&token.kind)) else {
            return Grouping::parse(text, None, scope);
        };
        // blanks in its place keep the columns of errors what they are
        let mut rest = " ".repeat(by.at.end);
        rest.push_str(text.get(by.at.end..).unwrap_or_default());
        let figures = text.get(..by.at.start).unwrap_or_default();
        Grouping::parse(figures, Some(&rest), scope)
    }

    /// The figures of all rows in one line, the largest groups first: `api: 3; web: 2`.
    ///
    /// # Errors
    ///
    /// As [`Grouping::run`].
    pub fn tell(
        &self,
        dataset: &Dataset,
        memory: usize,
        progress: &Progress,
    ) -> Result<String, SortError> {
        let (mut told, mut groups) = (Vec::new(), 0_usize);
        self.run(
            dataset,
            None,
            GroupOrder::Top(None),
            memory,
            progress,
            |values| {
                groups += 1;
                if groups <= TOLD {
                    told.push(line_of(values, self.keys()));
                }
                Ok(())
            },
        )?;
        let more = match groups.checked_sub(TOLD) {
            None | Some(0) => String::new(),
            Some(more) => format!("; and {more} more"),
        };
        Ok(format!("{}{more}", told.join("; ")))
    }
}

fn line_of(values: &[Value], keys: usize) -> String {
    let (keys, figures) = values.split_at(keys.min(values.len()));
    let joined = |values: &[Value]| {
        let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
        texts.join(", ")
    };
    match keys {
        [] => joined(figures),
        keys => format!("{}: {}", joined(keys), joined(figures)),
    }
}
