//! `ulid open --msgpack`: the rows that come as values, by another way.

use std::{fs, io::Write as _};

use super::harness::{check, check_errors, expected, quoted};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[test]
fn rows_as_messagepack_are_those_that_come_as_values() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).expect("a file is written");
    };
    let object = |id: &str, n: usize| {
        format!(
            "{{\"id\":\"{id}\",\"n\":{n},\"f\":0.5,\"b\":true,\"z\":null,\"o\":{{\"k\":[1,\"x\",{{}}]}},\"big\":-9223372036854775808}}\n"
        )
    };
    let objects: String = (0..5_000).map(|n| object(ID, n)).collect();
    // the last ID of all lies past what Nushell computes with
    let last = object("7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 5_000);
    write("u.jsonl", (objects + &last + "no json\n").as_bytes());
    write(
        "u.csv",
        format!("id,n,s\n{ID},1.50,Ä\nnone,,\"a,b\"\n").as_bytes(),
    );
    let records: Vec<u8> = (0..3_u128)
        .flat_map(|n| (1_700_000_000_000 << 80 | n).to_be_bytes())
        .collect();
    write("e.bin", &records);
    write("empty.csv", b"");
    let go = format!("cd {}", quoted(folder.path()));
    let read = "from msgpack --objects";
    let alike =
        |open: &str| format!("{go}; ({open} --msgpack | {read} | to nuon) == ({open} | to nuon)");
    check(&[
        (&alike("ulid open u.jsonl"), "true"),
        (&alike("ulid open u.csv"), "true"),
        (&alike("ulid open u.csv --no-infer"), "true"),
        (&alike("ulid open e.bin"), "true"),
        (&alike("ulid open empty.csv"), "true"),
        (
            &alike("ulid open u.jsonl --sort --reverse --filter 'n > 4990'"),
            "true",
        ),
        (
            &alike("ulid open u.jsonl --columns 'n, time, twice=n*2'"),
            "true",
        ),
        (
            &format!("{go}; ulid open u.csv --columns since_previous --msgpack | {read} | get 0"),
            "{since_previous: null}",
        ),
        (
            &format!(
                "{go}; ulid open u.csv --msgpack | save a.msgpack; open a.msgpack --raw | {read} | length"
            ),
            "2",
        ),
    ]);
}

#[test]
fn damage_ends_messagepack_with_an_error_that_keeps_its_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    gzip.write_all(format!("{ID}\n").repeat(60_000).as_bytes())
        .expect("memory takes it");
    let gzip = gzip.finish().expect("memory takes it");
    fs::write(folder.path().join("cut.gz"), &gzip[..gzip.len() / 2]).expect("a file is written");
    let go = format!("cd {}", quoted(folder.path()));
    let code = format!("{go}; ulid open cut.gz --msgpack | save --force rows.msgpack");
    let at = "ulid open";
    check_errors(&[expected(
        Box::leak(code.into_boxed_str()),
        "file",
        at,
        "incomplete deflate stream",
        "what came before this place was read",
    )]);
    // what came before the damage is there
    check(&[(
        &format!("{go}; open --raw rows.msgpack | from msgpack --objects | length | $in > 10_000"),
        "true",
    )]);
}
