//! Packages agree with themselves and with one another.

use std::{collections::HashSet, fs, process::Command};

use super::{none, text};

/// The crates and the extensions are released together, so a number tells what works with what.
#[test]
fn the_extensions_have_the_version_of_the_crates() {
    let workspace = workspace();
    let version = workspace["package"]["version"].as_str().unwrap();
    let extension = text("dap/editors/vscode/package.json").expect("the manifest is text");
    let extension: serde_json::Value = serde_json::from_str(&extension).expect("JSON");
    assert_eq!(extension["version"], version);
    let table = |path: &str| -> toml::Table {
        text(path)
            .expect("the manifest is text")
            .parse()
            .expect("TOML")
    };
    assert_eq!(
        table("dap/editors/zed/extension.toml")["version"].as_str(),
        Some(version)
    );
    assert_eq!(
        table("dap/editors/zed/Cargo.toml")["package"]["version"].as_str(),
        Some(version)
    );
}

/// Lists of plugins read the manifest of the plugin alone, and nupm its own.
#[test]
fn the_plugin_states_the_versions_of_the_workspace() {
    let manifest = text("src/plugin/Cargo.toml").expect("the manifest is text");
    let manifest: toml::Table = manifest.parse().expect("TOML");
    let workspace = workspace();
    let version = workspace["package"]["version"].as_str();
    assert_eq!(manifest["package"]["version"].as_str(), version);
    assert_eq!(
        manifest["dependencies"]["nu-plugin"],
        workspace["dependencies"]["nu-plugin"]
    );
    let version = version.expect("a version");
    let nupm = text("src/plugin/nupm.nuon").expect("the manifest is text");
    assert!(nupm.contains(&format!("version: \"{version}\"")), "{nupm}");
    assert!(nupm.contains("type: module") && nupm.contains("name: ulid"));
    // nupm takes the folder of that name
    text("src/plugin/ulid/mod.nu").expect("the module is there");
    let needs = workspace["dependencies"]["nu-plugin"].as_str();
    let needs = needs.expect("a version").trim_start_matches('=');
    let readme = text("src/plugin/README.md").expect("the page is there");
    let minor = version.rsplit_once('.').map_or(version, |(minor, _)| minor);
    let row = format!("| {minor} | {needs} |");
    assert!(
        readme.contains(&row),
        "{row} is not in the table of versions"
    );
}

/// The workflows build with the Rust that Cargo.toml states as the least, and the documents name it.
#[test]
fn one_rust_is_stated_everywhere() {
    let manifest = workspace();
    let least = manifest["package"]["rust-version"].as_str().unwrap();
    let mut others = Vec::new();
    for (path, before) in [
        (".github/workflows/ci.yml", "toolchain install "),
        (".github/workflows/release.yml", "toolchain install "),
        (".github/workflows/publish.yml", "toolchain install "),
        ("README.md", "With Rust "),
    ] {
        let text = text(path).expect("a text of ours");
        let stated: Vec<_> = text.split(before).skip(1).collect();
        assert!(!stated.is_empty(), "{path} states no Rust");
        let wrong = stated.iter().filter(|rest| !rest.starts_with(least));
        others.extend(wrong.map(|rest| format!("{path}: {}", rest.lines().next().unwrap())));
    }
    let table = text("docs/maintenance.md").expect("the document is text");
    let newest = table.lines().rfind(|line| line.starts_with("| 0."));
    others.extend(
        newest
            .filter(|row| !row.contains(&format!("| {least} |")))
            .map(str::to_owned),
    );
    none(&format!("these do not say Rust {least}"), &others);
}

/// cargo-binstall looks for the archive, and in it for the program, where the release puts them.
#[test]
fn the_archive_of_a_release_holds_what_is_promised() {
    let Some(bash) = ulid_tests::tool("bash") else {
        return;
    };
    let programs = ulid_tests::binary("ulid-tui");
    let programs = programs.parent().expect("a folder of programs");
    let name = format!("ulid-toolkit-0.0.0-test-{}", std::process::id());
    let packed = Command::new(bash)
        .arg(ulid_tests::root().join(".github/pack"))
        .arg(programs)
        .arg(&name)
        .output()
        .expect("bash runs");
    assert!(
        packed.status.success(),
        "{}",
        String::from_utf8_lossy(&packed.stderr)
    );
    let archive = ulid_tests::root().join(format!("dist/{name}.tar.gz"));
    let listed = Command::new("tar")
        .arg("-tzf")
        .arg(&archive)
        .output()
        .expect("tar runs");
    fs::remove_file(&archive).expect("the archive goes");
    let listed = String::from_utf8(listed.stdout).expect("names of ours are UTF-8");
    let held: HashSet<_> = listed
        .lines()
        .filter_map(|path| path.strip_prefix(&name))
        .collect();
    let missing: Vec<_> = [
        "/README.md",
        "/LICENSE-MIT",
        "/LICENSE-APACHE",
        "/ulid.nu",
        "/ulid-tui",
        "/ulid-dap",
        "/nu_plugin_ulid",
        "/man/ulid-tui.1",
        "/man/ulid-dap.1",
        "/man/ulid-dap-wrap.1",
        "/man/ulid-dap-inspect.1",
        "/completions/ulid-tui.bash",
        "/completions/ulid-dap.zsh",
        "/completions/ulid-tui.nushell",
        "/completions/ulid-dap.nushell",
    ]
    .iter()
    .filter(|path| !held.contains(**path))
    .map(ToString::to_string)
    .collect();
    none("the archive lacks", &missing);
    let release = text(".github/workflows/release.yml").expect("the workflow is text");
    assert!(release.contains("\"ulid-toolkit-${GITHUB_REF_NAME#v}-$TARGET\""));
    for manifest in ["tui/Cargo.toml", "dap/Cargo.toml", "src/plugin/Cargo.toml"] {
        let text = text(manifest).expect("the manifest is text");
        let manifest: toml::Table = text.parse().expect("TOML");
        let place = &manifest["package"]["metadata"]["binstall"];
        assert_eq!(
            place["bin-dir"].as_str(),
            Some("ulid-toolkit-{ version }-{ target }/{ bin }{ binary-ext }")
        );
        let address = place["pkg-url"].as_str().expect("an address");
        assert!(
            address
                .ends_with("/v{ version }/ulid-toolkit-{ version }-{ target }{ archive-suffix }")
        );
    }
}

/// The part of the root's Cargo.toml that is about the workspace.
fn workspace() -> toml::Table {
    let manifest: toml::Table = text("Cargo.toml")
        .expect("the manifest is text")
        .parse()
        .expect("TOML");
    manifest["workspace"]
        .as_table()
        .expect("a workspace")
        .clone()
}
