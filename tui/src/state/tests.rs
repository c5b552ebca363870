//! Actions on the state and what they leave, without a terminal.

use ulid_engine::{dataset::Row, progress::Progress, sort::Direction};

use tui_input::InputRequest;

use super::*;

fn sample(height: u16) -> State {
    let now = "2026-11-23".parse().unwrap();
    State::new(Source::sample(), Size::new(80, height), now)
}

impl State {
    /// Runs the jobs that are asked for to their end, and those that come of them.
    pub(crate) fn settle(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Start(task) | Effect::Renew(task) = effect {
                let finished = task.run(self.source(), &Progress::new());
                let more = self.finish(task.kind(), finished);
                self.settle(more);
            }
        }
    }
}

/// Applies an action and runs the jobs it starts to their end.
fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let effects = state.apply(action);
    state.settle(effects.clone());
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
        state.view().arrangement,
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
    let started = state.apply(Action::SortById);
    assert!(matches!(started[..], [Effect::Start(Task::Arrange(_))]));
    // the first Ctrl-C ends the job, the second leaves
    assert!(matches!(
        state.apply(Action::Cancel)[..],
        [Effect::Cancel(Kind::Arrange)]
    ));
    assert_eq!(state.view().arrangement, Arrangement::default());
    assert!(matches!(
        state.apply(Action::Cancel)[..],
        [Effect::CancelOrQuit]
    ));
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

fn write(state: &mut State, text: &str) {
    for character in text.chars() {
        act(state, Action::Edit(InputRequest::InsertChar(character)));
    }
}

fn type_text(state: &mut State, text: &str) {
    write(state, text);
    act(state, Action::Accept);
}

fn audited() -> State {
    let mut state = sample(24);
    let effects = state.begin(state.view().clone());
    state.settle(effects);
    state
}

#[test]
fn a_figure_shows_its_rows_and_all_again() {
    let mut state = audited();
    act(&mut state, Action::ShowInvalid);
    assert_eq!(state.listing().len(), 140);
    assert!((0..140).all(|place| row(&state, place).id.is_err()));
    act(&mut state, Action::Reverse);
    let first = row(&state, 0).index;
    assert_eq!((state.listing().len(), first), (140, 19_897));
    act(&mut state, Action::ShowInvalid);
    assert_eq!(state.listing().len(), 20_000);
}

#[test]
fn every_change_of_the_view_is_undone_and_done_again() {
    let mut state = audited();
    let mut views = vec![state.view().clone()];
    for action in [
        Action::SortById,
        Action::ShowInvalid,
        Action::NextForm,
        Action::ToggleZone,
        Action::Reverse,
        Action::ShowAll,
    ] {
        act(&mut state, action);
        if views.last() != Some(state.view()) {
            views.push(state.view().clone());
        }
    }
    assert!(views.len() >= 6);
    for view in views.iter().rev().skip(1) {
        act(&mut state, Action::Undo);
        assert_eq!(state.view(), view);
    }
    assert!(state.listing().is_source());
    for view in &views[1..] {
        act(&mut state, Action::Redo);
        assert_eq!(state.view(), view);
    }
}

#[test]
fn a_condition_chooses_rows_and_a_wrong_one_is_explained() {
    let mut state = audited();
    act(&mut state, Action::Filter);
    type_text(&mut state, "fault == 'overflow'");
    assert_eq!(state.listing().len(), 20);
    act(&mut state, Action::Filter);
    type_text(&mut state, " or duplicate");
    assert_eq!(state.listing().len(), 40);
    act(&mut state, Action::Undo);
    assert_eq!(state.listing().len(), 20);
    act(&mut state, Action::Back);
    assert_eq!(state.listing().len(), 20_000);
    act(&mut state, Action::Filter);
    type_text(&mut state, "valid and tyme > -2h");
    // the line stays to be mended, the cursor where it goes wrong
    let Mode::Prompt(prompt) = state.mode() else {
        panic!("the line is gone")
    };
    let notice = prompt.notice.as_deref().unwrap();
    assert!(notice.contains("did you mean \"time\"?"), "{notice}");
    assert_eq!(prompt.input.cursor(), 10);
    act(&mut state, Action::Back);
    assert_eq!(state.listing().len(), 20_000);
}

