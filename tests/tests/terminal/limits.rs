//! Refusals of the system, and sizes beyond limits: each is said, and nothing is lost.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::Command,
};

use portable_pty::CommandBuilder;

use super::session::Session;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LATER: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";

/// Runs a script of bash with two arguments in mounts of its own; nothing where the system does not allow that.
#[cfg(target_os = "linux")]
fn with_own_mounts(script: &str, arguments: [&Path; 2]) -> Option<CommandBuilder> {
    let unshare = ulid_tests::tool("unshare")?;
    let options = ["--user", "--map-root-user", "--mount"];
    let try_out = |options: &[&str]| {
        let mount = ["bash", "-c", "mount -t tmpfs none /tmp"];
        let output = Command::new(&unshare).args(options).args(mount).output();
        output.is_ok_and(|output| output.status.success())
    };
    let Some(options) = [&options[2..], &options[..]]
        .into_iter()
        .find(|options| try_out(options))
    else {
        ulid_tests::report_not_run("the right to mount a file system");
        return None;
    };
    let mut command = CommandBuilder::new(unshare);
    command.args(options);
    command.args(["bash", "-c", script, "bash"]);
    command.args(arguments);
    Some(command)
}

#[cfg(target_os = "linux")]
#[test]
fn an_export_to_a_full_disk_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=64k none \"$1\" && \"$2\"; echo \"$? with $(ls -A \"$1\" | wc -l) files\"";
    let browser = ulid_tests::binary("ulid-tui");
    let Some(command) = with_own_mounts(script, [folder.path(), &browser]) else {
        return;
    };
    let mut browser = Session::of(command);
    browser.wait_for("140 invalid");
    let file = folder.path().join("all.txt");
    browser.send(&format!("e{}\r", file.display()));
    browser.wait_for("No space left on device");
    // what fits is exported as ever
    browser.send("1");
    browser.wait_for("1 of 140");
    browser.send(&format!("e{}\r", file.display()));
    browser.wait_for("140 rows exported");
    browser.send("q");
    browser.wait_for("0 with 1 files");
    assert!(browser.wait_for_clean_end().success());
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_said_to_be_so() {
    use std::os::unix::fs::PermissionsExt as _;
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, ID).unwrap();
    allow(&path, 0).unwrap();
    let mut command = if File::open(&path).is_ok() {
        // nothing is forbidden to us, so somebody else has to try
        let Some(setpriv) = ulid_tests::tool("setpriv") else {
            return;
        };
        let browser = folder.path().join("ulid-tui");
        fs::copy(ulid_tests::binary("ulid-tui"), &browser).unwrap();
        allow(folder.path(), 0o755).unwrap();
        let mut command = CommandBuilder::new(setpriv);
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(browser);
        // nor may they see what is configured for us
        command.env("HOME", folder.path());
        command.env_remove("XDG_CONFIG_HOME");
        command
    } else {
        CommandBuilder::new(ulid_tests::binary("ulid-tui"))
    };
    command.arg(&path);
    let mut browser = Session::of(command);
    assert_eq!(browser.wait_for_end().exit_code(), 1);
    browser.wait_until("that the file may not be read", |lines| {
        let said = lines.join("");
        said.starts_with("ulid-tui: ") && said.contains("permission denied")
    });
}

#[test]
fn lines_of_100_mb_are_browsed_in_little_memory() {
    const LEN: usize = 100_000_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    writeln!(file, "{ID}").unwrap();
    for _ in 0..2 {
        let piece = [b'x'; 1000];
        (0..LEN / piece.len()).for_each(|_| file.write_all(&piece).unwrap());
        writeln!(file).unwrap();
    }
    writeln!(file, "{LATER}").unwrap();
    drop(file);
    let mut browser = Session::browser(&[&path]);
    browser.wait_for("4 rows");
    browser.wait_for("2 invalid");
    browser.send("j");
    browser.wait_for("2 of 4");
    browser.wait_for("100000000");
    browser.send("G");
    browser.wait_for(LATER);
    browser.send("s");
    browser.wait_for("by ID");
    browser.send("p");
    browser.wait_for("file order");
    #[cfg(target_os = "linux")]
    assert!(
        peak_kb(browser.id()) < 90_000,
        "{} kB",
        peak_kb(browser.id())
    );
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

/// The most memory that a process has had.
#[cfg(target_os = "linux")]
fn peak_kb(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
