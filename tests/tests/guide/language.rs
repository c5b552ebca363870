//! The guide to the language of conditions, whose examples are tables of expressions and their values.

use std::time::Duration;

use ulid_engine::{
    dataset::{Dataset, OpenOptions},
    progress::Progress,
    query::{Expression, Query, Scope, select},
    row::{FACTS, FLAWS, OLD_NAMES},
    stats::Limits,
    timestamp::TimeZone,
};

/// Each line of an `ulid-query` block of the guide is `EXPRESSION # VALUE`, over the rows of its first block.
#[test]
fn the_examples_of_the_guide_are_true() {
    let guide = ulid_tests::root().join("docs/query.md");
    let guide = std::fs::read_to_string(guide).expect("the guide is text");
    let blocks: Vec<(&str, &str)> = guide
        .split("\n```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.split_once('\n'))
        .collect();
    let rows = blocks.iter().find(|(kind, _)| *kind == "csv").unwrap().1;
    let dataset = Dataset::from_bytes("guide.csv", rows.into(), &OpenOptions::default()).unwrap();
    let (now, utc) = ("2026-01-02T12:00:00Z".parse().unwrap(), TimeZone::UTC);
    let scope = Scope::of(&dataset, now, &utc);
    let mut examples = 0;
    for line in blocks
        .iter()
        .filter(|(kind, _)| *kind == "ulid-query")
        .flat_map(|(_, block)| block.lines())
    {
        let (text, expected) = line.split_once(" # ").unwrap_or_else(|| panic!("{line:?}"));
        let text = text.trim_end();
        let found = match expected.strip_prefix("rows ") {
            Some(_) => selected_in(&dataset, text, &scope),
            None => evaluated(&dataset, text, &scope),
        };
        match expected.split_once('…') {
            Some((begin, _)) => assert!(found.starts_with(begin), "{text}: {found}"),
            None => assert_eq!(found, expected.trim_end(), "{text}"),
        }
        examples += 1;
    }
    assert!(examples > 30, "{examples}");
}

/// The tables of facts and flaws say what the programs know, in the same order, with the values of row 2.
#[test]
fn the_tables_of_facts_and_flaws_are_those_of_the_programs() {
    let guide = ulid_tests::root().join("docs/query.md");
    let guide = std::fs::read_to_string(guide).expect("the guide is text");
    let rows = guide.split("```csv\n").nth(1).unwrap();
    let rows = rows.split("```").next().unwrap();
    let dataset = Dataset::from_bytes("guide.csv", rows.into(), &OpenOptions::default()).unwrap();
    let (now, utc) = ("2026-01-02T12:00:00Z".parse().unwrap(), TimeZone::UTC);
    let scope = Scope::of(&dataset, now, &utc);
    let table = |heading: &str| -> Vec<String> {
        let lines = guide.lines().skip_while(|line| *line != heading);
        let lines = lines.skip(2).take_while(|line| line.starts_with('|'));
        lines.map(str::to_owned).collect()
    };
    let facts = FACTS.iter().map(|entry| {
        let names = [entry.name].into_iter().chain(entry.others.iter().copied());
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let value = evaluated(&dataset, entry.name, &scope);
        let (ty, sentence) = (entry.ty.name(), entry.sentence);
        format!("| {} | {ty} | {sentence} | {value} |", names.join(", "))
    });
    assert_eq!(
        table("| fact | type | value | for row 2 |"),
        facts.collect::<Vec<_>>()
    );
    let limits = Limits::at(now);
    let flaws = FLAWS.iter().map(|entry| {
        let (condition, sentence) = (entry.flaw.condition(limits), entry.flaw.sentence(limits));
        format!("| `{}` | `{condition}` | {sentence} |", entry.name)
    });
    assert_eq!(
        table("| flaw | condition | rows |"),
        flaws.collect::<Vec<_>>()
    );
    for old in OLD_NAMES {
        let is_told = table("| old | new | where |")
            .iter()
            .any(|line| line.starts_with(&format!("| `{}` |", old.name)));
        assert!(is_told, "{}", old.name);
    }
}

fn selected_in(dataset: &Dataset, text: &str, scope: &Scope<'_>) -> String {
    let query = match Query::parse(text, scope) {
        Ok(query) => query,
        Err(error) => return error.to_string(),
    };
    let rows = select(dataset, &query, &Progress::new()).unwrap();
    let lines: Vec<String> = rows.iter().map(|row| (row + 1).to_string()).collect();
    format!(
        "rows {}",
        if lines.is_empty() {
            "none".into()
        } else {
            lines.join(", ")
        }
    )
}

fn evaluated(dataset: &Dataset, text: &str, scope: &Scope<'_>) -> String {
    let expression = match Expression::parse(text, scope) {
        Ok(expression) => expression,
        Err(error) => return error.to_string(),
    };
    let budget = Duration::from_secs(20);
    let value = expression.evaluate(dataset, 1, None, budget, &Progress::new());
    value.unwrap().to_string()
}
