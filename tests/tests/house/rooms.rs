//! Rooms of a crate, which depend on one another in one direction.

use std::collections::{BTreeMap, BTreeSet};

use super::{text, tracked};

/// The rooms of each crate that depend on one another in a ring. A ring is there to be opened: a room that leaves it is
/// taken off this list, and none may come to it.
const RINGS: &[(&str, &[&str])] = &[
    ("src/core", &[]),
    ("src/engine", &["dataset", "query", "row"]),
    ("src/plugin", &[]),
    ("src/sql", &[]),
    ("tui", &[]),
    ("dap", &[]),
];

/// The rooms that each room names.
type Rooms = BTreeMap<String, BTreeSet<String>>;

#[test]
fn rooms_depend_on_one_another_in_one_direction() {
    for (folder, known) in RINGS {
        let rooms = rooms_of(folder);
        if rooms.is_empty() {
            return; // no checkout
        }
        assert_eq!(in_rings(&rooms), *known, "rooms of {folder} in a ring");
    }
}

#[test]
fn a_ring_is_seen() {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let file = "use crate::{\n    b::{Thing, c},\n    text,\n};\n// crate::never\nfn f() { crate::d::g(); }\n#[cfg(test)]\nmod tests { use crate::e; }\n";
    assert_eq!(names_in(file), named(&["b", "d", "text"]));
    let ring = |edges: &[(&str, &[&str])]| {
        let rooms: Rooms = edges
            .iter()
            .map(|(room, names)| ((*room).to_owned(), named(names)))
            .collect();
        in_rings(&rooms).join(" ")
    };
    assert_eq!(ring(&[("a", &["b"]), ("b", &["c"]), ("c", &[])]), "");
    assert_eq!(
        ring(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"]), ("d", &["a"])]),
        "b c"
    );
    assert_eq!(
        ring(&[("a", &["b"]), ("b", &["c"]), ("c", &["a"])]),
        "a b c"
    );
}

/// The rooms of a crate, without tests: a room is a file or a folder right under `src`.
fn rooms_of(folder: &str) -> Rooms {
    let prefix = format!("{folder}/src/");
    let mut rooms = Rooms::new();
    for path in tracked().unwrap_or_default() {
        let Some(inner) = path
            .strip_prefix(&prefix)
            .filter(|inner| inner.ends_with(".rs"))
        else {
            continue;
        };
        let room = inner
            .split('/')
            .next()
            .unwrap_or(inner)
            .trim_end_matches(".rs");
        let is_test = inner.ends_with("tests.rs") || inner.contains("/tests/");
        if !is_test && !["lib", "main", "bin"].contains(&room) {
            let names = names_in(&text(&path).unwrap_or_default());
            rooms.entry(room.to_owned()).or_default().extend(names);
        }
    }
    let known: BTreeSet<String> = rooms.keys().cloned().collect();
    for (room, names) in &mut rooms {
        names.retain(|name| known.contains(name) && name != room);
    }
    rooms
}

/// The names right behind `crate::` in a file, without its comments and tests.
fn names_in(file: &str) -> BTreeSet<String> {
    let code = file.split("#[cfg(test)]\nmod ").next().unwrap_or(file);
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for (at, begin) in code.match_indices("crate::") {
        let rest = &code[at + begin.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(outer_names(list)),
            None => names.extend(first_name(rest)),
        }
    }
    names
}

/// The first names of the paths of a list in braces, up to the brace that closes it.
fn outer_names(list: &str) -> Vec<String> {
    let (mut depth, mut outer) = (1, String::new());
    for letter in list.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            letter if depth == 1 => outer.push(letter),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    outer.split(',').filter_map(first_name).collect()
}

fn first_name(path: &str) -> Option<String> {
    let path = path.trim_start();
    let end = path
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(path.len());
    (end > 0).then(|| path[..end].to_owned())
}

/// The rooms from which a way leads back to themselves.
fn in_rings(rooms: &Rooms) -> Vec<&str> {
    let leads_back = |room: &&String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = rooms[*room].iter().collect();
        while let Some(name) = next.pop() {
            if seen.insert(name) {
                next.extend(rooms.get(name).into_iter().flatten());
            }
        }
        seen.contains(*room)
    };
    rooms
        .keys()
        .filter(leads_back)
        .map(String::as_str)
        .collect()
}
