//! One suite for every kernel: against one-digit-at-a-time oracles, at every byte, length, alignment and page end.

use super::*;
use crate::codec::{KERNEL_VARIABLE, Sequence, Shape};

const SHAPES: [(Shape, &str); 3] = [
    (Shape::Packed, ""),
    (Shape::Lines, "\n"),
    (Shape::CrLfLines, "\r\n"),
];

/// Runs a check by every kernel, and says which could not run: a silent skip would be a lie.
fn by_every_kernel(check: impl Fn(Kernel)) {
    for name in Kernel::NAMES {
        match name.parse() {
            Ok(kernel) => check(kernel),
            Err(error) => eprintln!("NOT RUN: {error}"),
        }
    }
}

/// Keys without a pattern, the same each time: multiples of an odd constant, and the ends of the range.
fn keys(count: usize) -> Vec<u128> {
    const ODD: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
    let ends = [0, u128::MAX, 1, u128::MAX - 1, 1 << 127, SPEC_EXAMPLE];
    let scattered = (1..).map(|index: u128| ODD.wrapping_mul(index * index * index + index));
    ends.into_iter().chain(scattered).take(count).collect()
}

/// The text of a key, from the specification's words.
fn printed(key: u128) -> String {
    (0..TEXT_LEN)
        .rev()
        .map(|digit| char::from(ALPHABET[(key >> (5 * digit)) as usize % 32]))
        .collect()
}

fn records(keys: &[u128], ending: &str) -> Vec<u8> {
    keys.iter()
        .flat_map(|&key| (printed(key) + ending).into_bytes())
        .collect()
}

#[test]
fn one_at_a_time() {
    by_every_kernel(|kernel| {
        for key in keys(500) {
            let text = printed(key);
            assert_eq!(
                kernel.print(Ulid::from_u128(key)).as_str(),
                text,
                "{kernel}"
            );
            assert_eq!(
                kernel.parse(&text, Strict),
                Ok(Ulid::from_u128(key)),
                "{kernel}"
            );
            let lower = text.to_ascii_lowercase();
            assert_eq!(
                kernel.parse(&lower, Strict),
                Ok(Ulid::from_u128(key)),
                "{kernel}"
            );
        }
    });
}

#[test]
fn every_byte_at_every_position() {
    let bases = [
        *b"01ARZ3NDEKTSV4RRFFQ69G5FAV",
        *b"7zzzzzzzzzzzzzzzzzzzzzzzzz",
        *b"00000000000000000000000000",
    ];
    by_every_kernel(|kernel| {
        for (mut text, reading) in bases
            .iter()
            .flat_map(|&base| [(base, Strict), (base, Lenient)])
        {
            for position in 0..TEXT_LEN {
                let right = text[position];
                for byte in 0..=255 {
                    text[position] = byte;
                    let expected = oracle(&text, reading);
                    let context = || format!("{kernel}: {byte} at {position}, {reading:?}");
                    // Not by `parse`, whose slow path would hide what a kernel wrongly refuses.
                    let read = kernel.decode(&text, reading);
                    assert_eq!(read, expected, "{}", context());
                    let valid = kernel.accepts(&text, reading);
                    assert_eq!(valid, expected.is_some(), "{}", context());
                }
                text[position] = right;
            }
        }
    });
}

/// All bulk calls over `text` find the first `right` of `keys`.
fn check_records(kernel: Kernel, text: &[u8], shape: Shape, reading: Reading, keys: &[u128]) {
    let mut read = vec![0; text.len() / shape.stride()];
    let count = kernel.parse_records(text, shape, reading, &mut read);
    let context = || {
        format!(
            "{kernel} {shape:?} {reading:?} {:?}",
            String::from_utf8_lossy(text)
        )
    };
    assert_eq!(&read[..count], keys, "{}", context());
    let valid = kernel.valid_records(text, shape, reading);
    assert_eq!(valid, keys.len(), "{}", context());
    let mut order = Sequence::new(1 << 40);
    let followed = kernel.follow_records(text, shape, reading, &mut order);
    assert_eq!(followed, keys.len(), "{}", context());
    assert_eq!(order, order_oracle(keys, 1 << 40), "{}", context());
}

