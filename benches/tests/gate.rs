//! The gate must be able to fail: against a baseline of half the instructions it does.

use std::{fs, path::Path, process::Command};

use ulid_benches::gate::{FILE, Thresholds, has_valgrind};

#[test]
fn half_the_baseline_fails_and_twice_passes() {
    if !has_valgrind() {
        assert!(std::env::var_os("CI").is_none(), "valgrind is missing");
        eprintln!("NOT RUN: the gate on instruction counts: valgrind is missing");
        return;
    }
    // An unoptimised build has counts of its own.
    let counts = Command::new(env!("CARGO_BIN_EXE_gate"))
        .args(["print one"])
        .output()
        .unwrap();
    let says = String::from_utf8_lossy(&counts.stdout);
    let thresholds = Thresholds::read(Path::new(FILE)).unwrap();
    let mut measured = Vec::new();
    for kernel in ["scalar", "avx2"] {
        let start = format!("print one, {kernel}: ");
        let count = says.split_once(&start).map(|(_, rest)| rest);
        let Some(count) = count.and_then(|rest| rest.split(' ').next()) else {
            continue;
        };
        measured.push((kernel, count.parse::<f64>().unwrap()));
    }
    assert!(!measured.is_empty(), "{says}");
    for (times, succeeds) in [(0.5, false), (2.0, true)] {
        let mut text = format!(
            "[instructions]\nwarn = {}\nfail = {}\n",
            thresholds.warn, thresholds.fail
        );
        for (kernel, count) in &measured {
            let baseline = times * count;
            text += &format!("[instructions.baseline.{kernel}]\n\"print one\" = {baseline:.1}\n");
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        let status = Command::new(env!("CARGO_BIN_EXE_gate"))
            .arg("--thresholds")
            .arg(file.path())
            .arg("print one")
            .status()
            .unwrap();
        assert_eq!(status.success(), succeeds, "{times} times what was counted");
    }
}
