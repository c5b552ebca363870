//! Results in the formats that are asked for.

use std::{
    io::{self, BufWriter, IsTerminal, Stdout, Write, stdout},
    sync::Arc,
};

use anyhow::bail;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, RecordBatch, StringArray},
        compute::cast,
        csv,
        datatypes::{DataType, Field, FieldRef, Schema, SchemaRef},
        ipc::writer::FileWriter,
        json::{LineDelimitedWriter, WriterBuilder, writer::LineDelimited},
        util::{
            display::{ArrayFormatter, FormatOptions},
            pretty::pretty_format_batches,
        },
    },
    parquet::arrow::ArrowWriter,
};
use ulid_engine::visible::visible;

use super::arguments::Format;

type Out = BufWriter<Quiet>;

/// Standard output, whose reader may go when it has seen enough: that ends the program, as it ends others. The writers of
/// formats keep of an error no more than its words.
pub(crate) struct Quiet(Stdout);

impl Write for Quiet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).inspect_err(end_if_closed)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().inspect_err(end_if_closed)
    }
}

fn end_if_closed(error: &io::Error) {
    if error.kind() == io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
}

/// A result under way to standard output.
pub(crate) enum Output {
    Table {
        shown: Vec<RecordBatch>,
        schema: SchemaRef,
        room: usize,
        more: usize,
    },
    Ndjson(Box<datafusion::arrow::json::Writer<Out, LineDelimited>>),
    Csv(Box<csv::Writer<Out>>),
    Arrow(Box<FileWriter<Out>>),
    Parquet(Box<ArrowWriter<Out>>),
}

impl Output {
    /// Begins a result of these columns.
    pub(crate) fn open(format: Format, rows: usize, schema: &SchemaRef) -> anyhow::Result<Output> {
        let out = || BufWriter::new(Quiet(stdout()));
        Ok(match format {
            Format::Table => Output::Table {
                shown: Vec::new(),
                schema: as_text(schema),
                room: if rows == 0 { usize::MAX } else { rows },
                more: 0,
            },
            Format::Ndjson => {
                let builder = WriterBuilder::new().with_explicit_nulls(true);
                let writer: LineDelimitedWriter<Out> = builder.build(out());
                Output::Ndjson(Box::new(writer))
            }
            Format::Csv => {
                refuse_nested(schema)?;
                Output::Csv(Box::new(
                    csv::WriterBuilder::new().with_header(true).build(out()),
                ))
            }
            Format::Arrow => {
                refuse_terminal("an Arrow file")?;
                let schema = without_dictionaries(schema);
                Output::Arrow(Box::new(FileWriter::try_new(out(), &schema)?))
            }
            Format::Parquet => {
                refuse_terminal("a Parquet file")?;
                Output::Parquet(Box::new(ArrowWriter::try_new(
                    out(),
                    Arc::clone(schema),
                    None,
                )?))
            }
        })
    }

    /// Adds rows.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> anyhow::Result<()> {
        match self {
            Output::Table {
                shown,
                schema,
                room,
                more,
            } => {
                let fit = batch.num_rows().min(*room);
                *room -= fit;
                *more += batch.num_rows() - fit;
                if fit > 0 {
                    shown.push(texts(&batch.slice(0, fit), schema)?);
                }
            }
            Output::Ndjson(writer) => writer.write(batch)?,
            Output::Csv(writer) => writer.write(batch)?,
            Output::Arrow(writer) => {
                let batch = as_types_of(batch, writer.schema())?;
                writer.write(&batch)?;
            }
            Output::Parquet(writer) => writer.write(batch)?,
        }
        Ok(())
    }

    /// Takes back the rows that it was given; false if they have been written.
    #[cfg(feature = "cluster")]
    pub(crate) fn take_back(&mut self) -> bool {
        let Output::Table {
            shown, room, more, ..
        } = self
        else {
            return false;
        };
        let rows: usize = shown.drain(..).map(|batch| batch.num_rows()).sum();
        *room = room.saturating_add(rows);
        *more = 0;
        true
    }

    /// Writes what is still to be written.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        match self {
            Output::Table {
                mut shown,
                schema,
                more,
                ..
            } => {
                if shown.is_empty() {
                    shown.push(RecordBatch::new_empty(schema));
                }
                let mut out = Quiet(stdout());
                writeln!(out, "{}", pretty_format_batches(&shown)?)?;
                if more > 0 {
                    writeln!(
                        out,
                        "{more} more rows; --rows 0 shows all, --output ndjson or csv writes them as they come"
                    )?;
                }
            }
            Output::Ndjson(mut writer) => {
                writer.finish()?;
                writer.into_inner().flush()?;
            }
            Output::Csv(writer) => writer.into_inner().flush()?,
            Output::Arrow(mut writer) => {
                writer.finish()?;
                writer.into_inner()?.flush()?;
            }
            Output::Parquet(writer) => writer.into_inner()?.flush()?,
        }
        Ok(())
    }
}

fn refuse_terminal(what: &str) -> anyhow::Result<()> {
    if stdout().is_terminal() {
        bail!("{what} is not for a terminal; put > FILE behind it");
    }
    Ok(())
}

fn refuse_nested(schema: &SchemaRef) -> anyhow::Result<()> {
    let mut fields = schema.fields().iter();
    match fields.find(|field| field.data_type().is_nested()) {
        Some(field) => bail!(
            "CSV has no place for {0}, which has parts of its own: choose some, as in {0}['valid'], or put unnest({0}) in its place",
            field.name()
        ),
        None => Ok(()),
    }
}

/// The same columns with the values of dictionaries in their places: a file has one dictionary for a column, and batches that
/// come from several files or machines have several.
fn without_dictionaries(schema: &Schema) -> Schema {
    let field = |field: &FieldRef| match field.data_type() {
        DataType::Dictionary(_, values) => {
            Arc::new(Field::clone(field).with_data_type(values.as_ref().clone()))
        }
        _ => Arc::clone(field),
    };
    let fields: Vec<FieldRef> = schema.fields().iter().map(field).collect();
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

/// Rows with the types of a schema, whose columns are the same.
fn as_types_of(batch: &RecordBatch, schema: &SchemaRef) -> anyhow::Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    let columns: Result<Vec<ArrayRef>, _> = columns.collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns?)?)
}

/// The same columns as text.
fn as_text(schema: &SchemaRef) -> SchemaRef {
    let field = |name: &str| Field::new(visible(name).replace('\t', "\\t"), DataType::Utf8, true);
    let fields = schema.fields().iter().map(|known| field(known.name()));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Values as text that a terminal shows and does not obey.
fn texts(batch: &RecordBatch, schema: &SchemaRef) -> anyhow::Result<RecordBatch> {
    let options = FormatOptions::default();
    let column = |array: &ArrayRef| -> anyhow::Result<ArrayRef> {
        let formatter = ArrayFormatter::try_new(array, &options)?;
        let text = |row| {
            let text = array
                .is_valid(row)
                .then(|| formatter.value(row).to_string());
            text.map(|text| visible(&text).replace('\t', "\\t"))
        };
        Ok(Arc::new(
            (0..array.len()).map(text).collect::<StringArray>(),
        ))
    };
    let columns: anyhow::Result<Vec<ArrayRef>> = batch.columns().iter().map(column).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns?)?)
}
