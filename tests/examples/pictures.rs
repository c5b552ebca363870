//! Makes the pictures of README.md and of the guides from the real programs: `cargo run -p ulid-tests --example pictures`,
//! after a `cargo build --workspace` and `tests/run tools`. Those of Neovim need nvim-dap, which no registry has: they are
//! made where `NVIM_DAP` names a folder of it.

use std::{
    fmt::Write as _,
    fs,
    io::{Read, Write as _},
    num::NonZero,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use vt100::{Cell, Color, Parser};

/// Width and height of one character, in units of the picture.
const CELL: (usize, usize) = (9, 19);
/// A program has drawn all it has to draw once it wrote nothing for so long.
const QUIET: Duration = Duration::from_millis(1500);
const PAPER: &str = "#16181d";
const INK: &str = "#d5d8df";

/// The file that the debug client steps through.
const PROGRAM: &str = "\
01ARZ3NDEKTSV4RRFFQ69G5FAV
01BX5ZZKBKACTAV9WEVGEMMVRZ
01BX5ZZKBKACTAV9WEVGEMMVRO
01BX5ZZKBKACTAV9WEVGEMMVS0
";

/// Two files that are stepped through side by side.
const ORDERS: &str = "\
id,service,took
01KDVDNA000000000000000001,web,12
01KDVDNA000000000000000002,db,9
01KDVDNA0A0000000000000000,web,14
01KDVDN9WX0000000000000000,batch,80
01KDVDNB000000000000000003,web,11
01KDVDNB5M0000000000000000,db,7
01KDVDNB5M0000000000000001,db,8
";
const PAYMENTS: &str = "\
id,paid
01KDVDNA000000000000000001,19.90
01KDVDNA0A0000000000000000,5.00
01KDVDNB5M0000000000000001,120.00
01KDVDNC5M0000000000000009,7.50
";

fn main() {
    let root = ulid_tests::root();
    let built = root.join("target/debug");
    let samples = root.join("tests/fixtures/guide");
    let nu = root.join(".tools/npm/node_modules/@nushell/linux-x64/bin/nu");
    let plugin = built.join("nu_plugin_ulid");

    let mut browser = CommandBuilder::new(built.join("ulid-tui"));
    browser.cwd(&samples);
    save("browser", &screen(browser, (100, 28), "jjjj"));

    let mut nushell = CommandBuilder::new(nu);
    nushell.args([
        "--no-config-file",
        "--plugins",
        &format!("[{}]", plugin.display()),
        "--commands",
    ]);
    nushell.arg("open events.csv | first 6 | each {|row| $row.id | ulid parse | merge $row | select ulid timestamp kind amount }");
    nushell.cwd(&samples);
    save("nushell", &screen(nushell, (100, 12), ""));

    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("ids.txt");
    fs::write(&program, PROGRAM).expect("the program is written");
    let mut debugger = CommandBuilder::new("bash");
    debugger.args(["-c", "node \"$0\" \"$@\" | sed -n 1,20p"]);
    debugger.arg(root.join("tests/tests/inspect/client.js"));
    debugger.args([
        &root.join(".tools/npm/node_modules"),
        &built.join("ulid-dap"),
        &program,
    ]);
    save("debugger", &screen(debugger, (100, 30), ""));

    match std::env::var_os("NVIM_DAP") {
        Some(nvim_dap) => neovim(root, &built, Path::new(&nvim_dap)),
        None => eprintln!(
            "NVIM_DAP names no folder of nvim-dap: the pictures of Neovim stay as they are"
        ),
    }
}

/// Sessions in Neovim, with one file and with two.
fn neovim(root: &Path, built: &Path, nvim_dap: &Path) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [("orders.csv", ORDERS), ("payments.csv", PAYMENTS)] {
        fs::write(folder.path().join(name), text).expect("a file is written");
    }
    for (name, programs) in [
        ("neovim", "orders.csv"),
        ("two-files", "orders.csv,payments.csv"),
    ] {
        let mut editor = CommandBuilder::new("nvim");
        editor.args(["-u", "NONE", "-i", "NONE", "-S"]);
        editor.arg(root.join("tests/examples/neovim.lua"));
        editor.cwd(folder.path());
        editor.env("NVIM_DAP", nvim_dap);
        editor.env("ULID_LUA", root.join("dap/editors/neovim"));
        editor.env("ULID_DAP", built.join("ulid-dap"));
        editor.env("PROGRAMS", programs);
        save(name, &screen(editor, (130, 30), ""));
    }
}

