//! Steps and runs, forwards and backwards, and what they stop at.

use ulid_engine::{Ulid, codec, row::RowSource as _};

use super::*;

#[test]
fn steps_run_both_ways_and_end_at_the_ends() {
    let mut client = Client::of(IDS);
    assert_eq!(client.motion("stepBack"), "step 1");
    assert_eq!(client.motion("next"), "step 2");
    assert_eq!(client.motion("stepBack"), "step 1");
    assert_eq!(client.motion("continue"), "step (End of file) 6");
    assert_eq!(client.frames()[0]["name"], "end of file");
    assert_eq!(client.motion("stepBack"), "step 6");
    assert_eq!(client.motion("reverseContinue"), "entry (Start of file) 1");
    client.motion("continue");
    assert_eq!(client.motion("next"), "terminated");
    assert_eq!(
        client.refused("next", json!({ "threadId": 1 })),
        "notStopped"
    );
}

#[test]
fn steps_into_and_out_of_a_millisecond() {
    let mut client = Client::of(IDS);
    assert_eq!(client.motion("stepIn"), "step 2");
    assert_eq!(
        client.motion("stepIn"),
        "step 3",
        "none follows, so that the next row is meant"
    );
    assert_eq!(
        client.motion("stepOut"),
        "step 4",
        "a row without an ID has no millisecond"
    );
    client.motion("reverseContinue");
    assert_eq!(client.motion("stepOut"), "step 4");
    assert_eq!(client.motion("stepOut"), "step 5");
    assert_eq!(client.motion("stepOut"), "step (End of file) 6");
}

#[test]
fn jumps_to_rows_and_to_the_starts_of_their_times() {
    let mut client = Client::of(IDS);
    let offer = client.ok("gotoTargets", json!({ "source": {}, "line": 2 }));
    let targets = offer["targets"].as_array().unwrap();
    let labels: Vec<&str> = targets
        .iter()
        .map(|target| target["label"].as_str().unwrap())
        .collect();
    assert_eq!(
        labels,
        [
            "row 2",
            "row 1, the first of the millisecond 2017-10-24T01:29:36.371Z"
        ]
    );
    client.ok(
        "goto",
        json!({ "threadId": 1, "targetId": targets[0]["id"] }),
    );
    assert_eq!(client.line(), 2);
    assert_eq!(
        client.refused(
            "goto",
            json!({ "threadId": 1, "targetId": targets[1]["id"] })
        ),
        "the target 1 was not offered, ask for the targets again"
    );
    assert_eq!(
        client.refused("gotoTargets", json!({ "source": {}, "line": 7 })),
        "there is no row on line 7, the file has 6 rows"
    );
    // a jump to the cursor in another file moves nothing here
    let other = json!({ "source": { "path": "/other" }, "line": 2 });
    assert_eq!(client.ok("gotoTargets", other)["targets"], json!([]));
    let other = json!({ "source": { "path": "/other" }, "line": 1, "endLine": 5 });
    assert_eq!(
        client.ok("breakpointLocations", other)["breakpoints"],
        json!([])
    );
}

#[test]
fn an_end_is_told_once() {
    let mut client = Client::of(IDS);
    client.ok("terminate", json!({}));
    client.ok("terminate", json!({}));
    for event in ["exited", "terminated"] {
        let told = client
            .heard
            .iter()
            .filter(|message| message["event"] == event);
        assert_eq!(told.count(), 1, "{event}");
    }
}

#[test]
fn the_hour_of_many_rows_is_known_where_they_are_in_order() {
    let id = |ms: u64| codec::print(Ulid::from_parts(ms, 0).unwrap()).to_string() + "\n";
    let hour = 3_600_000;
    let begin = 1_700_000_000_000 / hour * hour;
    // a row a second: the hour before, the hour itself, the hour after
    let ids: Vec<String> = (0..3 * 3_600)
        .map(|second| id(begin + 1_000 * second))
        .collect();
    let mut client = Client::of(&ids.concat());
    let jump = |client: &mut Client| {
        let offer = client.ok("gotoTargets", json!({ "source": {}, "line": 5_400 }));
        let target = &offer["targets"][0]["id"];
        client.ok("goto", json!({ "threadId": 1, "targetId": target }));
        let frames = client.frames();
        let is_hour = |frame: &&Value| frame["name"].as_str().unwrap().starts_with("hour");
        frames.iter().find(is_hour).unwrap().clone()
    };
    let frame = jump(&mut client);
    assert_eq!(frame["name"], "hour 2023-11-14T23, 3600 rows");
    assert_eq!(
        (&frame["line"], &frame["canRestart"]),
        (&json!(3_601), &json!(true))
    );
    client.ok("restartFrame", json!({ "frameId": frame["id"] }));
    assert_eq!(client.line(), 3_601);
    // where they are not in order, the rows nearby are all that is looked at
    let mut client = Client::of(&(ids.concat() + &id(0)));
    let frame = jump(&mut client);
    assert_eq!(frame["name"], "hour 2023-11-14T23, more than 2001 rows");
    assert_eq!(
        client.refused("restartFrame", json!({ "frameId": frame["id"] })),
        "the first row of this frame is too far away, and the file is not in order"
    );
}

