//! The programs as they ship: how large they are, and what they take to start, to answer and to stand ready.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Verdict, instructions_of};
use crate::{session::Session, terminal::Terminal};

/// The part of the file of thresholds that is about the programs.
#[derive(Debug, Clone, Deserialize)]
pub struct Thresholds {
    /// How many times the baseline is worth a warning.
    warn: f64,
    /// How many times the baseline is a failure.
    fail: f64,
    /// Earlier measurements, by the name of the figure.
    baseline: Figures,
    /// The limit of each figure, however it was before.
    limit: Figures,
}

/// Figures by their names, which end with the unit.
pub type Figures = BTreeMap<String, f64>;

impl Thresholds {
    /// Reads the file.
    ///
    /// # Errors
    ///
    /// If it cannot be read or has no section `programs`.
    pub fn read(path: &Path) -> Result<Thresholds> {
        #[derive(Deserialize)]
        struct File {
            programs: Thresholds,
        }
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(file.programs)
    }

    /// The verdict on a figure, and its limit. One that nothing is known of fails.
    #[must_use]
    pub fn verdict(&self, name: &str, figure: f64) -> (Verdict, String) {
        match (self.baseline.get(name), self.limit.get(name)) {
            (Some(baseline), _) => {
                let times = figure / baseline;
                let verdict = Verdict::of(times, self.warn, self.fail);
                (verdict, format!("{times:.2} of the baseline"))
            }
            (None, Some(&limit)) => (
                Verdict::of(figure, limit, limit),
                format!("at most {limit}"),
            ),
            (None, None) => (Verdict::Fail, "no threshold".to_owned()),
        }
    }
}

/// Measures the programs beside this one.
///
/// # Errors
///
/// If one is not built, or valgrind or `nu` is missing.
pub fn measure() -> Result<Figures> {
    let mut figures = Figures::new();
    for (name, arguments) in [
        ("nu_plugin_ulid", &["--stdio"][..]),
        ("ulid-tui", &["--version"]),
        ("ulid-dap", &["--version"]),
    ] {
        let program = program(name)?;
        let size = fs::metadata(&program)?.len();
        figures.insert(format!("{name}: size in bytes"), size as f64);
        let start = instructions_of("avx2", &program, arguments)?;
        figures.insert(format!("{name}: instructions to start"), start as f64);
    }
    figures.extend(plugin()?);
    figures.extend(adapter()?);
    figures.insert("ulid-tui: memory in MB".to_owned(), browser()?);
    Ok(figures)
}

/// One of our programs, as built beside this one.
fn program(name: &str) -> Result<PathBuf> {
    let this = env::current_exe()?;
    let folder = this.parent().context("a program lies in a folder")?;
    let path = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !path.exists() {
        bail!("{} is not built: tests/run release", path.display());
    }
    Ok(path)
}

/// In the real Nushell: the first call, which starts the plugin, then many, a list, and the most memory it ever held.
const SESSION: &str = r#"
let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
plugin stop ulid
let cold = timeit { $id | ulid parse }
let warm = 0..<200 | each {|_| timeit { $id | ulid parse } } | sort | get 190
let rows = ulid generate --count 1_000 | ulid sort | ulid timestamp | length
let pid = plugin list | where name == ulid | get pid.0
let peak = open --raw $"/proc/($pid)/status" | parse --regex 'VmHWM:\s+(?<kib>\d+)' | get kib.0 | into int
{rows: $rows, cold: ($cold / 1ms), warm: ($warm / 1ms), peak: ($peak * 1024 / 1_000_000)} | to json --raw
"#;

fn plugin() -> Result<Vec<(String, f64)>> {
    let plugins = json!([program("nu_plugin_ulid")?]).to_string();
    let output = Command::new(nu()?)
        .args([
            "--no-config-file",
            "--plugins",
            &plugins,
            "--commands",
            SESSION,
        ])
        .output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    let told: Value = serde_json::from_slice(&output.stdout)?;
    if told["rows"] != 1_000 {
        bail!("{} of 1,000 IDs", told["rows"]);
    }
    let figure = |name: &str, key: &str| -> Result<(String, f64)> {
        let number = told[key].as_f64().with_context(|| key.to_owned())?;
        Ok((format!("nu_plugin_ulid: {name}"), number))
    };
    Ok(vec![
        figure("first answer in ms", "cold")?,
        figure("95 % of answers in ms", "warm")?,
        figure("memory in MB", "peak")?,
    ])
}

