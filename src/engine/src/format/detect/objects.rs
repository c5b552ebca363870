//! Fields in which the objects of a sample have their IDs.

use indexmap::IndexMap;

use crate::{
    format::{
        Reason, json,
        layout::{Array, Layout},
        options::{Format, OpenOptions},
        ordered::{Json, Members},
        within,
    },
    spelling::Spelling,
};

use super::{
    Sample,
    candidates::{Candidate, Counts, best_column, count_id, spelling, spelling_of},
    table::is_id_name,
    wrapped,
};

/// Objects within objects that are gone into.
const MOST_LEVELS: usize = 16;

/// The paths of fields at which objects have texts, each with the IDs among these.
#[derive(Default)]
struct Texts {
    paths: IndexMap<String, Counts>,
    /// How many of the texts of each path have an ID somewhere.
    within: Vec<usize>,
    objects: usize,
}

impl Texts {
    fn of(objects: &[Members], options: &OpenOptions) -> Texts {
        let mut texts = Texts::default();
        for object in objects {
            texts.add(object, "", 0, options);
            texts.objects += 1;
        }
        texts
    }

    fn add(&mut self, object: &Members, above: &str, level: usize, options: &OpenOptions) {
        for (name, value) in object {
            let path = || match above {
                "" => name.clone(),
                above => format!("{above}.{name}"),
            };
            match value {
                Json::Text(text) => {
                    let entry = self.paths.entry(path());
                    let place = entry.index();
                    count_id(entry.or_default(), text.as_bytes(), options);
                    self.within.resize(self.paths.len(), 0);
                    let is_within = within::first(text.as_bytes()).is_some();
                    if let Some(count) = self.within.get_mut(place) {
                        *count += usize::from(is_within);
                    }
                }
                Json::Object(inner) if level < MOST_LEVELS => {
                    self.add(inner, &path(), level + 1, options);
                }
                _ => {}
            }
        }
    }

    fn best(&self) -> Option<Candidate> {
        let most_within = || {
            let candidates = (0..self.within.len()).filter_map(|column| self.within(column));
            candidates.reduce(|best, next| if next.ids > best.ids { next } else { best })
        };
        best_column(self.paths.values(), self.objects).or_else(most_within)
    }

    /// A field, if objects have an ID somewhere in its text.
    fn within(&self, column: usize) -> Option<Candidate> {
        let &ids = self.within.get(column).filter(|ids| **ids > 0)?;
        Some(Candidate {
            column,
            spelling: Spelling::Within,
            ids,
            all: ids,
        })
    }

    fn path(&self, place: usize) -> Option<String> {
        self.paths.get_index(place).map(|(path, _)| path.clone())
    }
}

fn objects(records: &[&[u8]]) -> Vec<Members> {
    records.iter().map(|record| json::object(record)).collect()
}

/// The field that most often is an ID.
pub(crate) fn best_path(records: &[&[u8]], options: &OpenOptions) -> Option<String> {
    let texts = Texts::of(&objects(records), options);
    let best = best_column(texts.paths.values(), texts.objects)?;
    texts.path(best.column)
}

/// True if an object has an ID at another path that ends as this one does.
pub(crate) fn has_brother(object: &[u8], path: &str, options: &OpenOptions) -> bool {
    let texts = Texts::of(&objects(&[object]), options);
    let name = |path: &str| path.rsplit('.').next().map(str::to_owned);
    let is_brother = |(other, ids): (&String, &Counts)| {
        other != path && name(other) == name(path) && ids.iter().any(|&count| count > 0)
    };
    texts.paths.iter().any(is_brother)
}

/// How many records have an ID somewhere in the text of the field in which most have one.
pub(crate) fn most_within(records: &[&[u8]]) -> usize {
    let texts = Texts::of(&objects(records), &OpenOptions::default());
    texts.within.into_iter().max().unwrap_or_default()
}

/// How many records are an ID, or have one in the field in which most have one; and if there is no such field, how many have
/// one somewhere in the text of a field.
pub(crate) fn count_ids(records: &[&[u8]], options: &OpenOptions) -> (usize, usize) {
    let best = Texts::of(&objects(records), options).best();
    let is_id = |record: &&&[u8]| {
        let text = json::whole_string(record).and_then(|at| record.get(at));
        text.is_some_and(|text| spelling(&json::unescaped(text), options).is_some())
    };
    match best {
        None => (records.iter().filter(is_id).count(), 0),
        Some(best) if best.spelling == Spelling::Within => (0, best.ids),
        Some(best) => (best.ids, 0),
    }
}

/// The layout of objects, or of texts, in lines or in an array.
pub(crate) fn layout(
    sample: &Sample<'_>,
    format: Format,
    options: &OpenOptions,
) -> Result<Layout, Reason> {
    let names = match format {
        Format::Json => wrapped::array(sample, options),
        _ => None,
    };
    let array = names.and_then(|names| {
        let path = wrapped::path(&names)?;
        let names = names.iter().map(|name| String::from_utf8_lossy(name));
        let name = names.collect::<Vec<_>>().join(".");
        Some(Array { name, path })
    });
    let is_sequence = format == Format::Json && array.is_none() && sample.is_sequence();
    let plain = |spelling| Layout {
        is_sequence,
        array: array.clone(),
        ..Layout::without_columns(format, spelling, options.reading)
    };
    let records: Vec<&[u8]> = match format {
        Format::Json => sample.json_rows(array.as_ref(), is_sequence),
        _ => sample.records().collect(),
    };
    let objects = objects(&records);
    if objects.iter().all(Members::is_empty) && options.field.is_none() {
        let strings = records.iter().filter_map(|record| {
            let at = json::whole_string(record)?;
            record.get(at)
        });
        let spelling = spelling_of(strings, options);
        return Ok(plain(spelling));
    }
    let names = objects.iter().flat_map(Members::keys);
    let names: IndexMap<&String, ()> = names.map(|name| (name, ())).collect();
    let columns: Vec<String> = names.into_keys().cloned().collect();
    let texts = Texts::of(&objects, options);
    let best = texts.best();
    let found = best.and_then(|best| texts.path(best.column));
    let field = match &options.field {
        Some(field) => Some(asked(field, &records, &columns)?),
        None => found.clone(),
    };
    let field = field.or_else(|| columns.iter().find(|name| is_id_name(name)).cloned());
    let of_asked = || {
        let place = texts.paths.get_index_of(field.as_ref()?)?;
        texts.within(place)
    };
    let of_field = best.filter(|_| found == field).or_else(of_asked);
    let spelling = options
        .spelling
        .or(of_field.map(|best| best.spelling))
        .unwrap_or_default();
    let id_column = field
        .as_ref()
        .and_then(|field| columns.iter().position(|name| name == field));
    Ok(Layout {
        id_column,
        columns,
        field,
        ..plain(spelling)
    })
}

/// The field that was asked for, if one of the records has it. Where none is an object, nothing is known of fields.
fn asked(field: &str, records: &[&[u8]], columns: &[String]) -> Result<String, Reason> {
    let has_it = |record: &&[u8]| json::value(record, field).is_some();
    if columns.is_empty() || records.iter().any(has_it) {
        return Ok(field.to_owned());
    }
    Err(Reason::NoField {
        field: field.to_owned(),
        fields: columns.to_vec(),
    })
}
