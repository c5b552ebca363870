//! Whole screens on a buffer, at every size and in every theme.

use ratatui::{Terminal, backend::TestBackend, layout::Rect, style::Modifier};
use tui_input::InputRequest;

use super::*;
use crate::{action::Action, layout::Inspector, rows::Source};

fn sample(width: u16, height: u16) -> State {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let size = ratatui::layout::Size::new(width, height);
    let mut state = State::new(Source::sample(), size, now);
    let effects = state.begin(state.view().clone());
    state.settle(effects);
    state
}

fn screen(state: &State, theme: &Theme) -> String {
    let size = state.size();
    let mut terminal = Terminal::new(TestBackend::new(size.width, size.height)).unwrap();
    terminal
        .draw(|frame| draw(state, None, theme, frame.buffer_mut()))
        .unwrap();
    terminal.backend().to_string()
}

#[test]
fn whole_screens_at_every_size() {
    for (width, height) in [(200, 50), (120, 36), (80, 24), (40, 10), (1, 1)] {
        let mut state = sample(width, height);
        for _ in 0..97 {
            state.apply(Action::Down);
        }
        insta::assert_snapshot!(
            format!("table_{width}x{height}"),
            screen(&state, &Theme::default())
        );
    }
}

#[test]
fn colours_are_those_of_the_theme_at_every_size() {
    let themes = [
        ("dark", Theme::dark(true)),
        ("light", Theme::light(true)),
        ("high_contrast", Theme::high_contrast()),
        ("monochrome", Theme::monochrome()),
    ];
    for (name, theme) in themes {
        for (width, height) in SIZES {
            let state = orders(width, height);
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            draw(&state, None, &theme, &mut buffer);
            insta::assert_debug_snapshot!(format!("{name}_{width}x{height}"), buffer);
        }
    }
}

#[test]
fn an_inspector_without_room_is_turned_to_its_next_part() {
    let mut state = sample(90, 24);
    while state.inspector() != Inspector::Whole {
        act(&mut state, Action::ToggleInspector);
    }
    let inspector = |state: &State| {
        let screen = screen(state, &Theme::default());
        let part = screen
            .split("part ")
            .nth(1)
            .map(|words| words[..6].to_owned());
        let labels =
            ["Unix ms", "urn", "random bits"].map(|label| screen.contains(&format!("\"{label} ")));
        (part, labels)
    };
    let part = |number: usize| {
        let words = format!("{number} of 3");
        (Some(words), [number == 1, number == 2, number == 2])
    };
    for number in [1, 2, 3, 1, 2] {
        assert_eq!(inspector(&state), part(number));
        act(&mut state, Action::NextOfInspector);
    }
    act(&mut state, Action::Down);
    assert_eq!(
        inspector(&state),
        part(1),
        "another row is shown from its begin"
    );
    act(&mut state, Action::ToggleInspector);
    act(&mut state, Action::NextOfInspector);
    let told = state.message().map(|message| message.text.as_str());
    assert_eq!(
        told,
        Some("the inspector is turned where all of it is shown")
    );
}

#[test]
fn the_timeline_shows_when_ids_were_made() {
    let mut state = sample(80, 24);
    for action in [Action::ToggleTimeline, Action::ZoomIn] {
        let effects = state.apply(action);
        state.settle(effects);
    }
    insta::assert_snapshot!("timeline_80x24", screen(&state, &Theme::default()));
}

#[test]
fn values_are_listed_at_every_size() {
    for (width, height) in [(120, 36), (80, 24), (40, 10), (1, 1)] {
        let mut state = sample(width, height);
        state.apply(Action::Values);
        for character in "if(valid, date(time), fault)".chars() {
            state.apply(Action::Edit(InputRequest::InsertChar(character)));
        }
        let effects = state.apply(Action::Accept);
        state.settle(effects);
        state.apply(Action::Down);
        insta::assert_snapshot!(
            format!("values_{width}x{height}"),
            screen(&state, &Theme::default())
        );
    }
}

#[test]
fn an_invalid_id_under_the_cursor_is_explained() {
    let mut state = sample(80, 24);
    for _ in 0..297 {
        state.apply(Action::Down);
    }
    insta::assert_snapshot!("invalid_80x24", screen(&state, &Theme::default()));
}

#[test]
fn help_lists_the_registry() {
    let mut state = sample(80, 24);
    state.apply(Action::Help);
    insta::assert_snapshot!("help_80x24", screen(&state, &Theme::default()));
    for character in "copy".chars() {
        state.apply(Action::Edit(InputRequest::InsertChar(character)));
    }
    insta::assert_snapshot!("help_searched_80x24", screen(&state, &Theme::default()));
}

#[test]
fn without_colour_nothing_is_coloured_and_nothing_is_lost() {
    let mut state = sample(80, 24);
    for _ in 0..98 {
        state.apply(Action::Down);
    }
    let mut plain = Buffer::empty(Rect::new(0, 0, 80, 24));
    draw(&state, None, &Theme::monochrome(), &mut plain);
    assert!(plain.content.iter().all(|cell| {
        (cell.fg, cell.bg) == (ratatui::style::Color::Reset, ratatui::style::Color::Reset)
    }));
    assert_eq!(
        screen(&state, &Theme::monochrome()),
        screen(&state, &Theme::default())
    );
}

