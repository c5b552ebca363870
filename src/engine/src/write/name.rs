//! Name of a file, which says how rows are written there.

use std::{
    io::{self, Write},
    path::Path,
};

use crate::dataset::Format;

/// Way of writing that the name of a file asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Columns with types.
    Parquet,
    /// Text, compressed or not.
    Text(Content, Packing),
}

/// Text of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A header, and cells between commas.
    Csv,
    /// The same between tabs.
    Tsv,
    /// An object of JSON a line.
    JsonLines,
    /// An array of objects.
    Json,
    /// The IDs, one a line.
    Ids,
    /// Rows as they stand in their file.
    Rows,
}

impl Content {
    /// True if rows of a format stand as this content has them.
    #[must_use]
    pub fn is_of(self, format: Format) -> bool {
        matches!(
            (self, format),
            (Content::Rows, _)
                | (Content::Csv, Format::Csv)
                | (Content::Tsv, Format::Tsv)
                | (
                    Content::JsonLines | Content::Json,
                    Format::Json | Format::JsonLines
                )
                | (Content::Ids, Format::Lines | Format::Text)
        )
    }

    /// True if a row is written as cells or members of an object.
    #[must_use]
    pub fn has_columns(self) -> bool {
        !matches!(self, Content::Ids | Content::Rows)
    }

    /// Separator of the cells of a row; a comma for contents that have none.
    #[must_use]
    pub fn separator(self) -> &'static str {
        match self {
            Content::Tsv => "\t",
            _ => ",",
        }
    }

    /// True if the names of columns stand above rows.
    #[must_use]
    pub fn has_header(self) -> bool {
        matches!(self, Content::Csv | Content::Tsv)
    }

    /// Writes the text of a row, or a part of it: of an object of JSON in one line.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub fn write_row(self, out: &mut impl Write, text: &[u8]) -> io::Result<()> {
        if !matches!(self, Content::JsonLines | Content::Json) {
            return out.write_all(text);
        }
        // no text within an object has a line end in it
        let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        for piece in text.split_inclusive(is_end) {
            match piece.split_last() {
                Some((last, line)) if is_end(last) => {
                    out.write_all(line)?;
                    out.write_all(b" ")?;
                }
                _ => out.write_all(piece)?,
            }
        }
        Ok(())
    }
}

/// Compression that the name of a file asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// None.
    None,
    /// gzip, by `.gz`.
    Gzip,
    /// zstd, by `.zst`.
    Zstd,
}

/// A name that does not say how rows are to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "name it .csv, .tsv, .jsonl, .json, .parquet, .txt for the IDs or .log for the rows as they stand, any but Parquet with .gz or .zst behind"
)]
pub struct UnknownName;

impl Wanted {
    /// The way that a name asks for: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`, `.txt` and none for IDs, `.log` for rows
    /// as they stand, any but Parquet compressed with `.gz` or `.zst` behind.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] if it asks for none of these.
    pub fn named(path: &Path) -> Result<Wanted, UnknownName> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let (name, packing) = match name.rsplit_once('.') {
            Some((name, "gz")) => (name, Packing::Gzip),
            Some((name, "zst")) => (name, Packing::Zstd),
            _ => (name.as_str(), Packing::None),
        };
        let content = match name.rsplit_once('.') {
            Some((_, "csv")) => Content::Csv,
            Some((_, "tsv")) => Content::Tsv,
            Some((_, "jsonl" | "ndjson")) => Content::JsonLines,
            Some((_, "json")) => Content::Json,
            Some((_, "log")) => Content::Rows,
            Some((_, "parquet")) if packing == Packing::None => return Ok(Wanted::Parquet),
            Some((_, "txt")) | None => Content::Ids,
            Some(_) => return Err(UnknownName),
        };
        Ok(Wanted::Text(content, packing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_how_rows_are_written() {
        let wanted = |name: &str| Wanted::named(Path::new(name)).ok();
        let as_is = |content| Some(Wanted::Text(content, Packing::None));
        assert_eq!(wanted("a.CSV"), as_is(Content::Csv));
        assert_eq!(wanted("x/a.b.tsv"), as_is(Content::Tsv));
        assert_eq!(wanted("ids"), as_is(Content::Ids));
        let packed = Wanted::Text(Content::Json, Packing::Gzip);
        assert_eq!(wanted("a.json.gz"), Some(packed));
        assert_eq!(wanted("a.parquet"), Some(Wanted::Parquet));
        for name in ["a.xlsx", "a.parquet.gz", "a.md", "a.csv.bz2"] {
            assert_eq!(wanted(name), None, "{name}");
        }
    }
}
