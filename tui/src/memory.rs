//! Memory between sessions: lines that were typed, and how the columns of a table stand.
//!
//! The memory is one file in the user's folder for such files, read at the start and written at the end. What another session
//! wrote meanwhile is kept as well. A file that cannot be read or written costs the memory and nothing else.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

/// Memory between sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Memory {
    /// The lines typed at each prompt, the newest last.
    lines: BTreeMap<String, Vec<String>>,
    /// Tables, the one seen last at the end.
    tables: Vec<Table>,
    /// Additions of this session.
    #[serde(skip)]
    news: News,
}

/// Additions of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct News {
    lines: Vec<(String, String)>,
    table: Option<Table>,
}

/// How the columns of a table stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Table {
    /// The columns of the file by which it is known.
    of: Vec<String>,
    /// How they stand.
    columns: Vec<KeptColumn>,
}

/// A column as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptColumn {
    /// Its name.
    pub name: String,
    /// Columns of the screen.
    pub width: usize,
    /// True if it is not shown.
    #[serde(rename = "hidden", default)]
    pub is_hidden: bool,
    /// True if it stays when others are scrolled.
    #[serde(rename = "pinned", default)]
    pub is_pinned: bool,
    /// The expression of a column that the file does not have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// Lines of a prompt and tables that are kept.
const LINES: usize = 200;
const TABLES: usize = 50;
/// Bytes of a line and of the file that are worth keeping.
const LONGEST_LINE: usize = 2_048;
const LARGEST_FILE: u64 = 4 << 20;

/// Path of the file; `None` if the user has no home.
#[must_use]
pub(crate) fn usual_path() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let folder = folders.state_dir().unwrap_or_else(|| folders.data_dir());
    Some(folder.join("ulid-tui").join("memory.toml"))
}

impl Memory {
    /// Memory of a file; an empty one if it cannot be read.
    #[must_use]
    pub(crate) fn read(path: &Path) -> Memory {
        let is_small = fs::metadata(path).is_ok_and(|file| file.len() <= LARGEST_FILE);
        let text = is_small.then(|| fs::read_to_string(path).ok()).flatten();
        text.and_then(|text| toml::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Adds what is new to the file.
    ///
    /// # Errors
    ///
    /// If it cannot be written. It is as it was then.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        if self.news == News::default() {
            return Ok(());
        }
        let mut now = Memory::read(path);
        for (prompt, line) in &self.news.lines {
            now.note_line(prompt, line);
        }
        if let Some(table) = &self.news.table {
            now.note_table(&table.of, table.columns.clone());
        }
        let text = toml::to_string(&now).map_err(io::Error::other)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        // what is typed may be nobody else's business
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// The lines typed at a prompt, the newest last.
    #[must_use]
    pub(crate) fn lines(&self, prompt: &str) -> &[String] {
        self.lines.get(prompt).map_or(&[], Vec::as_slice)
    }

    /// Keeps a line that was typed.
    pub(crate) fn keep_line(&mut self, prompt: &str, line: &str) {
        if line.trim().is_empty() || line.len() > LONGEST_LINE {
            return;
        }
        self.note_line(prompt, line);
        self.news.lines.push((prompt.to_owned(), line.to_owned()));
    }

    fn note_line(&mut self, prompt: &str, line: &str) {
        let lines = self.lines.entry(prompt.to_owned()).or_default();
        lines.retain(|known| known != line);
        lines.push(line.to_owned());
        let surplus = lines.len().saturating_sub(LINES);
        lines.drain(..surplus);
    }

    /// How the columns of a table stood when it was seen last.
    #[must_use]
    pub(crate) fn columns(&self, of: &[String]) -> Option<&[KeptColumn]> {
        let table = self.tables.iter().find(|table| table.of == of)?;
        Some(&table.columns)
    }

    /// Keeps how the columns of a table stand.
    pub(crate) fn keep_columns(&mut self, of: &[String], columns: Vec<KeptColumn>) {
        self.news.table = Some(Table {
            of: of.to_vec(),
            columns: columns.clone(),
        });
        self.note_table(of, columns);
    }

    fn note_table(&mut self, of: &[String], columns: Vec<KeptColumn>) {
        self.tables.retain(|table| table.of != of);
        self.tables.push(Table {
            of: of.to_vec(),
            columns,
        });
        let surplus = self.tables.len().saturating_sub(TABLES);
        self.tables.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> KeptColumn {
        KeptColumn {
            name: name.to_owned(),
            width: 7,
            is_hidden: true,
            is_pinned: false,
            expression: None,
        }
    }

    #[test]
    fn two_sessions_keep_what_both_were_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/memory.toml");
        let (mut first, mut second) = (Memory::read(&path), Memory::read(&path));
        first.keep_line("find", "api");
        first.keep_line("find", "db");
        second.keep_line("find", "api");
        second.keep_line("filter", "not \"valid\" \\ ü\u{7}");
        let of = ["id".to_owned(), "a b".to_owned()];
        second.keep_columns(&of, vec![column("a b"), column("TIME")]);
        first.write(&path).unwrap();
        second.write(&path).unwrap();
        let both = Memory::read(&path);
        assert_eq!(both.lines("find"), ["db", "api"]);
        assert_eq!(both.lines("filter"), ["not \"valid\" \\ ü\u{7}"]);
        assert_eq!(both.columns(&of).unwrap(), [column("a b"), column("TIME")]);
        assert_eq!(both.columns(&[]), None);
    }

    #[test]
    fn what_nobody_typed_is_not_written_and_a_broken_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        Memory::default().write(&path).unwrap();
        assert!(!path.exists());
        fs::write(&path, "lines = 7").unwrap();
        let mut memory = Memory::read(&path);
        assert_eq!(memory, Memory::default());
        memory.keep_line("find", "   ");
        for number in 0..LINES + 5 {
            memory.keep_line("find", &number.to_string());
        }
        memory.write(&path).unwrap();
        let lines = Memory::read(&path).lines("find").to_vec();
        assert_eq!((lines.len(), lines[0].as_str()), (LINES, "5"));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        let mut memory = Memory::default();
        memory.keep_line("find", "secret");
        memory.write(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
