//! Features that would change what a program prints because it depends on a library of ours.

use super::dependencies;

/// `serde_json` sorts the names of an object or keeps their order, for a whole program, as soon as one crate in it asks for
/// the order. The programs may ask; the libraries that others build on may not.
#[test]
fn the_libraries_turn_on_nothing_that_changes_what_others_print() {
    for library in ["ulid-core", "ulid-engine"] {
        let tree = dependencies(library, "{p} {f}", &["--all-features"]);
        let features: Vec<_> = tree
            .lines()
            .filter(|line| line.starts_with("serde_json "))
            .collect();
        assert!(!features.is_empty(), "{library} has serde_json: {tree}");
        for line in features {
            for changing in ["preserve_order", "arbitrary_precision", "float_roundtrip"] {
                assert!(!line.contains(changing), "{library}: {line}");
            }
        }
    }
}
