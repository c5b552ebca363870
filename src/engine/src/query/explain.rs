//! How a condition was read: which keys, what else, and what of a row is looked at.

use super::{
    Query,
    code::{Arithmetic, Code, Comparison, Op, Which},
    keys::KeySet,
    value::Val,
};
use crate::{
    Timestamp, Ulid, codec,
    row::{Fact, Reach},
    timestamp::{InZone, TimeZone},
};

/// Ranges of keys that are told one by one.
const MOST_RANGES: usize = 8;

impl Query {
    /// Sentences about how the condition was read, its times as the clock of a zone shows them: which IDs can meet it, what
    /// else a row has to meet, and what is read of it for that.
    #[must_use]
    pub fn explain(&self, zone: &TimeZone) -> Vec<String> {
        let mut told = told_keys(&self.keys, zone);
        if let Some(rest) = &self.rest {
            let tested = match self.keys.is_all() {
                true => "each row is tested",
                false => "each row among them is tested",
            };
            told.push(format!("{tested}: {}", text_of(rest, zone)));
            told.push(format!("read of a row: {}", parts_of(rest).join(", ")));
        } else {
            told.push("nothing else of a row is read".to_owned());
        }
        if self.beforehand.has_writers() {
            told.push("rows of one writer take a pass over all rows first".to_owned());
        }
        if self.beforehand.duplicates {
            told.push("duplicates take a pass over all IDs first".to_owned());
        }
        told
    }
}

fn told_keys(keys: &KeySet, zone: &TimeZone) -> Vec<String> {
    if keys.is_all() {
        return vec!["the ID decides nothing".to_owned()];
    }
    let mut told: Vec<String> = keys
        .ranges()
        .iter()
        .take(MOST_RANGES)
        .map(|range| told_range(*range.start(), *range.end(), zone))
        .collect();
    if keys.ranges().len() > MOST_RANGES {
        told.push(format!(
            "and {} more ranges of IDs",
            keys.ranges().len() - MOST_RANGES
        ));
    }
    if keys.has_invalid() {
        told.push("rows without an ID".to_owned());
    }
    if told.is_empty() {
        told.push("no row can meet it".to_owned());
    }
    told
}

fn told_range(first: u128, last: u128, zone: &TimeZone) -> String {
    const RANDOM: u128 = (1 << 80) - 1;
    if (first, last) == (0, u128::MAX) {
        return "rows with an ID".to_owned();
    }
    if first & RANDOM != 0 || last & RANDOM != RANDOM {
        let id = |key| codec::print(Ulid::from_u128(key));
        return match first == last {
            true => format!("id == {}", id(first)),
            false => format!("{} <= id <= {}", id(first), id(last)),
        };
    }
    let time = |key: u128| clock((key >> 80) as i64, zone);
    match (first, last) {
        (0, last) => format!("time <= {}", time(last)),
        (first, u128::MAX) => format!("time >= {}", time(first)),
        _ => format!("{} <= time <= {}", time(first), time(last)),
    }
}

/// A time as a clock shows it; milliseconds before 1970.
fn clock(ms: i64, zone: &TimeZone) -> String {
    match Timestamp::from_ms(ms) {
        Ok(time) if *zone == TimeZone::UTC => time.to_string(),
        Ok(time) => time.in_zone(zone).to_string(),
        Err(_) => format!("{ms} ms"),
    }
}

