//! Rows written in their order.

use std::{
    hash::{BuildHasher as _, RandomState},
    io::Write,
    sync::Arc,
};

use ulid_engine::{
    RowSet, Timestamp,
    compare::Comparison,
    progress::Progress,
    query::{self, Query},
    row::Spelling,
    sort::Direction,
    visible::visible,
};

use super::condition;
use crate::{
    cli::{Arguments, Repaired},
    export::{Export, ExportError, Take},
    listed::ListWriting,
    records::{Kind, Spool, Writing},
    rows::{Arrangement, Chosen, Listing, Order, RowsError, Source, arrange},
    values::Values,
};

/// Writes the rows that are asked for.
pub(super) fn write(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    kind: Kind,
) -> anyhow::Result<()> {
    if arguments.asked.lists() {
        return write_list(out, arguments, source, kind);
    }
    let zone = arguments.time_zone()?;
    let comparison = comparison(arguments, source)?;
    let both = comparison.clone().and_then(|both| source.both(both));
    let writing = Writing::of_both(both, kind, arguments.form(), &zone, source.layout());
    write_each(out, arguments, source, &writing, comparison.as_deref())?;
    let notes = writing.notes(source.layout());
    if let Some(kept) = notes.kept {
        eprintln!("ulid-tui: {}", visible(&kept));
    }
    match notes.missing {
        Some(missing) => Err(anyhow::Error::msg(missing)),
        None => Ok(()),
    }
}

fn write_each(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    writing: &Writing,
    comparison: Option<&Comparison>,
) -> anyhow::Result<()> {
    let (zone, form) = (arguments.time_zone()?, arguments.form());
    let order = source.order(&arguments.arrangement(), Timestamp::now(), &zone)?;
    let condition = condition(arguments, source)?;
    if streams(arguments) {
        writing.heading(out)?;
        // what comes through a pipe is handed on as it comes
        return source.scan(
            condition.as_ref(),
            |rows| writing.text(rows),
            |text| hand_on(out, source, text?),
        );
    }
    if let (Kind::Lines, Spelling::Ulid, Order::Id(direction), None, false) = (
        writing.kind(),
        form,
        &order,
        arguments.diff,
        arguments.asked.chooses(),
    ) {
        let _ = source.wait_for_all();
        writing.heading(out)?;
        let chosen = condition.map_or(Chosen::All, |query| Chosen::Query(Box::new(query)));
        return write_sorted(out, source, *direction, &chosen);
    }
    let listing = listing(arguments, source, condition, &order, comparison)?;
    writing.heading(out)?;
    source.scan_listing(
        &listing,
        &Progress::new(),
        |rows| writing.text(rows),
        |text| Ok(text?.write_to(out)?),
    )
}

/// How the two files are related, where two are compared.
fn comparison(
    arguments: &Arguments,
    source: &Source,
) -> Result<Option<Arc<Comparison>>, RowsError> {
    let compared = arguments.diff.map(|_| source.compare(&Progress::new()));
    Ok(compared.transpose()?.map(Arc::new))
}

/// True if rows are written as they come.
fn streams(arguments: &Arguments) -> bool {
    arguments.arrangement() == Arrangement::default()
        && arguments.diff.is_none()
        && !arguments.asked.chooses()
}

fn hand_on(out: &mut impl Write, source: &Source, text: Spool) -> anyhow::Result<()> {
    text.write_to(out)?;
    if !source.extent().complete {
        out.flush()?;
    }
    Ok(())
}

/// The rows to be written, in their order.
fn listing(
    arguments: &Arguments,
    source: &Source,
    condition: Option<Query>,
    order: &Order,
    comparison: Option<&Comparison>,
) -> anyhow::Result<Listing> {
    let arrangement = arguments.arrangement();
    let asked = &arguments.asked;
    let limit = asked.limit.filter(|_| asked.by.is_none());
    if let (Some(most), true, None, None, None) = (
        limit,
        arrangement == Arrangement::default(),
        &asked.distinct,
        asked.sample,
        arguments.diff,
    ) {
        let rows = source.first_rows(most, condition.as_ref())?;
        return Ok(Listing::ordered(numbers(&rows)));
    }
    let both = arguments.diff.zip(comparison);
    let related = both.map(|(relation, comparison)| comparison.rows(relation));
    let chosen = chosen(arguments, source, condition, related.as_ref())?;
    let count = source.wait_for_all();
    // of many rows in an order of values the first are found without ordering the others
    if let (Order::Value(by, direction), Some(most), None) = (order, limit, &related) {
        let progress = Progress::new();
        let rows = source.chosen(&chosen, 0, &progress)?;
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let first = source.first_by(by, *direction, most, rows.as_ref(), &progress)?;
        return Ok(Listing::ordered(first));
    }
    let listing = match arrange(source, order, &chosen, &Progress::new())? {
        Some(rows) => Listing::ordered(rows),
        None => Listing::whole(count, &arrangement),
    };
    let listing = match related {
        Some(rows) => listing.among(&rows),
        None => listing,
    };
    Ok(limit.map_or(listing.clone(), |most| listing.first(most)))
}

