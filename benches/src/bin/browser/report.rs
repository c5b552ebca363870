//! Output of the browser without a screen.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context;
use ulid_benches::lists::Kind;

use crate::{Bench, MILLIONS, median_of, ms};

/// The IDs of a list in their order, beside what `sort` does with the same lines.
pub(crate) fn ids_in_order(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let mut cells = report(bench, &["--sort=id", "--print=lines"])?;
    let list = bench.list(Kind::Shuffled, MILLIONS)?;
    let sort = || {
        let mut sort = Command::new("sort");
        sort.env("LC_ALL", "C").arg(&list.path);
        time(sort)
    };
    match median_of(3, sort) {
        Ok(time) => cells.push(format!("GNU sort {}", ms(time))),
        Err(error) => eprintln!("NOT RUN: sort: {error:#}"),
    }
    Ok(cells)
}

pub(crate) fn rows(bench: &Bench) -> anyhow::Result<Vec<String>> {
    report(bench, &["--print=csv"])
}

pub(crate) fn rows_in_order(bench: &Bench) -> anyhow::Result<Vec<String>> {
    report(bench, &["--sort=id", "--print=csv"])
}

/// The time until all rows of a shuffled list are written.
fn report(bench: &Bench, arguments: &[&str]) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Shuffled, MILLIONS)?;
    let command = || {
        let mut browser = Command::new(&bench.browser);
        browser.arg(&list.path).args(arguments);
        browser
    };
    let written = command().output()?.stdout;
    let is_csv = arguments.contains(&"--print=csv");
    let ids = written.split(|&byte| byte == b'\n').skip(is_csv.into());
    let id = |line: &[u8]| -> Option<[u8; 26]> {
        let mut cells = line.split(|&byte| byte == b',');
        cells.nth(is_csv.into())?.try_into().ok()
    };
    let ids: Vec<[u8; 26]> = ids.map_while(id).collect();
    anyhow::ensure!(ids.len() as u64 == list.rows, "rows are missing");
    anyhow::ensure!(
        ids.is_sorted() == arguments.contains(&"--sort=id"),
        "the order is wrong"
    );
    Ok(vec![ms(median_of(5, || time(command()))?)])
}

/// The time that a program takes which writes to nobody.
fn time(mut program: Command) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let status = program.stdout(Stdio::null()).status();
    let status = status.context("it does not start")?;
    anyhow::ensure!(status.success(), "{program:?} fails");
    Ok(start.elapsed())
}
