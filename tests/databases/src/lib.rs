//! A PostgreSQL of its own, for as long as a test runs.
#![cfg(unix)]
#![expect(
    clippy::expect_used,
    reason = "a test without its database has nothing to say"
)]

use std::{
    ffi::OsStr,
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A server on a socket in a folder of its own, which ends with it.
#[derive(Debug)]
pub struct Postgres {
    server: Child,
    folder: TempDir,
    programs: PathBuf,
}

/// PostgreSQL refuses to run as root, so there it runs as nobody.
const NOBODY: u32 = 65_534;

impl Postgres {
    /// A new server with an empty database `postgres`; none where the machine has no PostgreSQL, which is then told at the
    /// end of the tests.
    ///
    /// # Panics
    ///
    /// Panics where it is there and does not start.
    #[must_use]
    pub fn start() -> Option<Postgres> {
        let Some(programs) = programs() else {
            ulid_tests::report_not_run("PostgreSQL (Debian package postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        if is_root() {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("root gives folders away");
        }
        let data = folder.path().join("data");
        let initialised = command(programs.join("initdb"))
            .arg("--pgdata")
            .arg(&data)
            .args([
                "--username=tester",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .output()
            .expect("initdb runs");
        let complaint = String::from_utf8_lossy(&initialised.stderr);
        assert!(initialised.status.success(), "{complaint}");
        let server = command(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-F"])
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let postgres = Postgres {
            server,
            folder,
            programs,
        };
        postgres.wait();
        Some(postgres)
    }

    /// The folder of its socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Waits until it answers.
    fn wait(&self) {
        let begin = Instant::now();
        loop {
            let asked = Command::new(self.programs.join("pg_isready"))
                .arg("--host")
                .arg(self.socket())
                .stdout(Stdio::null())
                .status();
            if asked.is_ok_and(|status| status.success()) {
                return;
            }
            let waited = begin.elapsed();
            assert!(
                waited < Duration::from_secs(30),
                "the server does not answer"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = command(self.programs.join("pg_ctl"))
            .args(["stop", "--mode=immediate", "--silent", "--pgdata"])
            .arg(self.folder.path().join("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// The folder of its programs. Debian puts the server's beside no others.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<PathBuf> = versions
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").exists())
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|output| output.stdout == b"0\n")
}

fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if is_root() {
        command.gid(NOBODY).uid(NOBODY);
    }
    command
}
