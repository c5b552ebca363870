//! Fields of rows that can be watched.

use ulid_engine::dataset::Format;

use crate::inspect::{table::Table, watch::Watched};

/// The field that is the time since the row before.
pub(in crate::inspect) const SINCE_PREVIOUS: &str = "since_previous";

/// True if rows of a file have a field that can be watched.
pub(super) fn check(field: &str, table: Option<&Table>) -> Result<(), String> {
    let Some(dataset) = table.map(|table| &table.dataset) else {
        return Ok(());
    };
    let columns = dataset.columns();
    // fields of JSON can be in some of the objects alone
    let may_have = matches!(dataset.layout().format, Format::Json | Format::JsonLines);
    let is_known = match Watched::named(field, columns) {
        Watched::Fact(_) => true,
        Watched::Column(name) => columns.contains(&name),
    };
    if may_have || field == SINCE_PREVIOUS || is_known {
        return Ok(());
    }
    let facts = Watched::FACTS.iter().map(|fact| fact.entry().name);
    let mut names: Vec<&str> = facts.chain([SINCE_PREVIOUS]).collect();
    names.extend(columns.iter().map(String::as_str));
    Err(format!(
        "{field:?} cannot be watched in this file; these can: {}",
        names.join(", ")
    ))
}
