//! The background of the terminal: the question about its colour, and its answer among the keys. It knows nothing of themes,
//! and of keys only those that an answer comes as.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// Asks for the colour of the background, as xterm's control sequences have it (OSC 11).
pub(crate) const QUESTION: &str = "\x1b]11;?\x1b\\";

/// A background, as far as colours upon it have to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Background {
    /// Nearer to black.
    Dark,
    /// Nearer to white.
    Light,
}

/// An answer that may still come.
#[derive(Debug)]
pub(crate) struct Expected {
    asked: Instant,
    /// Ends with the listener.
    listening: Receiver<Infallible>,
}

impl Expected {
    /// Waits until the answer has come, half a second after the question at the latest: it would be typed into the shell
    /// otherwise.
    pub(crate) fn wait(&self) {
        const PATIENCE: Duration = Duration::from_millis(500);
        // nothing is ever sent: the listener ends, or time does
        let _ = self.listening.recv_deadline(self.asked + PATIENCE);
    }
}

/// Takes the answer out of the keys, since it comes as if it were typed.
#[derive(Debug)]
pub(crate) struct Listener {
    /// Held for as long as it listens.
    _listens: Sender<Infallible>,
    /// When no answer is expected any more; then keys are keys.
    until: Instant,
    /// Keys that may be the begin of the answer.
    held: Vec<KeyEvent>,
    /// The text that they are.
    text: String,
}

/// The fate of an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// These are no answer.
    Passed(Vec<Event>),
    /// It may be a part of the answer.
    Held,
    /// It was the end of the answer.
    Answered(Background),
}

/// The begin of every answer.
const BEGIN: &str = "\x1b]11;rgb";
/// Characters of the longest answer behind that, with room to spare.
const LONGEST: usize = 40;

impl Listener {
    /// Listens for the answer to a question that was just asked, which is expected as long as it does.
    pub(crate) fn begin() -> (Listener, Expected) {
        const LATEST: Duration = Duration::from_secs(5);
        let asked = Instant::now();
        let (listens, listening) = crossbeam_channel::bounded(0);
        let listener = Listener {
            _listens: listens,
            until: asked + LATEST,
            held: Vec::new(),
            text: String::new(),
        };
        (listener, Expected { asked, listening })
    }

    /// True while an answer may come.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.held.is_empty() || Instant::now() < self.until
    }

    /// How long to wait for the next key.
    pub(crate) fn patience(&self) -> Duration {
        /// The longest pause within an answer.
        const PAUSE: Duration = Duration::from_millis(100);
        match self.held.is_empty() {
            true => self.until.saturating_duration_since(Instant::now()),
            false => PAUSE,
        }
    }

    /// Gives back the keys that were held, for they go on as no answer does.
    pub(crate) fn release(&mut self) -> Vec<Event> {
        self.text.clear();
        self.held.drain(..).map(Event::Key).collect()
    }

    /// Looks at an event.
    pub(crate) fn hear(&mut self, event: Event) -> Heard {
        let Event::Key(key) = event else {
            return Heard::Passed(vec![event]);
        };
        self.text.push_str(&text_of(key));
        if let Some(background) = background(&self.text) {
            return Heard::Answered(background);
        }
        if begins_answer(&self.text) {
            self.held.push(key);
            return Heard::Held;
        }
        let mut events = self.release();
        events.push(Event::Key(key));
        Heard::Passed(events)
    }
}

/// The bytes that a key came as, of those that an answer is made of.
fn text_of(key: KeyEvent) -> String {
    let held = key.modifiers - KeyModifiers::SHIFT;
    match key.code {
        KeyCode::Esc => "\x1b".to_owned(),
        KeyCode::Char('g') if held == KeyModifiers::CONTROL => "\x07".to_owned(),
        KeyCode::Char(next) if held == KeyModifiers::ALT => format!("\x1b{next}"),
        KeyCode::Char(next) if held.is_empty() => next.to_string(),
        // of no answer
        _ => "\0".to_owned(),
    }
}

/// True for a text that may become an answer.
fn begins_answer(text: &str) -> bool {
    // the `a` of rgba is a digit as well
    let is_value = |next: char| next.is_ascii_hexdigit() || ":/".contains(next);
    match text.strip_prefix(BEGIN) {
        Some(rest) => {
            let value = rest.strip_suffix('\x1b').unwrap_or(rest);
            value.len() < LONGEST && value.chars().all(is_value)
        }
        None => BEGIN.starts_with(text),
    }
}

