//! The identifiers of 128 bits that carry a time: one table, with an entry for each.
//!
//! A UUID says by its variant and version what it is (RFC 9562, sections 4.1 and 4.2). Versions 1, 6 and 7 have a time; the
//! others have none, and are left alone.

use std::fmt;

use serde::Deserialize;
use ulid_engine::{Timestamp, Ulid, codec, row::Spelling};

/// A kind of identifier, the first of which is what most values of this size are taken for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A ULID.
    Ulid,
    /// A UUID of version 7: a time in milliseconds, then a counter and random bits.
    Uuidv7,
    /// A UUID of version 1: the time and the machine.
    Uuidv1,
    /// A UUID of version 6: the same in the order of time.
    Uuidv6,
}

/// An entry of the table.
struct Decoder {
    kind: Kind,
    name: &'static str,
    /// The version of the UUID; none for what is none.
    version: Option<u8>,
    /// The time, in milliseconds since 1970.
    ms: fn(u128) -> Option<u64>,
    /// The same identifier at another time.
    at: fn(u128, u64) -> u128,
    /// Parts besides the time.
    rest: fn(u128) -> [(&'static str, String); REST],
}

/// The parts of each kind besides its time and its spellings.
pub(super) const REST: usize = 2;

const DECODERS: [Decoder; 4] = [
    Decoder {
        kind: Kind::Ulid,
        name: "ULID",
        version: None,
        ms: |bits| Some(first_48(bits)),
        at: with_first_48,
        rest: |bits| {
            let randomness = bits & ((1 << 80) - 1);
            [
                ("randomness", format!("{randomness:020x}")),
                ("uuid", Spelling::Uuid.print(Ulid::from_u128(bits))),
            ]
        },
    },
    Decoder {
        kind: Kind::Uuidv7,
        name: "UUIDv7",
        version: Some(7),
        ms: |bits| Some(first_48(bits)),
        at: with_first_48,
        rest: |bits| {
            let counter = (bits >> 64) & 0xfff;
            let random = bits & ((1 << 62) - 1);
            [
                ("counter", counter.to_string()),
                ("random", format!("{random:016x}")),
            ]
        },
    },
    Decoder {
        kind: Kind::Uuidv1,
        name: "UUIDv1",
        version: Some(1),
        ms: |bits| ms_of(ticks_of_version_1(bits)),
        at: |bits, ms| {
            let ticks = ticks_at(ms);
            let time = (ticks & 0xffff_ffff) << 96
                | (ticks >> 32 & 0xffff) << 80
                | (ticks >> 48 & 0xfff) << 64;
            bits & !(0xffff_ffff_ffff_0fff << 64) | time
        },
        rest: machine,
    },
    Decoder {
        kind: Kind::Uuidv6,
        name: "UUIDv6",
        version: Some(6),
        ms: |bits| ms_of(bits >> 80 << 12 | bits >> 64 & 0xfff),
        at: |bits, ms| {
            let ticks = ticks_at(ms);
            bits & !(0xffff_ffff_ffff_0fff << 64) | (ticks >> 12) << 80 | (ticks & 0xfff) << 64
        },
        rest: machine,
    },
];

/// The begin of the Gregorian calendar before 1970, in steps of 100 ns.
const GREGORIAN: u128 = 0x01b2_1dd2_1381_4000;

fn first_48(bits: u128) -> u64 {
    (bits >> 80) as u64
}

fn with_first_48(bits: u128, ms: u64) -> u128 {
    bits & ((1 << 80) - 1) | u128::from(ms) << 80
}

fn ticks_of_version_1(bits: u128) -> u128 {
    (bits >> 64 & 0xfff) << 48 | (bits >> 80 & 0xffff) << 32 | bits >> 96
}

fn ms_of(ticks: u128) -> Option<u64> {
    u64::try_from(ticks.checked_sub(GREGORIAN)? / 10_000).ok()
}

fn ticks_at(ms: u64) -> u128 {
    u128::from(ms) * 10_000 + GREGORIAN
}

fn machine(bits: u128) -> [(&'static str, String); REST] {
    let clock = (bits >> 48) & 0x3fff;
    let node = bits & ((1 << 48) - 1);
    [
        ("clock_seq", clock.to_string()),
        ("node", format!("{node:012x}")),
    ]
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Ulid, Kind::Uuidv7, Kind::Uuidv1, Kind::Uuidv6];

    fn decoder(self) -> &'static Decoder {
        let found = DECODERS.iter().find(|decoder| decoder.kind == self);
        found.unwrap_or(&DECODERS[0])
    }

    /// The kind that a version of UUIDs is; none for one without a time.
    pub(super) fn of_version(version: u8) -> Option<Kind> {
        let mut decoders = DECODERS.iter();
        decoders
            .find(|decoder| decoder.version == Some(version))
            .map(|decoder| decoder.kind)
    }

    /// The time of an identifier; none for one from before 1970.
    pub(super) fn time(self, id: Ulid) -> Option<Timestamp> {
        Timestamp::from_ms((self.decoder().ms)(id.to_u128())?).ok()
    }

    /// The same identifier at another time.
    pub(super) fn at(self, id: Ulid, time: Timestamp) -> Ulid {
        Ulid::from_u128((self.decoder().at)(id.to_u128(), time.ms()))
    }

    /// Parts besides its time.
    pub(super) fn rest(self, id: Ulid) -> [(&'static str, String); REST] {
        (self.decoder().rest)(id.to_u128())
    }

    /// The text of an identifier as this kind has it.
    pub(super) fn print(self, id: Ulid) -> String {
        match self {
            Kind::Ulid => codec::print(id).to_string(),
            Kind::Uuidv7 | Kind::Uuidv1 | Kind::Uuidv6 => Spelling::Uuid.print(id),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.decoder().name)
    }
}

/// The version of a UUID of the variant that RFC 9562 describes; none for other bits.
pub(super) fn uuid_version(id: Ulid) -> Option<u8> {
    let is_described = (id.to_u128() >> 62) & 0b11 == 0b10;
    let version = u8::try_from((id.to_u128() >> 76) & 0xf).ok()?;
    (is_described && (1..=8).contains(&version)).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uuid(text: &str) -> Ulid {
        let (_, id) = Spelling::read(text, ulid_engine::Reading::Strict).unwrap();
        id
    }

    /// The examples of RFC 9562, appendices A and B.
    const EXAMPLES: [(&str, u8); 8] = [
        ("c232ab00-9414-11ec-b3c8-9f6bdeced846", 1),
        ("5df41881-3aed-3515-88a7-2f4a814cf09e", 3),
        ("919108f7-52d1-4320-9bac-f847db4148a8", 4),
        ("2ed6657d-e927-568b-95e1-2665a8aea6a2", 5),
        ("1ec9414c-232a-6b00-b3c8-9f6bdeced846", 6),
        ("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", 7),
        ("2489e9ad-2ee2-8e00-8ec9-32d5f69181c0", 8),
        ("5c146b14-3c52-8afd-938a-375d0df1fbf6", 8),
    ];

    #[test]
    fn versions_and_times_are_those_of_the_standard() {
        let time: Timestamp = "2022-02-22T19:22:22Z".parse().unwrap();
        for (text, version) in EXAMPLES {
            let id = uuid(text);
            assert_eq!(uuid_version(id), Some(version), "{text}");
            let kind = Kind::of_version(version);
            assert_eq!(kind.is_some(), [1, 6, 7].contains(&version), "{text}");
            if let Some(kind) = kind {
                assert_eq!(kind.time(id), Some(time), "{text}");
                assert_eq!(kind.print(id), text);
            }
        }
        assert_eq!(
            uuid_version(uuid("01563e3a-b5d3-d676-4c61-efb99302bd5b")),
            None
        );
        let [counter, random] = Kind::Uuidv7.rest(uuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"));
        assert_eq!(
            (counter.1.as_str(), random.1.as_str()),
            ("3267", "18c4dc0c0c07398f")
        );
        for text in [
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "1ec9414c-232a-6b00-b3c8-9f6bdeced846",
        ] {
            let kind = uuid_version(uuid(text)).and_then(Kind::of_version).unwrap();
            let [clock, node] = kind.rest(uuid(text));
            assert_eq!(
                (clock.1.as_str(), node.1.as_str()),
                ("13256", "9f6bdeced846")
            );
        }
    }

    #[test]
    fn another_time_leaves_the_rest_as_it_is() {
        let moved: Timestamp = "2020-01-02T03:04:05.678Z".parse().unwrap();
        for (text, version) in EXAMPLES {
            let Some(kind) = Kind::of_version(version) else {
                continue;
            };
            let id = kind.at(uuid(text), moved);
            assert_eq!(kind.time(id), Some(moved), "{text}");
            assert_eq!(uuid_version(id), Some(version), "{text}");
            assert_eq!(kind.rest(id), kind.rest(uuid(text)), "{text}");
        }
    }
}
