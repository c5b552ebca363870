//! The memory of the browser.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use anyhow::Context;
use ulid_benches::{lists::Kind, terminal::Terminal};
use ulid_engine::codec;

use super::{Bench, GIGABYTES, MILLIONS, grouped};

/// Memory to browse ten gigabytes.
pub(super) fn browsing(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Sorted, GIGABYTES)?;
    let mut terminal = bench.open(&list.path)?;
    let peak = Peak::of(&terminal);
    terminal.wait_for(&format!("{} rows  lines", grouped(list.rows)))?;
    let indexed = terminal.anonymous_memory();
    peak.begin_anew();
    terminal.wait_for("randomness random")?;
    let looked_over = peak.bytes();
    terminal.send("G")?;
    terminal.wait_for(&codec::print(list.last))?;
    terminal.wait_for_silence(Duration::from_millis(300));
    Ok(vec![format!(
        "{} indexed, {} looked over ({} meanwhile)",
        mb(indexed),
        mb(terminal.anonymous_memory()),
        mb(Some(looked_over)),
    )])
}

/// Memory of rows once they are sorted.
pub(super) fn sorted(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Shuffled, MILLIONS)?;
    let mut terminal = bench.open_and_settle(&list)?;
    let peak = Peak::of(&terminal);
    terminal.send("s")?;
    terminal.wait_for(&codec::print(list.smallest))?;
    terminal.wait_for_silence(Duration::from_millis(300));
    let a_row = |bytes: u64| format!("{:.1} B a row", bytes as f64 / list.rows as f64);
    let sorted = terminal.anonymous_memory().context("no memory is known")?;
    Ok(vec![format!(
        "{} ({} meanwhile)",
        a_row(sorted),
        a_row(peak.bytes())
    )])
}

/// The most anonymous memory that a program has had, by looking often.
struct Peak {
    bytes: Arc<AtomicU64>,
    over: Arc<AtomicBool>,
}

impl Peak {
    fn of(terminal: &Terminal) -> Peak {
        let peak = Peak {
            bytes: Arc::default(),
            over: Arc::default(),
        };
        let (bytes, over, look) = (
            Arc::clone(&peak.bytes),
            Arc::clone(&peak.over),
            terminal.memory_probe(),
        );
        thread::spawn(move || {
            while !over.load(Relaxed) {
                bytes.fetch_max(look().unwrap_or(0), Relaxed);
                thread::sleep(Duration::from_millis(2));
            }
        });
        peak
    }

    fn begin_anew(&self) {
        self.bytes.store(0, Relaxed);
    }

    fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }
}

impl Drop for Peak {
    fn drop(&mut self) {
        self.over.store(true, Relaxed);
    }
}

fn mb(bytes: Option<u64>) -> String {
    bytes.map_or("unknown".to_owned(), |bytes| {
        format!("{:.1} MB", bytes as f64 / 1e6)
    })
}
