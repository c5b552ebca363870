//! One value without wrapping: a quoted text, an integer, a list of bytes, a UUID, or bare characters.

use ulid_engine::{Reading, codec::TEXT_LEN, row::Spelling};

use super::{
    super::kind::{self, Evidence, Hint, Identifier, Kind, Written},
    Case, Shape,
    halves::{self, Halves},
    literal,
};

/// A value that can be read as an identifier. Whether it is one, its surroundings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) id: Identifier,
    pub(super) shape: Shape,
    pub(super) case: Case,
    pub(super) quote: Option<char>,
    pub(super) evidence: Evidence,
    /// True for sixteen small numbers, of which nothing says that they are bytes.
    pub(super) are_numbers: bool,
}

impl Leaf {
    /// True if it is written in the letters of a ULID.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text(_) | Shape::Prefixed)
    }
}

/// Facts of a value besides its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) type_name: Option<&'a str>,
    pub(super) hint: Hint,
    /// The kinds of identifiers that are decoded.
    pub(super) kinds: &'a [Kind],
}

impl Surroundings<'_> {
    /// The identifier in a value, written in a shape.
    fn leaf(&self, written: Written<'_>, shape: Shape, text: &[u8]) -> Option<Leaf> {
        let (id, evidence) = kind::recognise(written, self.hint, self.kinds)?;
        let quote = match shape {
            Shape::Text(quote) => Some(quote),
            _ => None,
        };
        let case = match evidence {
            Evidence::Text => Case::Upper,
            _ => Case::of(text),
        };
        Some(Leaf {
            id,
            shape,
            case,
            quote,
            evidence,
            are_numbers: false,
        })
    }

    fn bits(&self, bits: u128, shape: Shape) -> Option<Leaf> {
        self.leaf(Written::Bits(bits), shape, b"")
    }
}

/// The longest decoded text that can be an identifier: a UUID.
pub(super) const LONGEST_TEXT: usize = 36;
/// The digits of 128 bits.
pub(super) const HEX_LEN: usize = 32;
/// The length of an ObjectId as text, and of a KSUID.
const OTHER_LENGTHS: [usize; 2] = [24, 27];
/// The digits of Snowflakes, from 2016 to the last one.
const SNOWFLAKES: std::ops::RangeInclusive<usize> = 17..=19;
/// The longest buffer that is looked at for a text at its begin.
const LONGEST_BUFFER: usize = 4096;

/// The text of a ULID, and nothing else.
pub(super) fn ulid(text: &[u8], shape: Shape) -> Option<Leaf> {
    let alone = Surroundings {
        type_name: None,
        hint: Hint::None,
        kinds: &[Kind::Ulid],
    };
    alone.leaf(Written::Text(text), shape, text)
}

/// True if a text is as long as an identifier that is no ULID, and has no other characters than one.
pub(super) fn has_other_length(text: &[u8]) -> bool {
    let is_snowflake = || SNOWFLAKES.contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
    let is_other =
        || OTHER_LENGTHS.contains(&text.len()) && text.iter().all(u8::is_ascii_alphanumeric);
    is_other() || is_snowflake()
}

pub(super) fn read(leaf: &str, of: &Surroundings<'_>) -> Option<Leaf> {
    let leaf = leaf.trim();
    match leaf.as_bytes() {
        [b'"' | b'\'' | b'`', ..] => quoted(leaf, false, of),
        [b'b' | b'u' | b'U' | b'L', b'"' | b'\'', ..] => {
            let is_bytes = leaf.starts_with('b');
            quoted(leaf.get(1..)?, is_bytes, of)
        }
        [.., b']'] => list(leaf, of),
        _ => plain(leaf, of),
    }
}

fn quoted(leaf: &str, is_bytes: bool, of: &Surroundings<'_>) -> Option<Leaf> {
    let quote = leaf.chars().next()?;
    // most strings are neither an identifier nor anything escaped, and end here
    let inner = leaf.as_bytes().get(1..leaf.len() - 1).unwrap_or_default();
    let has_plain_length = matches!(inner.len(), 16 | TEXT_LEN | HEX_LEN | LONGEST_TEXT)
        || has_prefix(inner)
        || has_other_length(inner);
    let is_plain = memchr::memchr2(b'\\', b'<', leaf.as_bytes()).is_none() && leaf.is_ascii();
    // 16 bytes that all print as themselves take two quotes more
    let declared = (!is_plain || leaf.len() == 18) && of.type_name.is_some_and(declares_16_bytes);
    if !declared && is_plain {
        return has_plain_length
            .then(|| plainly_quoted(leaf, quote, is_bytes, of))
            .flatten();
    }
    let shape = shape_of(quote, is_bytes);
    let mut bytes = literal::read(leaf, LONGEST_BUFFER)?;
    if declared && bytes.len() < 16 {
        // lldb drops the zeros at the end
        bytes.resize(16, 0);
    }
    if !matches!(bytes.len(), 12 | 16 | 20) {
        // gdb shows the rest of a buffer of C
        let end = bytes.iter().rposition(|byte| *byte != 0);
        bytes.truncate(end.map_or(0, |end| end + 1));
    }
    match bytes.len() {
        TEXT_LEN => of.leaf(Written::Text(&bytes), shape, &bytes),
        12 | 16 | 20 => of.leaf(Written::Bytes(&bytes), Shape::Bytes, b""),
        LONGEST_TEXT => uuid(str::from_utf8(&bytes).ok()?, Some(quote), of),
        _ => None,
    }
}

