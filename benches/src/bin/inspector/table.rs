//! The rows that are printed.

use std::time::Duration;

/// A row of the table: the median, the 99th percentile and the worst of some times; the aim is for the second.
pub(crate) fn times(what: &str, mut times: Vec<Duration>, aim_ms: f64) {
    times.sort_unstable();
    let ms = |index: usize| times[index.min(times.len() - 1)].as_secs_f64() * 1e3;
    let (p50, p99, worst) = (
        ms(times.len() / 2),
        ms(times.len() * 99 / 100),
        ms(times.len()),
    );
    let reached = format!("p50 {p50:.2} ms, p99 {p99:.2} ms, worst {worst:.2} ms");
    row(what, &reached, &format!("{aim_ms} ms"), p99 <= aim_ms);
}

pub(crate) fn rate(what: &str, rows: usize, time: Duration, aim: f64) {
    let millions = rows as f64 / time.as_secs_f64() / 1e6;
    let aim_text = format!("{aim} M rows/s");
    row(
        what,
        &format!("{millions:.0} M rows/s"),
        &aim_text,
        millions >= aim,
    );
}

pub(crate) fn row(what: &str, reached: &str, aim: &str, met: bool) {
    let verdict = if met { "met" } else { "missed" };
    println!("| {what} | {reached} | {aim} | {verdict} |");
}
