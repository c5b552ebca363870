//! Parquet, read as CSV: a header with the names of the columns, and a record for each row.
//!
//! A few rows at a time are in memory: a file of a kilobyte may hold gigabytes of text. What is made of them goes to the
//! temporary file that every stream goes to.

mod kind;
mod text;

use std::{
    fs::File,
    io::{self, Read},
    sync::Arc,
};

use parquet::{
    basic::Compression,
    errors::ParquetError,
    file::{
        metadata::ParquetMetaData,
        reader::{FileReader, SerializedFileReader},
        serialized_reader::ReadOptionsBuilder,
    },
    record::reader::RowIter,
    schema::types::SchemaDescriptor,
};

use crate::cell::CellType;

use kind::Kind;

/// Bytes of text that are made at a time, beside the rest of a row.
const TEXT_LEN: usize = 64 * 1024;

/// The CSV of a Parquet file.
pub(crate) struct Records {
    /// Kinds of the columns.
    kinds: Vec<Kind>,
    rows: RowIter<'static>,
    text: Vec<u8>,
    /// Bytes of `text` that have been handed out.
    given: usize,
}

/// Opens a file that is known to be Parquet by its first bytes.
pub(crate) fn open(file: File) -> io::Result<Records> {
    let annotated = SerializedFileReader::new(file.try_clone()?).map_err(damaged)?;
    check_compression(annotated.metadata())?;
    let schema = annotated.metadata().file_metadata().schema();
    let kinds = schema.get_fields().iter().map(|field| Kind::of(field));
    let bare = SchemaDescriptor::new(Arc::new(kind::bare(schema).map_err(damaged)?));
    let options = ReadOptionsBuilder::new().with_parquet_schema(Arc::new(bare));
    let reader = SerializedFileReader::new_with_options(file, options.build()).map_err(damaged)?;
    let names = schema.get_fields().iter().map(|field| field.name());
    let mut text = Vec::new();
    write_record(&mut text, names.map(|name| Some(name.as_bytes().to_vec())));
    Ok(Records {
        kinds: kinds.collect(),
        rows: RowIter::from_file_into(Box::new(reader)),
        text,
        given: 0,
    })
}

/// Refuses columns that cannot be decompressed, rather than to find so behind the header.
fn check_compression(metadata: &ParquetMetaData) -> io::Result<()> {
    let groups = metadata.row_groups().iter();
    let mut used = groups
        .flat_map(|group| group.columns())
        .map(|column| column.compression());
    let name = used.find_map(|compression| match compression {
        Compression::BROTLI(_) => Some("Brotli"),
        Compression::LZO => Some("LZO"),
        _ => None,
    });
    match name {
        Some(name) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!(
                "its columns are compressed by {name}, which is not read; write it with Zstandard or Snappy"
            ),
        )),
        None => Ok(()),
    }
}

/// Types of the columns of a file.
pub(crate) fn types(file: File) -> io::Result<Vec<CellType>> {
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema();
    let fields = schema.get_fields().iter();
    Ok(fields.map(|field| Kind::of(field).cell_type()).collect())
}

impl Records {
    /// Makes the text of the next rows. None where there are no more.
    fn make_text(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.len() < TEXT_LEN {
            let Some(row) = self.rows.next() else {
                break;
            };
            let row = row.map_err(damaged)?;
            let cells = row.get_column_iter().zip(&self.kinds);
            let cells = cells.map(|((_, field), kind)| text::cell(field, kind));
            write_record(&mut self.text, cells);
        }
        Ok(())
    }
}

