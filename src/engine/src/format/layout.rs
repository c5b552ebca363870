//! Places of the ID and the columns in a row.

use std::{borrow::Cow, fmt, ops::Range};

use crate::{
    Reading, Ulid,
    cell::{Cell, CellType},
    codec,
    codec::{Fault, FaultKind},
    readable::readable,
    spelling::Spelling,
    version7::Kinds,
};

use super::{
    csv::Fields,
    detect::names,
    divide::Divider,
    every::Every,
    json,
    json::array::{Elements, empty_array, first_element},
    options::Format,
    pages::{ArrayPath, Pages},
    within,
};

/// Bytes of a binary record.
pub(crate) const RECORD_LEN: usize = 16;

/// Bytes that are kept of a record that is no cell of a larger whole.
pub(crate) const TEXT_LIMIT: usize = 1 << 20;

/// Cells that databases write where there is no value: PostgreSQL and MySQL in text, others in words.
const NULLS: [&[u8]; 4] = [b"", b"\\N", b"NULL", b"null"];

/// The look of the rows of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How the source is divided into rows.
    pub format: Format,
    /// How the IDs are spelled.
    pub spelling: Spelling,
    /// How forgiving they are read.
    pub reading: Reading,
    /// The names of the columns, that of the ID among them. Empty for lines, text and binary records.
    pub columns: Vec<String>,
    /// Which of the columns has the ID; nothing where it lies inside of a JSON object, and where there are no columns.
    pub id_column: Option<usize>,
    /// The field of the ID in a JSON object: `id`, `user.id`.
    pub field: Option<String>,
    /// True if the first record names the columns, and is no row.
    pub header: bool,
    /// Lines above the header, or above the first row where there is no header: a title or comments.
    pub lines_above: usize,
    /// True if format and place of the ID were guessed from the first block.
    pub detected: bool,
    /// A sentence that says where IDs stand, if none of the first rows has one in the place that was taken.
    pub hint: Option<String>,
    /// The array within an object whose elements are the rows.
    pub(crate) array: Option<Array>,
    /// True if the rows are objects one behind another, each of several lines, without an array around them.
    pub(crate) is_sequence: bool,
    /// The kinds of the IDs of the first rows.
    pub kinds: Kinds,
    /// True if each ID of a text is a row of its own.
    pub every: bool,
    /// How the fields of a table are written.
    pub(crate) fields: Fields,
    /// Types that the file declares for its columns, if it does.
    pub(crate) types: Vec<CellType>,
    /// The place of each of the columns in a record, if the file has not all of them in their order.
    pub(crate) places: Option<Vec<Option<usize>>>,
    /// A sentence about files of several layouts.
    pub(crate) several: Option<String>,
}

/// An array within an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Array {
    /// The names on the way to it.
    pub(crate) name: String,
    pub(crate) path: ArrayPath,
}

/// The place of the ID in a record, and the ID.
pub(crate) struct Place {
    pub(crate) at: Range<usize>,
    pub(crate) id: Result<Ulid, Fault>,
}

/// A column of a layout, looked up once for many rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column<'n> {
    /// Which of those of a table it is, if it is one of them.
    Place(Option<usize>),
    /// A field of an object, or a path of fields.
    Path(&'n str),
}

impl Layout {
    /// A layout without columns.
    pub(crate) fn without_columns(format: Format, spelling: Spelling, reading: Reading) -> Layout {
        Layout {
            format,
            spelling,
            reading,
            columns: Vec::new(),
            id_column: None,
            field: None,
            header: false,
            lines_above: 0,
            detected: false,
            hint: None,
            types: Vec::new(),
            kinds: Kinds::default(),
            every: false,
            array: None,
            is_sequence: false,
            fields: Fields::by(if format == Format::Tsv { b'\t' } else { b',' }),
            places: None,
            several: None,
        }
    }

    /// The layout of a file of which nothing is known yet.
    pub(crate) fn unknown() -> Layout {
        Layout::without_columns(Format::Lines, Spelling::default(), Reading::default())
    }

    /// How many columns a record has.
    fn width(&self) -> usize {
        let places = self.places.as_ref();
        places.map_or(self.columns.len(), |places| places.iter().flatten().count())
    }

    /// The cells of a record in the order of the columns, and behind them those that have no name.
    fn arranged<T: Clone>(&self, cells: Vec<T>, missing: &T) -> Vec<T> {
        let Some(places) = &self.places else {
            return cells;
        };
        let named = self.width().min(cells.len());
        let cell = |place: &Option<usize>| cells.get((*place)?).cloned();
        let arranged = places
            .iter()
            .map(|place| cell(place).unwrap_or(missing.clone()));
        let surplus = cells.iter().skip(named).cloned();
        arranged.chain(surplus).collect()
    }

