//! A program in a pseudo-terminal, and the screen that it draws.

use std::{
    io::{Read, Write},
    num::NonZero,
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// A running program and its screen.
pub(super) struct Session {
    child: Box<dyn Child + Send + Sync>,
    terminal: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<Screen>>,
}

struct Screen {
    parser: vt100::Parser,
    bytes: Vec<u8>,
}

const PATIENCE: Duration = Duration::from_secs(20);

impl Session {
    /// Runs `ulid-tui` with arguments on a screen of 100 columns and 30 lines.
    pub(super) fn browser<A: AsRef<Path>>(arguments: &[A]) -> Session {
        let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
        for argument in arguments {
            command.arg(argument.as_ref());
        }
        Session::of(command)
    }

    /// Runs any command, in colour.
    pub(super) fn of(mut command: CommandBuilder) -> Session {
        command.env_remove("NO_COLOR");
        Session::of_as_is(command)
    }

    /// Runs any command, in colour or not as the environment has it.
    pub(super) fn of_as_is(mut command: CommandBuilder) -> Session {
        let (rows, cols) = (30, 100);
        command.env("TERM", "xterm-256color");
        // what is kept between sessions is kept where a test says so, and nowhere else
        let inherited = std::env::var_os("XDG_STATE_HOME");
        if command.get_env("XDG_STATE_HOME") == inherited.as_deref() {
            command.env("XDG_STATE_HOME", "/nowhere/to/be/kept");
        }
        command.env("LC_ALL", "C.UTF-8");
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let screen = Arc::new(Mutex::new(Screen {
            parser: vt100::Parser::new(size_of(rows), size_of(cols), 0),
            bytes: Vec::new(),
        }));
        let drawn = Arc::clone(&screen);
        thread::spawn(move || {
            let mut buffer = [0; 64 * 1024];
            while let Ok(count @ 1..) = output.read(&mut buffer) {
                let mut screen = drawn.lock().unwrap();
                screen.parser.process(&buffer[..count]);
                screen.bytes.extend_from_slice(&buffer[..count]);
            }
        });
        Session {
            child,
            keys: pair.master.take_writer().unwrap(),
            terminal: pair.master,
            screen,
        }
    }

    /// Types.
    pub(super) fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The lines of the screen as it is now.
    pub(super) fn lines(&self) -> Vec<String> {
        let screen = self.screen.lock().unwrap();
        let (_, width) = screen.parser.screen().size();
        screen.parser.screen().rows(0, width.into()).collect()
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(super) fn wait_for(&self, text: &str) {
        self.wait_until(text, |lines| lines.iter().any(|line| line.contains(text)));
    }

    /// Waits until the screen is as it should be.
    #[track_caller]
    pub(super) fn wait_until(&self, what: &str, is_so: impl Fn(&[String]) -> bool) {
        let since = Instant::now();
        loop {
            let lines = self.lines();
            if is_so(&lines) {
                return;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "never seen: {what}\n{}",
                lines.join("\n")
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Changes the size of the terminal.
    pub(super) fn resize(&self, cols: u16, rows: u16) {
        let mut screen = self.screen.lock().unwrap();
        screen
            .parser
            .screen_mut()
            .set_size(size_of(rows), size_of(cols));
        let size = PtySize {
            rows,
            cols,
            ..PtySize::default()
        };
        self.terminal.resize(size).unwrap();
    }

    /// The place of a text on the screen: its column and line, from 0.
    #[track_caller]
    pub(super) fn place_of(&self, text: &str) -> (u16, u16) {
        self.wait_for(text);
        let lines = self.lines();
        let at = |(line, shown): (usize, &String)| {
            let before = shown.find(text)?;
            Some((size(shown[..before].chars().count()), size(line)))
        };
        lines.iter().enumerate().find_map(at).unwrap()
    }

    /// Sends what a terminal sends for the mouse: a button (0 left, 2 right, 32 left and moved, 64 and 65 the wheel) at a
    /// column and line, from 0.
    pub(super) fn mouse(&mut self, button: u16, (column, line): (u16, u16), is_down: bool) {
        let end = if is_down { 'M' } else { 'm' };
        self.send(&format!("\x1b[<{button};{};{}{end}", column + 1, line + 1));
    }

    /// Clicks on a text of the screen.
    #[track_caller]
    pub(super) fn click(&mut self, text: &str) {
        let place = self.place_of(text);
        self.mouse(0, place, true);
        self.mouse(0, place, false);
    }

    /// Waits until the program has sent a sequence of bytes. What it sent last may come after its end.
    #[track_caller]
    pub(super) fn wait_for_bytes(&self, sequence: &str) {
        let since = Instant::now();
        let has_come = || {
            let sent = self.output();
            let mut parts = sent.windows(sequence.len());
            parts.any(|bytes| bytes == sequence.as_bytes())
        };
        while !has_come() {
            assert!(since.elapsed() < PATIENCE, "never sent: {sequence:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// True if the terminal was asked to tell of the mouse.
    pub(super) fn has_mouse(&self) -> bool {
        let screen = self.screen.lock().unwrap();
        screen.parser.screen().mouse_protocol_mode() != vt100::MouseProtocolMode::None
    }

    /// How many bytes the program has written so far.
    pub(super) fn written(&self) -> usize {
        self.screen.lock().unwrap().bytes.len()
    }

    /// Everything the program has written so far.
    pub(super) fn output(&self) -> Vec<u8> {
        self.screen.lock().unwrap().bytes.clone()
    }

    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits for the end, and asserts that the terminal is left as it was found.
    #[track_caller]
    pub(super) fn wait_for_clean_end(&mut self) -> ExitStatus {
        let status = self.wait_for_end();
        self.wait_until_screen("the shell's screen and cursor", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        #[cfg(unix)]
        assert!(self.is_cooked(), "the terminal is still in raw mode");
        status
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub(super) fn wait_for_end(&mut self) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "the program does not end\n{}",
                self.lines().join("\n")
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    pub(super) fn wait_until_screen(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let since = Instant::now();
        while !is_so(self.screen.lock().unwrap().parser.screen()) {
            assert!(since.elapsed() < PATIENCE, "never seen: {what}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// True if the terminal hands over whole lines and shows what is typed.
    #[cfg(unix)]
    pub(super) fn is_cooked(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        // the path of the terminal still leads to it after its program has ended
        let path = self.terminal.tty_name().unwrap();
        let terminal = std::fs::File::open(path).unwrap();
        let modes = tcgetattr(&terminal).unwrap().local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO)
    }
}

fn size(count: usize) -> u16 {
    u16::try_from(count).unwrap()
}

fn size_of(cells: u16) -> NonZero<u16> {
    NonZero::new(cells).unwrap()
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
