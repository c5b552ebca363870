//! Subjects of measurements, one module each. A group is built only when it is its turn, so that one's memory is not another's
//! noise.

pub mod codec;
pub mod find;
pub mod generate;
pub mod query;
pub mod sort;

use crate::Group;

/// Something to measure, not built yet.
#[derive(Clone, Copy)]
pub struct Work {
    /// The work of the cases of the group.
    pub name: &'static str,
    /// Makes the data, checks the answers of all cases, and returns them.
    pub build: fn(Group) -> Group,
}

impl Work {
    const fn new(name: &'static str, build: fn(Group) -> Group) -> Work {
        Work { name, build }
    }

    /// The group, ready to be measured.
    #[must_use]
    pub fn group(self) -> Group {
        (self.build)(Group::new(self.name))
    }
}

/// All groups, in the order of the report.
pub const ALL: &[&[Work]] = &[
    codec::CORE,
    codec::BULK,
    codec::STREAMING,
    generate::CORE,
    generate::BULK,
    find::STREAMING,
    query::STREAMING,
    sort::BULK,
    sort::STREAMING,
];

/// The `ulid` crate, against which most aims are.
pub const ULID: &str = "ulid 3.0.0";

/// Reading every byte once: what no work over a text can be faster than.
const READ: &str = "reading the bytes";

/// The fastest way to have every byte in a register once.
fn read_all(bytes: &[u8]) -> u64 {
    let (blocks, _) = bytes.as_chunks::<256>();
    let mut folded = [0_u64; 32];
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (folded, word) in folded.iter_mut().zip(words) {
            *folded ^= u64::from_le_bytes(*word);
        }
    }
    folded.iter().fold(0, |all, word| all ^ word)
}

/// How a kernel of ours is called in a report.
#[must_use]
pub fn ours(kernel: &str) -> String {
    format!("ulid-engine, {kernel}")
}

/// Runs on the thread whose time is measured.
fn on_this_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread_local! {
        static POOL: rayon::ThreadPool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread()
            .build()
            .unwrap_or_else(|error| std::panic::resume_unwind(Box::new(error.to_string())));
    }
    POOL.with(|pool| pool.install(run))
}
