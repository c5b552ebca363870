//! The engine without Nushell, on the same files and in the same run: what a call can come near to.

use std::{
    hint::black_box,
    ops::ControlFlow,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    anatomy::Anatomy,
    codec,
    dataset::{Dataset, OpenOptions, search_file},
    find::Options,
    generate::{Monotonic, Order, Series, SharedGenerator},
    pass::MEMORY,
    progress::Progress,
    query::{Query, Scope, select},
    stats::Limits,
    timestamp::TimeZone,
};

use crate::session::Measured;

/// The work of the script of the files, on those files.
pub(crate) fn files(folder: &Path) -> Result<Vec<Measured>> {
    const COUNT: u64 = 5_000_000;
    let sorted = folder.join("sorted.txt");
    let open = || Dataset::open_paths(std::slice::from_ref(&sorted), &OpenOptions::default());
    let now = Timestamp::now();
    let survey = || -> Result<u64> {
        let (audit, _) = open()?.survey(Limits::at(now), MEMORY, &Progress::new())?;
        Ok(audit.summary().valid)
    };
    let scan = || -> Result<u64> {
        let mut found = 0;
        search_file(&sorted, Options::default(), &Progress::new(), |_| {
            found += 1;
            ControlFlow::Continue(())
        })??;
        Ok(found)
    };
    let last = open()?
        .audit(Limits::at(now), &Progress::new())?
        .summary()
        .last;
    let last = codec::print(last.context("the file has IDs")?.id);
    let filter = || -> Result<u64> {
        let dataset = open()?;
        let zone = TimeZone::UTC;
        let query = Query::parse(&format!("id = {last}"), &Scope::of(&dataset, now, &zone))?;
        Ok(select(&dataset, &query, &Progress::new())?.len())
    };
    Ok(vec![
        best("the engine alone: stats", COUNT, || {
            ensure!(survey()? == COUNT);
            Ok(())
        })?,
        best("the engine alone: scan", COUNT, || {
            ensure!(scan()? == COUNT);
            Ok(())
        })?,
        best("the engine alone: filter", COUNT, || {
            ensure!(filter()? == 1);
            Ok(())
        })?,
    ])
}

/// The functions below the commands, for which the other plugin published figures.
pub(crate) fn core(_folder: &Path) -> Result<Vec<Measured>> {
    const COUNT: usize = 100_000;
    let shared = std::sync::Arc::new(SharedGenerator::default());
    let mut one = Series::new(Order::Shared(shared));
    let mut exact = Series::new(Order::Exact(Monotonic::new()));
    let now = Timestamp::now();
    let mut room = vec![0; COUNT];
    one.fill(&mut room, Timestamp::now)?;
    let ids: Vec<Ulid> = room.iter().map(|&key| Ulid::from_u128(key)).collect();
    let texts: Vec<String> = ids.iter().map(|&id| codec::print(id).to_string()).collect();
    let text = |index: usize| texts[index].as_str();
    let invalid = "01ARZ3NDEKTSV4RRFFQ69G5FA";
    ensure!(
        texts
            .iter()
            .all(|text| codec::is_valid(text, Reading::Strict))
    );
    ensure!(!codec::is_valid(invalid, Reading::Strict));
    let each = |name: &str, work: &mut dyn FnMut(usize) -> Result<()>| {
        best(name, COUNT as u64, || (0..COUNT).try_for_each(&mut *work))
    };
    Ok(vec![
        each("one generated", &mut |_| {
            black_box(one.generate(Timestamp::now())?);
            Ok(())
        })?,
        best("many generated", COUNT as u64, || {
            let mut series = Series::new(Order::Independent);
            black_box(series.fill(&mut room, Timestamp::now)?);
            Ok(())
        })?,
        each("one generated of a time", &mut |_| {
            black_box(exact.generate(black_box(now))?);
            Ok(())
        })?,
        each("one generated and printed", &mut |_| {
            black_box(codec::print(exact.generate(Timestamp::now())?));
            Ok(())
        })?,
        each("a valid one checked", &mut |index| {
            black_box(codec::is_valid(text(index), Reading::Strict));
            Ok(())
        })?,
        each("an invalid one checked", &mut |_| {
            black_box(codec::is_valid(black_box(invalid), Reading::Strict));
            Ok(())
        })?,
        each("a time read", &mut |index| {
            black_box(Timestamp::of(codec::parse(text(index), Reading::Strict)?));
            Ok(())
        })?,
        each("parts as text", &mut |index| {
            let anatomy = Anatomy::of(codec::parse(text(index), Reading::Strict)?);
            black_box((text(index).to_owned(), anatomy.randomness_hex()));
            Ok(())
        })?,
        each("two times compared", &mut |index| {
            let other = COUNT - 1 - index;
            let (one, other) = (
                codec::parse(text(index), Reading::Strict)?,
                codec::parse(text(other), Reading::Strict)?,
            );
            black_box(Timestamp::of(one).cmp(&Timestamp::of(other)));
            Ok(())
        })?,
    ])
}

/// The shortest of some rounds, for one operation.
fn best(name: &str, operations: u64, mut work: impl FnMut() -> Result<()>) -> Result<Measured> {
    let mut shortest = Duration::MAX;
    for _ in 0..7 {
        let begin = Instant::now();
        work()?;
        shortest = shortest.min(begin.elapsed());
    }
    Ok(Measured {
        name: name.to_owned(),
        clock_ns: Some(shortest.as_secs_f64() * 1e9 / operations as f64),
        processor_ns: None,
        bytes: None,
    })
}
