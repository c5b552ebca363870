//! The terminal: taken over, given back whatever happens.

use std::{
    fs::File,
    io::{self, IsTerminal as _, Write},
    panic, process,
};

use crossterm::{
    cursor,
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    execute,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{Terminal, backend::CrosstermBackend};

use crate::answer::{Expected, Listener, QUESTION};

/// The terminal that the screen is drawn to.
pub(crate) type Screen = Terminal<CrosstermBackend<io::BufWriter<Box<dyn Write>>>>;

/// The output on which the screen is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// On stdout.
    Stdout,
    /// On the terminal that the program was started from, which leaves stdout to a pipe.
    Terminal,
}

#[cfg(unix)]
const TERMINAL: &str = "/dev/tty";
#[cfg(not(unix))]
const TERMINAL: &str = "CONOUT$";

impl Output {
    /// True if there is a terminal to draw on.
    #[must_use]
    pub(crate) fn is_there(self) -> bool {
        match self {
            Output::Stdout => io::stdout().is_terminal(),
            Output::Terminal => self.open().is_ok(),
        }
    }

    fn open(self) -> io::Result<Box<dyn Write>> {
        Ok(match self {
            Output::Stdout => Box::new(io::stdout()),
            Output::Terminal => Box::new(File::options().read(true).write(true).open(TERMINAL)?),
        })
    }
}

/// Holds the terminal in raw mode, on its alternate screen. Dropping it gives the terminal back, once an answer that it may
/// still send has come.
#[derive(Debug)]
pub(crate) struct Guard {
    output: Output,
    expected: Option<Expected>,
}

impl Guard {
    /// Takes the terminal over, with its mouse where that is asked for, and lets it tell what is pasted from keys.
    ///
    /// # Errors
    ///
    /// If there is no terminal to be taken.
    pub(crate) fn take(output: Output, mouse: bool) -> io::Result<Guard> {
        let mut out = output.open()?;
        terminal::enable_raw_mode()?;
        let guard = Guard {
            output,
            expected: None,
        };
        execute!(out, EnterAlternateScreen, cursor::Hide)?;
        // where a terminal knows nothing of it, what is pasted comes as keys
        let _ = execute!(out, EnableBracketedPaste);
        if mouse {
            execute!(out, EnableMouseCapture)?;
        }
        Ok(guard)
    }

    /// Asks for the colour of the background. The answer comes among the keys, where the listener takes it out, or never.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub(crate) fn ask_for_background(&mut self) -> io::Result<Listener> {
        let mut out = self.output.open()?;
        out.write_all(QUESTION.as_bytes())?;
        out.flush()?;
        let (listener, expected) = Listener::begin();
        self.expected = Some(expected);
        Ok(listener)
    }

    /// A screen of the terminal's size, to draw on.
    ///
    /// # Errors
    ///
    /// If the terminal does not tell its size.
    pub(crate) fn screen(&self) -> io::Result<Screen> {
        const FRAME_BYTES: usize = 64 * 1024;
        let out = io::BufWriter::with_capacity(FRAME_BYTES, self.output.open()?);
        Terminal::new(CrosstermBackend::new(out))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(expected) = &self.expected {
            expected.wait();
        }
        give_back(self.output);
    }
}

/// Puts the terminal back as it was found. Does no harm where that has been done already.
fn give_back(output: Output) {
    // A terminal that is gone cannot be restored, and nobody is there to be told.
    let _ = output.open().and_then(|mut out| {
        execute!(
            out,
            terminal::EndSynchronizedUpdate,
            cursor::Show,
            LeaveAlternateScreen,
            DisableMouseCapture
        )?;
        execute!(out, DisableBracketedPaste)
    });
    let _ = terminal::disable_raw_mode();
}

/// Makes a panic of any thread give the terminal back before it says what happened, and end the program.
pub(crate) fn restore_on_panic(output: Output) {
    const PANICKED: i32 = 101;
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        give_back(output);
        report(info);
        process::exit(PANICKED);
    }));
}
