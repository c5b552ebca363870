//! The calls that allocate nothing, and those that allocate once.

use std::{fmt::Write, hint::black_box};

use allocation_counter::measure;
use ulid_core::{Ulid, generate::SharedGenerator, ulid};

const ID: Ulid = ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV");

fn allocations(mut run: impl FnMut()) -> u64 {
    // What is made once for a thread is made before.
    run();
    measure(run).count_total
}

#[test]
fn reading_printing_and_making_ulids_allocates_nothing() {
    let mut text = String::with_capacity(64);
    let mut json = Vec::with_capacity(64);
    let shared = SharedGenerator::new();
    let calls: [(&str, &mut dyn FnMut()); 8] = [
        ("parse", &mut || {
            assert_eq!("01ARZ3NDEKTSV4RRFFQ69G5FAV".parse(), Ok(ID))
        }),
        ("refuse", &mut || {
            assert!("01ARZ3NDEKTSV4RRFFQ69G5FAU".parse::<Ulid>().is_err())
        }),
        ("text", &mut || {
            assert_eq!(black_box(ID).text(), "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        }),
        ("write", &mut || {
            text.clear();
            assert!(write!(text, "{ID}, {}", ID.timestamp()).is_ok());
        }),
        ("to JSON", &mut || {
            json.clear();
            assert!(serde_json::to_writer(&mut json, &ID).is_ok());
        }),
        ("from JSON", &mut || {
            let read: Option<Ulid> = serde_json::from_str("\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"").ok();
            assert_eq!(read, Some(ID));
        }),
        ("generate", &mut || {
            assert!(black_box(Ulid::generate()) > ID)
        }),
        ("generate in order", &mut || {
            assert!(shared.next_id() < shared.next_id());
            assert!(Ulid::generate_ascending() < Ulid::generate_ascending());
        }),
    ];
    for (name, call) in calls {
        assert_eq!(allocations(call), 0, "{name}");
    }
}

#[test]
fn a_string_of_its_own_is_one_allocation() {
    assert_eq!(allocations(|| drop(black_box(ID.to_string()))), 1);
    assert_eq!(allocations(|| drop(black_box(String::from(ID.text())))), 1);
}
