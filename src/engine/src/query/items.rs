//! Several expressions in one text: `service, day=date(time)`.

use super::{
    Scope,
    compile::Compiler,
    error::{Expected, QueryError, QueryErrorKind},
    parse::{self, Tree},
    token::{self, Token, TokenKind},
};

/// One of several expressions.
pub(super) struct Item<'t> {
    /// The name that it was given, or else its text.
    pub(super) name: String,
    /// The expression as it is written.
    pub(super) written: &'t str,
    pub(super) tree: Tree,
    text: &'t str,
}

/// Expressions with commas between them, each with a name before `=` or without.
pub(super) fn items(text: &str) -> Result<Vec<Item<'_>>, QueryError> {
    let read = || {
        let tokens = token::tokens(text)?;
        divide(&tokens)
            .map(|part| item(part, text))
            .collect::<Result<Vec<Item<'_>>, QueryError>>()
    };
    read().map_err(|error| error.in_text(text))
}

/// Tokens between commas that stand in no parentheses.
fn divide(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0_usize;
    tokens.split(move |token| match token.kind {
        TokenKind::Op("(" | "[") => {
            depth += 1;
            false
        }
        TokenKind::Op(")" | "]") => {
            depth = depth.saturating_sub(1);
            false
        }
        TokenKind::Op(",") => depth == 0,
        _ => false,
    })
}

fn item<'t>(tokens: &[Token], text: &'t str) -> Result<Item<'t>, QueryError> {
    let (name, tokens) = match tokens {
        [
            Token {
                kind: TokenKind::Word(name) | TokenKind::Column(name),
                ..
            },
            Token {
                kind: TokenKind::Op("="),
                ..
            },
            rest @ ..,
        ] => (Some(name.clone()), rest),
        all => (None, all),
    };
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        let kind = QueryErrorKind::Expected {
            expected: vec![Expected::Value],
            found: None,
        };
        return Err(QueryError::new(kind, text.len()..text.len()));
    };
    let written = text.get(first.at.start..last.at.end).unwrap_or_default();
    let name = name.unwrap_or_else(|| match tokens {
        [
            Token {
                kind: TokenKind::Column(name),
                ..
            },
        ] => name.clone(),
        _ => written.to_owned(),
    });
    Ok(Item {
        name,
        written,
        tree: parse::parse(tokens, text)?,
        text,
    })
}

impl Item<'_> {
    /// The value that `read` makes of the item.
    pub(super) fn compile<T>(
        &self,
        scope: &Scope<'_>,
        read: impl FnOnce(&mut Compiler<'_>) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        let mut compiler = Compiler::of_row(scope, self.text);
        read(&mut compiler).map_err(|error| error.in_text(self.text))
    }
}
