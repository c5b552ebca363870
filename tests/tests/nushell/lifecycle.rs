//! Installing the plugin, stopping it, starting it again.

use super::harness::{bare, command};

#[test]
fn it_is_added_and_used_as_the_guide_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = folder.path().join("plugins.msgpackz");
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let quoted =
        |path: &std::path::Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let run = |code: String| {
        let output = bare()?
            .args(["--commands", &code])
            .output()
            .expect("nu starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Some(text)
    };
    let add = format!(
        "plugin add --plugin-config {} {}",
        quoted(&registry),
        quoted(&plugin)
    );
    if run(add).is_none() {
        return;
    }
    let listed = run(format!(
        "plugin use --plugin-config {} ulid\nprint (ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV) (plugin list | get 0.name) (ulid info).transport",
        quoted(&registry)
    ));
    assert_eq!(listed.as_deref(), Some("true\nulid\nlocal socket\n"));
}

#[test]
fn it_is_stopped_and_starts_again() {
    let code = "print (ulid validate 01ARZ3NDEKTSV4RRFFQ69G5FAV); plugin stop ulid
        print (plugin list | get 0.status); print (ulid generate -c 3 | length) (plugin list | get 0.status)";
    let Some(mut nu) = command(code) else {
        return;
    };
    let output = nu.output().expect("nu starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "true\nloaded\n3\nrunning\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_family_shows_its_help() {
    super::harness::check(&[
        ("ulid | str contains 'ulid generate'", "true"),
        ("help ulid parse | str contains 'datetime'", "true"),
        (
            "help commands | where command_type == plugin | get name | 'ulid parse' in $in",
            "true",
        ),
    ]);
}
