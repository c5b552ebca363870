//! Runs scripts in the official `nu`.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use tempfile::TempDir;

/// The definitions that every script begins with.
const PRELUDE: &str = include_str!("prelude.nu");

/// The module that comes with the plugin.
const MODULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/plugin/ulid");

/// Time and memory of one case.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Nanoseconds of the clock for one operation, in the shortest of all rounds.
    pub(crate) clock_ns: Option<f64>,
    /// Nanoseconds of the processors for one operation, of `nu` and the plugins, over all rounds.
    pub(crate) processor_ns: Option<f64>,
    /// The most memory that was ever resident.
    pub(crate) bytes: Option<f64>,
}

/// A folder for the scripts' files, with the pass-through plugin in it.
pub(crate) struct Place {
    folder: TempDir,
    nu: PathBuf,
    plugins: [PathBuf; 2],
}

impl Place {
    pub(crate) fn new() -> Result<Place> {
        // On a disk, as the files of people are, and away from what the system keeps in memory.
        let this = env::current_exe()?;
        let release = this.parent().and_then(Path::parent);
        let release = release.context("benches run from target/release/deps")?;
        let folder = tempfile::tempdir_in(release)?;
        let ours = program(release, "nu_plugin_ulid");
        if !ours.exists() {
            bail!(
                "{} is not built: cargo build --release -p ulid-nu",
                ours.display()
            );
        }
        let passing = program(folder.path(), "nu_plugin_passing");
        fs::copy(this, &passing)?;
        Ok(Place {
            nu: nu()?,
            plugins: [ours, passing],
            folder,
        })
    }

    /// The folder in which the scripts run.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The work that a script measures. Its last value is the answer.
    pub(crate) fn run(&self, script: &str) -> Result<Vec<Measured>> {
        let [ours, passing] = &self.plugins;
        let plugins = serde_json::to_string(&[ours, passing])?;
        let output = Command::new(&self.nu)
            .args(["--no-config-file", "--plugins", &plugins, "--commands"])
            .arg(format!(
                "{PRELUDE}\nuse '{MODULE}'\ndo {{ {script} }} | to json --raw"
            ))
            .current_dir(self.folder.path())
            .output()?;
        if !output.status.success() {
            bail!("{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// The `nu` that `tests/run tools` installs, else the one on the `PATH`.
fn nu() -> Result<PathBuf> {
    let tools = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../.tools/npm/node_modules/@nushell"
    );
    let packages = fs::read_dir(tools).into_iter().flatten().flatten();
    let installed = packages.map(|package| program(&package.path().join("bin"), "nu"));
    let on_path = env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = env::split_paths(&on_path)
        .map(|folder| program(&folder, "nu"))
        .collect();
    installed
        .chain(on_path)
        .find(|candidate| candidate.is_file())
        .context("no nu: `tests/run tools` installs it")
}