    /// True if it is of several files whose rows stand otherwise: other columns, another delimiter or format.
    #[must_use]
    pub fn is_of_several(&self) -> bool {
        self.several.is_some()
    }

    /// Records before the first row: what stands above a table, and its header.
    pub(crate) fn records_above(&self) -> u64 {
        self.lines_above as u64 + u64::from(self.header)
    }

    /// The place of the ID of a row, as a message names it.
    pub(crate) fn place_in_words(&self) -> String {
        match (&self.field, self.id_column) {
            (Some(field), _) => format!("the field {field:?}"),
            (None, Some(column)) => match self.columns.get(column) {
                Some(name) => format!("the column {name:?}"),
                None => format!("column {}", column + 1),
            },
            (None, None) => "the place that was taken".to_owned(),
        }
    }

    /// A sentence about a record in which no ID was found, which is looked at where it is whole.
    pub(crate) fn absence(&self, record: Option<&[u8]>) -> String {
        let object = record.filter(|_| self.format.has_objects());
        let broken = object.map(json::broken);
        let place = match (&self.field, self.id_column) {
            (None, None) => "this row".to_owned(),
            _ => self.place_in_words(),
        };
        match broken.flatten() {
            Some(broken) => format!("no ULID: the row is no JSON, {broken}"),
            None => format!("no ULID: there is none in {place}"),
        }
    }

    /// True for the record that names the columns.
    pub(crate) fn is_header(&self, record: &[u8]) -> bool {
        let cells = self.fields.cells(record).into_iter();
        let names = names(cells.map(Cow::into_owned).collect());
        let own = names.iter().zip(0..);
        let mut places = own.map(|(name, place)| (self.column(name), place));
        let is_at =
            |(column, place)| matches!(column, Column::Place(Some(found)) if found == place);
        self.header && names.len() == self.width() && places.all(is_at)
    }

    pub(crate) fn divider(&self) -> Divider {
        match self.format {
            Format::Csv | Format::Tsv => Divider::quoted(self.fields),
            Format::Binary => Divider::Fixed(0),
            Format::Json => match &self.array {
                Some(array) => Divider::Pages(Pages::new(array.path)),
                None if self.is_sequence => Divider::Elements(Elements::SEQUENCE),
                None => Divider::Elements(Elements::default()),
            },
            Format::JsonLines => Divider::FILLED,
            Format::Text if self.every => Divider::Every(Every::NEW),
            Format::Lines | Format::Text => Divider::Lines,
        }
    }

    /// The begin of the first row among the first bytes of a source without a header.
    pub(crate) fn start(&self, head: &[u8]) -> u64 {
        if let Some(array) = &self.array {
            return array.path.first_element(head).unwrap_or(head.len()) as u64;
        }
        let start = match self.format {
            // an array without elements has no row
            Format::Json => empty_array(head).or_else(|| first_element(head)),
            _ => None,
        };
        start.unwrap_or_default() as u64
    }

    /// Bytes of a record that a pass looks at: longer ones are cut, so that memory stays bounded. A line that should be an
    /// ID and is so long is none.
    #[must_use]
    pub fn record_limit(&self) -> usize {
        match self.format {
            Format::Lines | Format::Binary => TEXT_LIMIT,
            _ => 128 << 20,
        }
    }

    /// Range of the text that is looked through for an ID.
    pub(crate) fn place_of_text(&self, record: &[u8]) -> Option<Range<usize>> {
        match self.format {
            Format::Csv | Format::Tsv => self.fields.field(record, self.id_column?),
            Format::JsonLines | Format::Json => match &self.field {
                Some(field) => json::string_at(record, field),
                None => json::whole_string(record),
            },
            Format::Lines | Format::Text | Format::Binary => Some(0..record.len()),
        }
    }

    /// Finds and reads the ID of a record. `full_len` is its length before it was cut.
    pub(crate) fn locate(&self, record: &[u8], full_len: u64) -> Place {
        let at = match self.format {
            Format::Lines if full_len > record.len() as u64 => return too_long(full_len),
            Format::Text => return self.within(record, 0..record.len()),
            Format::Binary => return binary(record),
            _ => self.place_of_text(record),
        };
        self.read_at(record, at)
    }

    /// True if each row should have an ID: text need not, whether it is a line, a cell or a field.
    pub(crate) fn needs_ids(&self) -> bool {
        self.format != Format::Text && self.spelling != Spelling::Within
    }

