//! Rooms of a crate, which depend on one another in one direction.

use std::collections::{BTreeMap, BTreeSet};

use super::{text, tracked};

/// Folders of rooms: the crates, and the two halves of the adapter, which are as large as crates.
const FOLDERS: [&str; 8] = [
    "src/core/src",
    "src/engine/src",
    "src/plugin/src",
    "src/sql/src",
    "tui/src",
    "dap/src",
    "dap/src/wrap",
    "dap/src/inspect",
];

/// The rooms that each room names.
type Rooms = BTreeMap<String, BTreeSet<String>>;

#[test]
fn rooms_depend_on_one_another_in_one_direction() {
    for folder in FOLDERS {
        let rooms = rooms_of(folder);
        if rooms.is_empty() {
            return; // no checkout
        }
        assert_eq!(in_rings(&rooms), [""; 0], "rooms of {folder} in a ring");
    }
}

#[test]
fn a_ring_is_seen() {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let file = "use crate::{\n    b::{Thing, c},\n    text,\n};\n// crate::never\nfn f() { crate::d::g(); }\n#[cfg(test)]\nmod tests { use crate::e; }\n";
    assert_eq!(
        names_in(file, &["crate::".to_owned()]),
        named(&["b", "d", "text"])
    );
    // from within a room, the others are also reached upwards
    let file = "use super::super::{d, e::Thing};\nuse super::never;\nuse crate::half::f::g;\nuse crate::never;\n";
    let ways = ways_out("dap/src/half", "dap/src/half/a/b.rs");
    assert_eq!(names_in(file, &ways), named(&["d", "e", "f"]));
    let handed_out =
        handed_out("mod a;\npub use a::{Thing, other::Other};\npub(crate) use b::One;\n");
    let expected = [("Thing", "a"), ("Other", "a"), ("One", "b")]
        .map(|(name, room)| (name.to_owned(), room.to_owned()));
    assert_eq!(handed_out, expected.into());
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

/// The rooms of a folder, without tests: a room is a file or a folder right in it.
fn rooms_of(folder: &str) -> Rooms {
    let tracked = tracked().unwrap_or_default();
    let root = format!("{folder}/mod.rs");
    let root = tracked.contains(&root).then(|| text(&root)).flatten();
    let handed_out = handed_out(&root.unwrap_or_default());
    let mut rooms = Rooms::new();
    for path in tracked {
        let inner = path
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'));
        let Some(inner) = inner.filter(|inner| inner.ends_with(".rs")) else {
            continue;
        };
        let room = inner
            .split('/')
            .next()
            .unwrap_or(inner)
            .trim_end_matches(".rs");
        let is_test = inner.ends_with("tests.rs") || inner.contains("/tests/");
        if !is_test && !["lib", "main", "bin", "mod", "tests"].contains(&room) {
            let names = names_in(&text(&path).unwrap_or_default(), &ways_out(folder, &path));
            let names = names
                .into_iter()
                .map(|name| handed_out.get(&name).cloned().unwrap_or(name));
            rooms.entry(room.to_owned()).or_default().extend(names);
        }
    }
    let known: BTreeSet<String> = rooms.keys().cloned().collect();
    for (room, names) in &mut rooms {
        names.retain(|name| known.contains(name) && name != room);
    }
    rooms
}

/// Beginnings of the paths that lead from a file to the rooms of a folder: from the crate's root, and upwards.
fn ways_out(folder: &str, path: &str) -> Vec<String> {
    let half = folder
        .split_once("/src/")
        .map_or(String::new(), |(_, half)| format!("{half}::"));
    let inner = path[folder.len() + 1..]
        .trim_end_matches(".rs")
        .trim_end_matches("/mod");
    let upwards = "super::".repeat(inner.split('/').count());
    vec![format!("crate::{half}"), upwards]
}

/// Names that the root of a folder gives out from its rooms, with these rooms.
fn handed_out(root: &str) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for statement in root
        .split(';')
        .filter_map(|statement| statement.split("use ").nth(1))
    {
        let Some((room, paths)) = statement.split_once("::") else {
            continue;
        };
        let paths = paths.trim_matches(['{', '}', '\n', ' ']).split(',');
        let last = |path: &str| {
            path.rsplit("::")
                .next()
                .map(|name| name.trim_matches(['{', '}', ' ', '\n']).to_owned())
        };
        names.extend(paths.filter_map(last).map(|name| (name, room.to_owned())));
    }
    names
}

/// The names right behind paths that begin so in a file, without its comments and tests.
fn names_in(file: &str, ways: &[String]) -> BTreeSet<String> {
    let code = file.split("#[cfg(test)]\nmod ").next().unwrap_or(file);
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut names = BTreeSet::new();
    for way in ways {
        for (at, begin) in code.match_indices(way.as_str()) {
            let rest = &code[at + begin.len()..];
            let goes_on = way.starts_with("super")
                && (rest.starts_with("super::") || code[..at].ends_with("super::"));
            match rest.strip_prefix('{') {
                _ if goes_on => {}
                Some(list) => names.extend(outer_names(list)),
                None => names.extend(first_name(rest)),
            }
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
