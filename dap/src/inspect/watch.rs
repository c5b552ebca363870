//! Rows that function and data breakpoints stop at: those that reach a time or an ID, and those where a field changes.

use ulid_engine::{
    Reading, Timestamp, Ulid, codec,
    row::{Around, Fact, OLD_NAMES, Side, Value, source_column},
    stats::{Follows, Limits},
    timestamp::{InZone as _, TimeZone},
};

use super::step::Step;

/// The conditions that are looked for in each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Watch {
    /// The rows where the time is first reached.
    Reaches(Timestamp),
    /// IDs from one to another.
    Ids { first: Ulid, last: Ulid },
    /// The first row of each period.
    Every { ms: u64 },
    /// A fact or a column with another value than in the row before.
    Change(Watched),
    /// More time since the valid row before than the limit.
    Gap,
}

impl Watch {
    /// Reads what a person gives as the name of a function: `2026-01-01T00:00Z`, `01HX…`, `every 1h`.
    pub(super) fn parse(name: &str, zone: &TimeZone) -> Result<Watch, String> {
        let name = name.trim();
        if let Some(period) = name.strip_prefix("every ") {
            let ms = parse_period(period.trim())?;
            return Ok(Watch::Every { ms });
        }
        if let Ok(time) = Timestamp::parse_in(name, zone) {
            return Ok(Watch::Reaches(time));
        }
        let prefix = name.trim_end_matches(['…', '*', '.']);
        let filled = |with: &str| {
            let rest = codec::TEXT_LEN.saturating_sub(prefix.len());
            codec::parse(format!("{prefix}{}", with.repeat(rest)), Reading::Strict)
        };
        match (filled("0"), filled("Z")) {
            (Ok(first), Ok(last)) if !prefix.is_empty() => Ok(Watch::Ids { first, last }),
            _ => Err(format!(
                "{name:?} is no time (2026-01-01T00:00Z), no ID or begin of one (01HX…), and no period (every 1h)"
            )),
        }
    }

    /// True if IDs do not tell, and the rows have to be read.
    pub(super) fn needs_rows(&self) -> bool {
        let Watch::Change(watched) = self else {
            return false;
        };
        !matches!(watched, Watched::Fact(Fact::Time | Fact::Fault))
    }

    pub(super) fn stops_at(&self, passing: &Around<'_>, limits: Limits) -> bool {
        match self {
            Watch::Change(watched) if self.needs_rows() => {
                passing.prev.is_some() && watched.changes(passing, limits.now)
            }
            _ => self.stops_at_step(&Step::to(passing), limits),
        }
    }

    /// The IDs that tell whether it stops. Without any it never does.
    pub(super) fn stops_at_step(&self, step: &Step, limits: Limits) -> bool {
        let id = step.keys.id;
        let ms = id.map(|id| id.timestamp_ms());
        let ms_before = step.keys.valid_before.map(|id| id.timestamp_ms());
        match self {
            Watch::Reaches(time) => {
                ms.is_some_and(|ms| ms >= time.ms()) && ms_before.is_none_or(|ms| ms < time.ms())
            }
            Watch::Ids { first, last } => id.is_some_and(|id| (*first..=*last).contains(&id)),
            Watch::Every { ms: period } => {
                ms.is_some_and(|ms| ms_before.is_none_or(|before| ms / period != before / period))
            }
            Watch::Change(watched) => step.prev.is_some_and(|prev| match watched {
                Watched::Fact(Fact::Time) => ms != prev.ok().map(|id| id.timestamp_ms()),
                Watched::Fact(Fact::Fault) => step.keys.fault != prev.err(),
                _ => false,
            }),
            Watch::Gap => step.keys.valid_before.zip(id).is_some_and(|(before, id)| {
                matches!(limits.follows(before, id), Follows::Gap { .. })
            }),
        }
    }
}

