//! Instruction counts against a committed baseline. Unlike time, they are the same on a busy machine.

use std::{
    collections::BTreeMap,
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use ulid_engine::codec::{KERNEL_VARIABLE, Kernel};

use crate::workload::{self, Workload};

pub mod programs;

/// The committed file of thresholds.
pub const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/thresholds.toml");

/// Kernels that valgrind can run; it does not know AVX-512.
pub const KERNELS: [&str; 2] = ["scalar", "avx2"];

/// The part of the file that is about instructions.
#[derive(Debug, Clone, Deserialize)]
pub struct Thresholds {
    /// How many times the baseline is worth a warning.
    pub warn: f64,
    /// How many times the baseline is a failure.
    pub fail: f64,
    /// Instructions of one operation, by kernel and workload.
    pub baseline: Counts,
}

/// Instructions of one operation, by kernel and workload.
pub type Counts = BTreeMap<String, BTreeMap<String, f64>>;

/// The verdict on a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Within the thresholds.
    Pass,
    /// Worse than the baseline by more than the threshold of a warning.
    Warn,
    /// Worse by more than the threshold of a failure, or not to be compared.
    Fail,
}

impl Thresholds {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// If it cannot be read or has no section `instructions`.
    pub fn read(path: &Path) -> Result<Thresholds> {
        #[derive(Deserialize)]
        struct File {
            instructions: Thresholds,
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(file.instructions)
    }

    /// The verdict on a count, and how many times the baseline it is. Without a baseline it fails: a new workload needs one.
    #[must_use]
    pub fn verdict(&self, kernel: &str, work: &str, count: f64) -> (Verdict, f64) {
        let baseline = self.baseline.get(kernel).and_then(|works| works.get(work));
        let Some(baseline) = baseline else {
            return (Verdict::Fail, f64::NAN);
        };
        let times = count / baseline;
        (Verdict::of(times, self.warn, self.fail), times)
    }
}

impl Verdict {
    fn of(times: f64, warn: f64, fail: f64) -> Verdict {
        if times > fail {
            Verdict::Fail
        } else if times > warn {
            Verdict::Warn
        } else {
            Verdict::Pass
        }
    }
}

/// True if valgrind is on the `PATH`.
#[must_use]
pub fn has_valgrind() -> bool {
    let asked = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.is_ok_and(|status| status.success())
}

/// Counts the workloads whose name has a word, by every kernel that valgrind can run here.
///
/// # Errors
///
/// If valgrind fails.
pub fn count(word: &str) -> Result<Counts> {
    let mut counts = Counts::new();
    for kernel in KERNELS {
        // Another machine may lack AVX2.
        if kernel.parse::<Kernel>().is_err() {
            continue;
        }
        for work in workload::ALL.iter().filter(|work| work.name.contains(word)) {
            let count = count_one(kernel, work)?;
            let works = counts.entry(kernel.to_owned()).or_default();
            works.insert(work.name.to_owned(), count);
        }
    }
    Ok(counts)
}

/// The difference of two runs, so that the start of the process does not count.
fn count_one(kernel: &str, work: &Workload) -> Result<f64> {
    let runs = 1 + 2000 / work.operations;
    let once = instructions(kernel, work.name, runs)?;
    let twice = instructions(kernel, work.name, 2 * runs)?;
    Ok(twice.saturating_sub(once) as f64 / (runs * work.operations) as f64)
}

/// All instructions of a process that does the work some times.
fn instructions(kernel: &str, work: &str, runs: u64) -> Result<u64> {
    instructions_of(
        kernel,
        &env::current_exe()?,
        &["--work", work, &runs.to_string()],
    )
}

/// All instructions of a process that is given no input.
fn instructions_of(kernel: &str, program: &Path, arguments: &[&str]) -> Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .env(KERNEL_VARIABLE, kernel)
        .stdin(Stdio::null())
        .output()
        .context("valgrind")?;
    let says = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{} {arguments:?} by {kernel}: {says}", program.display());
    }
    says.lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
        .with_context(|| format!("valgrind told no count: {says}"))
}

/// Does the named work some times: what runs under valgrind.
///
/// # Errors
///
/// If there is no such work, or not the kernel that the environment asks for.
pub fn work(name: &str, runs: u64) -> Result<()> {
    if let Some(error) = Kernel::request_error() {
        bail!("{error}");
    }
    let work = workload::ALL.iter().find(|work| work.name == name);
    let mut run = (work.with_context(|| format!("no work {name:?}"))?.prepare)(Kernel::active());
    (0..runs).for_each(|_| run());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_has_a_baseline_which_worse_counts_fail() {
        let thresholds = Thresholds::read(Path::new(FILE)).unwrap();
        for kernel in KERNELS {
            for work in workload::ALL {
                let baseline = thresholds.baseline[kernel][work.name];
                let verdict =
                    |times: f64| thresholds.verdict(kernel, work.name, times * baseline).0;
                let verdicts = [0.5, 1.0, 1.19, 1.21, 1.49, 1.51].map(verdict);
                use Verdict::{Fail, Pass, Warn};
                assert_eq!(verdicts, [Pass, Pass, Pass, Warn, Warn, Fail]);
            }
        }
        assert_eq!(
            thresholds.verdict("avx2", "no such work", 1.0).0,
            Verdict::Fail
        );
    }
}
