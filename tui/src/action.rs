//! Everything a user can do. This one registry feeds the keymap, the help, the palette and the tests.

use tui_input::InputRequest;

/// One thing that a user can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
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
    /// To the column on the right, or on within one that is wide.
    ColumnsRight,
    /// To the column on the left.
    ColumnsLeft,
    /// To a column by its name, shown if it was hidden.
    GoToColumn,
    /// The column narrower.
    Narrower,
    /// The column wider.
    Wider,
    /// The column as wide as the texts of it in sight.
    FitColumn,
    /// Hide the column.
    HideColumn,
    /// Show the hidden columns of the file.
    UnhideColumns,
    /// Move the column to the left.
    CarryLeft,
    /// Move the column to the right.
    CarryRight,
    /// Keep the column beside the ID, or let it go.
    PinColumn,
    /// Let values that are wider than their column go on below, or cut them again.
    WrapRows,
    /// Only rows with the value of the cell.
    KeepCell,
    /// All rows but those with the value of the cell.
    LeaveCell,
    /// Find a text in the column.
    FindInColumn,
    /// Order by ID; a second time the other way round.
    SortById,
    /// The order of the file; a second time the other way round.
    SortByPosition,
    /// Order by a column or an expression.
    SortBy,
    /// The present order the other way round.
    Reverse,
    /// Find a text.
    Find,
    /// The next row with the text found last.
    FindNext,
    /// The row before with the text found last.
    FindPrevious,
    /// Only rows that meet a condition.
    Filter,
    /// All rows.
    ShowAll,
    /// Only invalid rows.
    ShowInvalid,
    /// Only rows whose ID an earlier row has.
    ShowDuplicates,
    /// Only rows smaller than the one before.
    ShowOutOfOrder,
    /// Only rows of a time that lies ahead.
    ShowFuture,
    /// Only rows behind a gap in time.
    ShowGaps,
    /// Only the rows of the worst step back.
    ShowStepBack,
    /// Only rows that have a time.
    ShowSpan,
    /// Only the rows that the verdict on the randomness rests on.
    ShowVerdict,
    /// Only rows of the same millisecond as the one before.
    ShowSameMillisecond,
    /// The values of a column or an expression, and how many rows have each.
    Values,
    /// In that list: all rows but those with the value.
    Exclude,
    /// Only the rows of one of two files that the other lacks.
    ShowDifferent,
    /// Of those the rows of the first file.
    ShowFirst,
    /// Of those the rows of the second file.
    ShowSecond,
    /// Only the rows that both files have.
    ShowBoth,
    /// Of those the ones whose other columns differ.
    ShowChanged,
    /// Of those the ones in another order.
    ShowMoved,
    /// Only the marked rows.
    ShowMarked,
    /// Mark the row under the cursor, or take its mark away.
    Mark,
    /// Take all marks away.
    Unmark,
    /// The next form of the IDs.
    NextForm,
    /// Times in the local zone or in UTC.
    ToggleZone,
    /// Times in a zone by name.
    ChooseZone,
    /// Take the last change of the view back.
    Undo,
    /// Make the change again that was taken back.
    Redo,
    /// Put the ID into the clipboard.
    Copy,
    /// Put the whole row into the clipboard.
    CopyRow,
    /// Put the bounds of the time into the clipboard, as SQL has them.
    CopyBounds,
    /// Write the rows to a file.
    Export,
    /// Write the rows to a file, with broken IDs repaired.
    Repair,
    /// In that line: something else of the rows.
    NextTake,
    /// Take the marked rows, or the one under the cursor, where somebody asked for a choice.
    Pick,
    /// Give the keys for columns to the timeline, or back to the table.
    SwitchPane,
    /// Show the IDs by day and hour.
    HeatMap,
    /// Put another time of the rows beside that of their IDs.
    Drift,
    /// Tell the bars of the timeline apart by a column.
    StackBy,
    /// Show or hide the timeline.
    ToggleTimeline,
    /// Show less time, in more detail.
    ZoomIn,
    /// Show more time.
    ZoomOut,
    /// Move the timeline to earlier times.
    Earlier,
    /// Move the timeline to later times.
    Later,
    /// Only rows of the times that the timeline shows.
    ShowTimes,
    /// Set the brush on the row; a second time, show the rows of the times between.
    Brush,
    /// Two lines of the inspector, all of it, or none.
    ToggleInspector,
    /// The next part of the inspector, and behind the last one the first.
    NextOfInspector,
    /// Show all commands and their keys.
    Help,
    /// Type a command or a place to go to.
    Palette,
    /// Take note of the mouse, or leave it to the terminal.
    ToggleMouse,
    /// End the running job; where none runs, leave.
    Cancel,
    /// Close what is open.
    Back,
    /// Take what is typed or selected.
    Accept,
    /// Write on the word that is begun; again, another one.
    Complete,
    /// Leave.
    Quit,
    /// Stop, and give the terminal back to the shell.
    Suspend,
    /// Draw the whole screen anew.
    Redraw,
    /// A change of the line being typed.
    Edit(InputRequest),
}