/// A table with columns of its own, a broken ID, a duplicate, letters of several scripts, and a number.
fn orders(width: u16, height: u16) -> State {
    const ROWS: &str = "\
id,created_at,status,amount,customer
01KF0AP900G7F17JAJ0XRFSKZZ,2026-01-15T08:00:01Z,paid,12.50,Ame\u{301}lie Mu\u{308}ller
01KF0APFEBB64NKMB3M2EZSENM,2026-01-15T08:00:07Z,open,7,สวัสดี
O1KF0APXSX0QJ49B573ZH96N76,2026-01-15T08:00:22Z,paid,1099.99,\"tab\there\"
01KF0APFEBB64NKMB3M2EZSENM,2026-01-15T10:00:07Z,failed,7,漢字
";
    table_of("orders.csv", ROWS, width, height)
}

fn table_of(name: &str, rows: &str, width: u16, height: u16) -> State {
    let dataset = ulid_engine::dataset::Dataset::from_bytes(
        name,
        rows.as_bytes().to_vec(),
        &ulid_engine::dataset::OpenOptions::default(),
    );
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let size = ratatui::layout::Size::new(width, height);
    let mut state = State::new(Source::from(dataset.unwrap()), size, now);
    let effects = state.begin(state.view().clone());
    state.settle(effects);
    state
}

/// The text of a column of the screen.
fn column(buffer: &Buffer, x: std::ops::Range<u16>, y: std::ops::Range<u16>) -> String {
    let line = |y| {
        x.clone()
            .map(move |x| buffer[(x, y)].symbol())
            .collect::<String>()
    };
    y.map(|y| line(y).trim_end().to_owned()).collect()
}

#[test]
fn a_value_that_goes_on_below_is_whole_and_what_was_found_in_it_marked() {
    let note = "a note of a hundred letters, that no column of a table has room for, and which is to be read all the same";
    let rows = format!(
        "id,note,n\n01KF0AP900G7F17JAJ0XRFSKZZ,\"{note}\",1\nbroken,\"{note}\",2\n01KF0APFEBB64NKMB3M2EZSENM,short,3\n"
    );
    let mut state = table_of("notes.csv", &rows, 100, 24);
    for key in "cnote".chars().map(InputRequest::InsertChar) {
        match state.mode() {
            Mode::Browse => act(&mut state, Action::GoToColumn),
            _ => act(&mut state, Action::Edit(key)),
        };
    }
    act(&mut state, Action::Accept);
    while state.columns().current().unwrap().width > 23 {
        act(&mut state, Action::Narrower);
    }
    let width = u16::try_from(state.columns().current().unwrap().width).unwrap();
    act(&mut state, Action::Find);
    for key in "letters, that".chars().map(InputRequest::InsertChar) {
        act(&mut state, Action::Edit(key));
    }
    act(&mut state, Action::Accept);
    act(&mut state, Action::WrapRows);
    act(&mut state, Action::Last);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 100, 24));
    draw(&state, None, &Theme::dark(true), &mut buffer);
    insta::assert_snapshot!("wrapped_100x24", screen(&state, &Theme::default()));
    let at = Layout::of(state.size(), state.inspector(), false, true).rows;
    let x = 4 + 3 + 26 + 2 + 24 + 2;
    let lines = u16::try_from(note.len().div_ceil(width.into())).unwrap();
    for y in [at.y, at.y + lines] {
        let text = column(&buffer, x..x + width, y..y + lines);
        assert_eq!(text.replace(' ', ""), note.replace(' ', ""));
        // what was searched for goes on from a line to the next
        let places = (y..y + lines).flat_map(|y| (x..x + width).map(move |x| (x, y)));
        let is_marked = |place: &(u16, u16)| buffer[*place].modifier.contains(Modifier::REVERSED);
        let letters = places.filter(is_marked).count();
        assert_eq!(letters, "letters, that".len());
    }
}

const SIZES: [(u16, u16); 5] = [(200, 50), (120, 36), (80, 24), (40, 10), (1, 1)];

fn act(state: &mut State, action: Action) {
    let effects = state.apply(action);
    state.settle(effects);
}

#[test]
fn a_table_shows_its_own_columns_at_every_size() {
    for (width, height) in SIZES {
        let mut state = orders(width, height);
        act(&mut state, Action::ColumnsRight);
        insta::assert_snapshot!(
            format!("orders_{width}x{height}"),
            screen(&state, &Theme::default())
        );
    }
}

#[test]
fn panes_over_the_table_are_drawn_at_every_size() {
    for (width, height) in SIZES {
        for (name, action) in [
            ("heat", Action::HeatMap),
            ("drift", Action::Drift),
            ("record", Action::Pick),
            ("repair", Action::Repair),
            ("timeline", Action::ToggleTimeline),
        ] {
            let mut state = orders(width, height);
            act(&mut state, action);
            insta::assert_snapshot!(
                format!("{name}_{width}x{height}_orders"),
                screen(&state, &Theme::default())
            );
        }
    }
}

/// Themes change how letters look, and no letter.
#[test]
fn every_theme_draws_the_same_letters_in_its_own_colours() {
    let themes = [
        Theme::dark(true),
        Theme::dark(false),
        Theme::light(true),
        Theme::light(false),
        Theme::high_contrast(),
        Theme::monochrome(),
    ];
    let mut state = orders(120, 36);
    act(&mut state, Action::Drift);
    let expected = screen(&state, &Theme::default());
    for theme in &themes {
        assert_eq!(screen(&state, theme), expected);
        let mut drawn = Buffer::empty(Rect::new(0, 0, 120, 36));
        draw(&state, None, theme, &mut drawn);
        let base = theme.base.bg.unwrap_or(ratatui::style::Color::Reset);
        // what a wide letter covers is not drawn
        let is_covered =
            |at: usize| at > 0 && crate::text::width(drawn.content[at - 1].symbol()) == 2;
        let mut cells = drawn.content.iter().enumerate();
        assert!(cells.all(|(at, cell)| cell.bg == base || is_covered(at)));
    }
}
