//! The most memory that a process takes for work on a file, which has to stay what it is however long the file.

use std::{env, fs, io, ops::ControlFlow, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use ulid_engine::{
    Reading, Timestamp,
    dataset::{Dataset, search_file},
    find,
    generate::{AesRng, random_lines},
    progress::Progress,
    sort::{LineSort, sort_lines},
    stats::Limits,
};

use crate::subject::codec::{keys, lines};

/// Work on a file of lines, whose memory is measured in a process of its own.
pub struct Work {
    /// Its work.
    pub name: &'static str,
    run: fn(&Path) -> Result<()>,
    /// The peak that it is compared with, in bytes; nothing for that of a tenth of the lines.
    budget: Option<u64>,
    at_most: f64,
}

/// Bytes for the keys of a file that is sorted in bounded memory.
const BUDGET: usize = 64 << 20;

/// Everything that is measured.
pub const ALL: &[Work] = &[
    Work::constant("memory for the statistics of a file", take_statistics),
    Work::constant("memory for finding in a file", find_all),
    Work::constant("memory for making lines", make_lines),
    Work {
        name: "memory for sorting a file in 64 MiB",
        run: sort_within_budget,
        budget: Some(BUDGET as u64),
        at_most: 1.25,
    },
];

/// Lines of the shorter file.
pub const FEW: usize = 1_000_000;
/// Lines of the longer file.
pub const MANY: usize = 10_000_000;

/// Time and memory of a [`Work`].
#[derive(Debug, Clone)]
pub struct Peak {
    /// The work.
    pub name: &'static str,
    /// Bytes at most, with [`FEW`] lines.
    pub few: u64,
    /// Bytes at most, with [`MANY`] lines.
    pub many: u64,
    /// Bytes that `many` is compared with, where that is not `few`.
    pub budget: Option<u64>,
    /// How many times the other one `many` may be.
    pub at_most: f64,
}

impl Peak {
    /// How many times the budget, or the peak with fewer lines, was taken.
    #[must_use]
    pub fn reached(&self) -> f64 {
        self.many as f64 / self.budget.unwrap_or(self.few) as f64
    }
}

impl Work {
    const fn constant(name: &'static str, run: fn(&Path) -> Result<()>) -> Work {
        Work {
            name,
            run,
            budget: None,
            at_most: 1.1,
        }
    }

    /// Runs another process of this program for it, with [`CHILD`] as its first argument.
    ///
    /// # Errors
    ///
    /// If that process fails, and on systems that do not tell the peak of one.
    pub fn measure(&self) -> Result<Peak> {
        let folder = tempfile::tempdir()?;
        let peak = |count: usize| -> Result<u64> {
            let file = folder.path().join("lines");
            let mut keys = keys(count);
            if self.budget.is_none() {
                // A row out of order is told by its number, which takes memory.
                keys.sort_unstable();
            }
            fs::write(&file, lines(&keys))?;
            let mut child = Command::new(env::current_exe()?);
            let output = child.args([CHILD, self.name]).arg(&file).output()?;
            let says = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{}: {says}", self.name);
            let bytes = String::from_utf8_lossy(&output.stdout);
            bytes.trim().parse().context("no number of bytes")
        };
        Ok(Peak {
            name: self.name,
            few: peak(FEW)?,
            many: peak(MANY)?,
            budget: self.budget,
            at_most: self.at_most,
        })
    }
}

/// The argument that makes the binary `table` do the named work on a file and print the most memory it had, in bytes.
pub const CHILD: &str = "--memory-of";

/// Does the named work, and says how many bytes the process had at most.
///
/// # Errors
///
/// If there is no such work, it fails, or the system does not tell.
pub fn peak_of(name: &str, file: &Path) -> Result<u64> {
    let work = ALL.iter().find(|work| work.name == name);
    (work.with_context(|| format!("no work {name:?}"))?.run)(file)?;
    let status = fs::read_to_string("/proc/self/status").context("the peak of a process")?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"))
        .context("no peak in /proc/self/status")?;
    Ok(1024 * kib.trim().parse::<u64>()?)
}

fn take_statistics(file: &Path) -> Result<()> {
    let limits = Limits::at(Timestamp::now());
    let audit = Dataset::open(file)?.audit(limits, &Progress::new())?;
    ensure!(audit.summary().valid * 27 == fs::metadata(file)?.len());
    Ok(())
}

fn find_all(file: &Path) -> Result<()> {
    let mut found = 0;
    search_file(file, find::Options::default(), &Progress::new(), |_| {
        found += 1;
        ControlFlow::Continue(())
    })??;
    ensure!(found * 27 == fs::metadata(file)?.len());
    Ok(())
}

fn make_lines(file: &Path) -> Result<()> {
    const BLOCK: usize = 4096;
    let mut rng = AesRng::new()?;
    let (mut text, mut made) = (Vec::new(), 0);
    while made < fs::metadata(file)?.len() {
        text.clear();
        random_lines(BLOCK, &mut text, Timestamp::now, &mut rng);
        io::Write::write_all(&mut io::sink(), &text)?;
        made += text.len() as u64;
    }
    Ok(())
}

fn sort_within_budget(file: &Path) -> Result<()> {
    let sort = LineSort {
        memory: BUDGET,
        ..LineSort::default()
    };
    let sorted = sort_lines(
        fs::File::open(file)?,
        Reading::Strict,
        io::sink(),
        sort,
        &Progress::new(),
    )?;
    ensure!(sorted.written * 27 == fs::metadata(file)?.len());
    Ok(())
}
