//! The terminal browser as a user meets it: the real program in a pseudo-terminal, beside `less` and `csvlens` where
//! they are installed.
//!
//! usage: `cargo build --release -p ulid-tui && cargo run --release -p ulid-benches --bin browser [WORD...]`
//!
//! A word takes only the rows of the table whose name has it. The lists lie in `target/browser-lists`: `make` only makes
//! them, `clean` removes them. The list of 10 GB is made for the rows that need it.

mod memory;
mod report;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::Context;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use ulid_benches::{
    lists::{Kind, List},
    terminal::Terminal,
};
use ulid_engine::{Timestamp, codec};

/// Something that is measured: its name, what it should be, and what measures it.
type Row = (
    &'static str,
    &'static str,
    fn(&Bench) -> anyhow::Result<Vec<String>>,
);

const ROWS: &[Row] = &[
    ("first decoded row, 10 GB", "50 ms", first_row),
    ("`G` at once, 10 GB", "16 ms", last_row),
    ("full index, 10 million lines", "120 ms", index_of_millions),
    ("full index, 10 GB", "3 GB/s", index_of_gigabytes),
    (
        "sort 10 million by ID, nearly sorted",
        "350 ms",
        sort_nearly_sorted,
    ),
    ("sort 10 million by ID, shuffled", "600 ms", sort_shuffled),
    ("full audit of 10 million", "500 ms", audit),
    ("search through 10 million", "500 ms", search),
    (
        "write 10 million IDs in their order",
        "1 s",
        report::ids_in_order,
    ),
    ("write 10 million rows as CSV", "4 s", report::rows),
    (
        "write 10 million rows as CSV, by ID",
        "8 s",
        report::rows_in_order,
    ),
    (
        "key to repaint while a job runs",
        "p50 1 ms, p99 8 ms",
        key_to_repaint,
    ),
    ("2,000 `j` in one burst", "30 ms, 10 kB", burst),
    ("idle for 3 s", "0 bytes, 0 ms", idle),
    ("anonymous memory, browsing 10 GB", "8 MB", memory::browsing),
    (
        "anonymous memory, 10 million sorted",
        "12 B a row",
        memory::sorted,
    ),
];

const MILLIONS: u64 = 10_000_000;
/// Lines of 27 bytes.
const GIGABYTES: u64 = 10_000_000_000 / 27;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = env::args().skip(1).collect();
    let bench = Bench::new()?;
    match words.as_slice() {
        [word] if word == "make" => return bench.make_all(),
        [word] if word == "clean" => return Ok(fs::remove_dir_all(&bench.folder)?),
        _ => {}
    }
    println!("| what | aim | ulid-tui | beside it |\n|---|---|--:|---|");
    for (name, aim, measure) in ROWS {
        if words.iter().all(|word| name.contains(word.as_str())) {
            let measured = measure(&bench).with_context(|| (*name).to_owned())?;
            let (ours, others) = measured.split_first().context("nothing is measured")?;
            println!("| {name} | {aim} | {ours} | {} |", others.join(", "));
        }
    }
    let there = others();
    for missing in OTHERS.iter().filter(|other| !there.contains(other)) {
        println!("\n{missing} is not installed and stands beside nothing.");
    }
    Ok(())
}

struct Bench {
    folder: PathBuf,
    browser: String,
}

impl Bench {
    fn new() -> anyhow::Result<Bench> {
        let this = env::current_exe()?;
        let browser = this.with_file_name(format!("ulid-tui{}", env::consts::EXE_SUFFIX));
        anyhow::ensure!(browser.exists(), "build ulid-tui first, with --release");
        let target = this.ancestors().nth(2).context("this runs from target/")?;
        Ok(Bench {
            folder: target.join("browser-lists"),
            browser: browser.to_string_lossy().into_owned(),
        })
    }

    fn make_all(&self) -> anyhow::Result<()> {
        for (kind, rows) in [
            (Kind::Nearly, MILLIONS),
            (Kind::Shuffled, MILLIONS),
            (Kind::Sorted, GIGABYTES),
        ] {
            let list = self.list(kind, rows)?;
            println!("{}: {} rows", list.path.display(), list.rows);
        }
        Ok(())
    }

    fn list(&self, kind: Kind, rows: u64) -> anyhow::Result<List> {
        List::make(&self.folder, kind, rows)
    }

    fn open(&self, path: &Path) -> anyhow::Result<Terminal> {
        Terminal::start(&self.browser, &[&path.to_string_lossy()])
    }

    /// The browser with a list, after it has looked it over.
    fn open_and_settle(&self, list: &List) -> anyhow::Result<Terminal> {
        let terminal = self.open(&list.path)?;
        terminal.wait_for("randomness random")?;
        terminal.wait_for_silence(Duration::from_millis(300));
        Ok(terminal)
    }
}