impl Read for Records {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.text.len() {
            self.make_text()?;
        }
        let mut rest = self.text.get(self.given..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

fn damaged(error: ParquetError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Writes a record of CSV, quoted as RFC 4180 has it; an empty text in quotes, to be told from none.
fn write_record(text: &mut Vec<u8>, cells: impl Iterator<Item = Option<Vec<u8>>>) {
    for (position, cell) in cells.enumerate() {
        if position > 0 {
            text.push(b',');
        }
        let Some(cell) = cell else {
            continue;
        };
        if !cell.is_empty() && !cell.iter().any(|byte| b",\"\r\n".contains(byte)) {
            text.extend(cell);
            continue;
        }
        text.push(b'"');
        for byte in cell {
            if byte == b'"' {
                text.push(b'"');
            }
            text.push(byte);
        }
        text.push(b'"');
    }
    text.push(b'\n');
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _, sync::Arc};

    use parquet::{
        basic::Compression,
        data_type::{
            ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
        },
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };

    use super::kind::Kind;
    use crate::{
        cell::Cell,
        dataset::Dataset,
        format::options::{Format, OpenOptions},
        spelling::Spelling,
    };

    /// One of the year 2023.
    const ID: u128 = 1_700_000_000_000 << 80 | 7 << 60;

    /// Three columns: a name that needs quotes, a number that may be missing, an ID of 16 bytes.
    fn write(path: &std::path::Path) {
        let message = "message rows {
            REQUIRED BYTE_ARRAY name (UTF8);
            OPTIONAL INT64 amount;
            REQUIRED FIXED_LEN_BYTE_ARRAY (16) id;
        }";
        let schema = Arc::new(parse_message_type(message).unwrap());
        let file = fs::File::create(path).unwrap();
        let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
        for (name, amount, id) in [("a, \"b\"", Some(7), ID), ("c", None, ID + 1)] {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let names = [ByteArray::from(name)];
            column
                .typed::<ByteArrayType>()
                .write_batch(&names, None, None)
                .unwrap();
            column.close().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let levels = [i16::from(amount.is_some())];
            let amounts: Vec<i64> = amount.into_iter().collect();
            column
                .typed::<Int64Type>()
                .write_batch(&amounts, Some(&levels), None)
                .unwrap();
            column.close().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let ids = [FixedLenByteArray::from(id.to_be_bytes().to_vec())];
            column
                .typed::<FixedLenByteArrayType>()
                .write_batch(&ids, None, None)
                .unwrap();
            column.close().unwrap();
            group.close().unwrap();
        }
        writer.close().unwrap();
    }

    #[test]
    fn a_parquet_file_is_read_with_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.parquet");
        write(&path);
        let dataset = Dataset::open(&path).unwrap();
        assert_eq!(dataset.columns(), ["name", "amount", "id"]);
        let layout = dataset.layout();
        assert_eq!(
            (layout.format, layout.spelling, layout.id_column),
            (Format::Csv, Spelling::Uuid, Some(2))
        );
        let rows: Vec<_> = dataset.rows().map(Result::unwrap).collect();
        let ids: Vec<_> = rows.iter().map(|row| row.id.unwrap().to_u128()).collect();
        assert_eq!(ids, [ID, ID + 1]);
        assert_eq!(rows[0].cell("name").unwrap(), "a, \"b\"");
        let typed = |row: usize| rows[row].borrow().typed_cells()[..2].to_vec();
        assert_eq!(typed(0), [Cell::Text("a, \"b\"".into()), Cell::Number("7")]);
        assert_eq!(typed(1), [Cell::Text("c".into()), Cell::Null]);
        assert_eq!(
            (
                rows[0].cell("amount").unwrap(),
                rows[1].cell("amount").unwrap()
            ),
            ("7".to_owned(), String::new())
        );
    }