/// From pairs of neighbours, as one would count by hand.
fn order_oracle(keys: &[u128], gap_ms: u64) -> Sequence {
    let pairs = || keys.windows(2).map(|pair| (pair[0], pair[1]));
    let count = |wanted: &dyn Fn(u128, u128) -> bool| {
        pairs().filter(|&(last, next)| wanted(last, next)).count() as u64
    };
    let ms = |key: u128| (key >> 80) as u64;
    let step = |last, next| i128::from(ms(next)) - i128::from(ms(last));
    Sequence {
        gap_ms,
        count: keys.len() as u64,
        ends: keys
            .first()
            .zip(keys.last())
            .map(|(&a, &b)| (Ulid::from_u128(a), Ulid::from_u128(b))),
        descents: count(&|last, next| next < last),
        steps_back: count(&|last, next| step(last, next) < 0),
        duplicates: count(&|last, next| next == last),
        gaps: count(&|last, next| step(last, next) > i128::from(gap_ms)),
        longest_step_ms: pairs()
            .map(|(last, next)| step(last, next))
            .max()
            .map_or(0, |longest| longest.max(0) as u64),
        earliest_ms: keys.iter().map(|&key| ms(key)).min().unwrap_or(u64::MAX),
        latest_ms: keys.iter().map(|&key| ms(key)).max().unwrap_or(0),
    }
}

#[test]
fn every_length_and_alignment() {
    by_every_kernel(|kernel| {
        for (shape, ending) in SHAPES {
            for count in (0..75).chain([127, 128, 129, 1000]) {
                let keys = keys(count);
                let text = records(&keys, ending);
                let shift = count % 64;
                let mut shifted = vec![b'!'; shift];
                shifted.extend_from_slice(&text);
                check_records(kernel, &shifted[shift..], shape, Strict, &keys);
                let lower = text.to_ascii_lowercase();
                check_records(kernel, &lower, shape, Lenient, &keys);
                // Less than a record is no record.
                check_records(
                    kernel,
                    &text[..text.len().saturating_sub(1)],
                    shape,
                    Strict,
                    &keys[..count.saturating_sub(1)],
                );

                let mut out = vec![b'?'; text.len() + 5];
                assert_eq!(
                    kernel.print_records(&keys, shape, &mut out[..text.len()]),
                    count
                );
                assert_eq!(
                    out,
                    [&text, &b"?????"[..]].concat(),
                    "{kernel} {shape:?} {count}"
                );
            }
        }
    });
}

#[test]
fn every_alignment_of_a_long_text() {
    let keys = keys(100);
    by_every_kernel(|kernel| {
        for (shape, ending) in SHAPES {
            let text = records(&keys, ending);
            for shift in 0..64 {
                let shifted = [&vec![b'0'; shift], &text[..]].concat();
                check_records(kernel, &shifted[shift..], shape, Strict, &keys);
            }
        }
    });
}

#[test]
fn every_byte_at_every_position_of_a_record_in_a_block() {
    let keys = keys(34);
    by_every_kernel(|kernel| {
        for (shape, ending) in SHAPES {
            let right = records(&keys, ending);
            for (record, position) in [0, 1, 2, 5, 16, 19, 33]
                .into_iter()
                .flat_map(|record| (0..shape.stride()).map(move |position| (record, position)))
            {
                let at = record * shape.stride() + position;
                // The record's place in a block changes with the record, the byte with both.
                let step = if record == 5 { 1 } else { 61 };
                for byte in (0..=255).step_by(step) {
                    let mut text = right.clone();
                    text[at] = byte;
                    check_one_changed(kernel, &text, shape, record, &keys);
                }
            }
        }
    });
}

fn check_one_changed(kernel: Kernel, text: &[u8], shape: Shape, record: usize, keys: &[u128]) {
    let stride = shape.stride();
    let changed = &text[record * stride..][..stride];
    let ending = SHAPES.iter().find(|(other, _)| *other == shape).unwrap().1;
    let value = if changed[TEXT_LEN..] == *ending.as_bytes() {
        oracle(&changed[..TEXT_LEN], Strict)
    } else {
        None
    };
    let mut read = vec![0; keys.len()];
    let count = kernel.parse_records(text, shape, Strict, &mut read);
    let valid = kernel.valid_records(text, shape, Strict);
    let context = || format!("{kernel} {shape:?}: {changed:?} in record {record}");
    match value {
        Some(key) => {
            assert_eq!((count, valid), (keys.len(), keys.len()), "{}", context());
            assert_eq!(read[record], key, "{}", context());
        }
        None => assert_eq!((count, valid), (record, record), "{}", context()),
    }
}

#[test]
fn a_full_target_ends_the_reading() {
    let keys = keys(100);
    let text = records(&keys, "\n");
    by_every_kernel(|kernel| {
        for room in 0..=100 {
            let mut read = vec![7; 100];
            let count = kernel.parse_records(&text, Shape::Lines, Strict, &mut read[..room]);
            assert_eq!(count, room);
            assert_eq!(read[..room], keys[..room], "{kernel}");
            assert!(read[room..].iter().all(|&key| key == 7), "{kernel}");
        }
    });
}