/// Runs a program in a pseudo-terminal, types into it, and reads its screen once it is quiet.
fn screen(mut command: CommandBuilder, (cols, rows): (u16, u16), keys: &str) -> Parser {
    command.env("TERM", "xterm-256color");
    command.env("TZ", "UTC");
    let size = PtySize {
        rows,
        cols,
        ..PtySize::default()
    };
    let terminal = native_pty_system()
        .openpty(size)
        .expect("a pseudo-terminal");
    let mut child = terminal
        .slave
        .spawn_command(command)
        .expect("the program starts");
    drop(terminal.slave);
    let mut output = terminal.master.try_clone_reader().expect("a reader");
    let mut input = terminal.master.take_writer().expect("a writer");
    let (sender, drawn) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    let count = |number| NonZero::new(number).expect("a screen has lines and columns");
    let mut parser = Parser::new(count(rows), count(cols), 0);
    for typed in ["", keys] {
        input
            .write_all(typed.as_bytes())
            .expect("the program reads");
        while let Ok(bytes) = drawn.recv_timeout(QUIET) {
            parser.process(&bytes);
        }
    }
    // It has shown what it is here for; a program that has ended by itself cannot be killed, which is as well.
    let _ = child.kill();
    let _ = child.wait();
    parser
}

fn save(name: &str, screen: &Parser) {
    let folder: PathBuf = ulid_tests::root().join("docs/pictures");
    fs::create_dir_all(&folder).expect("a folder");
    let path: &Path = &folder.join(format!("{name}.svg"));
    fs::write(path, svg(screen)).expect("the picture is written");
}

/// The screen as a picture: a rectangle behind each run of cells with a ground of its own, and the text of each run.
fn svg(parser: &Parser) -> String {
    let screen = parser.screen();
    let (rows, cols) = (screen.size().0.get(), screen.size().1.get());
    let lines: Vec<_> = (0..rows).map(|row| runs(parser, row, cols)).collect();
    let used = lines
        .iter()
        .rposition(|runs| runs.iter().any(|run| !run.text.trim().is_empty()))
        .map_or(0, |row| row + 1);
    let (width, height) = ((usize::from(cols) + 2) * CELL.0, (used + 1) * CELL.1);
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"ui-monospace, 'DejaVu \
         Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n<rect width=\"{width}\" height=\"{height}\" rx=\"6\" \
         fill=\"{PAPER}\"/>\n"
    );
    for (row, runs) in lines.iter().take(used).enumerate() {
        for run in runs
            .iter()
            .filter(|run| !run.text.trim().is_empty() || run.ground != PAPER)
        {
            draw(&mut picture, run, row);
        }
    }
    picture + "</svg>\n"
}

fn draw(picture: &mut String, run: &Run, row: usize) {
    let (x, y) = ((run.start + 1) * CELL.0, row * CELL.1 + CELL.1 / 2);
    let width = run.text.chars().count() * CELL.0;
    if run.ground != PAPER {
        let height = CELL.1;
        let ground = &run.ground;
        let _ = writeln!(
            picture,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{ground}\"/>"
        );
    }
    let text = run
        .text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let weight = if run.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let (base, ink) = (y + CELL.1 * 3 / 4, &run.ink);
    let _ = writeln!(
        picture,
        "<text x=\"{x}\" y=\"{base}\" fill=\"{ink}\" textLength=\"{width}\" xml:space=\"preserve\"{weight}>{text}</text>"
    );
}

/// Cells of one line that look alike.
struct Run {
    start: usize,
    text: String,
    ink: String,
    ground: String,
    bold: bool,
}

fn runs(parser: &Parser, row: u16, cols: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for col in 0..cols {
        let Some(cell) = parser.screen().cell(row, col) else {
            continue;
        };
        let (ink, ground) = colours(cell);
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        match runs.last_mut() {
            Some(run) if (&run.ink, &run.ground, run.bold) == (&ink, &ground, cell.bold()) => {
                run.text.push_str(text)
            }
            _ => runs.push(Run {
                start: col.into(),
                text: text.to_owned(),
                ink,
                ground,
                bold: cell.bold(),
            }),
        }
    }
    runs
}

fn colours(cell: &Cell) -> (String, String) {
    let ink = colour(cell.fgcolor(), INK);
    let ground = colour(cell.bgcolor(), PAPER);
    if cell.inverse() {
        (ground, ink)
    } else {
        (ink, ground)
    }
}

/// A terminal's colour as a picture's. The first sixteen are up to each terminal; these go with the paper.
fn colour(colour: Color, default: &str) -> String {
    const FIRST: [&str; 16] = [
        "#2b2f38", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
        "#7f8794", "#ff8a94", "#b5e39a", "#ffd68a", "#85c7ff", "#dd9bf0", "#7fd5e0", "#ffffff",
    ];
    let step = |level: u8| {
        if level == 0 {
            0
        } else {
            55 + 40 * u16::from(level)
        }
    };
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(index @ 0..16) => FIRST[usize::from(index)].to_owned(),
        Color::Idx(index @ 16..232) => {
            let cube = index - 16;
            format!(
                "#{:02x}{:02x}{:02x}",
                step(cube / 36),
                step(cube / 6 % 6),
                step(cube % 6)
            )
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * u16::from(index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}
