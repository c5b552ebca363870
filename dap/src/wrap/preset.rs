//! The usual adapters: what they are called, where they lie, how to install one that is missing.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{
    family::Family,
    upstream::{Reach, Upstream},
};

/// An adapter that can be named instead of being spelled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// Python: the debugpy of the active environment, else of python3.
    Debugpy,
    /// C, C++, Rust, Swift: lldb-dap, the newest version on the PATH.
    Lldb,
    /// C, C++, Rust: CodeLLDB.
    Codelldb,
    /// Go: dlv dap.
    Delve,
    /// C, C++, Rust, …: gdb 14 or newer.
    Gdb,
    /// JavaScript and TypeScript: js-debug, by node.
    Js,
    /// Ruby: rdbg, with the program after --.
    Rdbg,
    /// .NET: netcoredbg.
    Netcoredbg,
    /// Java: java-debug, which runs within the language server; its address is given by --connect.
    Java,
    /// PHP with Xdebug: php-debug, by node.
    Php,
    /// C and C++ by gdb or lldb: OpenDebugAD7 of the C++ extension of VS Code.
    Cppdbg,
}

/// The folders in which adapters are looked for.
struct Machine {
    /// The folders of the `PATH`, then those where editors put adapters.
    folders: Vec<PathBuf>,
    /// The folders in which VS Code and its kin keep extensions.
    extensions: Vec<PathBuf>,
    /// The active Python environment.
    environment: Option<PathBuf>,
}

impl Preset {
    /// The adapter as it lies on this machine, with arguments added; where it is missing, by its usual name.
    #[must_use]
    pub fn upstream(self, arguments: &[OsString]) -> Upstream {
        let mut command = self.command(&Machine::this());
        command.extend_from_slice(arguments);
        Upstream {
            reach: match self {
                Preset::Delve | Preset::Js | Preset::Rdbg => Reach::Announced(command),
                _ => Reach::Stdio(command),
            },
            family: Some(self.family()),
            hint: Some(self.hint()),
        }
    }

    /// The adapter where it runs already.
    #[must_use]
    pub fn at(self, address: &str) -> Upstream {
        Upstream {
            reach: Reach::Address(address.to_owned()),
            family: Some(self.family()),
            hint: None,
        }
    }

    /// True if the adapter is no program that can be started.
    #[must_use]
    pub fn runs_elsewhere(self) -> bool {
        self == Preset::Java
    }

    fn family(self) -> Family {
        match self {
            Preset::Debugpy => Family::Debugpy,
            Preset::Lldb => Family::Lldb,
            Preset::Codelldb => Family::CodeLldb,
            Preset::Delve => Family::Delve,
            Preset::Gdb => Family::Gdb,
            Preset::Js => Family::Js,
            Preset::Rdbg => Family::Rdbg,
            Preset::Netcoredbg => Family::NetCoreDbg,
            Preset::Java => Family::Java,
            Preset::Php => Family::Php,
            Preset::Cppdbg => Family::OpenDebug,
        }
    }

