//! The order that rows are in where it is not that of their IDs: that of another program, of another reading of the bytes,
//! or several orders one behind the other.

use std::{borrow::Cow, fmt};

/// Another order than that of IDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OtherOrder {
    /// The largest first.
    Descending,
    /// By time, and within a millisecond in any order.
    ByTime,
    /// By the bytes of their text, in which capitals come before small letters.
    LetterCase,
    /// As Czech and Slovak have it, in which CH is a letter behind H.
    Czech,
    /// As EBCDIC has it, in which letters come before digits.
    LettersFirst,
    /// As SQL Server orders a `uniqueidentifier`: the last six bytes first.
    SqlServer,
    /// By the bytes of a GUID as .NET writes them, the first three groups turned round.
    GuidBytes,
}

/// Every other order, those that say most of two rows first: where another holds, that by time may hold as well.
pub const OTHER_ORDERS: [OtherOrder; 7] = [
    OtherOrder::Descending,
    OtherOrder::LetterCase,
    OtherOrder::Czech,
    OtherOrder::LettersFirst,
    OtherOrder::SqlServer,
    OtherOrder::GuidBytes,
    OtherOrder::ByTime,
];

impl OtherOrder {
    /// A short, stable name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            OtherOrder::Descending => "descending",
            OtherOrder::ByTime => "time",
            OtherOrder::LetterCase => "letter_case",
            OtherOrder::Czech => "collation_czech",
            OtherOrder::LettersFirst => "letters_before_digits",
            OtherOrder::SqlServer => "sql_server_guid",
            OtherOrder::GuidBytes => "dotnet_guid_bytes",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            OtherOrder::Descending => "sorted the other way round, the largest first",
            OtherOrder::ByTime => {
                "sorted by time alone, with the IDs of a millisecond in any order"
            }
            OtherOrder::LetterCase => {
                "sorted by the bytes of the text, capitals before small letters"
            }
            OtherOrder::Czech => "sorted by a Czech or Slovak collation, CH behind H",
            OtherOrder::LettersFirst => "sorted with letters before digits, as EBCDIC has it",
            OtherOrder::SqlServer => {
                "sorted as a uniqueidentifier of SQL Server, its last six bytes first"
            }
            OtherOrder::GuidBytes => {
                "sorted by the bytes of a .NET Guid, its first three groups turned round"
            }
        }
    }

    /// True if it is an order of the text, not of the bits.
    fn is_of_text(self) -> bool {
        matches!(
            self,
            OtherOrder::LetterCase | OtherOrder::Czech | OtherOrder::LettersFirst
        )
    }

    /// The key by which an ID, as it is written, is ordered, so that bytes ascend where the order holds.
    fn key(self, key: u128, text: &str) -> [u8; 32] {
        let bytes = key.to_be_bytes();
        match self {
            OtherOrder::Descending => padded(&bytes.map(|byte| !byte)),
            OtherOrder::ByTime => padded(&bytes[..6]),
            OtherOrder::LetterCase => padded(text.as_bytes()),
            OtherOrder::Czech => padded(&czech(text)),
            OtherOrder::LettersFirst => padded(&letters_first(text)),
            OtherOrder::SqlServer => padded(
                &[10, 11, 12, 13, 14, 15, 8, 9, 7, 6, 5, 4, 3, 2, 1, 0].map(|at: usize| bytes[at]),
            ),
            OtherOrder::GuidBytes => padded(
                &[3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map(|at: usize| bytes[at]),
            ),
        }
    }
}

/// The first bytes of a key, with zeros behind it. IDs have up to 26 characters, with hyphens 36: what is beyond does not
/// change which of two comes first but for IDs that have all before it in common.
fn padded(bytes: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let len = bytes.len().min(key.len());
    key[..len].copy_from_slice(&bytes[..len]);
    key
}

/// Weights of the characters, in capitals, with one for CH between those of H and I.
fn czech(text: &str) -> Vec<u8> {
    let mut weights = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let [first, rest @ ..] = left {
        let first = first.to_ascii_uppercase();
        let is_ch = first == b'C' && matches!(rest.first(), Some(b'H' | b'h'));
        weights.push(if is_ch {
            2 * b'H' + 1
        } else {
            2 * first.min(127)
        });
        left = if is_ch { &rest[1..] } else { rest };
    }
    weights
}

fn letters_first(text: &str) -> Vec<u8> {
    let weight =
        |byte: u8| byte.to_ascii_uppercase() ^ if byte.is_ascii_digit() { 0x80 } else { 0 };
    text.bytes().map(weight).collect()
}