/// Writes rows to a file by its name, or rows with their IDs repaired to stdout.
pub(super) fn export(
    out: &mut (impl Write + Send),
    arguments: &Arguments,
    source: &Source,
) -> anyhow::Result<()> {
    let zone = arguments.time_zone()?;
    let order = source.order(&arguments.arrangement(), Timestamp::now(), &zone)?;
    let condition = condition(arguments, source)?;
    let comparison = comparison(arguments, source)?;
    let listing = listing(arguments, source, condition, &order, comparison.as_deref())?;
    let take = match (arguments.repair, &arguments.asked.columns) {
        (Some(Repaired::All), _) => Take::Repaired,
        (Some(Repaired::Changed), _) => Take::Changed,
        (None, Some(list)) => Take::Columns {
            list: list.clone(),
            names: None,
        },
        (None, None) if arguments.as_is => Take::AsIs,
        (None, None) => Take::Decoded,
    };
    let export = Export {
        listing,
        // rows go to stdout as they stand
        path: arguments
            .export
            .clone()
            .unwrap_or_else(|| source.named_like()),
        form: arguments.form(),
        zone,
        take,
        comparison,
    };
    let progress = Progress::new();
    let written = match arguments.export {
        Some(_) => export.run(source, &progress)?.written,
        None => {
            let written = export.write(out, source, &progress);
            // there is no file that could be named
            written
                .map_err(|error| match error {
                    ExportError::Write { error, .. } => error.into(),
                    other => anyhow::Error::from(other),
                })?
                .1
        }
    };
    eprintln!("ulid-tui: {}", visible(&written.to_string()));
    match written.notes.missing {
        Some(missing) => Err(anyhow::Error::msg(missing)),
        None => Ok(()),
    }
}

fn numbers(rows: &RowSet) -> Vec<u32> {
    let rows = rows.iter();
    rows.filter_map(|row| u32::try_from(row).ok()).collect()
}

/// The rows that are asked for, in any order and number. Of rows that are drawn all are `related`.
fn chosen(
    arguments: &Arguments,
    source: &Source,
    condition: Option<Query>,
    related: Option<&RowSet>,
) -> anyhow::Result<Chosen> {
    let asked = &arguments.asked;
    let (zone, now) = (arguments.time_zone()?, Timestamp::now());
    let per_value = match (&asked.distinct, &asked.by, asked.limit) {
        (Some(by), ..) => Some((by, 1)),
        (None, Some(by), Some(most)) => Some((by, most)),
        _ => None,
    };
    let rows = match per_value {
        Some((by, most)) => Some(source.first_of_each(by, most, condition.as_ref(), now, &zone)?),
        None => None,
    };
    let Some(count) = asked.sample else {
        return Ok(match (rows, condition) {
            (Some(rows), _) => Chosen::These(rows),
            (None, Some(query)) => Chosen::Query(Box::new(query)),
            (None, None) => Chosen::All,
        });
    };
    let all = source.wait_for_all();
    let among = match (rows, condition) {
        (Some(rows), _) => rows,
        (None, Some(query)) => source.select(&query, 0, &Progress::new())?,
        (None, None) => (0..all as u64).collect(),
    };
    let among = match related {
        Some(related) => among & related,
        None => among,
    };
    let seed = asked.seed.unwrap_or_else(any_seed);
    Ok(Chosen::These(query::sample(&among, count, seed)))
}

/// A number that nobody can foretell: the standard library seeds its maps with such.
fn any_seed() -> u64 {
    RandomState::new().hash_one(0)
}

/// Writes columns that were asked for.
fn write_list(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    kind: Kind,
) -> anyhow::Result<()> {
    let zone = arguments.time_zone()?;
    let order = source.order(&arguments.arrangement(), Timestamp::now(), &zone)?;
    let condition = condition(arguments, source)?;
    let (now, asked) = (Timestamp::now(), &arguments.asked);
    let joined = source.expressions(asked.columns.as_deref(), &asked.join, now, &zone);
    let (list, notes) = joined?;
    for note in notes {
        eprintln!("ulid-tui: {}", visible(&note));
    }
    let values = Values {
        kind,
        form: arguments.form(),
        zone,
    };
    let writing = ListWriting::new(list, values);
    if streams(arguments) {
        writing.heading(out)?;
        return source.scan_values(
            writing.list(),
            condition.as_ref(),
            |rows| writing.text(rows),
            |text| hand_on(out, source, text?),
        );
    }
    let comparison = comparison(arguments, source)?;
    let listing = listing(arguments, source, condition, &order, comparison.as_deref())?;
    writing.heading(out)?;
    if writing.list().looks_around() {
        let progress = Progress::new();
        return source.scan_around(writing.list(), &listing, &progress, |values| {
            Ok(writing.text(&mut std::iter::once(values))?.write_to(out)?)
        });
    }
    source.scan_listing(
        &listing,
        &Progress::new(),
        |rows| writing.text(&mut rows.map(|row| writing.values_of(row))),
        |text| Ok(text?.write_to(out)?),
    )
}

/// Writes the IDs alone, for which no row has to be read again.
fn write_sorted(
    out: &mut impl Write,
    source: &Source,
    direction: Direction,
    chosen: &Chosen,
) -> anyhow::Result<()> {
    match source.write_sorted(out, direction, chosen, &Progress::new()) {
        Err(RowsError::Write(error)) => Err(error.into()),
        other => Ok(other?),
    }
}
