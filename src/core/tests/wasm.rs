//! The core where JavaScript is the system: `tests/run wasm` runs this in node.
#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use std::collections::HashSet;

use ulid_core::{Timestamp, Ulid, generate::SharedGenerator, ulid};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn ids_are_of_now_differ_and_ascend() {
    // When this was written; no clock that is right is behind it.
    let written = "2026-12-01".parse::<Timestamp>().unwrap();
    let before = Timestamp::now();
    assert!(before > written, "{before}");
    let ids: HashSet<Ulid> = (0..1_000).map(|_| Ulid::generate()).collect();
    assert_eq!(ids.len(), 1_000);
    assert!(
        ids.iter()
            .all(|id| (before..=Timestamp::now()).contains(&id.timestamp()))
    );
    let generator = SharedGenerator::new();
    let ascending: Vec<Ulid> = (0..1_000).map(|_| generator.generate().unwrap()).collect();
    assert!(ascending.is_sorted_by(|a, b| a < b));
}

#[wasm_bindgen_test]
fn text_is_read_and_written() {
    let id = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_eq!("01arz3ndektsv4rrffq69g5fav".parse(), Ok(id));
    assert_eq!(id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    assert_eq!(id.timestamp().to_string(), "2016-07-30T23:54:10.259Z");
    let fault = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<Ulid>().unwrap_err();
    assert_eq!(fault.kind.code(), "overflow");
}
