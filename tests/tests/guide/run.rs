//! The blocks of a document, run as a reader would run them.

use std::{
    env, fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::block::Block;

/// How long a program of the terminal may take to draw, and to end after the last key.
const PATIENCE: Duration = Duration::from_secs(60);

/// The programs of a person who reads the documents.
const BINARIES: &[&str] = &["ulid-tui", "ulid-dap", "nu_plugin_ulid"];

/// The place of the blocks of one document: a home of its own, with the sample files, and our binaries installed.
pub(super) struct Place {
    home: tempfile::TempDir,
}

impl Place {
    pub(super) fn new() -> Place {
        let home = tempfile::tempdir().expect("a temporary folder");
        let root = ulid_tests::root();
        copy(&root.join("tests/fixtures/guide"), home.path());
        let module = home.path().join("ulid.nu");
        fs::copy(root.join("src/plugin/ulid/mod.nu"), module).expect("a copy");
        let installed = home.path().join(".cargo/bin");
        fs::create_dir_all(&installed).expect("a folder");
        for name in BINARIES {
            let name = format!("{name}{}", env::consts::EXE_SUFFIX);
            fs::copy(
                ulid_tests::binary(name.trim_end_matches(".exe")),
                installed.join(name),
            )
            .expect("a copy");
        }
        Place { home }
    }

    /// The same with `ulid-sql`, which has a profile of its own: it lies beside the folder of the others.
    #[cfg(feature = "sql")]
    pub(super) fn with_sql() -> Place {
        let place = Place::new();
        let name = format!("ulid-sql{}", env::consts::EXE_SUFFIX);
        let others = ulid_tests::binary("ulid-tui");
        let built = others
            .parent()
            .and_then(Path::parent)
            .expect("a profile lies in a folder");
        fs::copy(
            built.join("sql").join(&name),
            place.home.path().join(".cargo/bin").join(&name),
        )
        .expect("cargo build --profile sql -p ulid-sql builds it");
        place
    }

    /// Runs or reads one block, and compares what it prints with what the document says that it prints.
    pub(super) fn run(&self, block: &Block, printed: Option<&str>) -> Result<(), String> {
        if let Some(file) = block.directive.strip_prefix("elsewhere: ") {
            return is_run_by(file, block);
        }
        let output = match block.language.as_str() {
            "sh" if block.directive.contains("keys:") => return self.type_into(block),
            "sh" => self.shell(block),
            "sql" if block.directive.contains("duckdb") => {
                match ulid_tests::tool("python/bin/python") {
                    Some(python) => self.duckdb(&python, block),
                    None => return Ok(()),
                }
            }
            "nushell" => match ulid_tests::nu() {
                Some(nu) => self.nushell(&nu, block),
                None => return Ok(()),
            },
            "text" | "ulid-query" | "csv" | "rust" => return Ok(()),
            "json" => {
                return serde_json::from_str(&block.code)
                    .map(|_: serde_json::Value| ())
                    .map_err(as_text);
            }
            "toml" => {
                return toml::from_str(&block.code)
                    .map(|_: toml::Table| ())
                    .map_err(as_text);
            }
            "lua" => match ulid_tests::tool("nvim") {
                Some(neovim) => self.lua(&neovim, block),
                None => return Ok(()),
            },
            other => {
                return Err(format!(
                    "a block of '{other}' is run by nothing: see tests/tests/guide/main.rs"
                ));
            }
        };
        judge(block, &output, printed)
    }

    /// The output of a command line.
    pub(super) fn printed(&self, line: &str) -> String {
        let output = finish(self.prepared("bash").args(["-euo", "pipefail", "-c", line]));
        assert!(output.status.success(), "{line}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The commands of the plugin, by the word of Nushell itself; nothing where that is not installed.
    pub(super) fn nushell_commands(&self) -> Option<Vec<String>> {
        ulid_tests::nu()?;
        let list = "scope commands | where type == plugin | get name | to text";
        let plugin = self.home.path().join(".cargo/bin/nu_plugin_ulid");
        let line = format!(
            "nu --no-config-file --plugins '[{}]' --commands '{list}'",
            plugin.display()
        );
        Some(self.printed(&line).lines().map(str::to_owned).collect())
    }

    fn shell(&self, block: &Block) -> Output {
        let mut command = self.prepared("bash");
        command.args(["-euo", "pipefail", "-c", &block.code]);
        finish(command.current_dir(self.folder_of(block)))
    }

    fn nushell(&self, nu: &Path, block: &Block) -> Output {
        let plugin = self.home.path().join(".cargo/bin/nu_plugin_ulid");
        let mut command = self.prepared(nu);
        command.args(["--no-history"]);
        command
            .arg("--plugin-config")
            .arg(self.home.path().join("plugin.msgpackz"));
        command
            .arg("--plugins")
            .arg(format!("[{}]", plugin.display()));
        finish(
            command
                .arg("-c")
                .arg(&block.code)
                .current_dir(self.home.path()),
        )
    }

    /// DuckDB in its Python package; prints the rows of the last statement as CSV.
    fn duckdb(&self, python: &Path, block: &Block) -> Output {
        let print = "import csv, duckdb, sys\n\
            rows = duckdb.connect().execute(sys.argv[1])\n\
            out = csv.writer(sys.stdout, lineterminator='\\n')\n\
            out.writerow([column[0] for column in rows.description])\n\
            out.writerows(rows.fetchall())";
        let mut command = self.prepared(python);
        command.args(["-c", print, &block.code]);
        finish(command.current_dir(self.home.path()))
    }

    /// Neovim carries a Lua that reads a file without running it.
    fn lua(&self, neovim: &Path, block: &Block) -> Output {
        let file = self.home.path().join("block.lua");
        fs::write(&file, &block.code).expect("a temporary file");
        let read = format!(
            "lua local ok, why = loadfile({:?}) if not ok then print(why) vim.cmd('cq') end",
            file
        );
        finish(
            self.prepared(neovim)
                .args(["--headless", "-u", "NONE", "-c", &read, "-c", "qa"]),
        )
    }

    /// Runs a block in a pseudo-terminal: waits until something is drawn, types the keys of the directive, and waits
    /// for the end.
    fn type_into(&self, block: &Block) -> Result<(), String> {
        let size = PtySize {
            rows: 30,
            cols: 100,
            ..PtySize::default()
        };
        let terminal = native_pty_system().openpty(size).map_err(as_text)?;
        let mut command = CommandBuilder::new("bash");
        command.args(["-euo", "pipefail", "-c", &block.code]);
        for (name, value) in self.environment() {
            command.env(name, value);
        }
        command.env("TERM", "xterm-256color");
        command.cwd(self.folder_of(block));
        let mut child = terminal.slave.spawn_command(command).map_err(as_text)?;
        drop(terminal.slave);
        let mut screen = terminal.master.try_clone_reader().map_err(as_text)?;
        let (drawn, draws) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while matches!(screen.read(&mut buffer), Ok(1..)) {
                let _ = drawn.send(());
            }
        });
        let mut keys = terminal.master.take_writer().map_err(as_text)?;
        let drawn_in_time = draws.recv_timeout(PATIENCE).is_ok();
        let (_, typed) = block.directive.split_once("keys:").unwrap_or_default();
        for key in typed.split_whitespace() {
            // The program has drawn all it has to draw before the next key is pressed.
            while draws.recv_timeout(Duration::from_millis(300)).is_ok() {}
            keys.write_all(key.replace("Enter", "\r").replace("Esc", "\x1b").as_bytes())
                .map_err(as_text)?;
        }
        let typed = Instant::now();
        while typed.elapsed() < PATIENCE && drawn_in_time {
            if let Some(status) = child.try_wait().map_err(as_text)? {
                return status
                    .success()
                    .then_some(())
                    .ok_or_else(|| format!("ended with {status:?}"));
            }
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().map_err(as_text)?;
        Err("drew nothing, or did not end at the keys".to_owned())
    }

    /// The folder that holds the files of the documents.
    pub(super) fn folder(&self) -> &Path {
        self.home.path()
    }

    fn folder_of(&self, block: &Block) -> PathBuf {
        // A command of cargo, or of a script in tests/, is meant for the checkout.
        let of_checkout = block.directive.contains("in the checkout");
        if of_checkout {
            ulid_tests::root().to_owned()
        } else {
            self.home.path().to_owned()
        }
    }

    fn prepared(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment()).stdin(Stdio::null());
        command
    }

    /// A home of its own, and our binaries and the tools first on the path. The toolchain keeps its true home.
    pub(super) fn environment(&self) -> Vec<(&'static str, std::ffi::OsString)> {
        let home = self.home.path();
        let tools = ulid_tests::root().join(".tools");
        let mut path = vec![home.join(".cargo/bin")];
        path.extend(ulid_tests::nu().and_then(|nu| Some(nu.parent()?.to_owned())));
        path.push(tools.join("python/bin"));
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let real_home = PathBuf::from(env::var_os("HOME").unwrap_or_default());
        let kept = |name: &str, default: &str| {
            env::var_os(name).unwrap_or_else(|| real_home.join(default).into())
        };
        vec![
            ("CARGO_HOME", kept("CARGO_HOME", ".cargo")),
            ("RUSTUP_HOME", kept("RUSTUP_HOME", ".rustup")),
            // Apart from what the place holds already: cargo does not write over what it has not installed.
            ("CARGO_INSTALL_ROOT", home.join("installed").into()),
            ("HOME", home.into()),
            ("XDG_CONFIG_HOME", home.join(".config").into()),
            ("XDG_DATA_HOME", home.join(".local/share").into()),
            (
                "PATH",
                env::join_paths(path).expect("paths of ours hold no colon"),
            ),
            ("LC_ALL", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("NO_COLOR", "1".into()),
        ]
    }
}

fn finish(command: &mut Command) -> Output {
    command.output().expect("the program starts")
}

fn judge(block: &Block, output: &Output, printed: Option<&str>) -> Result<(), String> {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, errors) = (shown(&output.stdout), shown(&output.stderr));
    let fails = block.directive.contains("fails");
    if output.status.success() == fails {
        return Err(format!("{}\n{out}{errors}", output.status));
    }
    let seen = if fails { errors } else { out };
    match printed {
        Some(wanted) if !matches(&tidy(wanted), &tidy(&seen)) => {
            Err(format!("prints\n{seen}and not\n{wanted}from"))
        }
        _ => Ok(()),
    }
}

/// Without the blanks at the ends of lines, and without empty lines at the end.
pub(super) fn tidy(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

/// True if `seen` is `wanted`, where each `…` of `wanted` stands for any text.
pub(super) fn matches(wanted: &str, seen: &str) -> bool {
    let Some((head, rest)) = wanted.split_once('…') else {
        return wanted == seen;
    };
    let Some(mut seen) = seen.strip_prefix(head) else {
        return false;
    };
    loop {
        if matches(rest, seen) {
            return true;
        }
        let mut characters = seen.chars();
        if characters.next().is_none() {
            return false;
        }
        seen = characters.as_str();
    }
}

/// True if the file that is said to run the lines of a block does name one of them.
fn is_run_by(file: &str, block: &Block) -> Result<(), String> {
    let text = fs::read_to_string(ulid_tests::root().join(file))
        .map_err(|why| format!("{file}: {why}"))?;
    let named = block.code.lines().any(|line| text.contains(line));
    named
        .then_some(())
        .ok_or_else(|| format!("{file} runs none of these lines"))
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a sample file is copied");
    }
}

fn as_text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[test]
fn an_ellipsis_stands_for_any_text() {
    assert!(
        matches("a…c", "abc")
            && matches("a…", "a")
            && matches("…", "x\ny")
            && matches("a…b…c", "a1b2b3c")
    );
    assert!(!matches("a…c", "ab") && !matches("a", "ab"));
}