/// Value whose changes from row to row can be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Watched {
    /// A fact that is not another in every row.
    Fact(Fact),
    /// A column of the source.
    Column(String),
}

impl Watched {
    /// Facts that can be watched.
    pub(super) const FACTS: [Fact; 4] = [Fact::Time, Fact::Fault, Fact::Valid, Fact::Length];

    /// The fact or the column of a name, as variables show it.
    pub(super) fn named(name: &str, columns: &[String]) -> Watched {
        let is_column = columns.iter().any(|column| column == name);
        let old = OLD_NAMES.iter().find(|old| old.name == name && !is_column);
        let name = old.map_or(name, |old| old.instead);
        match Fact::named(name).filter(|fact| Watched::FACTS.contains(fact)) {
            Some(fact) => Watched::Fact(fact),
            None => {
                let name = name.trim_matches('`');
                Watched::Column(source_column(columns, name).unwrap_or(name).to_owned())
            }
        }
    }

    /// True if a row has a value to be watched.
    pub(super) fn is_in(&self, around: &Around<'_>, now: Timestamp) -> bool {
        match self {
            Watched::Fact(fact) => fact.value(around, Side::Here, now) != Value::Missing,
            Watched::Column(name) => around.row.cell(name).is_some(),
        }
    }

    /// True if a row has another value than the one before it.
    fn changes(&self, around: &Around<'_>, now: Timestamp) -> bool {
        match self {
            Watched::Fact(fact) => {
                let value = |side| fact.value(around, side, now);
                value(Side::Prev) != value(Side::Here)
            }
            Watched::Column(name) => {
                let before = around.prev.as_ref().and_then(|row| row.cell(name));
                before != around.row.cell(name)
            }
        }
    }
}

fn parse_period(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 5] = [
        ("ms", 1),
        ("s", 1_000),
        ("m", 60_000),
        ("h", 3_600_000),
        ("d", 86_400_000),
    ];
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = UNITS
        .iter()
        .find(|&&(unit, _)| *unit == text[number.len()..]);
    let count = number.trim().parse::<u64>().ok();
    count
        .zip(unit)
        .and_then(|(count, &(_, ms))| count.checked_mul(ms))
        .filter(|&ms| ms > 0)
        .ok_or_else(|| format!("{text:?} is no period, give one like 500ms, 10s, 5m, 1h or 1d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_functions() {
        let check = |name: &str, expected: Result<Watch, &str>| {
            let found = Watch::parse(name, &TimeZone::UTC);
            assert_eq!(
                found.as_ref().map_err(String::as_str),
                expected.as_ref().map_err(|e| *e),
                "{name}"
            );
        };
        let time = "2026-01-01T00:00Z".parse().unwrap();
        check("2026-01-01T00:00Z", Ok(Watch::Reaches(time)));
        check("2026", Ok(Watch::Reaches(time)));
        check("every 1h", Ok(Watch::Every { ms: 3_600_000 }));
        check("every 15 s", Ok(Watch::Every { ms: 15_000 }));
        let id = |text| codec::parse(text, Reading::Strict).unwrap();
        check(
            "01HX…",
            Ok(Watch::Ids {
                first: id("01HX0000000000000000000000"),
                last: id("01HXZZZZZZZZZZZZZZZZZZZZZZ"),
            }),
        );
        let one = id("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        check(
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            Ok(Watch::Ids {
                first: one,
                last: one,
            }),
        );
        for period in ["0h", "1y", "h", "99999999999999999999d"] {
            check(
                &format!("every {period}"),
                Err(&*format!(
                    "{period:?} is no period, give one like 500ms, 10s, 5m, 1h or 1d"
                )),
            );
        }
        for name in ["", "main", "8ZZ", "01ARZ3NDEKTSV4RRFFQ69G5FAV0"] {
            assert!(
                Watch::parse(name, &TimeZone::UTC)
                    .unwrap_err()
                    .contains("is no time"),
                "{name}"
            );
        }
    }
}
