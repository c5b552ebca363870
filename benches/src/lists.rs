//! Files of IDs to open, made once and kept until they are removed.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use ulid_engine::{Ulid, codec};

/// A kind of list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As a log has them: in the order of time but for 2 % that are late by up to ten seconds, 0.5 % copies of the ID
    /// before, 0.1 % broken.
    Nearly,
    /// In no order, of one year.
    Shuffled,
    /// In the order of time.
    Sorted,
}

/// A list and what is known of it.
#[derive(Debug, Clone)]
pub struct List {
    /// Its file.
    pub path: PathBuf,
    /// How many lines it has.
    pub rows: u64,
    /// The first line.
    pub first: Ulid,
    /// The last line.
    pub last: Ulid,
    /// The smallest ID.
    pub smallest: Ulid,
    /// Lines that are no ID.
    pub broken: u64,
    /// Lines that repeat the one before.
    pub copies: u64,
}

const FIRST_MS: u64 = 1_735_689_600_000;
const YEAR_MS: u64 = 31_536_000_000;

impl List {
    /// Makes the list in `folder`. A file of the right size that lies there already is taken for it.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn make(folder: &Path, kind: Kind, rows: u64) -> anyhow::Result<List> {
        let path = folder.join(format!("{kind:?}-{rows}.txt").to_lowercase());
        let bytes = rows * (codec::TEXT_LEN as u64 + 1);
        let is_there = fs::metadata(&path).is_ok_and(|metadata| metadata.len() == bytes);
        let mut list = List {
            rows,
            first: Ulid::from_u128(0),
            last: Ulid::from_u128(0),
            smallest: Ulid::from_u128(u128::MAX),
            broken: 0,
            copies: 0,
            path,
        };
        if is_there {
            list.write(kind, &mut std::io::sink())?;
        } else {
            fs::create_dir_all(folder)?;
            let mut file = BufWriter::with_capacity(1 << 20, File::create(&list.path)?);
            list.write(kind, &mut file)?;
            file.flush()?;
        }
        Ok(list)
    }

    fn write(&mut self, kind: Kind, out: &mut impl Write) -> anyhow::Result<()> {
        const BLOCK: usize = 1 << 14;
        let mut rng = SmallRng::seed_from_u64(self.rows);
        let mut keys: Vec<u128> = Vec::with_capacity(BLOCK);
        let mut text = Vec::new();
        let mut last = 0;
        for row in 0..self.rows {
            let at = row * YEAR_MS / self.rows;
            let offset_ms = match kind {
                Kind::Shuffled => rng.random_range(0..YEAR_MS),
                Kind::Nearly if row % 50 == 49 => at.saturating_sub(rng.random_range(0..10_000)),
                Kind::Nearly | Kind::Sorted => at,
            };
            let randomness: u128 = rng.random::<u128>() >> 48;
            let is_copy = kind == Kind::Nearly && row % 200 == 100;
            if !is_copy {
                last = u128::from(FIRST_MS + offset_ms) << 80 | randomness;
            }
            self.copies += u64::from(is_copy);
            self.smallest = self.smallest.min(Ulid::from_u128(last));
            if row == 0 {
                self.first = Ulid::from_u128(last);
            }
            keys.push(last);
            if keys.len() == BLOCK || row + 1 == self.rows {
                text.clear();
                codec::print_lines(&keys, &mut text);
                if kind == Kind::Nearly {
                    self.broken += break_some(&mut text, row + 1 - keys.len() as u64);
                }
                out.write_all(&text)?;
                keys.clear();
            }
        }
        self.last = Ulid::from_u128(last);
        Ok(())
    }
}

/// Puts a letter that is none of the alphabet into each thousandth line, which is no copy and has none, and says how
/// many.
fn break_some(text: &mut [u8], first_row: u64) -> u64 {
    let mut broken = 0;
    for (row, line) in (first_row..).zip(text.chunks_mut(codec::TEXT_LEN + 1)) {
        if row % 1000 == 550 {
            line[12] = b'U';
            broken += 1;
        }
    }
    broken
}
