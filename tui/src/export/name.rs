//! Name of a file, which says how rows are written there.

use std::path::Path;

use ulid_engine::dataset::Format;

use super::ExportError;
use crate::records::Kind;

/// Way of writing that the name of a file asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Parquet,
    Text(Content, Packing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Rows decoded, a line each.
    Decoded(Kind),
    /// An array of objects.
    Json,
    /// Rows as they stand in the file.
    Rows,
}

impl Content {
    /// True if rows of a format stand as this content has them.
    pub(super) fn is_of(self, format: Format) -> bool {
        matches!(
            (self, format),
            (Content::Rows, _)
                | (Content::Decoded(Kind::Csv), Format::Csv)
                | (Content::Decoded(Kind::Tsv), Format::Tsv)
                | (
                    Content::Decoded(Kind::Jsonl) | Content::Json,
                    Format::Json | Format::JsonLines
                )
                | (Content::Decoded(Kind::Lines), Format::Lines | Format::Text)
        )
    }

    /// The way in which columns are written; `None` for contents without.
    pub(super) fn of_columns(self) -> Option<Kind> {
        match self {
            Content::Decoded(kind @ (Kind::Csv | Kind::Tsv | Kind::Jsonl)) => Some(kind),
            Content::Json => Some(Kind::Jsonl),
            Content::Decoded(Kind::Lines | Kind::Table) | Content::Rows => None,
        }
    }

    /// True if the names of columns stand above rows.
    pub(super) fn has_header(self) -> bool {
        matches!(self, Content::Decoded(Kind::Csv | Kind::Tsv))
    }

    /// A row as it is written: an object of JSON in one line.
    pub(super) fn in_one_line(self, mut text: Vec<u8>) -> Vec<u8> {
        if matches!(self, Content::Decoded(Kind::Jsonl) | Content::Json) {
            // no text within an object has a line end in it
            let ends = text
                .iter_mut()
                .filter(|byte| matches!(**byte, b'\n' | b'\r'));
            ends.for_each(|byte| *byte = b' ');
        }
        text
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Wanted {
    pub(super) fn named(path: &Path) -> Result<Wanted, ExportError> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let (name, packing) = match name.rsplit_once('.') {
            Some((name, "gz")) => (name, Packing::Gzip),
            Some((name, "zst")) => (name, Packing::Zstd),
            _ => (name.as_str(), Packing::None),
        };
        let unknown = || ExportError::Unknown(path.to_owned());
        let content = match name.rsplit_once('.') {
            Some((_, "csv")) => Content::Decoded(Kind::Csv),
            Some((_, "tsv")) => Content::Decoded(Kind::Tsv),
            Some((_, "jsonl" | "ndjson")) => Content::Decoded(Kind::Jsonl),
            Some((_, "json")) => Content::Json,
            Some((_, "log")) => Content::Rows,
            Some((_, "parquet")) if packing == Packing::None => return Ok(Wanted::Parquet),
            Some((_, "txt")) | None => Content::Decoded(Kind::Lines),
            Some(_) => return Err(unknown()),
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
        assert_eq!(wanted("a.CSV"), as_is(Content::Decoded(Kind::Csv)));
        assert_eq!(wanted("x/a.b.tsv"), as_is(Content::Decoded(Kind::Tsv)));
        assert_eq!(wanted("ids"), as_is(Content::Decoded(Kind::Lines)));
        let packed = Wanted::Text(Content::Json, Packing::Gzip);
        assert_eq!(wanted("a.json.gz"), Some(packed));
        assert_eq!(wanted("a.parquet"), Some(Wanted::Parquet));
        for name in ["a.xlsx", "a.parquet.gz", "a.md", "a.csv.bz2"] {
            assert_eq!(wanted(name), None, "{name}");
        }
    }
}
