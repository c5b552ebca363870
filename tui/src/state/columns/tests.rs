//! Columns of a table that are hidden, moved, pinned and named, without a terminal.

use super::*;

fn columns(widths: &[usize]) -> Columns {
    let of = |(position, &width): (usize, &usize)| Placed {
        column: Column::Cell {
            position,
            name: format!("c{position}"),
            source: format!("c{position}"),
        },
        width,
        is_number: false,
        kind: TEXT,
        is_hidden: false,
    };
    Columns {
        all: widths.iter().enumerate().map(of).collect(),
        ..Columns::default()
    }
}

fn shown(columns: &Columns) -> Vec<String> {
    columns.shown().map(|placed| placed.column.name()).collect()
}

#[test]
fn the_column_under_the_cursor_is_in_sight() {
    let mut columns = columns(&[10, 10, 10, 10]);
    for expected in ["c0", "c0", "c1", "c2"] {
        assert!(columns.step(true, 22));
        assert_eq!(shown(&columns)[0], expected);
    }
    assert!(!columns.step(true, 22));
    columns.step(false, 22);
    assert_eq!(shown(&columns)[0], "c2");
    columns.step(false, 22);
    assert_eq!(shown(&columns)[0], "c1");
    assert!(columns.find("C3", 22) && columns.has_left());
    columns.find_id(22);
    assert!(!columns.has_left() && columns.current().is_none());
}

#[test]
fn columns_are_hidden_moved_and_pinned() {
    let mut columns = columns(&[10, 10, 10, 10]);
    assert_eq!(columns.hide(99), None);
    columns.find("c1", 99);
    assert_eq!(columns.hide(99).as_deref(), Some("c1"));
    assert_eq!(shown(&columns), ["c0", "c2", "c3"]);
    // the cursor is on the next one
    assert!(columns.carry(true, 99) && !columns.carry(true, 99));
    assert_eq!(shown(&columns), ["c0", "c3", "c2"]);
    assert_eq!(columns.pin(99), Some(true));
    assert_eq!(shown(&columns), ["c2", "c0", "c3"]);
    columns.find("c3", 22);
    assert_eq!(shown(&columns), ["c2", "c3"]);
    assert!(!columns.carry(false, 99) || shown(&columns)[0] == "c2");
    columns.find("c2", 99);
    assert_eq!(columns.pin(99), Some(false));
    assert_eq!(columns.unhide(), 1);
    assert_eq!(columns.pinned(), 0);
}

#[test]
fn what_was_set_by_hand_is_remembered() {
    let mut first = columns(&[10, 10, 10]);
    first.find("c2", 99);
    first.pin(99);
    first.set_width(|width| width + 7);
    first.find("c0", 99);
    first.hide(99);
    let mut second = columns(&[10, 10, 10]);
    assert_eq!(second.arrangement(), None);
    second.arrange(&first.arrangement().unwrap());
    assert_eq!(shown(&second), ["c2", "c1"]);
    assert_eq!((second.all()[0].width, second.pinned()), (17, 1));
}

#[test]
fn the_kind_of_a_column_is_that_of_its_cells() {
    let of = |cells: &[&str]| {
        cells
            .iter()
            .fold(None, |kind, cell| together(kind, kind_of(cell)))
    };
    assert_eq!(of(&["1", "", "2.5", "1e3"]), Some("number"));
    assert_eq!(of(&["1", "x"]), Some("text"));
    assert_eq!(of(&["2025-01-01T12:00:00Z", "2025-01-02"]), Some("time"));
    assert_eq!(of(&["01ARZ3NDEKTSV4RRFFQ69G5FAV"]), Some("ID"));
    assert_eq!(of(&["true", "false"]), Some("yes/no"));
    assert_eq!(of(&["", ""]), None);
}

#[test]
fn names_are_written_as_expressions() {
    for (name, expression) in [
        ("status", "status"),
        ("order id", "`order id`"),
        ("time", "column(\"time\")"),
        ("and", "`and`"),
        ("a\"b", "`a\"b`"),
        ("a`b", "column(\"a`b\")"),
    ] {
        assert_eq!(expression_of(name), expression);
    }
}
