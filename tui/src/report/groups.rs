//! Groups of rows and their figures.

use std::io::Write;

use ulid_engine::{
    Timestamp,
    calendar::Step,
    query::{GroupOrder, Grouping, Query},
};

use super::condition;
use crate::{
    cli::Arguments,
    groups::{GroupWriting, Periods},
    records::Kind,
    rows::Source,
    values::Values,
};

/// Writes the groups that are asked for. What they leave out is told on stderr.
pub(super) fn write(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
) -> anyhow::Result<()> {
    let asked = &arguments.asked;
    let (zone, now) = (arguments.time_zone()?, Timestamp::now());
    let condition = condition(arguments, source)?;
    if let Some(step) = asked.histogram {
        let grouping = source.histogram(step, asked.by.as_deref(), now, &zone)?;
        return write_histogram(out, arguments, source, &grouping, step, condition.as_ref());
    }
    let (figures, by) = match (&asked.count_by, &asked.aggregate) {
        (Some(by), _) => ("count()", Some(by.as_str())),
        (None, figures) => (figures.as_deref().unwrap_or("count()"), asked.by.as_deref()),
    };
    let grouping = source.grouping(figures, by, now, &zone)?;
    let order = match asked.count_by.is_some() || asked.top.is_some() {
        true => GroupOrder::Top(asked.top),
        false => GroupOrder::ByKey,
    };
    let names = names(&grouping);
    let mut writing = GroupWriting::new(out, values(arguments)?, &names, grouping.keys());
    let notes = source.groups(&grouping, condition.as_ref(), order, |values| {
        writing.write(values).map_err(anyhow::Error::from)
    })?;
    writing.flush()?;
    for note in &notes {
        eprintln!("ulid-tui: {}", note);
    }
    Ok(())
}

/// Names of a grouping; the count that goes without saying is called by its word alone.
fn names(grouping: &Grouping) -> Vec<String> {
    let name = |name: &String| match name.as_str() {
        "count()" => "count".to_owned(),
        name => name.to_owned(),
    };
    grouping.names().iter().map(name).collect()
}

fn values(arguments: &Arguments) -> anyhow::Result<Values> {
    Ok(Values {
        kind: arguments.print.unwrap_or(Kind::Table),
        form: arguments.form(),
        zone: arguments.time_zone()?,
    })
}

fn write_histogram(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    grouping: &Grouping,
    step: Step,
    condition: Option<&Query>,
) -> anyhow::Result<()> {
    let mut periods = Periods::new(step, arguments.time_zone()?);
    source.groups(grouping, condition, GroupOrder::ByKey, |values| {
        periods.add(values).map_err(anyhow::Error::from)
    })?;
    let names = grouping.names();
    let mut writing = GroupWriting::new(out, values(arguments)?, names, names.len() - 1);
    for sentence in periods.write(&mut writing)? {
        eprintln!("ulid-tui: {sentence}");
    }
    Ok(())
}
