//! Everything a user can do. This one registry feeds the keymap, the help, the palette and the tests.

use tui_input::InputRequest;

/// One thing that a user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// One row down.
    Down,
    /// One row up.
    Up,
    /// Half a page down.
    HalfPageDown,
    /// Half a page up.
    HalfPageUp,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Show the columns further right.
    ColumnsRight,
    /// Show the columns further left.
    ColumnsLeft,
    /// Order by ID; a second time the other way round.
    SortById,
    /// The order of the file; a second time the other way round.
    SortByPosition,
    /// The present order the other way round.
    Reverse,
    /// Show or hide the inspector.
    ToggleInspector,
    /// Show the list of keys.
    Help,
    /// End the running job; where none runs, leave.
    Cancel,
    /// Close what is open.
    Back,
    /// Take what is typed or selected.
    Accept,
    /// Leave.
    Quit,
    /// Stop, and give the terminal back to the shell.
    Suspend,
    /// Draw the whole screen anew.
    Redraw,
    /// A change of the line being typed.
    Edit(InputRequest),
}

/// Where an action belongs in help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Moving about.
    Move,
    /// Order of the rows.
    Order,
    /// What is shown.
    Show,
    /// The program itself.
    Program,
}

impl Group {
    /// The heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Group::Move => "Move",
            Group::Order => "Order",
            Group::Show => "Show",
            Group::Program => "Program",
        }
    }
}

/// An entry of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// The name in the palette and in the configuration.
    pub name: &'static str,
    /// The keys it has unless the configuration gives it others.
    pub keys: &'static [&'static str],
    /// Where help lists it.
    pub group: Group,
    /// What help says.
    pub help: &'static str,
}

const fn entry(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    group: Group,
    help: &'static str,
) -> Entry {
    Entry {
        action,
        name,
        keys,
        group,
        help,
    }
}

/// Every action that a key can be bound to, in the order of help.
#[rustfmt::skip]
pub const REGISTRY: &[Entry] = &[
    entry(Action::Down, "down", &["j", "down"], Group::Move, "one row down"),
    entry(Action::Up, "up", &["k", "up"], Group::Move, "one row up"),
    entry(Action::PageDown, "page-down", &["pagedown", "ctrl-f", "space"], Group::Move, "a page down"),
    entry(Action::PageUp, "page-up", &["pageup", "ctrl-b"], Group::Move, "a page up"),
    entry(Action::HalfPageDown, "half-page-down", &["ctrl-d"], Group::Move, "half a page down"),
    entry(Action::HalfPageUp, "half-page-up", &["ctrl-u"], Group::Move, "half a page up"),
    entry(Action::First, "first", &["g", "home"], Group::Move, "first row"),
    entry(Action::Last, "last", &["G", "end"], Group::Move, "last row"),
    entry(Action::ColumnsRight, "columns-right", &["l", "right"], Group::Move, "columns further right"),
    entry(Action::ColumnsLeft, "columns-left", &["h", "left"], Group::Move, "columns further left"),
    entry(Action::SortById, "sort-id", &["s"], Group::Order, "sort by ID, again for largest first"),
    entry(Action::SortByPosition, "sort-position", &["p"], Group::Order, "order of the file, again for last first"),
    entry(Action::Reverse, "reverse", &["R"], Group::Order, "the other way round"),
    entry(Action::ToggleInspector, "inspector", &["i", "enter"], Group::Show, "show or hide the ID taken apart"),
    entry(Action::Help, "help", &["?", "f1"], Group::Program, "this list of keys"),
    entry(Action::Back, "back", &["esc"], Group::Program, "close what is open"),
    entry(Action::Cancel, "cancel", &["ctrl-c"], Group::Program, "end the running job; where none runs, quit"),
    entry(Action::Redraw, "redraw", &["ctrl-l"], Group::Program, "draw the screen anew"),
    entry(Action::Suspend, "suspend", &["ctrl-z"], Group::Program, "back to the shell until fg"),
    entry(Action::Quit, "quit", &["q"], Group::Program, "leave"),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_keys_are_unique() {
        let names: HashSet<_> = REGISTRY.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), REGISTRY.len());
        let keys: Vec<_> = REGISTRY.iter().flat_map(|entry| entry.keys).collect();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len());
    }
}
