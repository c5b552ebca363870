//! Columns of other files beside rows: `--join`, and `lookup` in expressions.

use std::{fs, path::Path};

use super::reports::{browser, stdout};

const ROWS: &str = "\
id,user,took
01KDVDN9GC0000000000000001,7,12
01KDVDNA000000000000000002,8,250
01KDVDNA000000000000000003,9,31
";

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A broken ID is written as it stands, also where the columns are one's own.
#[test]
fn columns_that_are_asked_for_keep_the_text_of_a_broken_id() {
    let folder = tempfile::tempdir().unwrap();
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let events = format!("id,n\n{id},1\n01ARZ!,2\n,3\n");
    let users = write(folder.path(), "users.csv", &format!("id,name\n{id},Ada\n"));
    let ids = |arguments: &[&str]| -> Vec<String> {
        let printed = ["--format", "csv", "--print", "jsonl"];
        let text = stdout(&[arguments, &printed].concat(), &events);
        let object = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
        text.lines()
            .map(|line| object(line)["id"].to_string())
            .collect()
    };
    for arguments in [
        &["--columns", "id, n"][..],
        &["--columns", "id, duplicate"],
        &["--join", &users],
    ] {
        assert_eq!(
            ids(arguments),
            [
                format!("\"{id}\""),
                "\"01ARZ!\"".to_owned(),
                "null".to_owned()
            ],
            "{arguments:?}"
        );
    }
}

#[test]
fn columns_of_another_file_stand_beside_each_row() {
    let folder = tempfile::tempdir().unwrap();
    // the column with the IDs is found, and they may be spelled in another way
    let by_id = write(
        folder.path(),
        "notes.jsonl",
        "{\"ref\":\"01kdvdna000000000000000003\",\"note\":\"late, \\\"very\\\"\"}\n\
         {\"ref\":\"01kdvdn9gc0000000000000001\",\"note\":\"first\"}\n",
    );
    let users = write(
        folder.path(),
        "users.csv",
        "user,name,took\n9,Ada,x\n7,Bob,y\n7,Eve,z\n",
    );
    let joined = |join: &[&str], columns: &str| {
        let joins = join.iter().flat_map(|file| ["--join", file]);
        let others = ["--columns", columns, "--print", "csv"];
        stdout(&joins.chain(others).collect::<Vec<&str>>(), ROWS)
    };
    assert_eq!(
        joined(&[&format!("{users}:user")], "user,took"),
        "user,took,name,took_\n7,12,Bob,y\n8,250,,\n9,31,Ada,x\n"
    );
    assert_eq!(
        joined(&[&by_id, &format!("{users}:user")], "row"),
        "row,note,name,took\n1,first,Bob,y\n2,,,\n3,\"late, \"\"very\"\"\",Ada,x\n"
    );
}

#[test]
fn what_is_left_out_or_cannot_be_joined_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let users = write(folder.path(), "users.csv", "user,name\n7,Bob\n7,Eve\n");
    let told = |arguments: &[&str]| {
        let output = browser(arguments, ROWS);
        String::from_utf8(output.stderr).unwrap()
    };
    let by_user = format!("{users}:user");
    assert!(
        told(&["--join", &by_user]).contains("1 of its rows have a key that an earlier one has")
    );
    assert!(told(&["--join", &users]).contains("there is no ID in it"));
    let wrong = format!("{users}:usr");
    assert!(
        told(&["--join", &wrong])
            .starts_with("ulid-tui: --join: there is no field or column \"usr\"")
    );
    assert!(told(&["--join", &by_user, "--count-by", "user"]).contains("lookup()"));
    let named = told(&["--join", &by_user, "--columns", "user,name"]);
    assert!(named.contains("lookup("), "{named}");
}

#[test]
fn a_column_of_another_file_is_a_value_like_any_other() {
    let folder = tempfile::tempdir().unwrap();
    let users = write(
        folder.path(),
        "users.csv",
        "user,name\n7,Bob\n9,Ada\n8,Bob\n",
    );
    let name = format!("lookup(\"{users}:user\", user, \"name\")");
    let count = ["--count-by", &format!("name={name}"), "--print", "csv"];
    assert_eq!(stdout(&count, ROWS), "name,count\nBob,2\nAda,1\n");
    let filter = [
        "--filter",
        &format!("{name} == \"Ada\""),
        "--columns",
        "user",
        "--print",
        "csv",
    ];
    assert_eq!(stdout(&filter, ROWS), "user\n9\n");
}
