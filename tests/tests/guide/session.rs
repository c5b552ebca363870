//! Documents as a person works through them: every block of Nushell typed, line by line, into one session that knows
//! nothing yet.

use std::{
    io::{Read, Write},
    path::Path,
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use super::{
    block::{self, Block},
    run::{Place, matches, tidy},
};

/// How long a line may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Marks that Nushell puts around prompts and outputs, as terminals have agreed on them.
const PROMPT_ENDS: &str = "\x1b]133;B";
const OUTPUT_BEGINS: &str = "\x1b]133;C";
const OUTPUT_ENDS: &str = "\x1b]133;D;";

/// The request of Nushell before each prompt, and the answer.
const WHERE_IS_THE_CURSOR: &str = "\x1b[6n";
const AT_THE_TOP: &[u8] = b"\x1b[1;1R";

/// A Nushell at a terminal.
struct Session {
    /// Its output, from the last prompt on.
    seen: String,
    /// Questions in `seen` that are answered.
    answered: usize,
    screen: Receiver<Vec<u8>>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _terminal: Box<dyn MasterPty + Send>,
}

impl Session {
    fn start(nu: &Path, place: &Place) -> Session {
        let size = PtySize {
            rows: 50,
            cols: 250,
            ..PtySize::default()
        };
        let terminal = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(nu);
        command.arg("--no-history");
        for (name, value) in place.environment() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.cwd(place.folder());
        let child = terminal.slave.spawn_command(command).expect("nu starts");
        drop(terminal.slave);
        let mut from = terminal.master.try_clone_reader().expect("a reader");
        let (give, screen) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 1 << 16];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                let _ = give.send(buffer[..count].to_vec());
            }
        });
        let mut session = Session {
            seen: String::new(),
            answered: 0,
            screen,
            keys: terminal.master.take_writer().expect("a writer"),
            child,
            _terminal: terminal.master,
        };
        session.wait_for(PROMPT_ENDS);
        session
    }

    /// Reads on until something is seen, and gives what comes before it.
    fn wait_for(&mut self, mark: &str) -> String {
        let begin = Instant::now();
        loop {
            if let Some(at) = self.seen.find(mark) {
                let rest = self.seen.split_off(at + mark.len());
                let mut before = std::mem::replace(&mut self.seen, rest);
                self.answered = 0;
                before.truncate(at);
                return before;
            }
            assert!(begin.elapsed() < PATIENCE, "no {mark:?} in {:?}", self.seen);
            let Ok(bytes) = self.screen.recv_timeout(Duration::from_millis(200)) else {
                continue;
            };
            self.seen += &String::from_utf8_lossy(&bytes);
            let asked = self.seen.matches(WHERE_IS_THE_CURSOR).count();
            for _ in self.answered..asked {
                self.type_in(AT_THE_TOP);
            }
            self.answered = asked;
        }
    }

    fn type_in(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Types lines that belong together. Gives whether they went well, and what they printed.
    fn run(&mut self, lines: &str) -> (bool, String) {
        self.type_in(format!("{}\r", lines.trim_end().replace('\n', "\r")).as_bytes());
        self.wait_for(OUTPUT_BEGINS);
        let printed = self.wait_for(OUTPUT_ENDS);
        let code = self.wait_for("\x1b");
        self.wait_for(PROMPT_ENDS);
        (code == "0", without_marks(&printed))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text without the sequences of a terminal.
fn without_marks(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.trim_start_matches("\x1b\\").chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('\x1b', Some(']')) => {
                // a title and the like, up to a bell or to the sequence that ends strings
                let mut last = ' ';
                rest.by_ref()
                    .take_while(|&next| {
                        let ends = next == '\x07' || (last == '\x1b' && next == '\\');
                        last = next;
                        !ends
                    })
                    .for_each(drop);
            }
            ('\x1b', _) => rest
                .by_ref()
                .skip_while(|next| *next == '[')
                .take_while(|next| !next.is_ascii_alphabetic())
                .for_each(drop),
            ('\r', _) => {}
            (character, _) => plain.push(character),
        }
    }
    plain
}

/// The lines of a block, those together that are one command: until all that was opened is closed.
fn commands(code: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut depth = 0;
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        match commands.last_mut().filter(|_| depth > 0) {
            Some(command) => *command += &format!("\n{line}"),
            None => commands.push(line.to_owned()),
        }
        depth += line.matches(['(', '[', '{']).count();
        depth = depth.saturating_sub(line.matches([')', ']', '}']).count());
    }
    commands
}

/// Types a block, and holds what it prints to what the document says.
fn typed(session: &mut Session, block: &Block, printed: Option<&str>) -> Result<(), String> {
    let fails = block.directive.contains("fails");
    let mut all = String::new();
    for command in commands(&block.code) {
        let (went_well, printed) = session.run(&command);
        if went_well == fails {
            return Err(format!("{command}\n{printed}"));
        }
        all += &printed;
    }
    match printed {
        Some(wanted) if !matches(&tidy(wanted), &tidy(&all)) => {
            Err(format!("prints\n{all}and not\n{wanted}"))
        }
        _ => Ok(()),
    }
}

/// Works through a document from top to bottom.
fn check(path: &str) {
    let Some(nu) = ulid_tests::nu() else {
        return;
    };
    let text =
        std::fs::read_to_string(ulid_tests::root().join(path)).expect("the document is there");
    let blocks = block::blocks(&text);
    let place = Place::new();
    // what is said before any Nushell is open; the programs are installed already
    let before = blocks.iter().filter(|block| block.language == "sh");
    let added = before
        .flat_map(|block| block.code.lines())
        .filter(|line| line.starts_with("nu "));
    added.for_each(|line| drop(place.printed(line)));
    let mut session = Session::start(&nu, &place);
    let mut failures = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let is_typed = block.language == "nushell" && !block.directive.starts_with("elsewhere");
        if !is_typed {
            continue;
        }
        let printed = blocks
            .get(index + 1)
            .filter(|next| next.is_output_of(block));
        let printed = printed.map(|next| next.code.as_str());
        if let Err(why) = typed(&mut session, block, printed) {
            failures.push(format!("{path}:{}: {why}", block.line));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn the_readme_is_typed_into_one_session() {
    check("README.md");
}

#[test]
fn the_guide_to_nushell_is_typed_into_one_session() {
    check("docs/nushell.md");
}

#[test]
fn what_a_session_prints_and_whether_it_went_well_is_seen() {
    let Some(nu) = ulid_tests::nu() else {
        return;
    };
    let place = Place::new();
    let mut session = Session::start(&nu, &place);
    assert_eq!(session.run("let a = 1"), (true, String::new()));
    assert_eq!(session.run("$a + 1\n"), (true, "2\n".to_owned()));
    assert_eq!(session.run("print (\n$a)"), (true, "1\n".to_owned()));
    let (went_well, said) = session.run("ulid info");
    assert!(!went_well && said.contains("ulid"), "{said}");
    assert_eq!(commands("a {|x|\n b }\nc\n"), ["a {|x|\n b }", "c"]);
}
