//! Kinds of identifiers: what each recognises, and what it tells of a value.

use ulid_engine::Reading;

use super::*;

fn bits(text: &str) -> u128 {
    let (_, id) = Spelling::read(text, Reading::Strict).unwrap();
    id.to_u128()
}

fn read(written: Written<'_>, hint: Hint) -> Option<Identifier> {
    recognise(written, hint, &Kind::ALL).map(|(id, _)| id)
}

fn text(text: &str, hint: Hint) -> Identifier {
    read(Written::Text(text.as_bytes()), hint).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The value of a part.
fn part(id: Identifier, name: &str) -> String {
    let parts = id.parts();
    let found = parts.into_iter().find(|(found, _)| *found == name);
    found.unwrap().1
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
    for (text, version) in EXAMPLES {
        assert_eq!(uuid::version(bits(text)), Some(version), "{text}");
        let found = read(Written::Uuid(bits(text)), Hint::None);
        assert_eq!(found.is_some(), [1, 6, 7].contains(&version), "{text}");
        if let Some(id) = found {
            assert_eq!(id.time(), Some(time("2022-02-22T19:22:22Z")), "{text}");
            assert_eq!(id.print(), text);
        }
        if matches!(version, 1 | 6) {
            let id = found.unwrap();
            assert_eq!(part(id, "clock_seq"), "13256");
            assert_eq!(part(id, "node"), "9f6bdeced846");
        }
    }
    let without = bits("01563e3a-b5d3-d676-4c61-efb99302bd5b");
    assert_eq!(uuid::version(without), None);
    let seven = bits("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    let seven = read(Written::Uuid(seven), Hint::None).unwrap();
    assert_eq!(part(seven, "counter"), "3267");
    assert_eq!(part(seven, "random"), "18c4dc0c0c07398f");
}

#[test]
fn a_ksuid_is_what_its_own_tool_says() {
    // the examples of the README of segmentio/ksuid, and the largest one
    let ksuid = text("0ujtsYcgvSTl8PAuAdqWYSMnLOv", Hint::Identifier);
    assert_eq!(ksuid.kind(), Kind::Ksuid);
    assert_eq!(ksuid.time(), Some(time("2017-10-10T04:00:47Z")));
    assert_eq!(part(ksuid, "seconds"), "107608047");
    assert_eq!(part(ksuid, "payload"), "b5a1cd34b5f99d1154fb6853345c9735");
    assert_eq!(ksuid.hex(), "0669f7efb5a1cd34b5f99d1154fb6853345c9735");
    assert_eq!(ksuid.print(), "0ujtsYcgvSTl8PAuAdqWYSMnLOv");
    let bytes = ksuid.to_bytes();
    assert_eq!(read(Written::Bytes(&bytes), Hint::Ksuid), Some(ksuid));
    assert_eq!(read(Written::Bytes(&bytes), Hint::Identifier), None);
    let largest = text("aWgEPTl1tmebfsQzFP4bxwgy80V", Hint::None);
    assert_eq!(largest.hex(), "f".repeat(40));
    assert_eq!(largest.step(true), None);
    assert_eq!(
        largest.step(false).unwrap().hex(),
        format!("{}e", "f".repeat(39))
    );
    assert_eq!(
        read(Written::Text(b"aWgEPTl1tmebfsQzFP4bxwgy80W"), Hint::None),
        None
    );
    let (bits, kind) = (Bits { head: 0, low: 0 }, Kind::Ksuid);
    let first = Identifier::new(kind, bits);
    assert_eq!((first.print(), first.step(false)), ("0".repeat(27), None));
}

#[test]
fn a_type_id_is_a_uuid_of_version_7() {
    // the example of the specification of TypeID
    let suffix = b"01h455vb4pex5vsknk084sn02q";
    let id = read(Written::Prefixed(suffix), Hint::None).unwrap();
    assert_eq!(id.kind(), Kind::Typeid);
    assert_eq!(part(id, "uuid"), "01890a5d-ac96-774b-bcce-b302099a8057");
    assert_eq!(id.print().as_bytes(), suffix);
    // what is called a ULID is one, and so is one in capital letters
    let ulid = read(Written::Prefixed(suffix), Hint::Ulid).unwrap();
    assert_eq!(ulid.kind(), Kind::Ulid);
    let upper = suffix.to_ascii_uppercase();
    let ulid = read(Written::Prefixed(&upper), Hint::None).unwrap();
    assert_eq!(ulid.kind(), Kind::Ulid);
}

#[test]
fn small_identifiers_have_the_times_that_their_makers_say() {
    // the example of MongoDB's manual
    let object = text("507f1f77bcf86cd799439011", Hint::ObjectId);
    assert_eq!(object.time(), Some(time("2012-10-17T21:13:27Z")));
    assert_eq!(part(object, "counter"), 0x43_9011.to_string());
    assert_eq!(object.to_bytes().len(), 12);
    assert_eq!(
        read(Written::Bytes(&object.to_bytes()), Hint::ObjectId),
        Some(object)
    );
    assert_eq!(
        read(Written::Text(b"507f1f77bcf86cd799439011"), Hint::Identifier),
        None
    );
    // the examples of the documents of X and of Discord
    let of = |kinds: &[Kind], number| {
        recognise(Written::Number(number), Hint::Identifier, kinds).map(|(id, _)| id)
    };
    let tweet = of(&[Kind::Snowflake], 1_541_815_603_606_036_480).unwrap();
    assert_eq!(tweet.time(), Some(time("2022-06-28T16:07:40.105Z")));
    assert_eq!(
        (part(tweet, "machine"), part(tweet, "sequence")),
        ("378".into(), "0".into())
    );
    let discord = of(&[Kind::Discord], 175_928_847_299_117_063).unwrap();
    assert_eq!(discord.time(), Some(time("2016-04-30T11:18:25.796Z")));
    assert_eq!(part(discord, "worker"), "1");
    assert_eq!(part(discord, "process"), "0");
    assert_eq!(part(discord, "increment"), "7");
    assert_eq!(of(&Kind::USUAL, 1_541_815_603_606_036_480), None);
}

#[test]
fn another_time_leaves_the_rest_as_it_is() {
    let moved = time("2020-01-02T03:04:05Z");
    let uuids = EXAMPLES
        .iter()
        .filter(|(_, version)| [1, 6, 7].contains(version));
    let mut ids: Vec<Identifier> = uuids
        .map(|(text, _)| read(Written::Uuid(bits(text)), Hint::None).unwrap())
        .collect();
    let snowflakes = [Kind::Snowflake, Kind::Discord].map(|kind| {
        let number = Written::Number(1_541_815_603_606_036_480);
        recognise(number, Hint::Identifier, &[kind]).unwrap().0
    });
    ids.extend(snowflakes);
    ids.push(text("01ARZ3NDEKTSV4RRFFQ69G5FAV", Hint::None));
    ids.push(text("0ujtsYcgvSTl8PAuAdqWYSMnLOv", Hint::None));
    ids.push(text("507f1f77bcf86cd799439011", Hint::ObjectId));
    for id in ids {
        let other = id.at(moved).unwrap();
        assert_eq!(other.time(), Some(moved), "{}", id.print());
        assert_eq!(
            other.at(id.time().unwrap()).and_then(|back| back.at(moved)),
            Some(other)
        );
        let rest = |id: Identifier| {
            let mut parts = id.parts();
            parts.retain(|(name, _)| {
                !["seconds", "hex", "integer", "uuid", "base64"].contains(name)
            });
            parts
        };
        assert_eq!(rest(other), rest(id), "{}", id.print());
        if let Some(version) = uuid::version(id.low()).filter(|_| id.own_name() == "uuid") {
            assert_eq!(uuid::version(other.low()), Some(version));
        }
    }
    // before its epoch, and after its last year
    let ksuid = text("0ujtsYcgvSTl8PAuAdqWYSMnLOv", Hint::None);
    assert_eq!(ksuid.at(time("2014-01-01")), None);
    assert_eq!(snowflakes[0].at(time("2009-01-01")), None);
    assert_eq!(snowflakes[0].at(time("2200-01-01")), None);
}

#[test]
fn the_table_has_each_kind_once_under_its_own_name() {
    for kind in Kind::ALL {
        let decoders = DECODERS.iter().filter(|decoder| decoder.kind == kind);
        assert_eq!(decoders.count(), 1, "{kind}");
        let flag = clap::ValueEnum::to_possible_value(&kind).unwrap();
        let name = kind.to_string().to_lowercase();
        assert_eq!(flag.get_name(), name);
    }
    assert_eq!(Kind::ALL[0], Kind::Ulid);
    let variants = <Kind as clap::ValueEnum>::value_variants();
    assert_eq!(variants, Kind::ALL);
}
