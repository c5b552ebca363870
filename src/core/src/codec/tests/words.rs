//! Words among other text: every kernel keeps the same of them.

use crate::codec::{Kernel, TEXT_LEN};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// The words at `places` that a kernel keeps, with room for `room` of them.
fn kept(kernel: Kernel, text: &[u8], places: &[u16], room: usize) -> (Vec<u16>, Vec<u128>) {
    let (mut places, mut ids) = (places.to_vec(), vec![0; room]);
    let count = kernel.decode_words(text, &mut places, &mut ids);
    places.truncate(count);
    ids.truncate(count);
    (places, ids)
}

/// The words of a text of equally long parts.
fn places(text: &str, part: usize) -> Vec<u16> {
    (0..text.len() / part)
        .map(|index| (index * part) as u16)
        .collect()
}

#[test]
fn right_ones_are_kept_wherever_a_wrong_one_is() {
    let lower = ID.to_lowercase();
    let wrong = [
        format!("{ID}_"),
        format!("{ID}-"),
        format!("8{}.", &ID[1..]),
        format!("{}U.", &ID[1..]),
        format!("{}v.", &ID[..25]),
        format!("{}é", &ID[..25]),
    ];
    for count in 1..40 {
        for (at, wrong) in (0..count).flat_map(|at| wrong.iter().map(move |wrong| (at, wrong))) {
            let mut words = vec![format!("{ID}."); count];
            words[at].clone_from(wrong);
            let text = words.concat();
            let places = places(&text, TEXT_LEN + 1);
            let mut expected = places.clone();
            expected.remove(at);
            for kernel in Kernel::available() {
                let (kept, ids) = kept(kernel, text.as_bytes(), &places, count);
                assert_eq!(kept, expected, "{kernel}, {wrong:?} at {at} of {count}");
                assert!(ids.iter().all(|&id| id == ids[0]));
            }
        }
        let mixed = format!("{ID}.{lower}.").repeat(count);
        let places = places(&mixed, TEXT_LEN + 1);
        for kernel in Kernel::available() {
            let (kept, _) = kept(kernel, mixed.as_bytes(), &places, places.len());
            assert_eq!(kept, places, "{kernel}, {count} of either case");
        }
    }
}

#[test]
fn the_end_of_the_text_and_of_the_room_end_the_words() {
    let text = format!("{ID}é{ID}\n{ID}");
    let places = [0, 28, 55, 56, 81, 1_000, u16::MAX];
    for kernel in Kernel::available() {
        let (all, ids) = kept(kernel, text.as_bytes(), &places, 9);
        assert_eq!((all.as_slice(), ids.len()), (&places[..3], 3), "{kernel}");
        for room in 0..3 {
            let (some, _) = kept(kernel, text.as_bytes(), &places, room);
            assert_eq!(some, places[..room], "{kernel}");
        }
    }
}
