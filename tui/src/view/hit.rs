//! The thing under the pointer.

use ratatui::layout::Position;

use super::{commands, health, status, table};
use crate::{
    layout::Layout,
    state::{Mode, Purpose, State, Target},
};

/// A thing on the screen that a click does something with.
#[must_use]
pub(crate) fn target(state: &State, at: Position) -> Option<Target> {
    let panes = Layout::of(
        state.size(),
        state.inspector(),
        state.timeline().is_some(),
        state.has_kinds(),
    );
    if let Mode::Prompt(prompt) = state.mode() {
        if prompt.purpose != Purpose::Command {
            return None;
        }
        let area = commands::area(state.size(), &panes);
        return commands::number_at(state.keymap(), prompt, area, at).map(Target::Command);
    }
    if panes.rows.contains(at) {
        return Some(Target::Row(usize::from(at.y - panes.rows.y)));
    }
    if panes.header.contains(at) {
        return table::heading_at(state, at.x - panes.header.x).map(Target::Heading);
    }
    if panes.timeline.contains(at) {
        return Some(Target::Time(usize::from(at.x - panes.timeline.x)));
    }
    let action = health::action_at(state, panes.health, at)
        .or_else(|| status::action_at(state, panes.keys, at));
    action.map(Target::Action)
}