    /// One text column of some rows.
    fn write_texts(path: &std::path::Path, name: &str, texts: &[&str], compression: Compression) {
        let schema = parse_message_type(&format!(
            "message rows {{ REQUIRED BYTE_ARRAY {name} (UTF8); }}"
        ));
        let properties = WriterProperties::builder().set_compression(compression);
        let file = fs::File::create(path).unwrap();
        let schema = Arc::new(schema.unwrap());
        let mut writer =
            SerializedFileWriter::new(file, schema, Arc::new(properties.build())).unwrap();
        if !texts.is_empty() {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let texts: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&texts, None, None).unwrap();
            column.close().unwrap();
            group.close().unwrap();
        }
        writer.close().unwrap();
    }

    #[test]
    fn the_names_of_the_columns_are_no_row_whatever_the_rows_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        let nested = "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}";
        for (name, texts) in [
            ("id", &[][..]),
            ("n", &["1", "2"]),
            ("rec", &[nested, nested, nested]),
            ("id", &["01ARZ3NDEKTSV4RRFFQ69G5FAV"]),
            ("01ARZ3NDEKTSV4RRFFQ69G5FAV", &["a", "b"]),
        ] {
            write_texts(&path, name, texts, Compression::SNAPPY);
            let dataset = Dataset::open(&path).unwrap();
            assert_eq!(dataset.columns(), [name]);
            assert_eq!(dataset.rows().count(), texts.len(), "{name} {texts:?}");
            assert!(dataset.layout().detected);
        }
    }

    #[test]
    fn columns_of_each_compression_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.parquet");
        for compression in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::GZIP(Default::default()),
            Compression::ZSTD(Default::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
        ] {
            write_texts(&path, "id", &["01ARZ3NDEKTSV4RRFFQ69G5FAV"; 9], compression);
            let dataset = Dataset::open(&path).unwrap();
            let valid = dataset
                .rows()
                .filter(|row| row.as_ref().is_ok_and(|row| row.id.is_ok()));
            assert_eq!(valid.count(), 9, "{compression}");
        }
    }

    #[test]
    fn a_compression_that_is_not_read_is_refused_at_once() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/parquet/pyarrow-brotli.parquet"
        );
        let refused = Dataset::open(path.as_ref()).unwrap_err().to_string();
        assert!(
            refused.contains("compressed by Brotli, which is not read"),
            "{refused}"
        );
    }

    /// A group of 2,500 rows in which each ID is one of 40 kB, by a dictionary of one word.
    #[test]
    fn a_small_file_of_much_text_is_made_a_few_rows_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big.parquet");
        let schema = parse_message_type("message rows { REQUIRED BYTE_ARRAY id (UTF8); }");
        let file = fs::File::create(&path).unwrap();
        let properties = Arc::new(WriterProperties::builder().build());
        let schema = Arc::new(schema.unwrap());
        let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let value = ByteArray::from("x".repeat(40_000).as_str());
        let values = vec![value; 100];
        for _ in 0..25 {
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&values, None, None).unwrap();
        }
        column.close().unwrap();
        group.close().unwrap();
        writer.close().unwrap();
        let len = fs::metadata(&path).unwrap().len();
        assert!(len < 1 << 20, "{len} bytes");
        let mut records = super::open(fs::File::open(&path).unwrap()).unwrap();
        let mut buffer = [0; 64 * 1024];
        for _ in 0..200 {
            assert!(records.read(&mut buffer).unwrap() > 0);
            // a row more than what is made at a time
            assert!(records.text.len() <= super::TEXT_LEN + 40_001);
        }
    }

    /// Lists and maps of another build than the format demands, with which the crate ends the program.
    #[test]
    fn lists_that_are_none_are_objects() {
        for (field, ty) in [
            (
                "optional group l (LIST) { required int32 a; required int32 b; }",
                "Object",
            ),
            ("optional group l (LIST) { required int32 a; }", "Object"),
            ("optional group l (MAP) { repeated int32 a; }", "Object"),
            (
                "optional group l (LIST) { repeated int32 a; }",
                "List(Number)",
            ),
            (
                "optional group l (LIST) { repeated group list { optional int32 element (DATE); } }",
                "List(Time)",
            ),
            (
                "optional group l (LIST) { repeated group array { optional boolean b; } }",
                "List(Object([(\"b\", Bool)]))",
            ),
            ("repeated int64 l (TIME(NANOS,true))", "List(TimeOfDay)"),
            (
                "optional group l (MAP) { repeated group kv { required binary k (UTF8); optional fixed_len_byte_array (12) v (INTERVAL); } }",
                "Map(Text)",
            ),
        ] {
            let field = field.trim_end_matches(';');
            let end = if field.ends_with('}') { "" } else { ";" };
            let schema = parse_message_type(&format!("message rows {{ {field}{end} }}")).unwrap();
            let found = format!("{:?}", Kind::of(&schema.get_fields()[0]).cell_type());
            assert!(found.starts_with(ty), "{field}: {found}");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.parquet");
            let file = fs::File::create(&path).unwrap();
            let writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default());
            writer.unwrap().close().unwrap();
            let mut records = super::open(fs::File::open(&path).unwrap()).unwrap();
            let mut text = String::new();
            records.read_to_string(&mut text).unwrap();
            assert_eq!(text, "l\n");
        }
    }

    #[test]
    fn a_pipe_of_parquet_says_that_a_file_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.parquet");
        write(&path);
        let piped = Dataset::from_bytes("pipe", fs::read(&path).unwrap(), &OpenOptions::default());
        let refused = piped.unwrap_err().to_string();
        assert!(refused.contains("name the file"), "{refused}");
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.parquet");
        fs::write(&path, b"PAR1 and nothing of the kind").unwrap();
        assert!(Dataset::open(&path).is_err());
    }
}
