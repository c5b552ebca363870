//! Support as it is promised: labels, forms and responses fit together.

use std::collections::BTreeSet;

use super::{none, text, tracked};

/// The labels of a line such as `- { name: "a b", color: d73a4a, description: "…" }`.
fn labels() -> BTreeSet<String> {
    let listed = text(".github/labels.yml").expect("the list is text");
    let lines = listed.lines().filter(|line| line.starts_with("- "));
    let named = lines.map(|line| {
        let name = line.strip_prefix("- { name: ").expect(line);
        let (name, rest) = name.split_once(", color: ").expect(line);
        let (color, said) = rest.split_once(", description: \"").expect(line);
        assert!(color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit()));
        // a forge takes no more
        assert!(said.trim_end_matches("\" }").len() <= 100, "{line}");
        name.trim_matches('"').to_owned()
    });
    let names: Vec<String> = named.collect();
    let different: BTreeSet<String> = names.iter().cloned().collect();
    assert_eq!(names.len(), different.len(), "a label stands there twice");
    different
}

#[test]
fn every_label_that_is_given_is_on_the_list() {
    let Some(files) = tracked() else { return };
    let known = labels();
    let mut unknown = Vec::new();
    for path in files
        .iter()
        .filter(|path| path.starts_with(".github/ISSUE_TEMPLATE/"))
    {
        let form = text(path).expect("a form is text");
        let given = form.lines().find_map(|line| line.strip_prefix("labels: ["));
        let given = given.unwrap_or_default().trim_end_matches(']').split(", ");
        let lacking = given.filter(|label| !label.is_empty() && !known.contains(*label));
        unknown.extend(lacking.map(|label| format!("{path}: {label}")));
    }
    let responses = text("docs/responses.md").expect("the responses are text");
    let rows = responses.lines().filter(|line| line.starts_with("| "));
    for row in rows.skip(1) {
        let label = row.trim_end_matches('|').rsplit('|').next();
        let label = label.unwrap_or_default().trim();
        if !label.is_empty() && !known.contains(label) {
            unknown.push(format!("docs/responses.md: {label}"));
        }
    }
    none("labels of no list", &unknown);
}

#[test]
fn forms_ask_for_what_the_programs_say_of_themselves() {
    for form in ["bug", "performance"] {
        let path = format!(".github/ISSUE_TEMPLATE/{form}.yml");
        let form = text(&path).expect("a form is text");
        for command in ["ulid-tui --version", "ulid-dap --version", "ulid info"] {
            assert!(form.contains(command), "{path} does not ask for {command}");
        }
    }
}
