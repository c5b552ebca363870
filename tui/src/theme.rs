//! Colours. Whatever a colour says, a glyph or a word says too.

use crate::config::ThemeName;
use ratatui::style::{Color, Modifier, Style};

/// The style of each role on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Title, headings, labels of keys.
    pub title: Style,
    /// The heading over the table.
    pub header: Style,
    /// Ordinary text.
    pub plain: Style,
    /// Text of lesser weight: row numbers, frames, units.
    pub faint: Style,
    /// The time part of an ID.
    pub time: Style,
    /// The randomness part of an ID.
    pub randomness: Style,
    /// Faults.
    pub fault: Style,
    /// What deserves a look: duplicates, steps back.
    pub warning: Style,
    /// What is well.
    pub good: Style,
    /// The row under the cursor; laid over what stands there.
    pub cursor: Style,
    /// What was searched for; laid over what stands there.
    pub found: Style,
    /// Values that are told apart, one after another.
    pub series: [Style; 6],
    /// A cell that differs from that of the other file.
    pub changed: Style,
}

impl Theme {
    /// A theme by its name; without any colour where `NO_COLOR` is set.
    #[must_use]
    pub fn named(name: ThemeName) -> Theme {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match name {
            _ if no_color => Theme::monochrome(),
            ThemeName::Dark => Theme::default(),
            ThemeName::Light => Theme::light(),
            ThemeName::Monochrome => Theme::monochrome(),
        }
    }

    /// Colours that are readable on white.
    #[must_use]
    pub fn light() -> Theme {
        let mono = Theme::monochrome();
        Theme {
            title: mono.title.fg(Color::Blue),
            faint: mono.faint,
            time: Style::new().fg(Color::Blue),
            warning: Style::new().fg(Color::Magenta).add_modifier(Modifier::BOLD),
            ..Theme::default()
        }
    }

    /// No colours, and the weight of letters only where something is wrong.
    #[must_use]
    pub fn plain() -> Theme {
        let plain = Style::new();
        Theme {
            title: plain,
            header: plain,
            faint: plain,
            ..Theme::monochrome()
        }
    }

    /// No colours, only bold, faint, underlined and reversed text.
    #[must_use]
    pub fn monochrome() -> Theme {
        let with = |modifier| Style::new().add_modifier(modifier);
        Theme {
            title: with(Modifier::BOLD),
            header: with(Modifier::BOLD | Modifier::UNDERLINED),
            plain: Style::new(),
            faint: with(Modifier::DIM),
            time: Style::new(),
            randomness: Style::new(),
            fault: with(Modifier::BOLD),
            warning: with(Modifier::BOLD),
            good: Style::new(),
            cursor: with(Modifier::REVERSED),
            found: with(Modifier::REVERSED),
            changed: with(Modifier::BOLD | Modifier::UNDERLINED),
            series: [
                Style::new(),
                with(Modifier::DIM),
                with(Modifier::BOLD),
                Style::new(),
                with(Modifier::DIM),
                with(Modifier::BOLD),
            ],
        }
    }
}

impl Default for Theme {
    /// The sixteen colours that every terminal has in its own shades, so that it fits light and dark ones.
    fn default() -> Theme {
        let mono = Theme::monochrome();
        Theme {
            title: mono.title.fg(Color::Cyan),
            header: mono.header,
            plain: mono.plain,
            // what is called dark gray is the background of some terminals
            faint: mono.faint,
            time: Style::new().fg(Color::Cyan),
            randomness: Style::new().fg(Color::Magenta),
            fault: mono.fault.fg(Color::Red),
            warning: Style::new().fg(Color::Yellow),
            good: Style::new().fg(Color::Green),
            cursor: mono.cursor,
            found: mono.found,
            changed: mono.changed.fg(Color::Yellow),
            series: [
                Color::Cyan,
                Color::Magenta,
                Color::Green,
                Color::Yellow,
                Color::Blue,
                Color::Red,
            ]
            .map(|color| Style::new().fg(color)),
        }
    }
}
