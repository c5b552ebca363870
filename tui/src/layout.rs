//! The place of each pane on the screen.
//!
//! ```text
//! wide                                    high
//! ┌ title ───────────────────────────┐    ┌ title ─────────────────┐
//! │ health                           │    │ health                 │
//! │ header             │ inspector   │    │ header                 │
//! │ rows               │             │    │ rows                   │
//! │                    │             │    ├ inspector ─────────────┤
//! ├ timeline ──────────┴─────────────┤    ├ timeline ──────────────┤
//! ├ status ──────────────────────────┤    ├ status ────────────────┤
//! └ keys ────────────────────────────┘    └ keys ──────────────────┘
//! ```
//!
//! A screen too small for both has no inspector; one of less than five lines has rows alone.

use ratatui::layout::{Rect, Size};

/// How much is shown of the ID under the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inspector {
    /// Nothing.
    Hidden,
    /// Two lines below the table.
    Strip,
    /// All of it.
    Whole,
}

impl Inspector {
    /// The next of the three, as the key goes through them.
    #[must_use]
    pub(crate) fn next(self) -> Inspector {
        match self {
            Inspector::Strip => Inspector::Whole,
            Inspector::Whole => Inspector::Hidden,
            Inspector::Hidden => Inspector::Strip,
        }
    }
}

/// The panes. One that does not fit is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    /// Name of the source, order, zone.
    pub title: Rect,
    /// The pane of findings about the whole source.
    pub health: Rect,
    /// Headings of the columns.
    pub header: Rect,
    /// The rows of the table.
    pub rows: Rect,
    /// The ID under the cursor, taken apart.
    pub inspector: Rect,
    /// How many IDs were made when.
    pub timeline: Rect,
    /// Messages, place in the list, jobs.
    pub status: Rect,
    /// The keys of the moment.
    pub keys: Rect,
}

const INSPECTOR_WIDTH: u16 = 50;
const INSPECTOR_HEIGHT: u16 = 10;
/// Lines of the strip with its edge, and height of it and the table from which it fits.
const STRIP_HEIGHT: u16 = 3;
const WITH_STRIP: u16 = 9;
/// Width from which the inspector stands beside the table.
pub(crate) const WIDE: u16 = 130;
/// Height from which the timeline fits, and its own.
const WITH_TIMELINE: u16 = 12;
const TIMELINE_HEIGHT: u16 = 5;
/// Height from which the health line is shown.
const WITH_HEALTH: u16 = 8;
/// Height from which it may take two, where one is too narrow.
const WITH_LONG_HEALTH: u16 = 20;
/// Height from which a line says what the columns hold.
const WITH_KINDS: u16 = 24;
/// Height of it and the table from which it fits below.
const HIGH: u16 = 17;

impl Layout {
    /// The rows with their headings.
    #[must_use]
    pub(crate) fn table(&self) -> Rect {
        self.header.union(self.rows)
    }

    /// Divides a screen. With `kinds` a line below the headings says what the columns hold, where there is room.
    #[must_use]
    pub(crate) fn of(size: Size, inspector: Inspector, timeline: bool, kinds: bool) -> Layout {
        let screen = Rect::new(0, 0, size.width, size.height);
        if size.height < 5 {
            return Layout {
                rows: screen,
                ..Layout::default()
            };
        }
        let (title, rest) = cut_top(screen, 1);
        let health_height = match (size.height >= WITH_HEALTH, size.height >= WITH_LONG_HEALTH) {
            (true, true) if size.width < WIDE => 2,
            (with_health, _) => u16::from(with_health),
        };
        let (health, rest) = cut_top(rest, health_height);
        let (keys, rest) = cut_bottom(rest, 1);
        let (status, rest) = cut_bottom(rest, 1);
        let (timeline, rest) = if timeline && size.height >= WITH_TIMELINE {
            cut_bottom(rest, TIMELINE_HEIGHT)
        } else {
            (Rect::default(), rest)
        };
        let (inspector, table) = match (inspector, size.width >= WIDE, rest.height >= HIGH) {
            (Inspector::Whole, true, _) => cut_right(rest, INSPECTOR_WIDTH),
            (Inspector::Whole, false, true) => cut_bottom(rest, INSPECTOR_HEIGHT),
            (Inspector::Strip, ..) if rest.height >= WITH_STRIP => cut_bottom(rest, STRIP_HEIGHT),
            _ => (Rect::default(), rest),
        };
        let header_height = if kinds && size.height >= WITH_KINDS {
            2
        } else {
            1
        };
        let (header, rows) = cut_top(table, header_height);
        Layout {
            title,
            health,
            header,
            rows,
            inspector,
            timeline,
            status,
            keys,
        }
    }
}

fn cut_top(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let rest = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (Rect { height, ..area }, rest)
}

fn cut_bottom(area: Rect, height: u16) -> (Rect, Rect) {
    let (rest, bottom) = cut_top(area, area.height.saturating_sub(height));
    (bottom, rest)
}

fn cut_right(area: Rect, width: u16) -> (Rect, Rect) {
    let width = width.min(area.width);
    let right = Rect {
        x: area.x + area.width - width,
        width,
        ..area
    };
    let rest = Rect {
        width: area.width - width,
        ..area
    };
    (right, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_never_overlap_nor_leave_the_screen() {
        for width in [0, 1, 2, 39, 40, 80, 129, 130, 200] {
            for height in 0..60 {
                for (inspector, timeline) in [
                    (Inspector::Hidden, false),
                    (Inspector::Strip, false),
                    (Inspector::Whole, false),
                    (Inspector::Whole, true),
                ] {
                    check(Size::new(width, height), inspector, timeline);
                }
            }
        }
    }

    fn check(size: Size, inspector: Inspector, timeline: bool) {
        let at = Layout::of(size, inspector, timeline, timeline);
        let panes = [
            at.title,
            at.health,
            at.header,
            at.rows,
            at.inspector,
            at.timeline,
            at.status,
            at.keys,
        ];
        let screen = Rect::new(0, 0, size.width, size.height);
        for (index, pane) in panes.iter().enumerate() {
            assert_eq!(
                screen.intersection(*pane).area(),
                pane.area(),
                "{size} {pane}"
            );
            for other in &panes[index + 1..] {
                assert_eq!(pane.intersection(*other).area(), 0, "{size} {pane} {other}");
            }
        }
        assert_eq!(
            panes.iter().map(|pane| pane.area()).sum::<u32>(),
            screen.area()
        );
        assert!(size.height == 0 || at.rows.height > 0, "{size}");
    }
}
