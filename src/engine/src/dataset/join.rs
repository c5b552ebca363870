//! Files of several layouts as one source: their columns are joined by name.

use indexmap::{IndexMap, IndexSet};

use crate::{
    format::{Format, Layout},
    spelling::Spelling,
};

/// Layouts that are named in a sentence.
const MOST_NAMED: usize = 3;

/// The layout of all files as one, each of which gets the columns of all. One layout stays what it is.
pub(super) fn join(layouts: &mut [Layout]) -> Layout {
    take_names(layouts);
    let Some((first, others)) = layouts.split_first() else {
        return Layout::unknown();
    };
    let alike = |other: &Layout| is_alike(first, other);
    if others.iter().all(alike) {
        return first.clone();
    }
    let columns: IndexSet<String> = layouts
        .iter()
        .flat_map(|layout| layout.columns.iter().cloned())
        .collect();
    let joint = Layout {
        format: format(layouts),
        spelling: spelling(layouts),
        id_column: id_column(layouts, &columns),
        field: None,
        header: layouts.iter().all(|layout| layout.header),
        several: Some(sentence(layouts)),
        hint: None,
        types: Vec::new(),
        columns: columns.iter().cloned().collect(),
        ..first.clone()
    };
    layouts
        .iter_mut()
        .for_each(|layout| widen(layout, &columns));
    joint
}

/// True if rows of two files are read in the same way.
fn is_alike(one: &Layout, other: &Layout) -> bool {
    let without_marks = |layout: &Layout| Layout {
        header: false,
        lines_above: 0,
        hint: None,
        types: Vec::new(),
        ..layout.clone()
    };
    without_marks(one) == without_marks(other)
}

/// Gives the names of a header to the files without one that follow it, as the pieces of a table that was cut.
fn take_names(layouts: &mut [Layout]) {
    let mut named: Option<(Vec<String>, u8)> = None;
    for layout in layouts {
        if !layout.format.is_table() {
            continue;
        }
        if layout.header {
            named = Some((layout.columns.clone(), layout.fields.delimiter));
            continue;
        }
        if let Some((names, delimiter)) = &named
            && (names.len(), *delimiter) == (layout.columns.len(), layout.fields.delimiter)
        {
            layout.columns.clone_from(names);
        }
    }
}

/// The format that has all that one of the layouts has: paths of objects, columns, text.
fn format(layouts: &[Layout]) -> Format {
    let formats = layouts.iter().map(|layout| layout.format);
    let richest = formats.max_by_key(|format| format.richness());
    richest.unwrap_or(Format::Lines)
}

/// The spelling of all IDs if they have one, else one that says more than a ULID does.
fn spelling(layouts: &[Layout]) -> Spelling {
    let mut spellings = layouts.iter().map(|layout| layout.spelling);
    let other = spellings.find(|&spelling| spelling != Spelling::Ulid);
    other.unwrap_or_default()
}

/// The column of the IDs, if each file that has a column of its name has the IDs in it.
fn id_column(layouts: &[Layout], columns: &IndexSet<String>) -> Option<usize> {
    let of_own = |layout: &Layout| layout.columns.get(layout.id_column?).cloned();
    let name = layouts.iter().find_map(of_own)?;
    let agrees =
        |layout: &Layout| !layout.columns.contains(&name) || of_own(layout).as_ref() == Some(&name);
    let is_whole = layouts.iter().all(agrees);
    is_whole.then(|| columns.get_index_of(&name)).flatten()
}

/// Gives a layout the columns of all files.
fn widen(layout: &mut Layout, columns: &IndexSet<String>) {
    if layout.format.has_objects() {
        layout.id_column = layout
            .id_column
            .and_then(|own| columns.get_index_of(layout.columns.get(own)?));
    } else {
        let own: IndexMap<&String, usize> = (layout.columns.iter()).zip(0..).collect();
        let places = columns.iter().map(|name| own.get(name).copied());
        layout.places = Some(places.collect());
    }
    layout.columns = columns.iter().cloned().collect();
}

/// The layouts in words, each of them once.
fn sentence(layouts: &[Layout]) -> String {
    let told: IndexSet<String> = layouts.iter().map(Layout::to_string).collect();
    let mut sentence = String::new();
    for (place, one) in told.iter().take(MOST_NAMED).enumerate() {
        sentence += if place == 0 { "" } else { "; " };
        sentence += one;
    }
    if let more @ 1.. = told.len().saturating_sub(MOST_NAMED) {
        sentence += &format!("; {more} more");
    }
    sentence
}