const OTHERS: [&str; 2] = ["less", "csvlens"];

/// Other programs that show a file, of those that are installed.
fn others() -> Vec<&'static str> {
    let is_there = |program: &&str| {
        let version = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        version.is_ok_and(|status| status.success())
    };
    OTHERS.into_iter().filter(is_there).collect()
}

fn first_row(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Sorted, GIGABYTES)?;
    let id = codec::print(list.first).to_string();
    let time = Timestamp::of(list.first).to_string();
    let time = time.trim_end_matches('Z').replace('T', " ");
    let ours = median_of(15, || {
        let terminal = bench.open(&list.path)?;
        let shown = terminal.wait("the first row", |screen| {
            screen.contains(&id) && screen.contains(&time)
        })?;
        Ok(shown - terminal.started())
    })?;
    let mut cells = vec![ms(ours)];
    for other in others() {
        let time = median_of(5, || {
            let terminal = Terminal::start(other, &[&list.path.to_string_lossy()])?;
            Ok(terminal.wait_for(&id)? - terminal.started())
        })?;
        cells.push(format!("{other} {}, not decoded", ms(time)));
    }
    Ok(cells)
}

fn last_row(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Sorted, GIGABYTES)?;
    let (first, last) = (
        codec::print(list.first).to_string(),
        codec::print(list.last).to_string(),
    );
    let jump = |program: &str| {
        let mut terminal = Terminal::start(program, &[&list.path.to_string_lossy()])?;
        terminal.wait_for(&first)?;
        let sent = terminal.send("G")?;
        Ok(terminal.wait_for(&last)? - sent)
    };
    let mut cells = vec![ms(median_of(15, || jump(&bench.browser))?)];
    if others().contains(&"less") {
        cells.push(format!("less {}", ms(median_of(5, || jump("less"))?)));
    }
    Ok(cells)
}

/// From the start of the program until the number of all rows stands on the screen.
fn index(bench: &Bench, list: &List, rounds: usize) -> anyhow::Result<Duration> {
    let rows = format!("{} rows  lines", grouped(list.rows));
    median_of(rounds, || {
        let terminal = bench.open(&list.path)?;
        Ok(terminal.wait_for(&rows)? - terminal.started())
    })
}

fn index_of_millions(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Nearly, MILLIONS)?;
    Ok(vec![ms(index(bench, &list, 15)?)])
}

fn index_of_gigabytes(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Sorted, GIGABYTES)?;
    let time = index(bench, &list, 3)?;
    let rate = list.rows as f64 * 27e-9 / time.as_secs_f64();
    Ok(vec![format!("{rate:.1} GB/s")])
}

fn sort(bench: &Bench, kind: Kind) -> anyhow::Result<Vec<String>> {
    let list = bench.list(kind, MILLIONS)?;
    let smallest = codec::print(list.smallest).to_string();
    let time = median_of(5, || {
        let mut terminal = bench.open_and_settle(&list)?;
        let sent = terminal.send("s")?;
        let shown = terminal.wait("the smallest ID first", |screen| {
            let first = screen.lines().nth(3).unwrap_or_default();
            screen.contains("by ID") && first.contains(&smallest)
        })?;
        Ok(shown - sent)
    })?;
    Ok(vec![ms(time)])
}

fn sort_nearly_sorted(bench: &Bench) -> anyhow::Result<Vec<String>> {
    sort(bench, Kind::Nearly)
}

fn sort_shuffled(bench: &Bench) -> anyhow::Result<Vec<String>> {
    sort(bench, Kind::Shuffled)
}

/// From the number of all rows on the screen to their figures.
fn audit(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Nearly, MILLIONS)?;
    let rows = format!("{} rows  lines", grouped(list.rows));
    let invalid = format!("{} invalid", grouped(list.broken));
    let duplicates = format!("{} duplicate", grouped(list.copies));
    let time = median_of(7, || {
        let terminal = bench.open(&list.path)?;
        let indexed = terminal.wait_for(&rows)?;
        let shown = terminal.wait("the figures", |screen| {
            screen.contains(&invalid) && screen.contains(&duplicates)
        })?;
        Ok(shown - indexed)
    })?;
    Ok(vec![ms(time)])
}

