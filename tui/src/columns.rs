//! Rows written as Parquet, for programs that read columns.

use std::{
    io::{self, Write},
    sync::Arc,
};

use parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DataType, Int64Type},
    errors::{ParquetError, Result},
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::Type,
};
use ulid_engine::{
    Timestamp,
    dataset::{Layout, RowRef},
    row::Spelling,
    row::{Schema, SchemaColumn},
};

use crate::records::{Both, IN_CSV, Notes, Told};

/// Rows that are written together.
const GROUP: usize = 1 << 16;

/// Writes rows group by group.
pub(crate) struct ColumnWriter<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    /// How many columns of the file are written.
    own: usize,
    rows: Vec<Record>,
}

/// The columns that are written of rows.
pub(crate) struct Recording {
    form: Spelling,
    schema: Schema,
    /// The two files, where rows of a comparison are written.
    both: Option<Both>,
    /// How many columns the file has.
    columns: usize,
    told: Told,
}

/// A column that is written of a row.
pub(crate) struct Record {
    number: i64,
    id: Option<String>,
    unix_ms: Option<i64>,
    fault: Option<String>,
    message: Option<String>,
    cells: Vec<Option<String>>,
}

impl Recording {
    /// The number of a row, its ID and time or its fault, and the columns that the file has besides its IDs.
    pub(crate) fn of(both: Option<Both>, layout: &Layout, form: Spelling) -> Recording {
        Recording {
            form,
            schema: Schema::beside_id(Both::names(both.as_ref()), &IN_CSV, layout),
            both,
            columns: layout.columns.len(),
            told: Told::default(),
        }
    }

    /// Sentences for the end, once all rows are written.
    pub(crate) fn notes(&self, layout: &Layout) -> Notes {
        let left_out = self
            .told
            .surplus("left out, since Parquet has a fixed number of columns");
        let cut = self.told.cut(layout);
        let missing = [left_out, cut].into_iter().flatten();
        Notes {
            kept: None,
            missing: missing.reduce(|all, one| format!("{all}; {one}")),
        }
    }

    /// A column that is written of a row.
    pub(crate) fn record(&self, row: &RowRef<'_>) -> Record {
        let cells = row.cells();
        let cell = |column: &SchemaColumn| Some(cells.get(column.place)?.clone().into_owned());
        let written = self.schema.columns().iter().map(cell);
        let own = self.both.as_ref().map(|both| both.in_its_file(row));
        let of_both = self
            .both
            .as_ref()
            .map(|both| both.values(row).map(|value| Some(value.to_owned())));
        self.told
            .note_surplus(row, cells.len().saturating_sub(self.columns));
        self.told.note_cut(row);
        Record {
            number: i64::try_from(own.as_ref().unwrap_or(row).number()).unwrap_or(i64::MAX),
            id: match row.id {
                Ok(id) => Some(self.form.print(id)),
                Err(_) => Some(row.id_text().into_owned()).filter(|text| !text.is_empty()),
            },
            unix_ms: row.id.ok().map(|id| Timestamp::of(id).ms().cast_signed()),
            fault: row.fault().map(|fault| fault.kind.code().to_owned()),
            message: row.reason(),
            cells: of_both.into_iter().flatten().chain(written).collect(),
        }
    }
}

impl<W: Write + Send> ColumnWriter<W> {
    /// Columns for what is recorded of rows of a layout.
    pub(crate) fn begin(out: W, recording: &Recording) -> io::Result<ColumnWriter<W>> {
        let columns = recording.schema.columns();
        let before = Both::names(recording.both.as_ref());
        let names = columns.iter().map(|column| column.name.as_str());
        let names = before.iter().copied().chain(names);
        let schema = schema(names).map_err(failed)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
        let properties = Arc::new(properties.build());
        Ok(ColumnWriter {
            writer: SerializedFileWriter::new(out, Arc::new(schema), properties).map_err(failed)?,
            own: before.len() + columns.len(),
            rows: Vec::new(),
        })
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, rows: Vec<Record>) -> io::Result<()> {
        self.rows.extend(rows);
        if self.rows.len() >= GROUP {
            self.write_group().map_err(failed)?;
        }
        Ok(())
    }

    /// Writes what is left, and gives back what was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        if !self.rows.is_empty() {
            self.write_group().map_err(failed)?;
        }
        self.writer.into_inner().map_err(failed)
    }

    fn write_group(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
        write_column::<Int64Type, _>(&mut group, &numbers, None)?;
        write_texts(&mut group, rows.iter().map(|row| row.id.as_deref()))?;
        let times: Vec<i64> = rows.iter().filter_map(|row| row.unix_ms).collect();
        let is_there: Vec<i16> = rows
            .iter()
            .map(|row| row.unix_ms.is_some().into())
            .collect();
        // the time, and the same as a number
        for _ in 0..2 {
            write_column::<Int64Type, _>(&mut group, &times, Some(&is_there))?;
        }
        write_texts(&mut group, rows.iter().map(|row| row.fault.as_deref()))?;
        write_texts(&mut group, rows.iter().map(|row| row.message.as_deref()))?;
        for place in 0..self.own {
            let cells = rows.iter().map(|row| row.cells.get(place)?.as_deref());
            write_texts(&mut group, cells)?;
        }
        group.close()?;
        Ok(())
    }
}