/// The group of an action in help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Group {
    /// Moving about.
    Move,
    /// The columns of the table.
    Columns,
    /// Order of the rows.
    Order,
    /// Finding rows, and showing only some.
    Filter,
    /// Two files beside each other.
    Compare,
    /// The timeline.
    Timeline,
    /// The rows that are shown.
    Show,
    /// Taking rows away.
    Take,
    /// The program itself.
    Program,
}

impl Group {
    /// The heading.
    #[must_use]
    pub(crate) fn title(self) -> &'static str {
        match self {
            Group::Move => "Move",
            Group::Columns => "Columns",
            Group::Order => "Order",
            Group::Filter => "Find and filter",
            Group::Compare => "Compare two files (--diff)",
            Group::Timeline => "Timeline",
            Group::Show => "Show",
            Group::Take => "Take away",
            Group::Program => "Program",
        }
    }
}

/// An entry of the registry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The action.
    pub action: Action,
    /// The name in the palette and in the configuration.
    pub name: &'static str,
    /// The keys it has unless the configuration gives it others.
    pub keys: &'static [&'static str],
    /// The group under which help lists it.
    pub group: Group,
    /// The words of help.
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
pub(crate) const REGISTRY: &[Entry] = &[
    entry(Action::Down, "down", &["j", "down"], Group::Move, "one row down"),
    entry(Action::Up, "up", &["k", "up"], Group::Move, "one row up"),
    entry(Action::PageDown, "page-down", &["pagedown", "ctrl-f"], Group::Move, "a page down"),
    entry(Action::PageUp, "page-up", &["pageup", "ctrl-b"], Group::Move, "a page up"),
    entry(Action::HalfPageDown, "half-page-down", &["ctrl-d"], Group::Move, "half a page down"),
    entry(Action::HalfPageUp, "half-page-up", &["ctrl-u"], Group::Move, "half a page up"),
    entry(Action::First, "first", &["g", "home"], Group::Move, "first row"),
    entry(Action::Last, "last", &["G", "end"], Group::Move, "last row"),
    entry(Action::ColumnsRight, "columns-right", &["l", "right"], Group::Move, "the next column, or on within a wide one"),
    entry(Action::ColumnsLeft, "columns-left", &["h", "left"], Group::Move, "the column before"),
    entry(Action::GoToColumn, "column", &["c"], Group::Columns, "to a column by its name, also age, uuid, hex; or make one: late = gap > 1h"),
    entry(Action::Narrower, "narrower", &["<"], Group::Columns, "the column narrower; with a timeline, a quarter to the left"),
    entry(Action::Wider, "wider", &[">"], Group::Columns, "the column wider; with a timeline, a quarter to the right"),
    entry(Action::FitColumn, "fit-column", &["_"], Group::Columns, "the column as wide as what is in sight of it"),
    entry(Action::HideColumn, "hide-column", &["x"], Group::Columns, "hide the column"),
    entry(Action::UnhideColumns, "unhide-columns", &["X"], Group::Columns, "show the hidden columns of the file"),
    entry(Action::CarryLeft, "move-left", &["H"], Group::Columns, "move the column to the left"),
    entry(Action::CarryRight, "move-right", &["L"], Group::Columns, "move the column to the right"),
    entry(Action::PinColumn, "pin-column", &["P"], Group::Columns, "keep the column beside the ID, again to let it go"),
    entry(Action::WrapRows, "wrap", &["ctrl-w"], Group::Columns, "wide values go on below, again for a line a row"),
    entry(Action::SortById, "sort-id", &["s"], Group::Order, "sort by ID, again for largest first"),
    entry(Action::SortByPosition, "sort-position", &["p"], Group::Order, "order of the file, again for last first"),
    entry(Action::SortBy, "sort-by", &["S"], Group::Order, "sort by a column or an expression: amount, time, len(text)"),
    entry(Action::Reverse, "reverse", &["R"], Group::Order, "the other way round"),
    entry(Action::Find, "find", &["/"], Group::Filter, "find a text in the rows, or ~ and a regular expression"),
    entry(Action::FindInColumn, "find-in-column", &["\\"], Group::Filter, "find it in this column"),
    entry(Action::FindNext, "find-next", &["n"], Group::Filter, "the next row with it"),
    entry(Action::FindPrevious, "find-previous", &["N"], Group::Filter, "the row before with it"),
    entry(Action::Filter, "filter", &["&"], Group::Filter, "only rows where a condition holds: valid and age < 2h"),
    entry(Action::KeepCell, "keep-cell", &["+", "="], Group::Filter, "only rows with the value of this cell; with a timeline, half the time"),
    entry(Action::LeaveCell, "leave-cell", &["-"], Group::Filter, "all rows but those; with a timeline, twice the time"),
    entry(Action::ShowAll, "show-all", &["0"], Group::Filter, "all rows"),
    entry(Action::ShowInvalid, "show-invalid", &["1"], Group::Filter, "only invalid rows, again for all"),
    entry(Action::ShowDuplicates, "show-duplicates", &["2"], Group::Filter, "only rows whose ID was there before"),
    entry(Action::ShowOutOfOrder, "show-out-of-order", &["3"], Group::Filter, "only rows smaller than the one before"),
    entry(Action::ShowFuture, "show-future", &["4"], Group::Filter, "only rows of a time that lies ahead"),
    entry(Action::ShowGaps, "show-gaps", &["5"], Group::Filter, "only rows more than an hour after the one before"),
    entry(Action::ShowStepBack, "show-step-back", &["6"], Group::Filter, "only the worst step back in time"),
    entry(Action::ShowSpan, "show-span", &["7"], Group::Filter, "only rows that have a time"),
    entry(Action::ShowVerdict, "show-verdict", &["8"], Group::Filter, "only rows that the verdict on randomness rests on"),
    entry(Action::ShowSameMillisecond, "show-same-millisecond", &["9"], Group::Filter, "only rows of the millisecond of the one before"),
    entry(Action::Values, "values", &["F"], Group::Filter, "values of a column or an expression, with counts; enter shows their rows"),
    entry(Action::Exclude, "exclude", &["!"], Group::Filter, "among values: all rows but those with this one"),
    entry(Action::Mark, "mark", &["m", "space"], Group::Filter, "mark the row, again to take the mark away"),
    entry(Action::ShowMarked, "show-marked", &["'"], Group::Filter, "only marked rows"),
    entry(Action::Unmark, "unmark-all", &["M"], Group::Filter, "take all marks away"),
    entry(Action::ShowDifferent, "show-different", &["D"], Group::Compare, "only rows that differ: in one of the files, or changed"),
    entry(Action::ShowFirst, "show-first", &["A"], Group::Compare, "only rows that the first file has alone"),
    entry(Action::ShowSecond, "show-second", &["B"], Group::Compare, "only rows that the second file has alone"),
    entry(Action::ShowBoth, "show-both", &["C"], Group::Compare, "only rows that both files have"),
    entry(Action::ShowChanged, "show-changed", &["E"], Group::Compare, "of those the ones whose other columns differ, side by side"),
    entry(Action::ShowMoved, "show-moved", &["O"], Group::Compare, "of those the ones in another order"),
    entry(Action::ToggleTimeline, "timeline", &["t"], Group::Timeline, "show or hide how many IDs were made when"),
    entry(Action::SwitchPane, "switch-pane", &["tab"], Group::Timeline, "h l + - < > for the timeline, or for the table again"),
    entry(Action::StackBy, "stack-by", &["|"], Group::Timeline, "tell its bars apart by the values of a column"),
    entry(Action::HeatMap, "heat-map", &["W"], Group::Timeline, "how many IDs were made on which day in which hour"),
    entry(Action::Drift, "drift", &["d"], Group::Timeline, "a column of times, or the time of the line, beside that of the ID"),
    entry(Action::ZoomIn, "zoom-in", &["}"], Group::Timeline, "half the time, around the row under the cursor"),
    entry(Action::ZoomOut, "zoom-out", &["{"], Group::Timeline, "twice the time"),
    entry(Action::Earlier, "earlier", &["["], Group::Timeline, "a quarter to the left"),
    entry(Action::Later, "later", &["]"], Group::Timeline, "a quarter to the right"),
    entry(Action::ShowTimes, "show-times", &["T"], Group::Timeline, "only rows of the times it shows"),
    entry(Action::Brush, "brush", &["v"], Group::Timeline, "from this row on; again: only rows of the times between"),
    entry(Action::NextForm, "form", &["f"], Group::Show, "IDs as UUID, URN, hex, integer, base64"),
    entry(Action::ToggleZone, "zone-local", &["z"], Group::Show, "times in the local zone, again for UTC"),
    entry(Action::ChooseZone, "zone", &["Z"], Group::Show, "times in a zone by name"),
    entry(Action::Undo, "undo", &["u"], Group::Show, "take the last change of the view back"),
    entry(Action::Redo, "redo", &["ctrl-r", "U"], Group::Show, "make it again"),
    entry(Action::ToggleInspector, "inspector", &["i"], Group::Show, "the ID taken apart: two lines, all of it, none"),
    entry(Action::NextOfInspector, "inspector-next", &["I"], Group::Show, "more of the inspector, where it has more than fits"),
    entry(Action::Copy, "copy", &["y"], Group::Take, "copy the ID in the form shown"),
    entry(Action::CopyRow, "copy-row", &["Y"], Group::Take, "copy the row as it stands in the file"),
    entry(Action::CopyBounds, "copy-bounds", &["b"], Group::Take, "copy BETWEEN bounds of the marked rows' times"),
    entry(Action::Export, "export", &["e"], Group::Take, "write the rows shown, or the marked ones, to a file"),
    entry(Action::Repair, "repair", &["r"], Group::Take, "see what broken IDs most likely stood for, and write the rows with those"),
    entry(Action::Pick, "pick", &["enter"], Group::Take, "read the whole row; with --pick print the marked rows, or this one"),
    entry(Action::Help, "help", &["?", "f1"], Group::Program, "this list: type to search, enter runs"),
    entry(Action::Palette, "command", &[":"], Group::Program, "a command, or go to 1234, 50%, @2025-03-01, @-2h"),
    entry(Action::ToggleMouse, "mouse", &["ctrl-o"], Group::Program, "mouse for the browser, again for the terminal"),
    entry(Action::Back, "back", &["esc"], Group::Program, "close what is open, cancel, show all"),
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