/// From Enter to the last row, whose ID was typed in lower case.
fn search(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Nearly, MILLIONS)?;
    let last = codec::print(list.last).to_string();
    let find = |terminal: &mut Terminal, shown: &str| {
        terminal.send("/")?;
        terminal.send(&last.to_lowercase())?;
        terminal.wait_for(&last.to_lowercase())?;
        let sent = terminal.send("\r")?;
        Ok(terminal.wait_for(shown)? - sent)
    };
    let end = format!(" {0} of {0}", grouped(list.rows));
    let ours = median_of(7, || find(&mut bench.open_and_settle(&list)?, &end))?;
    let mut cells = vec![ms(ours)];
    if others().contains(&"less") {
        let less = median_of(3, || {
            let mut terminal = Terminal::start("less", &["-i", &list.path.to_string_lossy()])?;
            terminal.wait_for(&codec::print(list.first))?;
            find(&mut terminal, &last)
        })?;
        cells.push(format!("less {}", ms(less)));
    }
    Ok(cells)
}

/// Each key comes at a moment of its own while 10 GB are looked over and later sorted, and is followed to the place that
/// it goes to.
fn key_to_repaint(bench: &Bench) -> anyhow::Result<Vec<String>> {
    const KEYS: usize = 150;
    let list = bench.list(Kind::Sorted, GIGABYTES)?;
    let mut rng = SmallRng::seed_from_u64(1);
    let mut times = Vec::new();
    let mut walk = |terminal: &mut Terminal, from: usize, job: &str| {
        for row in from + 1..=from + KEYS {
            thread::sleep(Duration::from_micros(rng.random_range(2_000..30_000)));
            let sent = terminal.send("j")?;
            let shown = terminal.wait_for(&format!(" {row} of "))?;
            times.push(shown - sent);
        }
        terminal.wait_for(job)
    };
    for _ in 0..2 {
        let mut terminal = bench.open(&list.path)?;
        terminal.wait_for(&format!("{} rows  lines", grouped(list.rows)))?;
        walk(&mut terminal, 1, "looking the file over")?;
        terminal.wait_for("randomness random")?;
        terminal.send("s")?;
        walk(&mut terminal, 1 + KEYS, "sorting")?;
    }
    times.sort();
    let at = |percent: usize| ms(times[(times.len() - 1) * percent / 100]);
    Ok(vec![format!("p50 {}, p99 {}", at(50), at(99))])
}

fn burst(bench: &Bench) -> anyhow::Result<Vec<String>> {
    const KEYS: usize = 2000;
    let list = bench.list(Kind::Nearly, MILLIONS)?;
    let keys = "j".repeat(KEYS);
    let end = format!(" {} of ", grouped(KEYS as u64 + 1));
    let mut bytes = Vec::new();
    let time = median_of(9, || {
        let mut terminal = bench.open_and_settle(&list)?;
        let before = terminal.written();
        let sent = terminal.send(&keys)?;
        let shown = terminal.wait_for(&end)?;
        terminal.wait_for_silence(Duration::from_millis(100));
        bytes.push(terminal.written() - before);
        Ok(shown - sent)
    })?;
    bytes.sort_unstable();
    let kb = |bytes: usize| format!("{:.1} kB", bytes as f64 / 1e3);
    let mut cells = vec![format!("{}, {}", ms(time), kb(bytes[bytes.len() / 2]))];
    // csvlens draws without end, keys or none
    for other in others().into_iter().filter(|other| *other == "less") {
        let mut terminal = Terminal::start(other, &[&list.path.to_string_lossy()])?;
        terminal.wait_for(&codec::print(list.first))?;
        terminal.wait_for_silence(Duration::from_millis(500));
        let before = terminal.written();
        let sent = terminal.send(&keys)?;
        let mut last = sent;
        let mut seen = 0;
        while terminal.written() != seen {
            seen = terminal.written();
            thread::sleep(Duration::from_millis(500));
            last = terminal.wait("", |_| true)?;
        }
        let bytes = kb(terminal.written() - before);
        cells.push(format!("{other} {}, {bytes}", ms(last - sent)));
    }
    Ok(cells)
}

fn idle(bench: &Bench) -> anyhow::Result<Vec<String>> {
    let list = bench.list(Kind::Nearly, MILLIONS)?;
    let terminal = bench.open_and_settle(&list)?;
    let (bytes, time) = (terminal.written(), terminal.processor_time());
    thread::sleep(Duration::from_secs(3));
    let bytes = terminal.written() - bytes;
    let time = terminal
        .processor_time()
        .zip(time)
        .map(|(now, then)| now - then);
    let time = time.map_or("no time known".to_owned(), ms);
    Ok(vec![format!("{bytes} bytes, {time}")])
}

fn median_of(
    rounds: usize,
    mut measure: impl FnMut() -> anyhow::Result<Duration>,
) -> anyhow::Result<Duration> {
    let mut times = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        times.push(measure()?);
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    if ms < 10.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.0} ms")
    }
}

/// `1,234,567`, as the browser writes it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