/// Falls of neighbouring rows in every order, in parts that are merged.
#[derive(Debug, Clone, Default)]
pub struct OrderSurvey {
    rows: u64,
    /// Falls in the order of the IDs, and the first rows that begin a new run.
    falls: u64,
    begins: Vec<u64>,
    first: Option<Edge>,
    last: Option<Edge>,
    /// Falls in the other orders, of which no more are counted than the first.
    others: [u64; OTHER_ORDERS.len()],
}

/// A row at the edge of a part.
#[derive(Debug, Clone)]
struct Edge {
    row: u64,
    key: u128,
    others: [[u8; 32]; OTHER_ORDERS.len()],
}

/// Runs that a file joined of shards has at most.
const MOST_RUNS: u64 = 1000;
/// Begins of runs that are told.
const TOLD: usize = 3;
/// Rows that make an order more than chance: of three, one in six is sorted in any order.
const LEAST_ROWS: u64 = 8;

impl OrderSurvey {
    /// Takes in the ID of the next row that has one, as it is written.
    pub fn push<'t>(&mut self, row: u64, key: u128, text: impl FnOnce() -> Cow<'t, str>) {
        // for most rows of most files nobody asks for it any more
        let pairs = OTHER_ORDERS.iter().zip(&self.others);
        let reads_text = |(order, falls): (&OtherOrder, &u64)| *falls == 0 && order.is_of_text();
        let text = match pairs.into_iter().any(reads_text) {
            true => text(),
            false => Cow::Borrowed(""),
        };
        let mut edge = Edge {
            row,
            key,
            others: [[0; 32]; OTHER_ORDERS.len()],
        };
        // An order that does not hold is not asked again: most rows of most files end all of them at once.
        for (number, order) in OTHER_ORDERS.into_iter().enumerate() {
            if self.others[number] == 0 {
                edge.others[number] = order.key(key, &text);
            }
        }
        self.meet(&edge);
        self.rows += 1;
        self.first.get_or_insert_with(|| edge.clone());
        self.last = Some(edge);
    }

    /// Takes in the rows behind these.
    pub fn merge(&mut self, next: OrderSurvey) {
        for (falls, more) in self.others.iter_mut().zip(next.others) {
            *falls += more;
        }
        if let Some(first) = &next.first {
            self.meet(first);
        }
        self.rows += next.rows;
        self.falls += next.falls;
        let room = TOLD.saturating_sub(self.begins.len());
        self.begins.extend(next.begins.iter().take(room));
        if self.first.is_none() {
            self.first = next.first;
        }
        if next.last.is_some() {
            self.last = next.last;
        }
    }

    /// Compares the last row with the one behind it.
    fn meet(&mut self, next: &Edge) {
        let Some(last) = &self.last else {
            return;
        };
        if next.key < last.key {
            self.falls += 1;
            if self.begins.len() < TOLD {
                self.begins.push(next.row);
            }
        }
        let pairs = last.others.iter().zip(&next.others);
        for (falls, (before, after)) in self.others.iter_mut().zip(pairs) {
            *falls += u64::from(*falls == 0 && after < before);
        }
    }

    /// Why the rows are out of order, if that can be told.
    #[must_use]
    pub fn reason(&self) -> Option<OrderReason> {
        if self.falls == 0 || self.rows < LEAST_ROWS {
            return None;
        }
        let held = OTHER_ORDERS
            .iter()
            .zip(self.others)
            .find(|(_, falls)| *falls == 0);
        if let Some((&order, _)) = held {
            return Some(OrderReason::Sorted {
                order,
                rows: self.rows,
                falls: self.falls,
            });
        }
        let runs = self.falls + 1;
        let is_joined = runs <= MOST_RUNS && runs.saturating_mul(20) <= self.rows;
        is_joined.then(|| OrderReason::Joined {
            runs,
            rows: self.rows,
            begins: self.begins.clone(),
        })
    }
}

/// Why rows are not in the order of their IDs, with the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderReason {
    /// The IDs are in another order.
    Sorted {
        /// The order.
        order: OtherOrder,
        /// Rows that were compared.
        rows: u64,
        /// Falls in the order of the IDs.
        falls: u64,
    },
    /// The IDs are several sorted runs, one behind the other.
    Joined {
        /// How many.
        runs: u64,
        /// Rows that were compared.
        rows: u64,
        /// The rows that the second run and some later ones begin with, from 0.
        begins: Vec<u64>,
    },
}

impl OrderReason {
    /// A short, stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            OrderReason::Sorted { order, .. } => order.code(),
            OrderReason::Joined { .. } => "joined",
        }
    }
}