#[test]
fn orders_of_sorted_repeated_and_jumping_keys() {
    let at = |ms: u64, tail: u128| Ulid::from_parts(ms, tail).unwrap().0;
    let mut keys: Vec<u128> = (0..200)
        .map(|index| at(1000 + index / 3, u128::from(index)))
        .collect();
    keys[50] = keys[49];
    keys[51] = keys[49];
    keys.swap(90, 91);
    keys[120] = at(5, 5);
    keys[150] = at(900_000, 0);
    keys[199] = at((1 << 48) - 1, 3);
    by_every_kernel(|kernel| {
        for gap_ms in [0, 1, 1000, u64::MAX] {
            for from in 0..40 {
                for split in [from, from + 1, from + 9, 140] {
                    let mut order = Sequence::new(gap_ms);
                    kernel.extend_order(&mut order, &keys[from..split]);
                    let mut rest = Sequence::new(gap_ms);
                    kernel.extend_order(&mut rest, &keys[split..]);
                    order.merge(&rest);
                    let expected = order_oracle(&keys[from..], gap_ms);
                    assert_eq!(order, expected, "{kernel} {gap_ms} {from} {split}");
                }
            }
        }
    });
}

proptest! {
    #[test]
    fn orders_are_those_of_the_oracle(
        steps in prop::collection::vec((0_u64..4, 0_u128..3), 0..80),
        gap_ms in 0_u64..4,
    ) {
        let keys: Vec<u128> = steps.iter().map(|&(ms, tail)| Ulid::from_parts(ms, tail << 62).unwrap().0).collect();
        let text = records(&keys, "\n");
        by_every_kernel(|kernel| {
            let mut order = Sequence::new(gap_ms);
            kernel.extend_order(&mut order, &keys);
            assert_eq!(order, order_oracle(&keys, gap_ms), "{kernel}");
            let mut order = Sequence::new(gap_ms);
            kernel.follow_records(&text, Shape::Lines, Strict, &mut order);
            assert_eq!(order, order_oracle(&keys, gap_ms), "{kernel}");
        });
    }
}

#[test]
fn the_environment_names_the_active_kernel() {
    match std::env::var(KERNEL_VARIABLE) {
        Ok(name) => assert_eq!(Some(Kernel::active()), name.parse().ok()),
        Err(_) => assert_eq!(Some(Kernel::active()), Kernel::available().last()),
    }
}

#[cfg(unix)]
mod page_end {
    #![expect(
        unsafe_code,
        reason = "a page that cannot be read is made by the system"
    )]

    use super::*;

    /// Memory whose end borders on a page that cannot be touched.
    struct Guarded {
        start: *mut u8,
        len: usize,
        page: usize,
    }

    impl Guarded {
        fn new(len: usize) -> Guarded {
            // SAFETY: an anonymous mapping of whole pages, of which the last is then made untouchable.
            unsafe {
                let page = libc::sysconf(libc::_SC_PAGESIZE) as usize;
                let len = len.next_multiple_of(page);
                let start = libc::mmap(
                    std::ptr::null_mut(),
                    len + page,
                    libc::PROT_READ | libc::PROT_WRITE,
                    libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                    -1,
                    0,
                );
                assert_ne!(start, libc::MAP_FAILED);
                let start = start.cast::<u8>();
                assert_eq!(
                    libc::mprotect(start.add(len).cast(), page, libc::PROT_NONE),
                    0
                );
                Guarded { start, len, page }
            }
        }

        /// The last `len` bytes before the page that cannot be touched.
        fn last(&mut self, len: usize) -> &mut [u8] {
            assert!(len <= self.len);
            // SAFETY: within the mapping's readable and writable part, borrowed as long as it lives.
            unsafe { std::slice::from_raw_parts_mut(self.start.add(self.len - len), len) }
        }
    }

    impl Drop for Guarded {
        fn drop(&mut self) {
            // SAFETY: the whole mapping, which nothing borrows any more.
            unsafe { libc::munmap(self.start.cast(), self.len + self.page) };
        }
    }

    #[test]
    fn nothing_beyond_the_text_is_touched() {
        let mut guarded = Guarded::new(70 * 28);
        by_every_kernel(|kernel| {
            for (shape, ending) in SHAPES {
                for count in 0..70 {
                    let keys = keys(count);
                    let text = records(&keys, ending);
                    let mut end = Guarded::new(text.len().max(1));
                    let place = end.last(text.len());
                    kernel.print_records(&keys, shape, place);
                    assert_eq!(place, text, "{kernel} {shape:?} {count}");
                    check_records(kernel, place, shape, Strict, &keys);
                }
            }
        });
        let place = guarded.last(TEXT_LEN);
        place.copy_from_slice(b"01ARZ3NDEKTSV4RRFFQ69G5FAV");
        by_every_kernel(|kernel| {
            assert_eq!(
                kernel.parse(&*place, Strict),
                Ok(Ulid::from_u128(SPEC_EXAMPLE))
            );
            assert!(kernel.is_valid(&*place, Strict));
        });
    }
}
