//! The layout of a source, guessed from its first block.

mod archive;
mod begun;
mod candidates;
mod guess;
mod hint;
mod keyed;
mod objects;
mod sample;
mod table;
mod uuids;
mod without;
mod wrapped;

pub(crate) use guess::is_binary;
pub(crate) use sample::{SAMPLE_RECORDS, Sample};
pub(crate) use table::names;

use candidates::spelling_of;

use super::{
    layout::{Layout, Place, RECORD_LEN},
    options::{Format, OpenOptions},
};
use crate::{
    Ulid,
    format::Reason,
    spelling::Spelling,
    version7::{Kinds, Versions},
};

/// The layout that the options ask for, filled up with what the sample looks like.
pub(crate) fn detect(sample: &Sample<'_>, options: &OpenOptions) -> Result<Layout, Reason> {
    if let Some(layout) = of_begun_object(sample, options) {
        return Ok(layout);
    }
    let format = match options.format {
        Some(Format::Text) => Format::Text,
        Some(format) if options.every => return Err(Reason::NotEvery { format }),
        Some(format) => format,
        None if options.every => Format::Text,
        None => guess::guess_format(sample, options)?,
    };
    let options = &placed(format, options);
    let plain = |spelling| Layout::without_columns(format, spelling, options.reading);
    let layout = match format {
        Format::Lines => plain(spelling_of(sample.records(), options)),
        Format::Text | Format::Binary => plain(Spelling::Ulid),
        Format::Csv | Format::Tsv => table::layout(sample, format, options)?,
        Format::JsonLines | Format::Json => objects::layout(sample, format, options)?,
    };
    check_place(&layout, options)?;
    let rows = rows(sample, &layout);
    let detected = options.format.is_none();
    let is_by_name = || detected && format == Format::Text && keyed::is_by_name(sample);
    let layout = Layout {
        detected,
        every: options.every || is_by_name(),
        kinds: kinds(&rows, &layout),
        ..layout
    };
    Ok(Layout {
        hint: hint::hint(sample, &rows, &layout, options),
        ..layout
    })
}

/// The options with the place of the IDs as the column or the field that the format has.
fn placed(format: Format, options: &OpenOptions) -> OpenOptions {
    let mut options = options.clone();
    if let Some(place) = options.place.take() {
        match format.has_objects() {
            true => options.field = Some(place),
            false => options.column = Some(place),
        }
    }
    options
}

/// The layout of JSON lines of which not even the first is whole in the sample, if it is one.
fn of_begun_object(sample: &Sample<'_>, options: &OpenOptions) -> Option<Layout> {
    if sample.whole || !matches!(options.format, None | Some(Format::JsonLines)) || options.every {
        return None;
    }
    let bytes = begun::closed(sample.bytes)?;
    let closed = Sample {
        bytes: &bytes,
        whole: true,
        path: sample.path,
    };
    if wrapped::array(sample, options).is_some() {
        return None;
    }
    let layout = detect(&closed, options).ok()?;
    (layout.format == Format::JsonLines).then_some(layout)
}

/// Refuses a place of the IDs that the format does not have: nothing would be as it was meant.
fn check_place(layout: &Layout, options: &OpenOptions) -> Result<(), Reason> {
    let format = layout.format;
    let columns = || layout.columns.clone();
    let wants_table = options.delimiter.is_some() || options.header == Some(true);
    // that there is no header can be said of lines as well
    let says_of_table = wants_table || options.header.is_some() && format.has_objects();
    let passes_over = options.skip > 0 || options.comment.is_some();
    if says_of_table && !format.is_table() {
        return Err(Reason::NoTable { format });
    }
    if passes_over && format == Format::Binary {
        return Err(Reason::NoLines { format });
    }
    match (&options.column, &options.field) {
        (Some(_), _) if format.has_objects() => Err(Reason::FieldWanted { fields: columns() }),
        (Some(_), _) if !format.has_columns() => Err(Reason::NoColumns { format }),
        (_, Some(_)) if !format.has_objects() => Err(Reason::ColumnWanted {
            format,
            columns: columns(),
        }),
        _ => Ok(()),
    }
}

/// The rows of a sample.
fn rows<'a>(sample: &Sample<'a>, layout: &Layout) -> Vec<&'a [u8]> {
    match layout.format {
        Format::Json => sample.json_rows(layout.array.as_ref(), layout.is_sequence),
        Format::Binary => sample
            .bytes
            .chunks_exact(RECORD_LEN)
            .take(SAMPLE_RECORDS)
            .collect(),
        _ => {
            let header = usize::from(layout.header);
            sample.records().skip(header).collect()
        }
    }
}

/// The kinds of the IDs of rows.
fn kinds(rows: &[&[u8]], layout: &Layout) -> Kinds {
    /// An ID nearer to the one before was counted on from it.
    const SHORT: u128 = 1 << 40;
    let (mut versions, mut ids, mut last) = (Versions::default(), 0, None);
    for row in rows {
        let Place { at, id } = layout.locate(row, row.len() as u64);
        let is_fresh = |id: Ulid| {
            let distance = last.map_or(u128::MAX, |last: Ulid| {
                id.to_u128().abs_diff(last.to_u128())
            });
            distance >= SHORT
        };
        if let Some(id) = id.ok().filter(|&id| is_fresh(id)) {
            last = Some(id);
            versions.push(id, row.get(at).is_some_and(Spelling::is_uuid));
            ids += 1;
        }
    }
    versions.kinds(ids)
}