    /// Words on how to get the adapter.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Preset::Debugpy => "install it by: pip install debugpy",
            Preset::Lldb => "install LLVM's lldb 18 or newer, on Debian: apt install lldb-19",
            Preset::Codelldb => {
                "install the extension vadimcn.vscode-lldb, or by Mason: MasonInstall codelldb"
            }
            Preset::Delve => "install it by: go install github.com/go-delve/delve/cmd/dlv@latest",
            Preset::Gdb => "gdb speaks the protocol from version 14 on; see gdb --version",
            Preset::Js => {
                "install js-debug by Mason: MasonInstall js-debug-adapter, or unpack a release of microsoft/vscode-js-debug and name its dapDebugServer.js: ulid-dap wrap --announces -- node PATH 0 127.0.0.1"
            }
            Preset::Rdbg => "install it by: gem install debug",
            Preset::Netcoredbg => {
                "install it by Mason: MasonInstall netcoredbg, or unpack a release of Samsung/netcoredbg"
            }
            Preset::Java => {
                "java-debug runs within the language server: name the port that its command vscode.java.startDebugSession returns, as --connect 127.0.0.1:PORT"
            }
            Preset::Php => {
                "install the extension xdebug.php-debug, or by Mason: MasonInstall php-debug-adapter"
            }
            Preset::Cppdbg => {
                "install the extension ms-vscode.cpptools, or by Mason: MasonInstall cpptools"
            }
        }
    }

    fn command(self, machine: &Machine) -> Vec<OsString> {
        let named = |names: &[&str]| machine.program(names);
        match self {
            Preset::Debugpy => debugpy(machine),
            Preset::Lldb => vec![lldb(machine)],
            Preset::Codelldb => vec![
                machine
                    .in_extension("vadimcn.vscode-lldb-", "adapter/codelldb")
                    .map_or_else(|| named(&["codelldb"]), OsString::from),
            ],
            Preset::Delve => vec![named(&["dlv"]), "dap".into(), "--listen=127.0.0.1:0".into()],
            Preset::Gdb => vec![named(&["gdb"]), "-i".into(), "dap".into()],
            Preset::Js => js(machine),
            Preset::Rdbg => {
                // Debian has the version in the name
                let program = named(&["rdbg", "rdbg3.4", "rdbg3.3", "rdbg3.2", "rdbg3.1"]);
                let options = [
                    "--open",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "0",
                    "--stop-at-load",
                ];
                let options = options.map(OsString::from);
                std::iter::once(program).chain(options).collect()
            }
            Preset::Netcoredbg => vec![named(&["netcoredbg"]), "--interpreter=vscode".into()],
            Preset::Java => Vec::new(),
            Preset::Php => php(machine),
            Preset::Cppdbg => vec![
                machine
                    .in_extension("ms-vscode.cpptools-", "debugAdapters/bin/OpenDebugAD7")
                    .map_or_else(|| named(&["OpenDebugAD7"]), OsString::from),
            ],
        }
    }
}

/// lldb-dap by its plain name, by the version in its name, or by the name before version 18.
fn lldb(machine: &Machine) -> OsString {
    let versions: Vec<String> = (14..=30)
        .rev()
        .map(|version| format!("lldb-dap-{version}"))
        .collect();
    let mut names = vec!["lldb-dap"];
    names.extend(versions.iter().map(String::as_str));
    names.push("lldb-vscode");
    machine.program(&names)
}

/// The debugpy of the active environment, a program of its own, or the one that the Python extension of an editor carries.
fn debugpy(machine: &Machine) -> Vec<OsString> {
    let environment = machine.environment.as_ref();
    let scripts = if cfg!(windows) { "Scripts" } else { "bin" };
    let in_environment = environment.map(|environment| {
        let name = format!("python{}", env::consts::EXE_SUFFIX);
        environment.join(scripts).join(name).into_os_string()
    });
    let has_debugpy = environment.is_some_and(|environment| has_module(environment, "debugpy"));
    let adapter = machine
        .find("debugpy-adapter")
        .filter(|_| environment.is_none());
    if let Some(adapter) = adapter {
        return vec![adapter.into_os_string()];
    }
    let carried = machine.in_extension(
        "ms-python.debugpy-",
        "bundled/libs/debugpy/adapter/__main__.py",
    );
    let carried = carried.filter(|_| !has_debugpy);
    let python = in_environment.unwrap_or_else(|| machine.program(&["python3", "python"]));
    match carried.as_deref().and_then(Path::parent) {
        Some(folder) => vec![python, folder.into()],
        None => vec![python, "-m".into(), "debugpy.adapter".into()],
    }
}

/// True if a Python environment has a module.
fn has_module(environment: &Path, name: &str) -> bool {
    let versions = fs::read_dir(environment.join("lib")).into_iter().flatten();
    let mut folders: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    // as Windows has it
    folders.push(environment.join("Lib"));
    folders
        .iter()
        .any(|folder| folder.join("site-packages").join(name).is_dir())
}