impl fmt::Display for OrderReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OrderReason::Sorted { order, rows, falls } => write!(
                f,
                "{}: of {rows} IDs none falls in that order, and {falls} fall in that of IDs",
                order.sentence()
            ),
            OrderReason::Joined { runs, rows, begins } => {
                let begins: Vec<String> = begins.iter().map(|row| (row + 1).to_string()).collect();
                let more = if runs - 1 > begins.len() as u64 {
                    " and others"
                } else {
                    ""
                };
                write!(
                    f,
                    "{runs} sorted parts of {rows} IDs, one behind the other, as of shards joined; they begin at rows {}{more}",
                    begins.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ulid, codec};

    /// IDs of few times, so that many share a millisecond, in either letter case.
    fn ids() -> Vec<(u128, String)> {
        let mut ids = Vec::new();
        for number in 0..400_u64 {
            let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let time = 1_700_000_000_000 + (mixed >> 57) * 50_021;
            let random = u128::from(mixed) << 16 | u128::from(number);
            let id = Ulid::from_parts(time, random & ((1 << 80) - 1)).unwrap();
            let text = codec::print(id).to_string();
            let text = if number % 3 == 0 {
                text.to_lowercase()
            } else {
                text
            };
            ids.push((id.to_u128(), text));
        }
        ids
    }

    fn reason(ids: &[(u128, String)], cut: usize) -> Option<OrderReason> {
        let mut parts = [OrderSurvey::default(), OrderSurvey::default()];
        for (row, (key, text)) in ids.iter().enumerate() {
            let text = || Cow::Borrowed(text.as_str());
            parts[usize::from(row >= cut)].push(row as u64, *key, text);
        }
        let [mut first, second] = parts;
        first.merge(second);
        first.reason()
    }

    fn check(
        mut order: impl FnMut(&(u128, String), &(u128, String)) -> std::cmp::Ordering,
        code: Option<&str>,
    ) {
        let mut ids = ids();
        ids.sort_by(|a, b| order(a, b));
        for cut in [0, 1, 200, 400] {
            let found = reason(&ids, cut);
            assert_eq!(found.as_ref().map(OrderReason::code), code, "{found:?}");
        }
    }

    #[test]
    fn orders_of_other_programs_are_recognised() {
        check(|a, b| a.0.cmp(&b.0), None);
        check(|a, b| b.0.cmp(&a.0), Some("descending"));
        check(
            |a, b| (a.0 >> 80).cmp(&(b.0 >> 80)).then(b.0.cmp(&a.0)),
            Some("time"),
        );
        check(|a, b| a.1.cmp(&b.1), Some("letter_case"));
        // Czech sorts a text that begins with CH behind all others that begin with C to H.
        let czech = |text: &str| text.to_uppercase().replace("CH", "H~");
        check(
            |a, b| czech(&a.1).cmp(&czech(&b.1)),
            Some("collation_czech"),
        );
        let ebcdic = |text: &str| {
            let swapped = |c: char| {
                if c.is_ascii_digit() {
                    (c as u8 + 100) as char
                } else {
                    c
                }
            };
            text.to_uppercase().chars().map(swapped).collect::<String>()
        };
        check(
            |a, b| ebcdic(&a.1).cmp(&ebcdic(&b.1)),
            Some("letters_before_digits"),
        );
        // the groups of the text from the last to the first, each of the first three by its last byte first
        let sql_server = |key: u128| {
            let text = format!("{key:032x}");
            let turned = |from: usize, to: usize| -> String {
                (from..to)
                    .step_by(2)
                    .rev()
                    .map(|at| &text[at..at + 2])
                    .collect()
            };
            format!(
                "{}{}{}{}{}",
                &text[20..],
                &text[16..20],
                turned(12, 16),
                turned(8, 12),
                turned(0, 8)
            )
        };
        check(
            |a, b| sql_server(a.0).cmp(&sql_server(b.0)),
            Some("sql_server_guid"),
        );
        let guid = |key: u128| uuid::Uuid::from_u128(key).to_bytes_le();
        check(|a, b| guid(a.0).cmp(&guid(b.0)), Some("dotnet_guid_bytes"));
        let shard = |key: u128| key % 7;
        check(
            |a, b| (shard(a.0), a.0).cmp(&(shard(b.0), b.0)),
            Some("joined"),
        );
        check(|a, b| (a.0 % 1_000_003).cmp(&(b.0 % 1_000_003)), None);
    }

    #[test]
    fn the_reason_is_a_sentence_with_its_evidence() {
        let mut ids = ids();
        ids.sort();
        ids.reverse();
        assert_eq!(
            reason(&ids, 7).unwrap().to_string(),
            "sorted the other way round, the largest first: of 400 IDs none falls in that order, and 399 fall in that of IDs"
        );
        ids.sort();
        ids.rotate_left(100);
        assert_eq!(
            reason(&ids, 7).unwrap().to_string(),
            "2 sorted parts of 400 IDs, one behind the other, as of shards joined; they begin at rows 301"
        );
        // so few rows can be in any order by chance
        assert_eq!(reason(&ids[298..303], 0), None);
    }
}
