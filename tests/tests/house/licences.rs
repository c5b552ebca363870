//! The licences of everything that ships.

use spdx::{Expression, ParseMode};

use super::{dependencies, none};

/// The licences that deny.toml allows hold for everything that ships; cargo-deny, which reads the same list, is not on
/// every machine.
#[test]
fn what_ships_has_a_licence_that_is_allowed() {
    let rules = super::text("deny.toml").expect("deny.toml is text");
    let rules: toml::Table = toml::from_str(&rules).expect("deny.toml is TOML");
    let allowed: Vec<_> = rules["licenses"]["allow"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let mut refused = Vec::new();
    for package in ["ulid-nu", "ulid-tui", "ulid-dap", "ulid-sql"] {
        let crates = dependencies(package, "{p}|{l}", &["--all-features"]);
        let outside = crates.lines().filter(|line| !is_allowed(line, &allowed));
        refused.extend(outside.map(|line| format!("{package}: {line}")));
    }
    none("no allowed licence", &refused);
}

#[test]
fn a_licence_outside_the_list_is_refused() {
    let allowed = ["MIT", "Zlib"];
    assert!(is_allowed("a v1|GPL-3.0-only OR MIT", &allowed));
    assert!(is_allowed("a v1|MIT/Apache-2.0 (*)", &allowed));
    assert!(!is_allowed("a v1|GPL-3.0-only AND MIT", &allowed));
    assert!(!is_allowed("a v1|", &allowed));
}

/// True if one line of the list, `name|licence`, is satisfied by the allowed licences alone.
fn is_allowed(line: &str, allowed: &[&str]) -> bool {
    // cargo marks what it has listed before.
    let licence = line
        .trim_end_matches(" (*)")
        .rsplit('|')
        .next()
        .unwrap_or_default();
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|one| {
        one.license
            .id()
            .is_some_and(|id| allowed.contains(&id.name))
    })
}