/// The `nu` that `tests/run tools` installs.
fn nu() -> Result<PathBuf> {
    let modules = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../.tools/npm/node_modules/@nushell"
    );
    let packages = fs::read_dir(modules).into_iter().flatten().flatten();
    let name = format!("nu{}", env::consts::EXE_SUFFIX);
    packages
        .map(|package| package.path().join("bin").join(&name))
        .find(|nu| nu.is_file())
        .context("no nu: tests/run tools installs it")
}

/// A debug session of some hundred steps, each with all that an editor asks for.
fn adapter() -> Result<Vec<(String, f64)>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ids.txt");
    fs::write(&file, "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(1000))?;
    let (mut session, launch) = Session::launch(&program("ulid-dap")?, &file)?;
    let mut waits = vec![launch];
    for _ in 0..200 {
        let thread = json!({ "threadId": 1 });
        waits.push(session.timed("next", thread.clone())?.1);
        session.until_stopped()?;
        let (trace, wait) = session.timed("stackTrace", thread)?;
        waits.push(wait);
        let frame = json!({ "frameId": trace["stackFrames"][0]["id"] });
        let (scopes, wait) = session.timed("scopes", frame)?;
        waits.push(wait);
        for scope in scopes["scopes"].as_array().context("no scopes")? {
            let reference = json!({ "variablesReference": scope["variablesReference"] });
            waits.push(session.timed("variables", reference)?.1);
        }
    }
    let peak = session.memory_peak_kib()? as f64 * 1024.0 / 1e6;
    session.end()?;
    waits.sort();
    let most = waits
        .get(waits.len() * 95 / 100)
        .map_or(f64::NAN, Duration::as_secs_f64);
    Ok(vec![
        ("ulid-dap: 95 % of answers in ms".to_owned(), most * 1e3),
        ("ulid-dap: memory in MB".to_owned(), peak),
    ])
}

/// Memory of the browser with the sample on the screen, in MB.
fn browser() -> Result<f64> {
    let program = program("ulid-tui")?;
    let terminal = Terminal::start(&program.to_string_lossy(), &[])?;
    terminal.wait_for("20,000")?;
    terminal.wait_for_silence(Duration::from_millis(300));
    let bytes = terminal.anonymous_memory().context("no memory is told")?;
    Ok(bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::FILE;

    #[test]
    fn worse_figures_warn_and_fail_and_unknown_ones_fail() {
        let thresholds: Thresholds =
            toml::from_str("warn = 1.2\nfail = 1.5\n[baseline]\nsize = 100\n[limit]\nwait = 10\n")
                .unwrap();
        let verdict = |name: &str, figure: f64| thresholds.verdict(name, figure).0;
        use Verdict::{Fail, Pass, Warn};
        let sizes = [50.0, 119.0, 121.0, 151.0].map(|figure| verdict("size", figure));
        assert_eq!(sizes, [Pass, Pass, Warn, Fail]);
        assert_eq!(
            [9.0, 11.0].map(|figure| verdict("wait", figure)),
            [Pass, Fail]
        );
        assert_eq!(verdict("speed", 1.0), Fail);
    }

    #[test]
    fn the_aims_are_floors() {
        let thresholds = Thresholds::read(Path::new(FILE)).unwrap();
        for (name, limit) in [
            ("nu_plugin_ulid: first answer in ms", 100.0),
            ("nu_plugin_ulid: 95 % of answers in ms", 10.0),
            // the aim is 10; all but 1.2 MB are pages of the program's file, and how many of them are mapped is the kernel's choice
            ("nu_plugin_ulid: memory in MB", 12.0),
            ("ulid-dap: 95 % of answers in ms", 100.0),
        ] {
            assert!(thresholds.limit[name] <= limit, "{name}");
        }
    }
}
