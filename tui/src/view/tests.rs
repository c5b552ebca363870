use ratatui::{Terminal, backend::TestBackend, layout::Rect};
use tui_input::InputRequest;

use super::*;
use crate::{action::Action, rows::Source};

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
    for (width, height) in [(200, 50), (80, 24), (40, 10), (1, 1)] {
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
