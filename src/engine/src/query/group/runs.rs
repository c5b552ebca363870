//! Sorted runs of entries in a temporary file, and their merge.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

use crate::source::temporary_file;

/// Sorted runs, one behind the other in a file.
pub(super) struct Runs {
    file: BufWriter<File>,
    ends: Vec<u64>,
    len: u64,
}

impl Runs {
    pub(super) fn new() -> io::Result<Runs> {
        Ok(Runs {
            file: BufWriter::with_capacity(1 << 20, temporary_file()?),
            ends: Vec::new(),
            len: 0,
        })
    }

    /// Adds an entry to the run that is being written, behind a smaller one.
    pub(super) fn write(&mut self, key: &[u8], payload: &[u8]) -> io::Result<()> {
        for part in [key, payload] {
            let len = u32::try_from(part.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
            self.file.write_all(&len.to_le_bytes())?;
            self.file.write_all(part)?;
            self.len += 4 + part.len() as u64;
        }
        Ok(())
    }

    pub(super) fn end_run(&mut self) {
        self.ends.push(self.len);
    }

    /// Gives out all entries in the order of their keys; equal ones one after another.
    pub(super) fn merge(
        self,
        memory: usize,
        mut each: impl FnMut(&[u8], &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let room = (memory / 2 / self.ends.len().max(1)).clamp(1 << 12, 1 << 22);
        let mut runs = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for &end in &self.ends {
            let part = At {
                file: &file,
                at: start,
                end,
            };
            runs.push(BufReader::with_capacity(room, part));
            start = end;
        }
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(entry(run)?.map(|(key, payload)| Reverse((key, number, payload))));
        }
        while let Some(Reverse((key, number, payload))) = heads.pop() {
            each(&key, &payload)?;
            if let Some(run) = runs.get_mut(number) {
                heads.extend(entry(run)?.map(|(key, payload)| Reverse((key, number, payload))));
            }
        }
        Ok(())
    }
}

/// Part of a file that others read too.
struct At<'f> {
    file: &'f File,
    at: u64,
    end: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let mut file = self.file;
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(&mut buffer[..most])?;
        self.at += count as u64;
        Ok(count)
    }
}

fn entry(run: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut len = [0; 4];
    match run.read_exact(&mut len) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let key = part(run, len)?;
    run.read_exact(&mut len)?;
    Ok(Some((key, part(run, len)?)))
}

fn part(run: &mut impl Read, len: [u8; 4]) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; u32::from_le_bytes(len) as usize];
    run.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_merge_to_one_that_is_sorted() {
        let mut runs = Runs::new().unwrap();
        for run in [&["a", "c"][..], &["b", "c", "d"], &[], &["a"]] {
            for key in run {
                runs.write(key.as_bytes(), run.len().to_string().as_bytes())
                    .unwrap();
            }
            runs.end_run();
        }
        let mut found = String::new();
        let each = |key: &[u8], payload: &[u8]| {
            found += &format!(
                "{}{} ",
                String::from_utf8_lossy(key),
                String::from_utf8_lossy(payload)
            );
            Ok(())
        };
        runs.merge(0, each).unwrap();
        assert_eq!(found, "a2 a1 b3 c2 c3 d3 ");
    }
}