fn js(machine: &Machine) -> Vec<OsString> {
    let mut command = match machine.find("js-debug-adapter") {
        Some(program) => vec![program.into_os_string()],
        None => {
            let script = machine
                .in_extension("ms-vscode.js-debug", "src/dapDebugServer.js")
                .unwrap_or_else(|| "dapDebugServer.js".into());
            vec![machine.program(&["node"]), script.into_os_string()]
        }
    };
    command.extend(["0".into(), "127.0.0.1".into()]);
    command
}

fn php(machine: &Machine) -> Vec<OsString> {
    match machine.find("php-debug-adapter") {
        Some(program) => vec![program.into_os_string()],
        None => {
            let script = machine
                .in_extension("xdebug.php-debug-", "out/phpDebug.js")
                .unwrap_or_else(|| "phpDebug.js".into());
            vec![machine.program(&["node"]), script.into_os_string()]
        }
    }
}

impl Machine {
    fn this() -> Machine {
        let home = env::home_dir().unwrap_or_default();
        let data =
            env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
        let mut folders: Vec<PathBuf> =
            env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
        folders.push(data.join("nvim/mason/bin"));
        folders.push(
            env::var_os("GOPATH")
                .map_or_else(|| home.join("go"), PathBuf::from)
                .join("bin"),
        );
        let here = [".venv", "venv"]
            .map(PathBuf::from)
            .into_iter()
            .find(|folder| folder.join("pyvenv.cfg").exists());
        let editors = [
            home.join(".vscode"),
            home.join(".vscode-server"),
            home.join(".vscode-oss"),
            home.join(".vscode-insiders"),
            home.join(".cursor"),
            home.join(".windsurf"),
            data.join("code-server"),
        ];
        Machine {
            folders,
            extensions: editors.map(|folder| folder.join("extensions")).to_vec(),
            environment: env::var_os("VIRTUAL_ENV").map(PathBuf::from).or(here),
        }
    }

    /// The first program of these names; the first name where there is none, so that the error names it.
    fn program(&self, names: &[&str]) -> OsString {
        names.iter().find_map(|name| self.find(name)).map_or_else(
            || names.first().copied().unwrap_or_default().into(),
            OsString::from,
        )
    }

    fn find(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        self.folders
            .iter()
            .map(|folder| folder.join(&name))
            .find(|path| path.is_file())
    }

    /// A file of the newest installed extension of a name.
    fn in_extension(&self, prefix: &str, file: &str) -> Option<PathBuf> {
        let with_prefix = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let mut found: Vec<PathBuf> = entries
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
                .map(|entry| entry.path().join(file))
                .filter(|path| path.is_file())
                .collect();
            found.sort_by_cached_key(|path| version_of(path, folder, prefix));
            found.pop()
        };
        self.extensions
            .iter()
            .find_map(|folder| with_prefix(folder))
    }
}

