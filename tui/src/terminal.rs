//! The terminal: taken over, given back whatever happens.

use std::{io, panic, process};

use crossterm::{
    cursor, execute, queue,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};
use ratatui::{Terminal, backend::CrosstermBackend};

/// What the screen is drawn to.
pub type Screen = Terminal<CrosstermBackend<io::BufWriter<io::Stdout>>>;

/// Holds the terminal in raw mode, on its alternate screen. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Guard(());

impl Guard {
    /// Takes the terminal over. Nothing is asked of it: an answer that comes late would be read as keys.
    ///
    /// # Errors
    ///
    /// Where there is no terminal to be taken.
    pub fn take() -> io::Result<Guard> {
        terminal::enable_raw_mode()?;
        let guard = Guard(());
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(guard)
    }

    /// A screen of the terminal's size, to draw on.
    ///
    /// # Errors
    ///
    /// Where the terminal does not tell its size.
    pub fn screen(&self) -> io::Result<Screen> {
        const FRAME_BYTES: usize = 64 * 1024;
        let out = io::BufWriter::with_capacity(FRAME_BYTES, io::stdout());
        Terminal::new(CrosstermBackend::new(out))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Puts the terminal back as it was found. Does no harm where that has been done already.
fn give_back() {
    let mut out = io::stdout();
    // A terminal that is gone cannot be restored, and nobody is there to be told.
    let _ = queue!(
        out,
        terminal::EndSynchronizedUpdate,
        cursor::Show,
        LeaveAlternateScreen
    );
    let _ = io::Write::flush(&mut out);
    let _ = terminal::disable_raw_mode();
}

/// Makes a panic of any thread give the terminal back before it says what happened, and end the program.
pub fn restore_on_panic() {
    const PANICKED: i32 = 101;
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        give_back();
        report(info);
        process::exit(PANICKED);
    }));
}