#[test]
fn the_timeline_brushes_its_rows() {
    let mut state = audited();
    act(&mut state, Action::ToggleTimeline);
    act(&mut state, Action::ZoomIn);
    let timeline = state.timeline().unwrap().clone();
    let counts = timeline.counts.unwrap();
    assert_eq!(counts.parts.len(), timeline.ruler.parts());
    assert!((40..=80).contains(&counts.parts.len()));
    act(&mut state, Action::ShowTimes);
    let shown = state.listing().len() as u64;
    assert_eq!(shown, counts.parts.iter().sum::<u64>());
    assert_eq!(shown + counts.earlier + counts.later, 20_000 - 140);
    let rows = state.rows_at(0, usize::MAX).unwrap();
    assert!(
        rows.iter()
            .all(|row| timeline.times.contains(&Timestamp::of(row.id.unwrap())))
    );
    act(&mut state, Action::Undo);
    assert_eq!(state.listing().len(), 20_000);
}

#[test]
fn a_text_is_found_in_both_directions_round_the_ends() {
    let mut state = sample(24);
    act(&mut state, Action::Find);
    type_text(&mut state, "01kf0apxsx0qj49b573zh96n7");
    assert_eq!(state.cursor, 2);
    act(&mut state, Action::FindNext);
    assert_eq!(state.cursor, 3);
    act(&mut state, Action::FindNext);
    assert_eq!(state.cursor, 2, "round the end");
    act(&mut state, Action::FindPrevious);
    assert_eq!(state.cursor, 3, "round the begin");
    act(&mut state, Action::Find);
    type_text(&mut state, "not there");
    assert!(state.message().unwrap().is_error);
    assert_eq!(state.cursor, 3);
}

#[test]
fn one_goes_to_rows_percentages_and_times() {
    let mut state = sample(24);
    for (text, place) in [
        ("1234", 1233),
        ("100%", 19_999),
        ("0%", 0),
        ("@2026-01-15T08:00:20", 2),
    ] {
        act(&mut state, Action::Palette);
        type_text(&mut state, text);
        assert_eq!(state.cursor, place, "{text}");
    }
    act(&mut state, Action::Palette);
    type_text(&mut state, "30000");
    assert!(state.message().unwrap().is_error);
}

#[test]
fn a_command_is_found_by_its_words_and_run() {
    let mut state = sample(24);
    act(&mut state, Action::Help);
    type_text(&mut state, "largest first sort");
    assert_eq!(
        state.view().arrangement,
        Arrangement::ById(Direction::Ascending)
    );
    assert!(matches!(state.mode(), Mode::Browse));
}

#[test]
fn a_command_takes_what_is_written_behind_its_name() {
    let mut state = sample(24);
    act(&mut state, Action::Palette);
    type_text(&mut state, "zone Europe/Berlin");
    assert_eq!(state.view().zone.iana_name(), Some("Europe/Berlin"));
    act(&mut state, Action::Palette);
    type_text(&mut state, "find not there");
    assert!(state.message().unwrap().text.contains("\"not there\""));
    act(&mut state, Action::Palette);
    let Mode::Prompt(_) = state.mode() else {
        panic!("a command is typed")
    };
    state.paste("q");
    assert!(matches!(
        act(&mut state, Action::Accept)[..],
        [Effect::Quit]
    ));
}

