//! Identifiers whose bytes or characters are rows of their own, as java-debug shows arrays.

use ulid_engine::Ulid;

use super::*;

const TIME: &str = "2016-07-30T23:54:10.259Z";

/// The rows of an array as java-debug 0.51 lists them: numbers as names, bytes with a sign, characters bare.
fn rows(type_name: &str, values: &[String]) -> Value {
    let row = |(number, value): (usize, &String)| json!({"name": number.to_string(), "value": value, "type": type_name, "variablesReference": 0});
    values.iter().enumerate().map(row).collect()
}

fn bytes() -> Vec<String> {
    let id: Ulid = ID.parse().unwrap();
    let signed = id.to_bytes().map(u8::cast_signed);
    signed.iter().map(ToString::to_string).collect()
}

fn characters() -> Vec<String> {
    ID.chars().map(String::from).collect()
}

/// The first of the rows below a variable with a name.
fn first_below(name: &str, rows: &Value) -> String {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    ends.respond(&json!({"scopes": [{"name": "Local", "variablesReference": 4}]}));
    let type_name = format!("{}[]", rows[0]["type"].as_str().unwrap());
    let array = json!({"name": name, "value": "byte[16]@8", "type": type_name, "variablesReference": 9, "indexedVariables": 16});
    assert_eq!(ends.rows(4, &json!([array])), json!([array]));
    let told = ends.rows(9, rows);
    for (row, before) in told
        .as_array()
        .unwrap()
        .iter()
        .zip(rows.as_array().unwrap())
        .skip(1)
    {
        assert_eq!(row, before, "the others stay");
    }
    told[0]["value"].as_str().unwrap().to_owned()
}

#[test]
fn elements_are_told_behind_the_first_of_them() {
    assert_eq!(
        first_below("id", &rows("byte", &bytes())),
        format!("1 ⟶ all 16: {ID} {TIME}")
    );
    // text of that alphabet speaks for itself
    let quoted: Vec<String> = ID.chars().map(|c| format!("'{c}'")).collect();
    for (characters, first) in [(characters(), "0"), (quoted, "'0'")] {
        assert_eq!(
            first_below("buffer", &rows("char", &characters)),
            format!("{first} ⟶ all 26: {ID} {TIME}")
        );
    }
}

#[test]
fn what_is_no_whole_identifier_stays() {
    let cut = |mut values: Vec<String>| {
        values.pop();
        values
    };
    let more = |mut values: Vec<String>| {
        values.push("0".to_owned());
        values
    };
    for (name, type_name, values) in [
        // sixteen bytes of anything
        ("buffer", "byte", bytes()),
        ("id", "int", bytes()),
        ("id", "byte", cut(bytes())),
        ("id", "byte", more(bytes())),
        ("buffer", "char", cut(characters())),
        ("buffer", "char", more(characters())),
        ("id", "byte", vec!["300".to_owned(); 16]),
        ("id", "char", vec!["ab".to_owned(); 26]),
    ] {
        let rows = rows(type_name, &values);
        let first = first_below(name, &rows);
        assert_eq!(first, values[0], "{name} {type_name} {}", values.len());
    }
}

/// The first of two rows below a variable with a name and a type.
fn first_half(name: &str, type_name: &str, halves: &[(&str, &str)]) -> String {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    ends.respond(&json!({"scopes": [{"name": "Local", "variablesReference": 4}]}));
    let value = format!("{type_name} @ 0x7fffffffe1e0");
    let row = json!({"name": name, "value": value, "type": type_name, "variablesReference": 9});
    assert_eq!(ends.rows(4, &json!([row])), json!([row]));
    let row = |(name, value): &(&str, &str)| json!({"name": name, "value": value, "type": "unsigned long", "variablesReference": 0});
    let rows: Vec<Value> = halves.iter().map(row).collect();
    let told = ends.rows(9, &rows.clone().into());
    assert_eq!(told.as_array().unwrap()[1..], rows[1..]);
    told[0]["value"].as_str().unwrap().to_owned()
}

#[test]
fn halves_are_told_behind_the_first_of_them() {
    const HIGH: &str = "96332863914628726";
    const LOW: &str = "5503943799937875291";
    // as lldb-dap 19 shows rusty_ulid and structures of C, and java-debug the halves of a class
    for (name, type_name, halves) in [
        ("b", "rusty_ulid::Ulid", [("__0", HIGH), ("__1", LOW)]),
        ("user_id", "Halves", [("hi", HIGH), ("lo", LOW)]),
        ("x", "Ulid", [("msb", HIGH), ("lsb", LOW)]),
    ] {
        let told = format!("{HIGH} ⟶ all 2: {ID} {TIME}");
        assert_eq!(first_half(name, type_name, &halves), told, "{type_name}");
    }
    let told = first_half("ulid", "Pair", &[("low", LOW), ("high", HIGH)]);
    assert_eq!(told, format!("{LOW} ⟶ all 2: {ID} {TIME}"));
    for (name, type_name, halves) in [
        // nothing says that it is an identifier
        ("range", "Pair", &[("hi", HIGH), ("lo", LOW)][..]),
        ("id", "Point", &[("x", HIGH), ("y", LOW)]),
        ("id", "Range", &[("lower", "1"), ("upper", "20")]),
        ("id", "Half", &[("hi", HIGH)]),
        ("id", "More", &[("hi", HIGH), ("lo", LOW), ("at", "1")]),
    ] {
        assert_eq!(
            first_half(name, type_name, halves),
            halves[0].1,
            "{type_name}"
        );
    }
}

#[test]
fn a_page_of_a_longer_list_is_no_identifier() {
    let mut page = rows("byte", &bytes());
    for (number, row) in page.as_array_mut().unwrap().iter_mut().enumerate() {
        row["name"] = (number + 16).to_string().into();
    }
    assert_eq!(first_below("id", &page), "1");
}

#[test]
fn the_identifier_is_among_those_of_the_frame_and_its_first_element_is_set_as_one() {
    let mut ends = Ends::new();
    ends.request("scopes", &json!({"frameId": 7}));
    let turn = ends.respond(&json!({"scopes": [{"name": "Local", "variablesReference": 4}]}));
    let Fate::Replace(message) = turn.fate else {
        panic!("no scope")
    };
    let ours = parse(&message)["body"]["scopes"][1]["variablesReference"].clone();
    ends.rows(4, &rows("char", &characters()));
    let listed = ends.own_rows(&ours);
    assert_eq!(listed[0]["value"], format!("{ID} ⟶ {TIME}"));
    // what is typed into the row is the element, without what was added
    let turn = ends.set("0", &format!("7 ⟶ all 26: {ID} {TIME}"));
    assert_eq!(forwarded(&turn)["value"], "7");
}
