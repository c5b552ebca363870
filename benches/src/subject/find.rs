//! ULIDs anywhere in text.

use std::{hint::black_box, rc::Rc};

use regex::bytes::Regex;
use ulid_engine::{
    codec::{Kernel, Text},
    find::{self, Options},
};

use super::{READ, Work, codec::keys, ours, read_all};
use crate::Group;

/// A text from one end to the other.
pub const STREAMING: &[Work] = &[
    Work::new("find and decode in JSON lines", find_in_json),
    Work::new("find and decode in CSV", find_in_csv),
];

/// Lines of a text, of which none fits a cache.
const LINES: usize = 600_000;
const REGEX: &str = "regex, positions only";

fn find_in_json(group: Group) -> Group {
    find_in(group, |id, line| {
        format!(
            "{{\"id\":\"{id}\",\"level\":\"info\",\"service\":\"checkout\",\"line\":{line:07},\
             \"message\":\"payment accepted and order forwarded to the warehouse for dispatch\",\
             \"duration_ms\":{:03}}}\n",
            line % 997
        )
    })
}

fn find_in_csv(group: Group) -> Group {
    find_in(group, |id, line| {
        format!(
            "{line:07},{id},customer@example.org,2026-01-15T08:00:00Z,{:06}.00,EUR\n",
            line % 99_991
        )
    })
}

fn find_in(group: Group, line: impl Fn(Text, usize) -> String) -> Group {
    let ids = keys(LINES);
    let text: String = (0..)
        .zip(&ids)
        .map(|(number, &key)| {
            line(
                Kernel::active().print(ulid_engine::Ulid::from_u128(key)),
                number,
            )
        })
        .collect();
    let text: Rc<[u8]> = text.into_bytes().into();
    let mut group = group
        .operations(LINES)
        .bytes(text.len() as f64 / LINES as f64);
    let sum = ids.iter().fold(0_u128, |sum, &key| sum.wrapping_add(key));
    let bytes = text.clone();
    group = group.case(READ, move || {
        black_box(read_all(black_box(&bytes)));
    });
    for kernel in Kernel::available() {
        let text = text.clone();
        group = group.case(ours(kernel.name()), move || {
            let mut found = 0_u128;
            find::each_by(kernel, black_box(&text), Options::default(), |hit| {
                found = found.wrapping_add(hit.id.to_u128());
            });
            assert_eq!(found, sum);
        });
    }
    if let Ok(pattern) = Regex::new(r"(?-u)\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b") {
        group = group.case(REGEX, move || {
            assert_eq!(pattern.find_iter(black_box(&text)).count(), LINES);
        });
    }
    // `regex` stands beside it without an aim: how much faster one can be is what reading the bytes allows
    group.aim(&ours("avx512"), READ, 0.6)
}
