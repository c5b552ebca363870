//! Colours. Whatever a colour says, a glyph or a word says too.

use crate::{answer::Background, config::ThemeName};
use ratatui::style::{Color, Modifier, Style};

/// The style of each role on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Theme {
    /// The whole screen, below all else.
    pub base: Style,
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
    /// Things that deserve a look: duplicates, steps back.
    pub warning: Style,
    /// Good news.
    pub good: Style,
    /// The row under the cursor; laid over what stands there.
    pub cursor: Style,
    /// Matches of a search; laid over the other styles.
    pub found: Style,
    /// Values that are told apart, one after another.
    pub series: [Style; 6],
    /// A cell that differs from that of the other file.
    pub changed: Style,
}

impl Theme {
    /// A theme by its name; without any colour where `NO_COLOR` is set.
    #[must_use]
    pub(crate) fn named(name: ThemeName) -> Theme {
        let has_many = terminal_has_many_colours();
        match name {
            _ if set("NO_COLOR").is_some() => Theme::monochrome(),
            ThemeName::Monochrome => Theme::monochrome(),
            ThemeName::HighContrast => Theme::high_contrast(),
            ThemeName::Dark => Theme::dark(has_many),
            ThemeName::Light => Theme::light(has_many),
            ThemeName::Auto if is_light(set("COLORFGBG").as_deref()) => Theme::light(has_many),
            ThemeName::Auto => Theme::dark(has_many),
        }
    }

    /// True if the terminal is to be asked for its background: nothing else says it, and it can be expected to answer.
    #[must_use]
    pub(crate) fn is_up_to_terminal(name: ThemeName) -> bool {
        name == ThemeName::Auto
            && cfg!(unix)
            && set("NO_COLOR").is_none()
            && set("COLORFGBG").is_none()
            && set("TERM").is_some_and(|term| answers(&term))
    }

    /// The colours that are readable on a background.
    #[must_use]
    pub(crate) fn on(background: Background) -> Theme {
        match background {
            Background::Dark => Theme::dark(terminal_has_many_colours()),
            Background::Light => Theme::light(terminal_has_many_colours()),
        }
    }

    /// Colours that are readable on dark backgrounds: of the 256 that are the same on every terminal, or else of the sixteen
    /// that each has in shades of its own.
    #[must_use]
    pub(crate) fn dark(has_many: bool) -> Theme {
        match has_many {
            true => Theme::of(&Palette {
                title: Color::Indexed(87),
                faint: Color::Indexed(250),
                time: Color::Indexed(87),
                randomness: Color::Indexed(219),
                fault: Color::Indexed(217),
                warning: Color::Indexed(228),
                good: Color::Indexed(157),
                series: [87, 219, 157, 228, 153, 217].map(Color::Indexed),
            }),
            false => Theme {
                faint: Theme::monochrome().faint,
                ..Theme::of(&Palette {
                    title: Color::Cyan,
                    faint: Color::Reset,
                    time: Color::Cyan,
                    randomness: Color::LightMagenta,
                    fault: Color::LightRed,
                    warning: Color::Yellow,
                    good: Color::Green,
                    series: [
                        Color::Cyan,
                        Color::LightMagenta,
                        Color::Green,
                        Color::Yellow,
                        Color::LightBlue,
                        Color::LightRed,
                    ],
                })
            },
        }
    }

    /// Colours that are readable on light backgrounds.
    #[must_use]
    pub(crate) fn light(has_many: bool) -> Theme {
        match has_many {
            true => Theme::of(&Palette {
                title: Color::Indexed(19),
                faint: Color::Indexed(239),
                time: Color::Indexed(19),
                randomness: Color::Indexed(90),
                fault: Color::Indexed(124),
                warning: Color::Indexed(88),
                good: Color::Indexed(22),
                series: [19, 90, 22, 94, 24, 124].map(Color::Indexed),
            }),
            false => Theme {
                faint: Theme::monochrome().faint,
                ..Theme::of(&Palette {
                    title: Color::Blue,
                    faint: Color::Reset,
                    time: Color::Blue,
                    randomness: Color::Magenta,
                    fault: Color::Red,
                    warning: Color::Magenta,
                    good: Color::Reset,
                    series: [
                        Color::Blue,
                        Color::Magenta,
                        Color::Red,
                        Color::Reset,
                        Color::Blue,
                        Color::Magenta,
                    ],
                })
            },
        }
    }

    /// White and few bright colours on a black background of its own.
    #[must_use]
    pub(crate) fn high_contrast() -> Theme {
        const BLACK: Color = Color::Indexed(16);
        const WHITE: Color = Color::Indexed(231);
        let theme = Theme::of(&Palette {
            title: Color::Indexed(226),
            faint: WHITE,
            time: Color::Indexed(123),
            randomness: WHITE,
            fault: Color::Indexed(217),
            warning: Color::Indexed(226),
            good: Color::Indexed(120),
            series: [123, 226, 120, 217, 231, 219].map(Color::Indexed),
        });
        Theme {
            base: Style::new().fg(WHITE).bg(BLACK),
            ..theme
        }
    }

    fn of(palette: &Palette) -> Theme {
        let mono = Theme::monochrome();
        Theme {
            title: mono.title.fg(palette.title),
            faint: Style::new().fg(palette.faint),
            time: Style::new().fg(palette.time),
            randomness: Style::new().fg(palette.randomness),
            fault: mono.fault.fg(palette.fault),
            warning: Style::new().fg(palette.warning),
            good: Style::new().fg(palette.good),
            changed: mono.changed.fg(palette.warning),
            series: palette.series.map(|color| Style::new().fg(color)),
            ..mono
        }
    }

