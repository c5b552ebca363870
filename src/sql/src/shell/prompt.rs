//! A prompt: statements over many lines, with a history, and names that Tab completes.

use std::path::PathBuf;

use anyhow::Context as _;
use datafusion::prelude::SessionContext;
use etcetera::BaseStrategy;
use rustyline::{
    Config, Context, Editor, Helper,
    completion::Completer,
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::FileHistory,
    validate::{ValidationContext, ValidationResult, Validator},
};
use tokio::runtime::Runtime;
use ulid_engine::visible::visible;

use super::{arguments::Query, in_words, statement, tables::Table};

const HELP: &str = "\
A statement ends with ; and may go over lines. Tab completes names, Ctrl-C ends a statement or clears the line, Ctrl-D leaves.
  \\d    tables and their columns
  \\f    functions for ULIDs and UUIDs of version 7
  \\q    leave";

/// Asks for statements until the input ends.
pub(crate) fn run(
    runtime: &Runtime,
    context: &SessionContext,
    asked: &Query,
    tables: &[Table],
) -> anyhow::Result<()> {
    let config = Config::builder()
        .max_history_size(10_000)?
        .history_ignore_dups(true)?
        .build();
    let mut editor: Editor<Names, FileHistory> =
        Editor::with_config(config).context("the terminal")?;
    editor.set_helper(Some(Names::of(runtime, context)));
    let history = history_file();
    if let Some(file) = &history {
        // At first there is none.
        let _ = editor.load_history(file);
    }
    for table in tables {
        println!("{} is {}", table.name, visible(&table.source));
    }
    println!("\\h for help");
    loop {
        let line = match editor.readline("sql> ") {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error).context("the terminal"),
        };
        let line = line.trim();
        if !line.is_empty() {
            editor.add_history_entry(line)?;
        }
        match line {
            "" => {}
            "\\q" => break,
            "\\h" | "\\?" => println!("{HELP}"),
            "\\d" => answer(runtime, context, TABLES, asked),
            "\\f" => answer(runtime, context, FUNCTIONS, asked),
            command if command.starts_with('\\') => {
                eprintln!("{} is no command; \\h lists them", visible(command))
            }
            sql => answer(runtime, context, sql, asked),
        }
        if let Some(helper) = editor.helper_mut() {
            *helper = Names::of(runtime, context);
        }
    }
    match history {
        Some(file) => editor
            .save_history(&file)
            .with_context(|| file.display().to_string()),
        None => Ok(()),
    }
}

const TABLES: &str = "SELECT table_name, column_name, data_type FROM information_schema.columns \
    WHERE table_schema <> 'information_schema' ORDER BY table_name, ordinal_position";

const FUNCTIONS: &str = "SELECT DISTINCT routine_name, function_type FROM information_schema.routines \
    WHERE routine_name LIKE 'ulid%' OR routine_name LIKE 'uuid7%' ORDER BY routine_name";

/// Runs a statement; its failure ends no session.
fn answer(runtime: &Runtime, context: &SessionContext, sql: &str, asked: &Query) {
    if let Err(error) = runtime.block_on(statement::run_all(context, sql, asked)) {
        eprintln!("{}", visible(&in_words(&error)));
    }
}

/// File of the history: with the data of the user's other programs.
fn history_file() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy()
        .ok()?
        .data_dir()
        .join("ulid-sql");
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("history"))
}

/// Names that can be completed.
struct Names(Vec<String>);

const WORDS: [&str; 30] = [
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COUNT",
    "CREATE",
    "DESC",
    "DISTINCT",
    "EXPLAIN",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INTERVAL",
    "IS",
    "JOIN",
    "LIKE",
    "LIMIT",
    "NOT",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "SELECT",
    "TIMESTAMP",
    "UNION",
    "WHERE",
];

impl Names {
    /// Names of functions, tables and columns, and the words of SQL.
    fn of(runtime: &Runtime, context: &SessionContext) -> Names {
        let state = context.state();
        let mut names: Vec<String> = WORDS.map(str::to_owned).to_vec();
        names.extend(state.scalar_functions().keys().cloned());
        names.extend(state.aggregate_functions().keys().cloned());
        names.extend(state.table_functions().keys().cloned());
        names.extend(runtime.block_on(of_tables(context)));
        names.sort();
        names.dedup();
        Names(names)
    }
}

/// The tables of the session, and their columns.
async fn of_tables(context: &SessionContext) -> Vec<String> {
    let mut names = Vec::new();
    for catalog in context
        .catalog_names()
        .iter()
        .filter_map(|name| context.catalog(name))
    {
        for schema in catalog
            .schema_names()
            .iter()
            .filter_map(|name| catalog.schema(name))
        {
            for table in schema.table_names() {
                if let Ok(Some(known)) = schema.table(&table).await {
                    names.extend(
                        known
                            .schema()
                            .fields()
                            .iter()
                            .map(|field| field.name().clone()),
                    );
                }
                names.push(table);
            }
        }
    }
    names
}

impl Completer for Names {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or(line);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let begin = before.rfind(|c| !is_part(c)).map_or(0, |at| {
            at + before
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
        let word = before.get(begin..).unwrap_or_default().to_lowercase();
        if word.is_empty() {
            return Ok((begin, Vec::new()));
        }
        let fits = self
            .0
            .iter()
            .filter(|name| name.to_lowercase().starts_with(&word));
        Ok((begin, fits.cloned().collect()))
    }
}

impl Validator for Names {
    /// Enter ends a statement that ends with a semicolon, and a command; else it begins another line.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input().trim();
        Ok(
            match text.is_empty() || text.starts_with('\\') || text.ends_with(';') {
                true => ValidationResult::Valid(None),
                false => ValidationResult::Incomplete,
            },
        )
    }
}

impl Hinter for Names {
    type Hint = String;
}

impl Highlighter for Names {}

impl Helper for Names {}

#[cfg(test)]
mod tests {
    use rustyline::history::DefaultHistory;

    use super::*;

    #[test]
    fn the_word_before_the_cursor_is_completed() {
        let names = Names(vec![
            "SELECT".to_owned(),
            "ulid_max".to_owned(),
            "ulid_min".to_owned(),
        ]);
        let history = DefaultHistory::new();
        let complete = |line: &str| {
            names
                .complete(line, line.len(), &Context::new(&history))
                .unwrap()
        };
        assert_eq!(complete("sel"), (0, vec!["SELECT".to_owned()]));
        assert_eq!(
            complete("é=ULID_M"),
            (3, vec!["ulid_max".to_owned(), "ulid_min".to_owned()])
        );
        assert_eq!(complete("ulid_max("), (9, vec![]));
    }
}