    /// The first ID in a part of a record.
    fn within(&self, record: &[u8], at: Range<usize>) -> Place {
        let text = record.get(at.clone()).unwrap_or_default();
        if let Some((place, id)) = within::first(text) {
            return Place {
                at: at.start + place.start..at.start + place.end,
                id: Ok(id),
            };
        }
        // of the escape of a line end the letter stands right before what follows
        let is_escaped = self.format.has_objects() && memchr::memchr(b'\\', text).is_some();
        let found = is_escaped.then(|| within::first(&json::unescaped(text)));
        found
            .flatten()
            .map_or_else(absent, |(_, id)| Place { at, id: Ok(id) })
    }

    /// The field of the ID where rows are objects.
    pub(crate) fn object_field(&self) -> Option<&str> {
        self.field.as_deref().filter(|_| self.format.has_objects())
    }

    /// The ID at a place of a record, if it was found in one.
    pub(crate) fn read_at(&self, record: &[u8], at: Option<Range<usize>>) -> Place {
        let text = at.as_ref().and_then(|at| record.get(at.clone()));
        match (text, at) {
            (_, Some(at)) if self.spelling == Spelling::Within => self.within(record, at),
            (Some(text), Some(at)) => Place {
                id: self.read(text),
                at,
            },
            _ => absent(),
        }
    }

    /// Reads an ID in the spelling of this source.
    pub(crate) fn read(&self, text: &[u8]) -> Result<Ulid, Fault> {
        let read = |text: &[u8]| self.spelling.read_cell(text, self.reading);
        read(text).or_else(|fault| match self.format.has_objects() {
            true if memchr::memchr(b'\\', text).is_some() => read(&json::unescaped(text)),
            false if self.format.is_table() && NULLS.contains(&text) => absent().id,
            _ => Err(fault),
        })
    }

    /// The text in the place of an ID.
    pub(crate) fn show<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self.format {
            Format::Binary => Cow::Owned(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
            format if format.has_objects() => match json::unescaped(bytes) {
                Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
                Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
            },
            _ => readable(bytes),
        }
    }

    pub(crate) fn cells<'a>(&self, record: &'a [u8]) -> Vec<Cow<'a, str>> {
        let mut cells = match self.format {
            Format::Csv | Format::Tsv => {
                let cells = self.fields.cells(record);
                self.arranged(cells, &Cow::Borrowed(""))
            }
            Format::JsonLines | Format::Json => {
                let show = |value: &'a str| json::show_raw(value).unwrap_or_default();
                let json::Values { named, further } = json::values(record, &self.columns);
                let named = named
                    .into_iter()
                    .map(|value| value.map(show).unwrap_or_default());
                named
                    .chain(further.into_iter().map(|(_, value)| show(value)))
                    .collect()
            }
            Format::Lines | Format::Text | Format::Binary => Vec::new(),
        };
        // what stands beyond the columns is kept
        cells.resize(cells.len().max(self.columns.len()), Cow::Borrowed(""));
        cells
    }

    /// The cells of a record with their types, as many as there are columns or more.
    pub(crate) fn typed_cells<'a>(&self, record: &'a [u8]) -> Vec<Cell<'a>> {
        let mut cells: Vec<Cell<'a>> = match self.format {
            Format::Csv | Format::Tsv => {
                let cells = self.fields.typed_cells(record, &self.types);
                self.arranged(cells, &Cell::Missing)
            }
            Format::JsonLines | Format::Json => {
                let json::Values { named, further } = json::values(record, &self.columns);
                let cell = |value: Option<&'a str>| value.map_or(Cell::Missing, Cell::of_json);
                let further = further.into_iter().map(|(_, value)| Some(value));
                named.into_iter().chain(further).map(cell).collect()
            }
            Format::Lines | Format::Text | Format::Binary => Vec::new(),
        };
        cells.resize(cells.len().max(self.columns.len()), Cell::Missing);
        cells
    }

    /// The type that the file declares for a column, if it does.
    pub(crate) fn declared_type(&self, column: usize) -> Option<&CellType> {
        let place = match &self.places {
            Some(places) => (*places.get(column)?)?,
            None => column,
        };
        self.types.get(place)
    }

    /// The names of the cells of a record beyond the columns, if they have any.
    pub(crate) fn surplus_names<'a>(&self, record: &'a [u8]) -> Vec<Cow<'a, str>> {
        match self.format.has_objects() {
            true => {
                let further = json::values(record, &self.columns).further.into_iter();
                further.map(|(name, _)| name).collect()
            }
            false => Vec::new(),
        }
    }

    /// Bytes of white space with which an element of an array begins: it stands where its first other byte does.
    pub(crate) fn blank_before(&self, record: &[u8]) -> usize {
        match self.format {
            Format::Json => record.len() - record.trim_ascii_start().len(),
            _ => 0,
        }
    }

    /// True if the last rows are found from the end of a file: a line end outside of quotes, which come in pairs, ends one.
    /// Apostrophes stand alone in many a text.
    pub(crate) fn is_found_from_behind(&self) -> bool {
        self.format != Format::Json && !self.every && self.fields.quote == b'"'
    }

    /// True if rows stand on lines that an editor shows, however many each of them takes.
    #[must_use]
    pub fn has_line_numbers(&self) -> bool {
        self.format != Format::Binary
    }

    /// True if rows are lines of the source, or, in CSV, begin one.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        !matches!(self.format, Format::Binary | Format::Json) && !self.every
    }

    /// A column by its name.
    pub(crate) fn column<'n>(&self, name: &'n str) -> Column<'n> {
        match self.format {
            Format::Csv | Format::Tsv => {
                let place = self.columns.iter().position(|found| found == name);
                Column::Place(match &self.places {
                    Some(places) => place.and_then(|place| places.get(place).copied().flatten()),
                    None => place,
                })
            }
            _ => Column::Path(name),
        }
    }

    /// A cell of a record of a table in which nothing is quoted.
    pub(crate) fn plain_cell<'a>(
        &self,
        record: &'a [u8],
        column: Column<'_>,
    ) -> Option<Cow<'a, [u8]>> {
        match column {
            Column::Place(place) => self.fields.plain_cell(record, place?, self.width()),
            Column::Path(_) => None,
        }
    }

    pub(crate) fn cell<'a>(&self, record: &'a [u8], column: Column<'_>) -> Option<Cow<'a, str>> {
        match (self.format, column) {
            (Format::Csv | Format::Tsv, Column::Place(place)) => self.fields.cell(record, place?),
            (format, Column::Path(path)) if format.has_objects() => json::cell(record, path),
            _ => None,
        }
    }
}