    /// No colours, and the weight of letters only where something is wrong.
    #[must_use]
    pub(crate) fn plain() -> Theme {
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
    pub(crate) fn monochrome() -> Theme {
        let with = |modifier| Style::new().add_modifier(modifier);
        Theme {
            base: Style::new(),
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

/// The colours of a theme.
struct Palette {
    title: Color,
    faint: Color,
    time: Color,
    randomness: Color,
    fault: Color,
    warning: Color,
    good: Color,
    series: [Color; 6],
}

impl Default for Theme {
    fn default() -> Theme {
        Theme::dark(true)
    }
}

/// A variable of the environment that is not empty.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// False for terminals that would show a question.
fn answers(term: &str) -> bool {
    let mute = ["linux", "dumb", "cons25", "vt52", "vt100", "vt220"];
    !mute.iter().any(|name| {
        term == *name
            || term
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('-'))
    })
}

fn terminal_has_many_colours() -> bool {
    has_many_colours(set("TERM").as_deref(), set("COLORTERM").as_deref())
}

/// True for a terminal that says that it has more than sixteen colours.
fn has_many_colours(term: Option<&str>, colorterm: Option<&str>) -> bool {
    let term = term.unwrap_or_default();
    let names = [
        "256color",
        "direct",
        "kitty",
        "alacritty",
        "ghostty",
        "foot",
        "tmux",
        "screen",
    ];
    colorterm.is_some() || cfg!(windows) || names.iter().any(|name| term.contains(name))
}

/// True if the terminal says that its background is light: `COLORFGBG` ends with the number of its colour.
fn is_light(colorfgbg: Option<&str>) -> bool {
    let background = colorfgbg.and_then(|colors| colors.rsplit(';').next());
    matches!(background, Some("7" | "15"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Backgrounds of the palettes that people have: xterm, Tango (and GNOME's), Solarized, macOS, Windows.
    const DARK: [(&str, u32); 6] = [
        ("xterm", 0x00_00_00),
        ("Tango", 0x2e_34_36),
        ("GNOME", 0x17_14_21),
        ("Solarized dark", 0x00_2b_36),
        ("macOS Pro", 0x00_00_00),
        ("Windows", 0x0c_0c_0c),
    ];
    const LIGHT: [(&str, u32); 5] = [
        ("xterm", 0xff_ff_ff),
        ("Tango", 0xee_ee_ec),
        ("Solarized light", 0xfd_f6_e3),
        ("macOS Basic", 0xff_ff_ff),
        ("Windows", 0xf2_f2_f2),
    ];

    /// The colour of a number from 16 on, as xterm has it and all others with it.
    fn rgb(index: u8) -> u32 {
        let level = |step: u32| if step == 0 { 0 } else { 55 + 40 * step };
        match u32::from(index) {
            index @ 16..=231 => {
                let index = index - 16;
                level(index / 36) << 16 | level(index / 6 % 6) << 8 | level(index % 6)
            }
            index => (8 + 10 * (index - 232)) * 0x01_01_01,
        }
    }

    /// Relative luminance of WCAG 2.
    fn luminance(rgb: u32) -> f64 {
        let linear = |shift: u32| {
            let value = f64::from(rgb >> shift & 0xff) / 255.0;
            match value <= 0.04045 {
                true => value / 12.92,
                false => ((value + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(16) + 0.7152 * linear(8) + 0.0722 * linear(0)
    }

    fn contrast(a: u32, b: u32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The roles with a colour of their own.
    fn colours(theme: &Theme) -> Vec<u8> {
        let roles = [
            theme.title,
            theme.faint,
            theme.time,
            theme.randomness,
            theme.fault,
            theme.warning,
            theme.good,
            theme.changed,
        ];
        let all = roles.into_iter().chain(theme.series);
        all.map(|style| match style.fg {
            Some(Color::Indexed(index)) => index,
            other => panic!("a role without a colour that is known: {other:?}"),
        })
        .collect()
    }

    #[test]
    fn contrasts_are_those_of_the_recommendation() {
        assert!((contrast(0, 0xff_ff_ff) - 21.0).abs() < 1e-9);
        // an example of the recommendation: grey #777 on white just fails
        assert!((contrast(0x77_77_77, 0xff_ff_ff) - 4.48).abs() < 0.01);
        assert_eq!(
            (rgb(16), rgb(231), rgb(196), rgb(232)),
            (0, 0xff_ff_ff, 0xff_00_00, 0x08_08_08)
        );
    }

    #[test]
    fn every_role_is_readable_on_every_palette() {
        let black = [("its own", 0)];
        let themes: [(Theme, &[(&str, u32)]); 3] = [
            (Theme::dark(true), &DARK),
            (Theme::light(true), &LIGHT),
            (Theme::high_contrast(), &black),
        ];
        for (theme, palettes) in &themes {
            for colour in colours(theme) {
                for (name, background) in *palettes {
                    let found = contrast(rgb(colour), *background);
                    assert!(found >= 4.5, "{colour} on {name}: {found:.2}");
                }
            }
        }
    }

    #[test]
    fn a_light_terminal_that_says_so_is_believed() {
        assert!(is_light(Some("0;15")) && is_light(Some("0;default;7")));
        assert!(!is_light(Some("15;0")) && !is_light(None) && !is_light(Some("")));
        assert!(
            has_many_colours(Some("xterm-256color"), None)
                && has_many_colours(Some("xterm"), Some("truecolor"))
        );
        assert!(!has_many_colours(Some("linux"), None) && !has_many_colours(None, None));
        assert!(
            ["xterm-256color", "tmux-256color", "vt340"]
                .into_iter()
                .all(answers)
        );
        assert!(
            !["linux", "linux-16color", "dumb", "vt100"]
                .into_iter()
                .any(answers)
        );
    }
}
