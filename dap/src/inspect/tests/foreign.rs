//! Files as other programs write them, and such as were cut.

use super::*;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The words in the console, and the exit code, of a program that has run to its end.
fn run_out(client: &mut Client) -> (Vec<String>, i64) {
    for _ in 0..100 {
        if client.motion("continue") == "terminated" {
            break;
        }
    }
    told(client)
}

/// The words in the console, and the exit code.
fn told(client: &Client) -> (Vec<String>, i64) {
    let folder = client.folder.path().to_string_lossy().into_owned();
    let output = |message: &Value| {
        let text = message["body"]["output"].as_str()?;
        Some(text.trim_end().replace(&folder, "…"))
    };
    let exited = client.heard.iter().find(|it| it["event"] == "exited");
    (
        client.heard.iter().filter_map(output).collect(),
        exited.unwrap()["body"]["exitCode"].as_i64().unwrap(),
    )
}

/// An array whose first element stands behind the bracket, as `sqlite3 -json` and `json_agg` of PostgreSQL write it.
#[test]
fn the_first_row_is_on_the_line_of_the_bracket() {
    let row = |number: u8| format!("{{\"n\":{number},\"id\":\"{ID}\"}}");
    let array = format!("[{},\n{},\n{}]\n", row(1), row(2), row(3));
    let mut client = Client::of_file("rows.json", array.as_bytes(), json!({}));
    let frame = client.frames()[0].clone();
    assert_eq!(frame["line"], 1);
    let lines = json!([{ "line": 1 }, { "line": 2 }, { "line": 3 }, { "line": 4 }]);
    let set = json!({ "source": frame["source"], "breakpoints": lines });
    let set = client.ok("setBreakpoints", set);
    let verified = |line: usize| set["breakpoints"][line]["verified"].clone();
    assert_eq!([0, 1, 2, 3].map(verified), [true, true, true, false]);
    client.motion("next");
    assert_eq!(client.motion("reverseContinue"), "breakpoint 1");
}

/// A bracket, titles or a header on lines of their own are no rows.
#[test]
fn what_stands_above_the_first_row_is_not_taken_for_it() {
    let array = format!("[\n  {{\"id\":\"{ID}\"}},\n  {{\"id\":\"{ID}\"}}\n]\n");
    let table = format!("id,n\n{ID},1\n{ID},2\n");
    for (name, text) in [("rows.json", array), ("rows.csv", table)] {
        let mut client = Client::of_file(name, text.as_bytes(), json!({}));
        let frame = client.frames()[0].clone();
        assert_eq!(frame["line"], 2);
        let targets = json!({ "source": frame["source"], "line": 1 });
        let targets = client.request("gotoTargets", targets);
        assert_ne!(targets["body"]["targets"][0]["label"], "row 1", "{targets}");
    }
}

#[test]
fn a_row_of_text_without_an_id_is_no_fault() {
    let log = format!("   request  failed\n\tat a.b.C\n{ID} done\n");
    let mut client = Client::of_file("app.log", log.as_bytes(), json!({}));
    assert_eq!(client.frames()[0]["name"], "no ID: request failed");
    assert!(client.see(0).contains("next: row = no ID: at a.b.C\n"));
    assert_eq!(run_out(&mut client), (Vec::new(), 0));
}

/// A check that passes over what is not there would be none.
#[test]
fn a_file_that_was_cut_is_told_and_ends() {
    let table = format!("id,note\n{ID},\"a\"\n{ID},\"never closed\n{ID},b\n");
    let array = format!("[\n{{\"id\":\"{ID}\"}},\n{{\"id\":\"{ID}\"}}");
    for (name, text, reason) in [
        (
            "cut.csv",
            table,
            "…/cut.csv:3: a quote is opened in this row and never closed, so that all behind it is one row; close it, or \
             read the lines as \"format\": \"text\"",
        ),
        (
            "cut.json",
            array,
            "…/cut.json: ends before its JSON does; it was cut, or is still written, and what is there is read",
        ),
    ] {
        let mut client = Client::of_file(name, text.as_bytes(), json!({}));
        let stop = client.motion("continue");
        let folder = client.folder.path().to_string_lossy().into_owned();
        let stop = stop.replace(&folder, "…");
        assert!(stop.starts_with(&format!("exception ({reason})")), "{stop}");
        assert_eq!(client.frames()[0]["name"], "end of file");
        assert_eq!(run_out(&mut client), (vec![reason.to_owned()], 1));
        let check = json!({ "noDebug": true });
        let client = Client::of_file(name, text.as_bytes(), check);
        assert_eq!(told(&client), (vec![reason.to_owned()], 1));
    }
}

#[test]
fn a_file_without_ids_is_told() {
    for (name, text, words, code) in [
        ("empty.json", "[]", "the file has no rows", 0),
        ("head.csv", "id,name\n", "the file has no rows", 0),
        ("prose.txt", "hello world\nno more\n", "no row has an ID", 0),
        (
            "table.csv",
            "a,b\n1,2\n3,4\n",
            "no row of the file has an ID; \"format\", \"column\" and \"spelling\" say how it is read",
            1,
        ),
    ] {
        let mut client = Client::of_file(name, text.as_bytes(), json!({}));
        let (told, found) = run_out(&mut client);
        assert_eq!((told[0].as_str(), found), (words, code), "{name}");
    }
}

/// Whatever the engine advises is told in words that a launch configuration has.
#[test]
fn no_advice_names_an_option_of_a_command_line() {
    let guids = "3A3E5601-D3B5-0271-8304-05060708090A\n3A3E5601-D5B5-0372-8405-060708090A0B\n";
    let elsewhere = format!("id,note\nx,of {ID}\ny,of {ID}\n");
    for (text, settings, words) in [
        (
            format!("[{}]\n", [ID; 8].join(" ")),
            json!({}),
            "of each row the first is its ID",
        ),
        (guids.to_owned(), json!({}), "try \"spelling\": \"guid\""),
        (
            elsewhere,
            json!({ "column": "id" }),
            "try \"format\": \"text\"",
        ),
    ] {
        let mut client = Client::of_file("x", text.as_bytes(), settings);
        let (told, _) = run_out(&mut client);
        let told = told.join("\n");
        assert!(told.contains(words), "{words}: {told}");
        assert!(
            !told.contains(" --") && !told.contains("ulid-tui"),
            "{told}"
        );
    }
}

#[test]
fn a_file_of_another_kind_is_refused_with_what_a_setting_can_do() {
    let mut client = Client::new();
    let file = client.file("ids.txt.xz", b"\xFD7zXZ\0 and so on");
    assert_eq!(
        client.refused("launch", json!({ "program": file })),
        "…/ids.txt.xz: is compressed by xz, which is not read; unpack it on the way: xz -dc FILE; a \"command\" brings \
         what that prints"
    );
}
