//! Columns that a condition reads as what none of their values is, so that it never holds and nothing is wrong with it.

use super::{
    Query,
    code::{Code, Op, Which, read},
    error::Type,
    value::Val,
};
use crate::{
    dataset::{Dataset, ReadError, Row},
    row::Around,
    visible::visible,
};

/// Rows that are looked at.
const ROWS: usize = 200;

impl Query {
    /// A sentence about each column that is compared with a number, a time or the like, of which no value in the first 200 rows
    /// is one.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if these rows can no longer be read.
    pub fn unfit_columns(&self, dataset: &Dataset) -> Result<Vec<String>, ReadError> {
        let mut readings = Vec::new();
        if let Some(code) = &self.rest {
            collect(code, &mut readings);
        }
        if readings.is_empty() {
            return Ok(Vec::new());
        }
        let rows = dataset.window(0, ROWS)?;
        let mut sentences: Vec<String> = Vec::new();
        for (name, code) in readings {
            let found = sentence(name, code, &rows);
            sentences.extend(found.filter(|sentence| !sentences.contains(sentence)));
        }
        Ok(sentences)
    }
}

/// The parts of a condition that read a column of the row itself as something else, with the names of the columns.
fn collect<'c>(code: &'c Code, readings: &mut Vec<(&'c str, &'c Code)>) {
    let operands = code.operands();
    if let (Op::Read(..) | Op::TimeOf(_), [only]) = (&code.op, &operands[..])
        && let Op::Column(Which::Here, name) = &only.op
    {
        readings.push((name, code));
    }
    for operand in operands {
        collect(operand, readings);
    }
}

/// A sentence where some rows have a value in the column, and none has one that fits.
fn sentence(name: &str, code: &Code, rows: &[Row]) -> Option<String> {
    let is_missing = |row: &&Row| {
        let value = code.run(&Around::of_row(row.borrow()), &[]);
        matches!(value, Val::Missing)
    };
    if !rows.iter().all(|row| is_missing(&row)) {
        return None;
    }
    let mut values = rows.iter().filter_map(|row| row.cell(name));
    let value = values.find(|value| !value.is_empty())?;
    let wanted = match code.ty {
        Type::Bool => "true or false".to_owned(),
        other => other.to_string(),
    };
    let is_time = !matches!(
        read(Type::Time, &Val::Text(value.as_bytes().into())),
        Val::Missing
    );
    let advice = match code.ty {
        Type::Number if is_time => "; a year is a date with its month, such as 2026-01",
        _ => "",
    };
    Some(format!(
        "no value of {name:?} in the first rows is {wanted}: there is {:?}{advice}",
        visible(&value)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        dataset::OpenOptions,
        query::{Query, Scope},
        timestamp::TimeZone,
    };

    #[test]
    fn a_column_that_is_never_what_it_is_read_as_is_told() {
        let text = "id,day,word,n,ok,none\n01ARZ3NDEKTSV4RRFFQ69G5FAV,2025-05-01,x,1,true,\n01BX5ZZKBKACTAV9WEVGEMMVRZ,2026-05-01,y,,f,\n";
        let dataset = Dataset::from_bytes("x.csv", text.into(), &OpenOptions::default()).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let told = |text: &str| {
            let query = Query::parse(text, &scope).unwrap();
            query.unfit_columns(&dataset).unwrap().join("\n")
        };
        assert_eq!(
            told("day < 2026"),
            "no value of \"day\" in the first rows is a number: there is \"2025-05-01\"; a year is a date with its month, such as 2026-01"
        );
        assert_eq!(
            told("word and n > 1"),
            "no value of \"word\" in the first rows is true or false: there is \"x\""
        );
        assert_eq!(
            told("time(word) > 2025"),
            "no value of \"word\" in the first rows is a time: there is \"x\""
        );
        // of a column without any value nothing can be said
        for fits in [
            "day < 2026-01",
            "n > 1",
            "ok",
            "none > 1",
            "word == \"z\"",
            "word > day",
            "not valid",
        ] {
            assert_eq!(told(fits), "", "{fits}");
        }
    }
}
