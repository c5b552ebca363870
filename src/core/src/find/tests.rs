//! The finder beside a regular expression that is tried at every byte, on every kernel and however the text is cut.

use std::sync::LazyLock;

use proptest::prelude::*;
use regex::bytes::Regex;

use super::*;
use crate::{Reading, codec};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The rules as a regular expression, tried at every byte, for the `regex` crate does not look around.
fn oracle(text: &[u8], options: Options) -> Vec<Found> {
    static HERE: LazyLock<Regex> = LazyLock::new(|| {
        let upper = "[0-7][0-9A-HJKMNP-TV-Z]{25}";
        let lower = "[0-7][0-9a-hjkmnp-tv-z]{25}";
        let pattern = format!(r"(?-u)^(?:{upper}|{lower})(?:[^0-9A-Za-z_-]|$)");
        Regex::new(&pattern).unwrap()
    });
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)\x1b(?:\[(?:[0-9]{0,5}[:;<=>?])*[0-9]{0,5}[A-Za-z]|[(-+][0-~]|[0-Z\\-~])")
            .unwrap()
    });
    let escapes: Vec<_> = ESCAPE
        .find_iter(text)
        .map(|escape| escape.range())
        .filter(|escape| escape.len() <= 64)
        .collect();
    (0..text.len())
        .filter(|&at| !escapes.iter().any(|escape| escape.contains(&at)))
        .filter(|&at| {
            at == 0
                || !text[at - 1].is_ascii_alphanumeric()
                || escapes.iter().any(|escape| escape.end == at)
        })
        .filter(|&at| text[at].is_ascii_digit() && HERE.is_match(&text[at..]))
        .map(|at| Found {
            offset: at as u64,
            id: codec::parse(&text[at..at + 26], Reading::Strict).unwrap(),
        })
        .filter(|found| (options.earliest..=options.latest).contains(&Timestamp::of(found.id)))
        .collect()
}

/// The ULIDs that every kernel finds, which are the same.
fn by_all_kernels(text: &[u8]) -> Vec<Found> {
    let by = |kernel| {
        let mut found = Vec::new();
        each_by(kernel, text, Options::default(), |hit| found.push(hit));
        found
    };
    let expected = by(Kernel::SCALAR);
    for kernel in Kernel::available() {
        assert_eq!(by(kernel), expected, "{kernel}");
    }
    expected
}

fn in_chunks(text: &[u8], chunks: impl IntoIterator<Item = usize>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut finder = Finder::new(Options::default());
    let mut rest = text;
    for length in chunks {
        let (chunk, behind) = rest.split_at(length.min(rest.len()));
        finder.feed(chunk, |hit| found.push(hit));
        rest = behind;
    }
    finder.feed(rest, |hit| found.push(hit));
    finder.finish(|hit| found.push(hit));
    found
}

fn check(text: &str, offsets: &[u64]) {
    let found = all(text.as_bytes(), Options::default());
    let starts: Vec<u64> = found.iter().map(|found| found.offset).collect();
    assert_eq!(starts, offsets, "{text:?}");
    assert_eq!(
        found,
        oracle(text.as_bytes(), Options::default()),
        "{text:?}"
    );
}

#[test]
fn what_is_found_and_what_not() {
    check(ID, &[0]);
    check(&ID.to_lowercase(), &[0]);
    check(&format!("user_{ID}"), &[5]);
    check(&format!("user-{ID}"), &[5]);
    check(&format!("{ID},{ID}\n{ID}"), &[0, 27, 54]);
    check(&format!("{{\"id\":\"{ID}\"}}"), &[7]);
    check(&format!("é{ID}é"), &[2]);
    check(&format!("\0{ID}\0"), &[1]);
    check("70000000000000000000000000", &[0]);
    check("80000000000000000000000000", &[]);
    check("01ARZ3NDEKTSV4RRFFQ69G5FAv", &[]);
    check("01ARZ3NDEKTSV4RRFFQ69G5FAU", &[]);
    check("01ARZ3NDEKTSV4RRFFQ69G5FA", &[]);
    check(&format!("{ID}0"), &[]);
    check(&format!("0{ID}"), &[]);
    check(&format!("{ID}_x"), &[]);
    check(&format!("{ID}-x"), &[]);
    check(&format!("{ID}{ID}"), &[]);
    check("d41d8cd98f00b204e9800998ecf8427e", &[]);
    check("da39a3ee5e6b4b0d3255bfef95601890afd80709", &[]);
    check(
        "The quick brown fox jumps over the lazy dog. Uncharacteristically incomprehensible!",
        &[],
    );
    check("", &[]);
}

