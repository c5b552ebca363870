//! A program that holds the same ULID in every shape that Rust programs use.

mod ulid {
    pub struct Ulid(pub u128);
}

struct Record {
    id: ulid::Ulid,
    raw: [u8; 16],
}

fn main() {
    let text = String::from("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    let slice: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let number_id: u128 = 0x01563e3ab5d3d6764c61efb99302bd5b;
    let value = ulid::Ulid(number_id);
    let raw_id = number_id.to_be_bytes();
    let listed = vec![ulid::Ulid(number_id), ulid::Ulid(number_id + 1)];
    let record = Record { id: ulid::Ulid(number_id), raw: raw_id };
    let total = number_id;
    println!("ready {text} {slice}"); // break here
    println!("{} {} {} {} {} {}", value.0, raw_id[0], listed[1].0, record.id.0, record.raw[0], total);
}