fn text_of(code: &Code, zone: &TimeZone) -> String {
    let text = |code: &Code| text_of(code, zone);
    match &code.op {
        Op::Const(Val::Text(text)) => format!("{:?}", String::from_utf8_lossy(text)),
        Op::Const(Val::Time(ms)) => clock(*ms, zone),
        Op::Const(value) => value.clone().into_value().to_string(),
        Op::Interval(first, last) => format!("{}..={}", clock(*first, zone), clock(*last, zone)),
        Op::Fact(which, fact, _) => format!("{}{}", side(*which), fact.entry().name),
        Op::Column(which, name) => format!("{}`{name}`", side(*which)),
        Op::IdText(which) => format!("{}id", side(*which)),
        Op::Not(inner) => format!("not ({})", text(inner)),
        Op::And(a, b) => format!("{} and {}", text(a), text(b)),
        Op::Or(a, b) => format!("({} or {})", text(a), text(b)),
        Op::Compare(comparison, a, b) | Op::CompareColumns(comparison, a, b) => {
            format!("{} {} {}", text(a), sign(*comparison), text(b))
        }
        Op::Within(value, i64::MIN, last) => format!("{} <= {}", text(value), clock(*last, zone)),
        Op::Within(value, first, i64::MAX) => format!("{} >= {}", text(value), clock(*first, zone)),
        Op::Within(value, first, last) => {
            format!(
                "{} <= {} <= {}",
                clock(*first, zone),
                text(value),
                clock(*last, zone)
            )
        }
        Op::InBounds(value, first, last) => format!("{first} <= {} <= {last}", text(value)),
        Op::InSet(value, set) => format!("{} is one of {} values", text(value), set.len()),
        Op::InRows(rows) => format!("it is one of {} rows", rows.len()),
        Op::IsMissing(value) => format!("{} is missing", text(value)),
        Op::Matches(value, regex) => format!("{} =~ {:?}", text(value), regex.as_str()),
        Op::Contains(value, needle) => {
            format!(
                "{} contains {:?}",
                text(value),
                String::from_utf8_lossy(needle.text())
            )
        }
        Op::StartsWith(value, part) => {
            format!(
                "{} starts with {:?}",
                text(value),
                String::from_utf8_lossy(part)
            )
        }
        Op::Arithmetic(operator, a, b) => {
            format!("({} {} {})", text(a), operation(*operator), text(b))
        }
        Op::Read(ty, value) => format!("{} as {ty}", text(value)),
        Op::TimeOf(value) => format!("time({})", text(value)),
        Op::IdOf(value) => format!("ulid({})", text(value)),
        Op::Print(_, value) => format!("text({})", text(value)),
        Op::Abs(value) => format!("abs({})", text(value)),
        Op::Apply(function, parts) => {
            let parts: Vec<String> = parts.iter().map(text).collect();
            format!("{}({})", function.name(), parts.join(", "))
        }
        Op::Joined(key, column) => format!("`{}` of another file by {}", column.name(), text(key)),
        Op::Lag(lag) => format!("(prev.{} by {})", text(lag.of()), text(lag.by())),
        Op::Aggregate(_) => "a value of all rows".to_owned(),
    }
}

fn side(which: Which) -> &'static str {
    match which {
        Which::Prev => "prev.",
        Which::Here => "",
        Which::Next => "next.",
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn operation(operator: Arithmetic) -> &'static str {
    match operator {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::Remainder => "%",
    }
}

/// Parts of a row that a condition looks at.
fn parts_of(code: &Code) -> Vec<String> {
    let mut parts = Vec::new();
    each_part(code, &mut |part| {
        if !parts.contains(&part) {
            parts.push(part);
        }
    });
    parts
}

fn each_part(code: &Code, each: &mut dyn FnMut(String)) {
    match &code.op {
        Op::Column(which, name) => {
            each(format!("the column `{name}`"));
            if *which != Which::Here {
                each("the rows beside it".to_owned());
            }
        }
        Op::Fact(which, fact, _) => {
            each(match fact {
                Fact::Row => "its number".to_owned(),
                Fact::Line => "its line".to_owned(),
                Fact::Offset | Fact::Length => "its place".to_owned(),
                Fact::Text => "all of its text".to_owned(),
                _ => "the ID".to_owned(),
            });
            if *which != Which::Here || fact.entry().reach == Reach::Before {
                each("the rows beside it".to_owned());
            }
        }
        Op::IdText(_) => each("the ID".to_owned()),
        Op::Lag(lag) => {
            each_part(lag.by(), each);
            each_part(lag.of(), each);
            each("the row before of the same writer".to_owned());
        }
        _ => code
            .operands()
            .into_iter()
            .for_each(|operand| each_part(operand, each)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dataset::{Dataset, OpenOptions},
        query::Scope,
    };

    #[test]
    fn a_condition_says_how_it_was_read() {
        let rows = "id,service,took\n01ARZ3NDEKTSV4RRFFQ69G5FAV,a,1\n";
        let options = OpenOptions::default();
        let dataset = Dataset::from_bytes("x.csv", rows.into(), &options).unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        for (text, expected) in [
            (
                "time >= 2025-01-01",
                &[
                    "time >= 2025-01-01T00:00:00.000+01:00",
                    "nothing else of a row is read",
                ][..],
            ),
            (
                "service == \"web\" and took > 5 and time == 2025",
                &[
                    "2025-01-01T00:00:00.000+01:00 <= time <= 2025-12-31T23:59:59.999+01:00",
                    "each row among them is tested: `service` == \"web\" and `took` as a number > 5",
                    "read of a row: the column `service`, the column `took`",
                ],
            ),
            (
                "not valid or duplicate",
                &[
                    "the ID decides nothing",
                    "each row is tested: (not (valid) or duplicate)",
                    "read of a row: the ID",
                    "duplicates take a pass over all IDs first",
                ],
            ),
            (
                "not valid",
                &["rows without an ID", "nothing else of a row is read"],
            ),
            (
                "time > 2025 and time < 2020",
                &["no row can meet it", "nothing else of a row is read"],
            ),
            (
                "gap > 1h and text contains \"x\"",
                &[
                    "the ID decides nothing",
                    "each row is tested: since_previous > 1h and text contains \"x\"",
                    "read of a row: the ID, the rows beside it, all of its text",
                ],
            ),
        ] {
            let query = Query::parse(text, &scope).unwrap();
            assert_eq!(query.explain(&zone), expected, "{text}");
        }
    }
}
