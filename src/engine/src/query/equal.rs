//! Conditions as text: that an expression comes to a value.

use super::Value;
use crate::codec;

/// The condition that an expression comes to a value: `service == "api"`; for no value that it has none.
///
/// ```
/// use ulid_engine::query::{Value, condition_of_value};
///
/// let value = Value::Text("say \"hi\"".to_owned());
/// assert_eq!(condition_of_value("service", &value), r#"service == "say \"hi\"""#);
/// assert_eq!(condition_of_value("a + b", &Value::Missing), "(a + b) is null");
/// ```
#[must_use]
pub fn condition_of_value(expression: &str, value: &Value) -> String {
    let expression = expression.trim();
    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
    let inner = expression
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'));
    let is_quoted = inner.is_some_and(|inner| !inner.contains('`'));
    let of = match is_name(expression) || is_quoted {
        true => expression.to_owned(),
        false => format!("({expression})"),
    };
    match value {
        Value::Missing => format!("{of} is null"),
        Value::Bool(true) => of,
        Value::Bool(false) => format!("not {of}"),
        Value::Int(number) => format!("{of} == {number}"),
        Value::Float(number) => format!("{of} == {number}"),
        Value::Duration(_) => format!("{of} == {value}"),
        Value::Time(time) => format!("{of} == \"{time}\""),
        Value::Id(id) => format!("{of} == \"{}\"", codec::print(*id)),
        Value::Text(text) => format!("{of} == {}", quoted(text)),
        Value::Bounds(from, to) => format!(
            "{of} in \"{}\"..=\"{}\"",
            codec::print(*from),
            codec::print(*to)
        ),
    }
}

/// A text as the language writes it, in quotes: a backslash stands for itself unless a quote or another one follows.
#[must_use]
pub fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::super::{GroupOrder, Grouping, Query, Scope, select};
    use super::*;
    use crate::{
        Timestamp,
        dataset::{Dataset, OpenOptions},
        pass::MEMORY,
        progress::Progress,
        timestamp::TimeZone,
    };

    #[test]
    fn each_group_is_found_again_by_its_condition() {
        let text = "id,a b,n,flag\n\
             01KDVDN9GC0000000000000001,\"x\"\"y\\\",1,true\n\
             01KDVDNA000000000000000002,\"two\nlines\",1.5,false\n\
             01KDVDNA000000000000000003,,-2,true\n\
             broken,'q',1e3,\n\
             01KDWE90E00000000000000005,\\\\,007,false\n";
        let options = OpenOptions::default();
        let dataset = Dataset::from_bytes("x.csv", text.into(), &options).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let progress = Progress::new();
        for by in [
            "`a b`",
            "n",
            "n * 2",
            "flag",
            "valid",
            "id",
            "time",
            "age",
            "since_previous",
            "fault",
            "lower(`a b`)",
            "date(time)",
            "if(valid, n, n)",
        ] {
            let grouping = Grouping::parse("count()", Some(by), &scope).unwrap();
            let mut groups = Vec::new();
            let give = |values: &[Value]| {
                groups.push(values.to_vec());
                Ok(())
            };
            grouping
                .run(&dataset, None, GroupOrder::ByKey, MEMORY, &progress, give)
                .unwrap();
            assert!(!groups.is_empty());
            for group in groups {
                let condition = condition_of_value(by, &group[0]);
                let query = Query::parse(&condition, &scope);
                let query = query.unwrap_or_else(|error| panic!("{condition}: {error}"));
                let found = select(&dataset, &query, &progress).unwrap().len();
                assert_eq!(Value::Int(found.into()), group[1], "{condition}");
            }
        }
    }
}
