//! The file that is gone through.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::Result;
use ulid_engine::{Ulid, codec};

/// Lines before the last that runs lead to: one without a ULID, one whose ID is from before all others, and any other.
pub(crate) const INVALID: usize = 50;
pub(crate) const LATE: usize = 40;
pub(crate) const OTHER: usize = 30;

/// The ID on a line, counted from 1: two a millisecond, from the begin of 2024 on.
pub(crate) fn id(line: usize) -> Ulid {
    const BEGIN_MS: u64 = 1_704_067_200_000;
    let line = line as u64;
    let ms = u128::from(BEGIN_MS + line / 2);
    let random = u128::from(line.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 10;
    Ulid::from_u128(ms << 80 | u128::from(line % 2) << 79 | random)
}

pub(crate) fn write_ids(file: &Path, rows: usize) -> Result<()> {
    let mut output = BufWriter::new(File::create(file)?);
    for line in 1..=rows {
        let mut text = codec::print(id(line)).to_string();
        if line == rows - INVALID {
            text.replace_range(20..21, "!");
        } else if line == rows - LATE {
            text = codec::print(Ulid::from_u128(1_704_000_000_000 << 80)).to_string();
        }
        writeln!(output, "{text}")?;
    }
    Ok(output.flush()?)
}