/// Numbers of the version behind the name of an extension, whose folder lies in another.
fn version_of(path: &Path, extensions: &Path, prefix: &str) -> Vec<u64> {
    let inner = path.strip_prefix(extensions).unwrap_or(path);
    let name = inner.components().next();
    let name = name.map(|name| name.as_os_str().to_string_lossy());
    let version = name.as_deref().and_then(|name| name.strip_prefix(prefix));
    let version = version.unwrap_or_default().trim_start_matches('-');
    // a platform may stand behind it
    let numbers = version.split('-').next().unwrap_or_default().split('.');
    numbers.map_while(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(files: &[&str]) -> (tempfile::TempDir, Machine) {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let machine = Machine {
            folders: vec![root.path().join("bin")],
            extensions: vec![root.path().join("extensions")],
            environment: files
                .contains(&"env/pyvenv.cfg")
                .then(|| root.path().join("env")),
        };
        (root, machine)
    }

    /// The command with the machine's root left out.
    fn command(preset: Preset, files: &[&str]) -> String {
        let (root, machine) = machine(files);
        let words: Vec<String> = preset
            .command(&machine)
            .iter()
            .map(|word| word.to_string_lossy().into_owned())
            .collect();
        words
            .join(" ")
            .replace(&format!("{}/", root.path().display()), "")
    }

    #[test]
    #[cfg(unix)]
    fn adapters_are_found_where_they_lie() {
        for (preset, files, expected) in [
            (
                Preset::Lldb,
                &["bin/lldb-dap-18", "bin/lldb-dap-19"][..],
                "bin/lldb-dap-19",
            ),
            (
                Preset::Lldb,
                &["bin/lldb-dap", "bin/lldb-dap-19"],
                "bin/lldb-dap",
            ),
            (Preset::Lldb, &[], "lldb-dap"),
            (
                Preset::Debugpy,
                &["bin/python3"],
                "bin/python3 -m debugpy.adapter",
            ),
            (
                Preset::Debugpy,
                &["bin/python3", "bin/debugpy-adapter"],
                "bin/debugpy-adapter",
            ),
            (
                Preset::Debugpy,
                &["bin/debugpy-adapter", "env/pyvenv.cfg"],
                "env/bin/python -m debugpy.adapter",
            ),
            (
                Preset::Debugpy,
                &[
                    "bin/python3",
                    "extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/adapter/__main__.py",
                ],
                "bin/python3 extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/adapter",
            ),
            (
                Preset::Debugpy,
                &[
                    "env/pyvenv.cfg",
                    "env/lib/python3.12/site-packages/debugpy/__init__.py",
                    "extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/adapter/__main__.py",
                ],
                "env/bin/python -m debugpy.adapter",
            ),
            (
                Preset::Debugpy,
                &[
                    "env/pyvenv.cfg",
                    "extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/adapter/__main__.py",
                ],
                "env/bin/python extensions/ms-python.debugpy-2025.1/bundled/libs/debugpy/adapter",
            ),
            (
                Preset::Delve,
                &["bin/dlv"],
                "bin/dlv dap --listen=127.0.0.1:0",
            ),
            (
                Preset::Codelldb,
                &[
                    "extensions/vadimcn.vscode-lldb-1.9.2/adapter/codelldb",
                    "extensions/vadimcn.vscode-lldb-1.10.0/adapter/codelldb",
                    "extensions/vadimcn.vscode-lldb-1.11.8/adapter/codelldb",
                ],
                "extensions/vadimcn.vscode-lldb-1.11.8/adapter/codelldb",
            ),
            (
                Preset::Debugpy,
                &[
                    "bin/python3",
                    "extensions/ms-python.debugpy-2025.8.0-linux-x64/bundled/libs/debugpy/adapter/__main__.py",
                    "extensions/ms-python.debugpy-2025.14.1-linux-x64/bundled/libs/debugpy/adapter/__main__.py",
                ],
                "bin/python3 extensions/ms-python.debugpy-2025.14.1-linux-x64/bundled/libs/debugpy/adapter",
            ),
            (Preset::Codelldb, &[], "codelldb"),
            (Preset::Gdb, &[], "gdb -i dap"),
            (
                Preset::Js,
                &["bin/js-debug-adapter"],
                "bin/js-debug-adapter 0 127.0.0.1",
            ),
            (
                Preset::Js,
                &["bin/node"],
                "bin/node dapDebugServer.js 0 127.0.0.1",
            ),
            (
                Preset::Rdbg,
                &["bin/rdbg3.1"],
                "bin/rdbg3.1 --open --host 127.0.0.1 --port 0 --stop-at-load",
            ),
            (Preset::Netcoredbg, &[], "netcoredbg --interpreter=vscode"),
            (
                Preset::Php,
                &[
                    "bin/node",
                    "extensions/xdebug.php-debug-1.35.0/out/phpDebug.js",
                ],
                "bin/node extensions/xdebug.php-debug-1.35.0/out/phpDebug.js",
            ),
            (
                Preset::Php,
                &["bin/php-debug-adapter"],
                "bin/php-debug-adapter",
            ),
            (
                Preset::Cppdbg,
                &["extensions/ms-vscode.cpptools-1.22.0/debugAdapters/bin/OpenDebugAD7"],
                "extensions/ms-vscode.cpptools-1.22.0/debugAdapters/bin/OpenDebugAD7",
            ),
        ] {
            assert_eq!(command(preset, files), expected);
        }
    }
}