/// The background of a whole answer, such as `rgb:fdfd/f6f6/e3e3` between its begin and its end; each part has one to four
/// hexadecimal digits.
fn background(text: &str) -> Option<Background> {
    let rest = text.strip_prefix(BEGIN)?;
    let value = rest
        .strip_suffix("\x1b\\")
        .or_else(|| rest.strip_suffix('\x07'))?;
    let (_, parts) = value.split_once(':')?;
    let share = |part: &str| {
        let most = 16_u32.checked_pow(u32::try_from(part.len()).ok()?)? - 1;
        let value = u32::from_str_radix(part, 16).ok()?;
        (most > 0).then(|| f64::from(value) / f64::from(most))
    };
    let mut parts = parts.split('/').map(share);
    let [red, green, blue] = [parts.next()??, parts.next()??, parts.next()??];
    // weights of ITU-R BT.601, as for grey pictures
    Some(match 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 {
        true => Background::Light,
        false => Background::Dark,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that crossterm makes of bytes that come in one read.
    fn keys(bytes: &str) -> Vec<KeyEvent> {
        let mut keys = Vec::new();
        let mut characters = bytes.chars();
        while let Some(character) = characters.next() {
            keys.push(match character {
                '\x1b' => match characters.next() {
                    Some(next) => KeyEvent::new(KeyCode::Char(next), KeyModifiers::ALT),
                    None => KeyCode::Esc.into(),
                },
                '\x07' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                other => KeyCode::Char(other).into(),
            });
        }
        keys
    }

    /// Keys that are left of others, and the answers among these.
    fn heard(keys: impl IntoIterator<Item = KeyEvent>) -> (Vec<KeyEvent>, Vec<Background>) {
        let (mut left, mut answers) = (Vec::new(), Vec::new());
        let (mut listener, _) = Listener::begin();
        let mut pass = |events: Vec<Event>| {
            left.extend(events.into_iter().filter_map(|event| event.as_key_event()));
        };
        for key in keys {
            match listener.hear(Event::Key(key)) {
                Heard::Passed(events) => pass(events),
                Heard::Held => {}
                Heard::Answered(background) => {
                    answers.push(background);
                    (listener, _) = Listener::begin();
                }
            }
        }
        pass(listener.release());
        (left, answers)
    }

    #[test]
    fn answers_of_terminals_are_read_and_leave_no_key() {
        for (answer, expected) in [
            // xterm, VTE, kitty, foot; Windows Terminal; iTerm2; rxvt
            ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", Background::Light),
            ("\x1b]11;rgb:fdfd/f6f6/e3e3\x07", Background::Light),
            ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", Background::Dark),
            ("\x1b]11;rgb:0c/0c/0c\x1b\\", Background::Dark),
            ("\x1b]11;rgba:2e2e/3434/3636/ffff\x07", Background::Dark),
            ("\x1b]11;rgb:F/F/F\x07", Background::Light),
        ] {
            assert_eq!(heard(keys(answer)), (vec![], vec![expected]), "{answer:?}");
            // with keys before and behind it
            let typed = format!("jk{answer}1]q");
            assert_eq!(heard(keys(&typed)), (keys("jk1]q"), vec![expected]));
        }
    }

    #[test]
    fn an_answer_that_comes_in_two_pieces_is_one() {
        let answer = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
        for at in 1..answer.len() {
            let (first, second) = answer.split_at(at);
            let all = keys(first).into_iter().chain(keys(second));
            assert_eq!(heard(all), (vec![], vec![Background::Light]), "{first:?}");
        }
    }

    #[test]
    fn keys_that_are_no_answer_all_come_through() {
        for typed in [
            "\x1b]",
            "\x1b]x",
            "\x1b]11",
            "\x1b]11;rgb:zz",
            "\x1b]12;rgb:ff/ff/ff\x07",
            "\x1b]11;rgb:\x07",
            "\x1b]11;rgb:ff/ff\x07",
            "\x1b",
            "]11;rgb:ff/ff/ff\x07",
            "\x1b]11;rgb:ffffffffffffffffffffffffffffffffffffffffffffffffffffff/ff/ff\x07",
        ] {
            assert_eq!(heard(keys(typed)), (keys(typed), vec![]), "{typed:?}");
        }
        // Esc by itself, and a key behind it
        let esc: KeyEvent = KeyCode::Esc.into();
        let typed = [
            esc,
            KeyCode::Char('j').into(),
            esc,
            esc,
            KeyCode::Char('q').into(),
        ];
        assert_eq!(heard(typed), (typed.to_vec(), vec![]));
    }
}