#[test]
fn what_is_pasted_is_text_and_no_keys() {
    let mut state = sample(24);
    act(&mut state, Action::Mark);
    act(&mut state, Action::Find);
    assert!(state.paste("foo\nMq\n").is_empty());
    let typed = |state: &State| match state.mode() {
        Mode::Prompt(prompt) => (prompt.purpose, prompt.input.value().to_owned()),
        _ => panic!("nothing is typed"),
    };
    assert_eq!(typed(&state), (Purpose::Find, "foo Mq".to_owned()));
    assert_eq!(state.marks().len(), 1);
    act(&mut state, Action::Back);
    state.paste("  01KF0AP9000000000000000000\r\n");
    let id = "01KF0AP9000000000000000000".to_owned();
    assert_eq!(typed(&state), (Purpose::Find, id));
    act(&mut state, Action::Back);
    state.paste(" \n");
    assert!(matches!(state.mode(), Mode::Browse));
}

#[test]
fn a_line_takes_a_megabyte_in_no_time_and_says_what_is_left_out() {
    let mut state = sample(24);
    for ask in [Action::Find, Action::Filter, Action::Palette] {
        act(&mut state, ask);
        state.paste(&"a é\t".repeat(1 << 18));
        let Mode::Prompt(prompt) = state.mode() else {
            panic!("nothing is typed")
        };
        assert_eq!(prompt.input.value().chars().count(), 16_384);
        assert!(
            prompt
                .notice
                .as_ref()
                .is_some_and(|notice| notice.contains("16,384"))
        );
        act(&mut state, Action::Edit(InputRequest::InsertChar('x')));
        act(&mut state, Action::Edit(InputRequest::DeletePrevChar));
        let Mode::Prompt(prompt) = state.mode() else {
            panic!("nothing is typed")
        };
        assert_eq!(prompt.notice, None);
        act(&mut state, Action::Accept);
        match state.mode() {
            Mode::Prompt(prompt) => assert!(prompt.notice.is_some()),
            _ => assert!(ask == Action::Find || state.message().is_some_and(|it| it.is_error)),
        }
        act(&mut state, Action::Back);
    }
}

#[test]
fn marked_rows_are_shown_alone_and_their_times_bound() {
    let mut state = sample(24);
    act(&mut state, Action::Mark);
    act(&mut state, Action::Mark);
    let of_both = "BETWEEN '01KF0AP9000000000000000000' AND '01KF0APFEBZZZZZZZZZZZZZZZZ'";
    assert_eq!(
        bounds(&mut state),
        (of_both.to_owned(), format!("{of_both} (2 marked rows)"))
    );
    act(&mut state, Action::ShowMarked);
    assert_eq!(state.listing().len(), 2);
    // marks are taken away and come back, each step by itself
    act(&mut state, Action::Unmark);
    assert_eq!(state.marks().len(), 0);
    act(&mut state, Action::Undo);
    assert_eq!(state.marks().len(), 2);
    act(&mut state, Action::Undo);
    assert_eq!(state.listing().len(), 20_000);
    act(&mut state, Action::Undo);
    assert_eq!(state.marks().len(), 1);
    act(&mut state, Action::Redo);
    assert_eq!(state.marks().len(), 2);
    act(&mut state, Action::Unmark);
    // those of what is shown
    act(&mut state, Action::Filter);
    type_text(&mut state, "valid and row <= 2");
    assert_eq!(
        bounds(&mut state),
        (of_both.to_owned(), format!("{of_both} (2 rows shown)"))
    );
}

/// The bounds that are copied, and what is told of them.
fn bounds(state: &mut State) -> (String, String) {
    let mut effects = state.apply(Action::CopyBounds);
    while let [Effect::Start(task)] = &effects[..] {
        let finished = task.run(state.source(), &Progress::new());
        effects = state.finish(task.kind(), finished);
    }
    let [Effect::Copy(text, what)] = &effects[..] else {
        panic!("nothing is copied")
    };
    (text.clone(), what.clone())
}

#[test]
fn marked_rows_are_copied_together() {
    let mut state = sample(24);
    act(&mut state, Action::Mark);
    act(&mut state, Action::Mark);
    let effects = state.apply(Action::Copy);
    let [Effect::Copy(text, what)] = &effects[..] else {
        panic!("nothing is copied")
    };
    assert_eq!(
        text,
        "01KF0AP900G7F17JAJ0XRFSKZZ\n01KF0APFEBB64NKMB3M2EZSENM"
    );
    assert_eq!(what, "the IDs of 2 marked rows");
}