#[test]
fn an_id_put_in_place_counts_in_the_frames_around_it() {
    // three rows of one hour, the middle of which is moved to a day that no other row has
    let ids = ["01BX5ZZKBKACTAV9WEVGEMMVRZ"; 3].join("\n");
    let mut client = Client::of(&(ids + "\n"));
    let names = |client: &mut Client| -> Vec<String> {
        let frames = client.frames();
        let name = |frame: &Value| frame["name"].as_str().unwrap().to_owned();
        frames.iter().skip(1).map(name).collect()
    };
    assert_eq!(
        names(&mut client),
        [
            "millisecond 2017-10-24T01:29:36.371Z, 3 rows",
            "hour 2017-10-24T01, 3 rows",
            "day 2017-10-24, 3 rows",
        ]
    );
    client.motion("next");
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let scope = &scopes["scopes"][0]["variablesReference"];
    client.ok(
        "setVariable",
        json!({ "variablesReference": scope, "name": "id", "value": "01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
    );
    let moved = [
        "millisecond 2016-07-30T23:54:10.259Z, 1 row",
        "hour 2016-07-30T23, 1 row",
        "day 2016-07-30, 1 row",
    ];
    assert_eq!(names(&mut client), moved);
    client.motion("next");
    let alone = names(&mut client);
    assert_eq!(alone.last().unwrap(), "day 2017-10-24, 1 row");
}

#[test]
fn the_last_id_before_many_rows_without_one() {
    let ids = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n".to_owned() + &"none\n".repeat(20_000);
    let mut client = Client::of(&(ids + "01ARZ3NDEKTSV4RRFFQ69G5FAV\n"));
    assert_eq!(client.motion("continue"), "step (End of file) 20002");
    let table = &client.session.program().unwrap().table;
    for at in [1, 2, 5_000, 20_001] {
        assert_eq!(table.survey.without_ids_before(at), 1);
        assert_eq!(table.valid_before(at).unwrap().unwrap().index, 0);
    }
    assert_eq!(table.survey.without_ids_before(20_002), 20_002);
    let mut changed = table.clone();
    changed.put(300, Ulid::from_u128(7));
    assert_eq!(changed.valid_before(5_000).unwrap().unwrap().index, 300);
    assert_eq!(changed.valid_before(300).unwrap().unwrap().index, 0);
}

#[test]
fn frames_begin_again_at_their_first_row() {
    let mut client = Client::of(
        "01BX5ZZKBKACTAV9WEVGEMMVRZ\n01BX5ZZKBMACTAV9WEVGEMMVRZ\n01BX5ZZKBMACTAV9WEVGEMMVS0\n",
    );
    client.motion("next");
    client.motion("next");
    let frames = client.frames();
    let lines: Vec<&Value> = frames.iter().map(|frame| &frame["line"]).collect();
    assert_eq!(lines, [3, 2, 1, 1]);
    client.ok("restartFrame", json!({ "frameId": frames[1]["id"] }));
    assert_eq!(client.line(), 2);
    assert_eq!(
        client.refused("restartFrame", json!({ "frameId": 99 })),
        "there is no frame 99 any more, ask for the stack trace again"
    );
}

#[test]
fn a_restart_takes_in_what_the_file_holds_now() {
    let mut client = Client::of(IDS);
    client.motion("next");
    client.file("ids.txt", b"01ARZ3NDEKTSV4RRFFQ69G5FAV\n");
    client.ok("restart", json!({}));
    assert_eq!(client.line(), 1);
    assert_eq!(client.motion("continue"), "step (End of file) 1");
}

#[test]
fn a_restart_takes_the_configuration_that_it_brings() {
    let csv = b"id,oid\n01ARZ3NDEKTSV4RRFFQ69G5FAV,01BX5ZZKBKACTAV9WEVGEMMVRZ\n";
    let mut client = Client::of_file("t.csv", csv, json!({ "column": "id" }));
    let id =
        |client: &mut Client| client.ok("evaluate", json!({ "expression": "id" }))["result"].take();
    assert_eq!(id(&mut client), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let program = client.folder.path().join("t.csv");
    let restart = |column: &str, stop: bool| json!({ "arguments": { "program": program, "column": column, "stopOnEntry": stop } });
    client.ok("restart", restart("oid", true));
    assert_eq!(id(&mut client), "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    // without any it is as it was last
    client.ok("restart", json!({}));
    assert_eq!(id(&mut client), "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    // what cannot be opened changes nothing
    assert!(
        client
            .refused("restart", restart("nope", true))
            .contains("has no column")
    );
    assert_eq!(id(&mut client), "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    client.ok("restart", json!({ "arguments": { "column": "id" } }));
    assert_eq!(id(&mut client), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let from = client.heard.len();
    client.ok("restart", restart("id", false));
    let stopped = client.heard[from..]
        .iter()
        .find(|message| message["event"] == "stopped");
    assert_eq!(stopped.unwrap()["body"]["description"], "End of file");
    let other = client.file("other.txt", IDS.as_bytes());
    client.ok("restart", json!({ "arguments": { "program": other } }));
    assert_eq!(id(&mut client), "01BX5ZZKBKACTAV9WEVGEMMVRZ");
}
