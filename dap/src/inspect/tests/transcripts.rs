//! Whole sessions as a client sees them.

use super::*;

#[test]
fn all_that_is_to_see_at_each_kind_of_row() {
    let mut client = Client::of(IDS);
    client.motion("next");
    let mut seen = String::new();
    for frame in 0..client.frames().len() {
        seen += &client.see(frame);
    }
    client.motion("next");
    seen += &client.see(0);
    insta::assert_snapshot!(seen);
}

#[test]
fn columns_of_a_row() {
    let csv = b"when,id,note\n2016,01ARZ3NDEKTSV4RRFFQ69G5FAV,\"a, b\"\n2017,01BX5ZZKBKACTAV9WEVGEMMVRZ,c\n";
    let mut client = Client::of_file("events.csv", csv, json!({}));
    insta::assert_snapshot!(client.see(0));
}