/// A text without escapes, of which each character stands for itself.
fn plainly_quoted(leaf: &str, quote: char, is_bytes: bool, of: &Surroundings<'_>) -> Option<Leaf> {
    let inner = leaf.strip_prefix(quote)?.strip_suffix(quote)?;
    let bytes = inner.as_bytes();
    let text = |shape| of.leaf(Written::Text(bytes), shape, bytes);
    match inner.len() {
        _ if inner.contains(quote) => None,
        TEXT_LEN => text(shape_of(quote, is_bytes)),
        16 => of.leaf(Written::Bytes(bytes), Shape::Bytes, b""),
        HEX_LEN if !is_bytes && !has_prefix(bytes) => hexadecimal_text(inner, quote, of),
        LONGEST_TEXT if !has_prefix(bytes) => uuid(inner, Some(quote), of),
        _ if !is_bytes && has_other_length(bytes) => text(Shape::Text(quote)),
        _ if !is_bytes => prefixed(inner, quote, of),
        _ => None,
    }
}

/// The 32 digits of 128 bits, of one case.
fn hexadecimal_text(inner: &str, quote: char, of: &Surroundings<'_>) -> Option<Leaf> {
    let leaf = hexadecimal(inner, of)?;
    let has_upper = inner.bytes().any(|byte| byte.is_ascii_uppercase());
    let has_lower = inner.bytes().any(|byte| byte.is_ascii_lowercase());
    (!(has_upper && has_lower)).then_some(Leaf {
        shape: Shape::Hex,
        case: if has_upper { Case::Upper } else { Case::Lower },
        quote: Some(quote),
        ..leaf
    })
}

/// True if a text may be an ID behind a prefix: if a `_` stands before its last 26 or 27 characters.
pub(super) fn has_prefix(text: &[u8]) -> bool {
    let stands_before = |length: usize| {
        let before = text.len().checked_sub(length + 1);
        before.is_some_and(|at| at > 0 && text.get(at) == Some(&b'_'))
    };
    stands_before(TEXT_LEN) || stands_before(TEXT_LEN + 1)
}

/// The ID behind a prefix in small letters, as Stripe writes it and TypeID has it: `user_01ARZ…`.
fn prefixed(inner: &str, quote: char, of: &Surroundings<'_>) -> Option<Leaf> {
    const LONGEST_PREFIX: usize = 63;
    let (prefix, id) = inner.rsplit_once('_')?;
    let is_prefix = prefix.len() <= LONGEST_PREFIX
        && prefix.starts_with(|c: char| c.is_ascii_lowercase())
        && prefix
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !is_prefix {
        return None;
    }
    let leaf = of.leaf(
        Written::Prefixed(id.as_bytes()),
        Shape::Prefixed,
        id.as_bytes(),
    )?;
    Some(Leaf {
        quote: Some(quote),
        ..leaf
    })
}

fn shape_of(quote: char, is_bytes: bool) -> Shape {
    if is_bytes {
        Shape::ByteText
    } else {
        Shape::Text(quote)
    }
}

/// The array types of C, C++, Rust and Go: `unsigned char[16]`, `std::array<unsigned char, 16>`, `[u8; 16]`, `[16]uint8`.
fn declares_16_bytes(type_name: &str) -> bool {
    ["[16]", ", 16>", "; 16]"]
        .iter()
        .any(|size| type_name.contains(size))
        || type_name.contains("<unsigned char, 16")
}

fn uuid(text: &str, quote: Option<char>, of: &Surroundings<'_>) -> Option<Leaf> {
    let Ok((Spelling::Uuid, id)) = Spelling::read(text, Reading::Strict) else {
        return None;
    };
    let has_upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let leaf = of.leaf(Written::Uuid(id.to_u128()), Shape::Uuid, b"")?;
    Some(Leaf {
        case: if has_upper { Case::Upper } else { Case::Lower },
        quote,
        ..leaf
    })
}

