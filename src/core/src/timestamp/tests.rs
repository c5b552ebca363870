//! Times in words and back, beside the calendar of `jiff`.

use proptest::prelude::*;

use super::*;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap()
}

#[test]
fn times_print_and_read_back() {
    let cases = [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_469_922_850_259, "2016-07-30T23:54:10.259Z"),
        (253_402_207_200_999, "9999-12-30T22:00:00.999Z"),
        (253_402_207_201_000, "9999-12-30T22:00:01.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "+10000-01-01T00:00:00.000Z"),
        (253_407_398_400_000, "+10000-02-29T00:00:00.000Z"),
        (281_474_976_710_655, "+10889-08-02T05:31:50.655Z"),
    ];
    for (ms, text) in cases {
        assert_eq!(at(ms).to_string(), text);
        assert_eq!(text.parse(), Ok(at(ms)), "{text}");
    }
}

#[test]
fn prefixes_are_their_first_moment() {
    let cases = [
        ("2025", "2025-01-01T00:00:00.000Z"),
        ("2025-03", "2025-03-01T00:00:00.000Z"),
        ("2025-03-02", "2025-03-02T00:00:00.000Z"),
        ("2025-03-02T12", "2025-03-02T12:00:00.000Z"),
        ("2025-03-02 12:30", "2025-03-02T12:30:00.000Z"),
        ("2025-03-02T12:30:07.5Z", "2025-03-02T12:30:07.500Z"),
        ("2025-03-02T12:30:07+02:00", "2025-03-02T10:30:07.000Z"),
        ("+10889", "+10889-01-01T00:00:00.000Z"),
        ("+2025-03-02", "2025-03-02T00:00:00.000Z"),
    ];
    for (text, full) in cases {
        assert_eq!(
            text.parse::<Timestamp>().map(|t| t.to_string()).as_deref(),
            Ok(full),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "now",
        "20",
        "12345",
        "2025-13",
        "2025-02-30",
        "2025-03-02T25:00",
        "2025-03-02Z5",
        "é025-01-01",
        "2025é",
    ] {
        let error = text.parse::<Timestamp>().unwrap_err();
        assert!(
            matches!(error, TimestampError::Syntax { .. }),
            "{text}: {error}"
        );
    }
    for text in [
        "1969-12-31T23:59:59.999Z",
        "+10889-08-02T05:31:50.656Z",
        "+999999",
    ] {
        let error = text.parse::<Timestamp>().unwrap_err();
        assert!(
            matches!(error, TimestampError::OutOfRange { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn range_is_48_bits() {
    assert_eq!(Timestamp::from_ms((1_u64 << 48) - 1), Ok(Timestamp::MAX));
    assert_eq!(
        Timestamp::from_ms(1_u64 << 48).unwrap_err().to_string(),
        "281474976710656 ms is outside of 0 to 281474976710655 ms (1970-01-01T00:00:00.000Z to +10889-08-02T05:31:50.655Z)"
    );
    assert_eq!(Timestamp::from_ms(-1_i64), Err(OutOfRange { ms: -1 }));
}

#[test]
fn ages_name_two_units() {
    let cases = [
        (0, "now"),
        (1, "1ms ago"),
        (-1, "in 1ms"),
        (1_999, "1s ago"),
        (61_000, "1m 1s ago"),
        (3_600_000, "1h ago"),
        (-90_000_000, "in 1d 1h"),
        (31_557_600_000 * 3 + 86_400_000 * 2, "3y 2d ago"),
    ];
    for (ms, text) in cases {
        assert_eq!(Age { ms }.to_string(), text);
    }
    assert_eq!(at(1_000).age(at(3_000)).to_string(), "2s ago");
}

#[test]
fn units_are_told_by_the_size_of_a_present_day_number() {
    let cases = [
        (0, None),
        (999_999_999, None),
        (1_469_922_850, Some(Unit::Seconds)),
        (4_300_000_000, None),
        (1_469_922_850_259, Some(Unit::Milliseconds)),
        (1_469_922_850_259_000, Some(Unit::Microseconds)),
        (1_469_922_850_259_000_000, Some(Unit::Nanoseconds)),
        (i64::MAX, None),
        (-1_469_922_850_259, None),
    ];
    for (number, unit) in cases {
        let likely = Unit::likely(number);
        assert_eq!(likely.map(|(unit, _)| unit), unit, "{number}");
        if let Some((_, meant)) = likely {
            assert_eq!(meant.ms() / 1_000, 1_469_922_850, "{number}");
        }
    }
}

proptest! {
    #[test]
    fn every_time_reads_back(ms in 0..=Timestamp::MAX.ms()) {
        let text = at(ms).to_string();
        prop_assert_eq!(text.parse(), Ok(at(ms)), "{}", text);
    }
}

/// jiff reads RFC 3339 too, where nothing is left out but what it fills up itself.
mod beside_jiff {
    use proptest::prelude::*;

    use super::*;

    /// A number of two digits, mostly one that a clock or a calendar shows.
    fn two() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => (0..32_u32).prop_map(|number| format!("{number:02}")),
            1 => (0..100_u32).prop_map(|number| format!("{number:02}")),
        ]
    }

    fn offset() -> impl Strategy<Value = String> {
        prop_oneof![
            2 => Just("Z".to_owned()),
            1 => Just("z".to_owned()),
            2 => ("[+-]", two(), two()).prop_map(|(sign, hour, minute)| format!("{sign}{hour}:{minute}")),
            1 => ("[+-]", two(), two()).prop_map(|(sign, hour, minute)| format!("{sign}{hour}{minute}")),
            1 => ("[+-]", two()).prop_map(|(sign, hour)| format!("{sign}{hour}")),
            1 => Just("[Europe/Berlin]".to_owned()),
            1 => Just("+01:00[u-ca=gregory]".to_owned()),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        let time = (
            two(),
            two(),
            two(),
            prop_oneof![Just(String::new()), "[.,][0-9]{1,10}"],
        );
        let time = time.prop_map(|(hour, minute, second, fraction)| {
            format!("{hour}:{minute}:{second}{fraction}")
        });
        (1970..9999_u32, two(), two(), "[Tt ]", time, offset()).prop_map(
            |(year, month, day, between, time, offset)| {
                format!("{year}-{month}-{day}{between}{time}{offset}")
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn whole_times_are_read_as_jiff_reads_them(text in text()) {
            let theirs: Result<jiff::Timestamp, _> = text.parse();
            let theirs = theirs.ok().map(|time| time.as_nanosecond().div_euclid(1_000_000));
            // The years at both ends are not a ULID's, and a zone without an offset is nobody's business here.
            prop_assume!(theirs.is_none_or(|ms| ms >= 0));
            prop_assume!(!text.contains("[Europe"));
            let ours = text.parse::<Timestamp>().ok().map(|time| i128::from(time.ms()));
            prop_assert_eq!(ours, theirs, "{}", text);
        }

        #[test]
        fn dates_are_those_of_the_calendar(ms in 0..=253_402_207_200_999_i64) {
            let theirs = jiff::Timestamp::from_millisecond(ms).unwrap();
            let ours = at(ms.cast_unsigned()).to_string();
            prop_assert_eq!(ours, format!("{theirs:.3}"));
        }
    }
}