#[test]
fn what_has_no_room_is_told() {
    let mut state = sample(10);
    act(&mut state, Action::ToggleInspector);
    act(&mut state, Action::ToggleInspector);
    let told = |state: &State| {
        state
            .message()
            .map(|message| message.text.clone())
            .unwrap_or_default()
    };
    act(&mut state, Action::ToggleInspector);
    assert!(
        told(&state).contains("no room for the inspector"),
        "{}",
        told(&state)
    );
    act(&mut state, Action::ToggleTimeline);
    let effects = state.audit().into_iter().collect();
    state.settle(effects);
    assert!(
        told(&state).contains("no room for the timeline"),
        "{}",
        told(&state)
    );
}

#[test]
fn an_export_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    let mut state = audited();
    act(&mut state, Action::ShowInvalid);
    let export = |state: &mut State| {
        act(state, Action::Export);
        type_text(state, path.to_str().unwrap());
        state.message().unwrap().clone()
    };
    assert_eq!(export(&mut state).text, "140 rows exported");
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written.lines().count(), 141);
    let again = export(&mut state);
    assert!(
        again.is_error && again.text.contains("is there already"),
        "{}",
        again.text
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), written);
    assert_eq!(
        std::fs::read_dir(&folder).unwrap().count(),
        1,
        "nothing is left behind"
    );
}

/// The line that is being typed.
fn line(state: &State) -> String {
    match state.mode() {
        Mode::Prompt(prompt) => prompt.input.value().to_owned(),
        _ => String::new(),
    }
}

#[test]
fn tab_writes_on_a_condition_word_by_word() {
    let mut state = sample(24);
    act(&mut state, Action::Filter);
    write(&mut state, "ti and valid");
    for _ in " and valid".chars() {
        act(&mut state, Action::Edit(InputRequest::GoToPrevChar));
    }
    act(&mut state, Action::Complete);
    assert_eq!(line(&state), "time and valid");
    act(&mut state, Action::Edit(InputRequest::DeleteTillEnd));
    for text in [" > now and va", " or du"] {
        write(&mut state, text);
        act(&mut state, Action::Complete);
    }
    assert_eq!(line(&state), "time > now and valid or duplicate");
    act(&mut state, Action::Accept);
    assert!(matches!(state.view().filter, Filter::Query(_)));
}

#[test]
fn tab_offers_one_word_after_another() {
    let mut state = sample(24);
    act(&mut state, Action::Filter);
    write(&mut state, "l");
    act(&mut state, Action::Complete);
    let first = line(&state);
    let Mode::Prompt(prompt) = state.mode() else {
        panic!("the prompt is open");
    };
    let words = prompt.offer().unwrap().to_vec();
    assert!(words.len() > 1 && words.iter().all(|word| word.starts_with('l')));
    for word in words.iter().cycle().skip(1).take(words.len()) {
        act(&mut state, Action::Complete);
        assert_eq!(line(&state), *word);
    }
    assert_eq!(line(&state), first);
}

#[test]
fn rows_of_one_millisecond_are_shown() {
    let mut state = audited();
    act(&mut state, Action::ShowSameMillisecond);
    let rows = state.source().window(0, usize::MAX).unwrap();
    let valid = rows
        .iter()
        .filter_map(|row| Some((row.index, row.id.ok()?)));
    let valid: Vec<_> = valid.map(|(row, id)| (row, Timestamp::of(id))).collect();
    let expected = valid.windows(2).filter(|pair| pair[0].1 == pair[1].1);
    let expected: Vec<usize> = expected.map(|pair| pair[1].0).collect();
    let listing = state.listing();
    let shown: Vec<usize> = (0..listing.len())
        .filter_map(|at| listing.row(at))
        .collect();
    assert!(!shown.is_empty());
    assert_eq!(shown, expected);
}