/// Characters without quotes or brackets.
fn plain(leaf: &str, of: &Surroundings<'_>) -> Option<Leaf> {
    if let Some(halves) = halves_of(leaf, of) {
        return of.bits(halves.bits(), Shape::Halves);
    }
    if let Some(bytes) = halves::quarters(leaf) {
        return of.leaf(Written::Bytes(&bytes), Shape::List, b"");
    }
    if let Some(hex) = leaf.strip_prefix("0x") {
        return hexadecimal(hex, of);
    }
    let digits = leaf.strip_suffix('n').unwrap_or(leaf);
    if of.type_name == Some("bigint") && digits.len() == leaf.len() {
        // js-debug writes no prefix before hexadecimal digits, and an `n` after decimal ones
        return hexadecimal(leaf, of);
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let small = digits
            .parse()
            .ok()
            .filter(|_| SNOWFLAKES.contains(&digits.len()));
        let small = small.and_then(|number| of.leaf(Written::Number(number), Shape::Integer, b""));
        return small.or_else(|| of.bits(digits.parse().ok()?, Shape::Integer));
    }
    match leaf.len() {
        TEXT_LEN => of.leaf(Written::Text(leaf.as_bytes()), Shape::Bare, leaf.as_bytes()),
        LONGEST_TEXT => uuid(leaf, None, of),
        // ObjectId(507f1f77bcf86cd799439011), and a KSUID
        _ if has_other_length(leaf.as_bytes()) => {
            of.leaf(Written::Text(leaf.as_bytes()), Shape::Bare, leaf.as_bytes())
        }
        _ => None,
    }
}

fn hexadecimal(digits: &str, of: &Surroundings<'_>) -> Option<Leaf> {
    if digits.len() > 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    of.bits(u128::from_str_radix(digits, 16).ok()?, Shape::Integer)
}

/// Numbers in brackets at the end of a value, after whatever names the type: `[]uint8 len: 16, cap: 16, [1,86,…]`,
/// `Buffer(16) [1, 86, …, buffer: ArrayBuffer(8192), …]`.
fn list(leaf: &str, of: &Surroundings<'_>) -> Option<Leaf> {
    let inner = leaf.strip_suffix(']')?;
    let open = numbers_begin(inner)?;
    let numbers = inner.get(open..)?;
    let mut bytes = Vec::with_capacity(TEXT_LEN);
    for item in numbers.split(',') {
        match number(item.trim()) {
            Some(byte) if bytes.len() < TEXT_LEN => bytes.push(byte),
            // what JavaScript has besides its elements
            None if item.contains(':') => break,
            _ => return of.bits(halves_of(numbers, of)?.bits(), Shape::Halves),
        }
    }
    match bytes.len() {
        TEXT_LEN => of.leaf(Written::Text(&bytes), Shape::List, &bytes),
        12 | 16 | 20 => {
            let before = inner.get(..open).unwrap_or_default();
            let are_numbers = match Elements::of(of.type_name.unwrap_or_default(), before) {
                Elements::Bytes => false,
                Elements::Unknown => true,
                Elements::Other => return None,
            };
            let leaf = of.leaf(Written::Bytes(&bytes), Shape::List, b"")?;
            Some(Leaf {
                are_numbers,
                ..leaf
            })
        }
        _ => None,
    }
}

/// Two numbers of 64 bits; those without names where a type or a name says of what they are the halves.
fn halves_of(pair: &str, of: &Surroundings<'_>) -> Option<Halves> {
    halves::read(pair).filter(|halves| halves.are_named || of.hint >= Hint::Uuid)
}

/// Elements of a list, by the words of its type and those before it in the value.
enum Elements {
    Bytes,
    /// Numbers of another kind.
    Other,
    /// A list of anything: Python's and JavaScript's own, a type with a name of its own.
    Unknown,
}

impl Elements {
    fn of(type_name: &str, before: &str) -> Elements {
        let is_word = |text: &str, word: &str| {
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            words.any(|found| found == word)
        };
        let has = |word: &str| is_word(type_name, word) || is_word(before, word);
        if BYTES.iter().any(|word| has(word)) || type_name.contains("unsigned char") {
            Elements::Bytes
        } else if NUMBERS.iter().any(|word| has(word)) {
            Elements::Other
        } else {
            Elements::Unknown
        }
    }
}

/// Names of a byte in various languages, and of an array of them.
const BYTES: [&str; 12] = [
    "uint8",
    "u8",
    "byte",
    "Byte",
    "uint8_t",
    "UInt8",
    "Uint8Array",
    "Uint8ClampedArray",
    "Buffer",
    "ArrayBuffer",
    "bytes",
    "bytearray",
];

/// Names of numbers that are no bytes.
const NUMBERS: [&str; 42] = [
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
    "rune",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "short",
    "long",
    "int8_t",
    "int16_t",
    "int32_t",
    "int64_t",
    "uint16_t",
    "uint32_t",
    "uint64_t",
    "size_t",
    "float",
    "double",
    "float32",
    "float64",
    "f32",
    "f64",
    "Int8Array",
    "Int16Array",
    "Int32Array",
    "Uint16Array",
];

/// The begin of the numbers of the only list; nothing where there are several lists.
fn numbers_begin(inner: &str) -> Option<usize> {
    let mut lists = inner
        .match_indices('[')
        .map(|(at, _)| at + 1)
        .filter(|&at| {
            let list = inner.get(at..).unwrap_or_default();
            let length = list
                .bytes()
                .take_while(|byte| *byte != b',' && *byte != b']')
                .count();
            list.as_bytes().get(length) == Some(&b',')
        });
    let first = lists.next()?;
    lists.next().is_none().then_some(first)
}

fn number(item: &str) -> Option<u8> {
    match item.strip_prefix("0x") {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => item.parse().ok(),
    }
}
