use ulid_engine::progress::Progress;

use super::*;

fn sample(height: u16) -> State {
    let now = "2026-11-23".parse().unwrap();
    State::new(Source::sample(), Size::new(80, height), now)
}

/// Applies an action and runs the jobs it starts to their end.
fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let effects = state.apply(action);
    for effect in &effects {
        if let Effect::Start(task) = effect {
            state.finish(task.run(state.source(), &Progress::new()));
        }
    }
    effects
}

fn row(state: &State, place: usize) -> Row {
    state.rows_at(place, 1).unwrap().remove(0)
}

#[test]
fn the_cursor_stays_on_its_row_when_the_order_changes() {
    let mut state = sample(24);
    for _ in 0..1234 {
        act(&mut state, Action::Down);
    }
    let before = row(&state, state.cursor);
    for action in [
        Action::SortById,
        Action::Reverse,
        Action::SortByPosition,
        Action::SortByPosition,
    ] {
        act(&mut state, action);
        assert_eq!(row(&state, state.cursor), before, "{action:?}");
    }
    assert_eq!(
        state.listing().arrangement(),
        Arrangement::ByPosition(Direction::Descending)
    );
}

#[test]
fn sorting_twice_is_largest_first_and_the_invalid_stay_last() {
    let mut state = sample(24);
    act(&mut state, Action::SortById);
    let rows = state.source().window(0, usize::MAX).unwrap();
    let ids = |state: &State| -> Vec<_> {
        (0..state.listing().len())
            .map(|place| rows[state.listing().row(place).unwrap()].id.ok())
            .collect()
    };
    let ascending = ids(&state);
    let valid = ascending.iter().flatten().count();
    assert!(ascending[..valid].is_sorted() && ascending[valid..].iter().all(Option::is_none));
    act(&mut state, Action::SortById);
    let descending = ids(&state);
    assert!(descending[..valid].iter().rev().is_sorted());
    assert!(descending[valid..].iter().all(Option::is_none));
}

#[test]
fn a_cancelled_sort_leaves_the_order_as_it_was() {
    let mut state = sample(24);
    assert_eq!(
        state.apply(Action::SortById),
        [Effect::Start(Task::SortById(Direction::Ascending))]
    );
    assert_eq!(
        state.apply(Action::Cancel),
        [Effect::Cancel(Kind::Arrange)],
        "the first Ctrl-C ends the job"
    );
    assert_eq!(state.listing().arrangement(), Arrangement::default());
    assert_eq!(
        state.apply(Action::Cancel),
        [Effect::Quit],
        "the second leaves"
    );
}

#[test]
fn the_page_follows_the_cursor() {
    let mut state = sample(24);
    act(&mut state, Action::Last);
    assert_eq!(state.cursor, 19_999);
    assert!(state.top < state.cursor);
    act(&mut state, Action::First);
    assert_eq!((state.cursor, state.top), (0, 0));
    act(&mut state, Action::PageDown);
    assert_eq!(state.cursor, state.page().unsigned_abs());
    state.resize(Size::new(1, 1));
    assert_eq!(state.top, state.cursor);
}

#[test]
fn help_opens_scrolls_and_closes() {
    let mut state = sample(10);
    act(&mut state, Action::Help);
    act(&mut state, Action::Last);
    let Mode::Help { top } = state.mode() else {
        panic!("help is closed")
    };
    assert!(top > 0 && top < crate::view::help::line_count());
    act(&mut state, Action::Back);
    assert_eq!(state.mode(), Mode::Browse);
}