fn write_texts<'a, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    texts: impl Iterator<Item = Option<&'a str>>,
) -> Result<()> {
    let (mut values, mut is_there) = (Vec::new(), Vec::new());
    for text in texts {
        is_there.push(i16::from(text.is_some()));
        values.extend(text.map(ByteArray::from));
    }
    write_column::<ByteArrayType, _>(group, &values, Some(&is_there))
}

/// Writes the next column; `is_there` says for each row whether it has one of the values.
fn write_column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    is_there: Option<&[i16]>,
) -> Result<()> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("there is no such column".to_owned()));
    };
    column.typed::<T>().write_batch(values, is_there, None)?;
    column.close()
}

fn schema<'a>(names: impl Iterator<Item = &'a str>) -> Result<Type> {
    let text = |name: &str| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::String))
            .build()
    };
    let number = |name: &str, repetition| {
        Type::primitive_type_builder(name, Physical::INT64)
            .with_repetition(repetition)
            .build()
    };
    let time = |name: &str| {
        Type::primitive_type_builder(name, Physical::INT64)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            .build()
    };
    let [row, id, at, unix_ms, fault, message] = IN_CSV.map(|fact| fact.entry().name);
    let mut fields = vec![
        number(row, Repetition::REQUIRED)?,
        text(id)?,
        time(at)?,
        number(unix_ms, Repetition::OPTIONAL)?,
        text(fault)?,
        text(message)?,
    ];
    for name in names {
        fields.push(text(name)?);
    }
    let fields = fields.into_iter().map(Arc::new).collect();
    Type::group_type_builder("rows").with_fields(fields).build()
}

fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use ulid_engine::{
        compare::TwoFiles,
        dataset::{Dataset, OpenOptions},
        pass::MEMORY,
        progress::Progress,
    };

    use super::*;

    /// The rows of a source as a reader of Parquet shows them, once they were written.
    fn written(source: &Dataset, both: Option<Both>) -> Vec<String> {
        let recording = Recording::of(both, source.layout(), Spelling::Ulid);
        let mut writer = ColumnWriter::begin(Vec::new(), &recording).unwrap();
        for row in source.rows() {
            let record = recording.record(&row.unwrap().borrow());
            writer.write(vec![record]).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let reader = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
        let rows = reader.get_row_iter(None).unwrap();
        rows.map(|row| row.unwrap().to_string()).collect()
    }

    #[test]
    fn rows_of_two_files_say_of_which_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let [old, new] = ["1", "2"].map(|n| {
            let path = folder.path().join(format!("{n}.csv"));
            let text = format!("id,file\n01ARZ3NDEKTSV4RRFFQ69G5FAV,{n}\n");
            std::fs::write(&path, text).unwrap();
            path
        });
        let (both, pair) = TwoFiles::open([&old, &new], &OpenOptions::default(), None).unwrap();
        let comparison = pair.compare(&both, MEMORY, &Progress::new()).unwrap();
        let names = ["old", "new"].map(str::to_owned);
        let rows = written(&both, Some(Both::new(names, 1, Arc::new(comparison))));
        for (row, name, own) in [(&rows[0], "old", "1"), (&rows[1], "new", "2")] {
            let told = format!("relation: \"changed\", file: \"{name}\", file_: \"{own}\"");
            assert!(row.contains("{row: 1,") && row.contains(&told), "{row}");
        }
    }

    #[test]
    fn what_is_written_is_read_back_with_its_types() {
        let text = "time,id\nnoon,01ARZ3NDEKTSV4RRFFQ69G5FAV\n,broken\n";
        let source = Dataset::from_bytes("a.csv", text.into(), &OpenOptions::default()).unwrap();
        let rows = written(&source, None);
        assert_eq!(rows.len(), 2);
        assert!(
            rows[0].contains("id: \"01ARZ3NDEKTSV4RRFFQ69G5FAV\"")
                && rows[0].contains("time: 2016-07-30 23:54:10.259"),
            "{}",
            rows[0]
        );
        assert!(
            rows[0].contains("time_: \"noon\"") && rows[0].contains("fault: null"),
            "{}",
            rows[0]
        );
        assert!(
            rows[1].contains("id: \"broken\"") && rows[1].contains("time: null"),
            "{}",
            rows[1]
        );
    }
}
