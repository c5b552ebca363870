//! A session as a file: one message a line, as the adapter sent and received it.
//!
//! `{"t":0.012,"dir":"<","raw_len":74,"msg":{…}}` with the seconds since the start, `>` to the adapter and `<` from it,
//! and the message's own bytes. A message that does not fit a line, with line breaks or not as UTF-8, is written as the
//! string `text` or, in base 64, as `bytes` instead of `msg`.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The client, to the adapter.
    ToAdapter,
    /// The adapter, to the client.
    FromAdapter,
}

/// A file that a session is written to.
#[derive(Debug)]
pub(super) struct Recording {
    file: BufWriter<File>,
    start: Instant,
}

impl Recording {
    /// Creates the file for the `number`th session, counted from 1: `run.jsonl`, then `run.2.jsonl`.
    ///
    /// # Errors
    ///
    /// If the file cannot be created.
    pub(super) fn create(path: &Path, number: usize) -> io::Result<Recording> {
        Ok(Recording {
            file: BufWriter::new(File::create(numbered(path, number))?),
            start: Instant::now(),
        })
    }

    /// Writes one message.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(super) fn write(&mut self, direction: Direction, message: &[u8]) -> io::Result<()> {
        let seconds = self.start.elapsed().as_secs_f64();
        let dir = match direction {
            Direction::ToAdapter => '>',
            Direction::FromAdapter => '<',
        };
        let length = message.len();
        write!(
            self.file,
            "{{\"t\":{seconds:.6},\"dir\":\"{dir}\",\"raw_len\":{length},"
        )?;
        match std::str::from_utf8(message) {
            Ok(text) if is_one_line_of_json(text) => write!(self.file, "\"msg\":{text}}}")?,
            Ok(text) => write!(self.file, "\"text\":{}}}", serde_json::Value::from(text))?,
            Err(_) => write!(self.file, "\"bytes\":\"{}\"}}", STANDARD.encode(message))?,
        }
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}

fn is_one_line_of_json(text: &str) -> bool {
    !text.contains(['\n', '\r']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    match (number, path.file_stem(), path.extension()) {
        (0 | 1, _, _) | (_, None, _) => path.to_owned(),
        (_, Some(stem), extension) => {
            let mut name = stem.to_owned();
            name.push(format!(".{number}"));
            if let Some(extension) = extension {
                name.push(".");
                name.push(extension);
            }
            path.with_file_name(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_sessions_have_a_number() {
        assert_eq!(
            numbered(Path::new("a/run.jsonl"), 1),
            Path::new("a/run.jsonl")
        );
        assert_eq!(
            numbered(Path::new("a/run.jsonl"), 2),
            Path::new("a/run.2.jsonl")
        );
        assert_eq!(numbered(Path::new("run"), 3), Path::new("run.3"));
    }
}