/// As `grep --color`, `jq -C`, `ls --color` and 24-bit colours write them.
#[test]
fn colours_of_a_terminal_delimit() {
    check(&format!("\x1b[33m{ID}\x1b[0m"), &[5]);
    check(
        &format!("\x1b[01;31m\x1b[K{ID}\x1b[m\x1b[K {ID}"),
        &[11, 44],
    );
    check(&format!("\x1b[38;2;255;100;0;48:2::1:2:3m{ID}"), &[29]);
    check(&format!("{ID}\x1b[K{ID}"), &[0, 29]);
    check(&format!("\x1b]8;;http://a/{ID}\x1b\\{ID}"), &[14, 42]);
    check(&format!("\x1b(B\x1b[m{ID}"), &[6]);
    check(&format!("\x1b7{ID}\x1bM"), &[2]);
    check(&format!("[33m{ID}"), &[]);
    check(&format!("\x1b[33mx{ID}"), &[]);
    check(&format!("\x1b[123456m{ID}"), &[]);
    check(&format!("\x1b[{}m{ID}", "1;".repeat(30)), &[63]);
    check(&format!("\x1b[{}m{ID}", "1;".repeat(31)), &[]);
    check(&format!("\x1b[{ID} {ID}"), &[29]);
}

/// Gone over from each of its begins, this text would take hours.
#[test]
fn sequences_that_others_break_off_are_gone_over_once() {
    let chain = "\x1b[1;".repeat(1 << 20);
    let found = all(format!("{chain}\n{ID}").as_bytes(), Options::default());
    let offsets: Vec<u64> = found.iter().map(|found| found.offset).collect();
    assert_eq!(offsets, [chain.len() as u64 + 1]);
}

#[test]
fn every_cut_of_coloured_text() {
    let wide = "1;".repeat(30);
    let text = format!("{ID}\x1b[33m{ID}\x1b[{wide}m{ID} \x1b[{wide};m{ID} \x1b[3\x1b[K{ID}");
    let whole = oracle(text.as_bytes(), Options::default());
    for first in 0..text.len() {
        for second in [0, 1, 26, 40, 63, 64, 65, 90, 91] {
            assert_eq!(
                in_chunks(text.as_bytes(), [first, second]),
                whole,
                "{first} {second}"
            );
        }
    }
}

#[test]
fn a_window_of_time_rules_out_chance() {
    let window = Options {
        earliest: "2016".parse().unwrap(),
        latest: "2017".parse().unwrap(),
    };
    let text = format!("{ID} 00000000000000000000000000 7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    assert_eq!(all(text.as_bytes(), Options::default()).len(), 3);
    let found = all(text.as_bytes(), window);
    assert_eq!(found, oracle(text.as_bytes(), window));
    assert_eq!(found.len(), 1);
}

#[test]
fn every_byte_beside_and_inside() {
    for byte in 0..=255 {
        for at in 0..28 {
            // Long enough for the kernels' pages, and the flaw at a border of two blocks.
            let mut text = vec![b' '; 600];
            text[50..76].copy_from_slice(ID.as_bytes());
            text[49 + at] = byte;
            assert_eq!(
                by_all_kernels(&text),
                oracle(&text, Options::default()),
                "{byte} at {at}"
            );
        }
    }
}

#[test]
fn every_cut_in_two_and_three() {
    let text = format!("{ID} {ID}x {ID}-{ID} x{ID},{ID}");
    let whole = oracle(text.as_bytes(), Options::default());
    for first in 0..text.len() {
        for second in [0, 1, 5, 26, 27, 28, 54] {
            assert_eq!(
                in_chunks(text.as_bytes(), [first, second]),
                whole,
                "{first} {second}"
            );
        }
    }
    assert_eq!(
        in_chunks(text.as_bytes(), std::iter::repeat_n(1, text.len())),
        whole
    );
}

/// Pieces that make runs of the wrong and the right length, of both cases, with every kind of neighbour.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => "[0-7][0-9A-HJKMNP-TV-Z]{25}",
        2 => "[0-7][0-9a-hjkmnp-tv-z]{25}",
        2 => "[0-9A-Za-z]{24,28}",
        2 => "[0-9A-Za-z]{0,90}",
        1 => "[0-9]{26}",
        8 => "[ ,\"_\\-:\n]{1,3}",
        1 => ".{0,8}",
        2 => "\x1b[\\[(]?[0-9;:?]{0,8}[A-Za-z~]?",
        1 => "\x1b\\[([0-9]{0,3};){26,33}m",
    ];
    prop::collection::vec(piece, 0..250).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn adversarial_text_gives_what_the_oracle_gives(
        text in text(),
        chunks in prop::collection::vec(0..6_000_usize, 0..8),
    ) {
        let expected = oracle(&text, Options::default());
        prop_assert_eq!(&by_all_kernels(&text), &expected);
        prop_assert_eq!(&in_chunks(&text, chunks), &expected);
    }

    #[test]
    fn random_bytes_give_what_the_oracle_gives(text in prop::collection::vec(any::<u8>(), 0..5_000)) {
        prop_assert_eq!(by_all_kernels(&text), oracle(&text, Options::default()));
    }
}

#[test]
fn words_at_every_place_around_the_border_of_two_pages() {
    for at in 4_000..4_200 {
        for len in [at, at + 25, at + 26, at + 27, at + 90, 9_000] {
            let mut text = vec![b'.'; len.max(at + 26)];
            text[at..at + 26].copy_from_slice(ID.as_bytes());
            text.truncate(len);
            let found = by_all_kernels(&text);
            let expected = if len >= at + 26 {
                vec![at as u64]
            } else {
                vec![]
            };
            let offsets: Vec<u64> = found.iter().map(|found| found.offset).collect();
            assert_eq!(offsets, expected, "{at} of {len}");
        }
    }
}