impl fmt::Display for Layout {
    /// The layout in words: `csv, ID in column 2 "id" of 5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(several) = &self.several {
            return f.write_str(several);
        }
        write!(f, "{}", self.format)?;
        if self.every {
            return f.write_str(", every ID");
        }
        if let Some(array) = &self.array {
            write!(f, ", elements of {:?}", array.name)?;
        }
        if self.fields.quote == b'\'' {
            f.write_str(", quoted by '")?;
        }
        if self.is_sequence {
            f.write_str(", one object behind another")?;
        }
        let inside = match self.spelling {
            Spelling::Within => "within",
            _ => "in",
        };
        if let Some(field) = &self.field {
            write!(f, ", ID {inside} field {field:?}")?;
        } else if let Some(column) = self.id_column {
            write!(f, ", ID {inside} column {}", column + 1)?;
            if let (true, Some(name)) = (self.header, self.columns.get(column)) {
                write!(f, " {name:?}")?;
            }
            write!(f, " of {}", self.columns.len())?;
        }
        match self.kinds {
            Kinds::Ulids => {}
            Kinds::UuidsV7 => f.write_str(", UUIDv7")?,
            Kinds::Both => f.write_str(", ULIDs and UUIDv7")?,
        }
        if self.format == Format::Text {
            return Ok(());
        }
        match (self.spelling, self.kinds) {
            (Spelling::Ulid, Kinds::UuidsV7) => f.write_str(", spelled as ULIDs"),
            (Spelling::Ulid | Spelling::Within, _) | (Spelling::Uuid, Kinds::UuidsV7) => Ok(()),
            (Spelling::Uuid, _) => f.write_str(", spelled as UUIDs"),
            (Spelling::Guid, _) => f.write_str(", spelled as GUIDs"),
            (Spelling::Prefixed, Kinds::UuidsV7) => f.write_str(", TypeIDs"),
            (Spelling::Prefixed, _) => f.write_str(", prefixed"),
            (other, _) => write!(f, ", spelled as {other}"),
        }
    }
}

fn binary(record: &[u8]) -> Place {
    match <[u8; RECORD_LEN]>::try_from(record) {
        Ok(bytes) => Place {
            at: 0..RECORD_LEN,
            id: Ok(Ulid::from_bytes(bytes)),
        },
        Err(_) => Place {
            at: 0..record.len(),
            ..absent()
        },
    }
}

fn too_long(full_len: u64) -> Place {
    let found = usize::try_from(full_len).unwrap_or(usize::MAX);
    Place {
        at: 0..codec::TEXT_LEN,
        id: Err(Fault {
            kind: FaultKind::Length { found },
            position: codec::TEXT_LEN,
        }),
    }
}

pub(crate) fn absent() -> Place {
    Place {
        at: 0..0,
        id: Err(Fault {
            kind: FaultKind::Absent,
            position: 0,
        }),
    }
}
