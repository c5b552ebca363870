//! One value without wrapping: a quoted text, an integer, a list of bytes, a UUID, or bare characters.

use ulid_engine::{
    Reading, Ulid,
    codec::{self, TEXT_LEN},
    row::Spelling,
};

use super::{Case, Shape, literal};

/// A value that can be read as a ULID. Whether it is one, its surroundings say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) id: Ulid,
    pub(super) shape: Shape,
    pub(super) case: Case,
    pub(super) quote: Option<char>,
    pub(super) content: Content,
}

/// How much a value says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// The 26 characters as every implementation prints them.
    Text,
    /// 26 characters that may be something else: lower case, or digits alone.
    DoubtfulText,
    /// 128 bits that may mean anything.
    Bits,
    /// Sixteen small numbers, of which nothing says that they are bytes.
    Numbers,
}

/// The longest decoded text that can be a ULID: a UUID.
pub(super) const LONGEST_TEXT: usize = 36;
/// The digits of 128 bits.
pub(super) const HEX_LEN: usize = 32;
/// The longest buffer that is looked at for a text at its begin.
const LONGEST_BUFFER: usize = 4096;

pub(super) fn read(leaf: &str, type_name: Option<&str>) -> Option<Leaf> {
    let leaf = leaf.trim();
    match leaf.as_bytes() {
        [b'"' | b'\'' | b'`', ..] => quoted(leaf, false, type_name),
        [b'b' | b'u' | b'U' | b'L', b'"' | b'\'', ..] => {
            let is_bytes = leaf.starts_with('b');
            quoted(leaf.get(1..)?, is_bytes, type_name)
        }
        [.., b']'] => list(leaf, type_name),
        _ => plain(leaf, type_name),
    }
}

fn quoted(leaf: &str, is_bytes: bool, type_name: Option<&str>) -> Option<Leaf> {
    let quote = leaf.chars().next()?;
    // most strings are neither a ULID nor anything escaped, and end here
    let is_prefixed = has_prefix(leaf.as_bytes().get(1..leaf.len() - 1).unwrap_or_default());
    let has_plain_length = matches!(leaf.len(), 18 | 28 | 34 | 38) || is_prefixed;
    let is_plain = memchr::memchr2(b'\\', b'<', leaf.as_bytes()).is_none() && leaf.is_ascii();
    // 16 bytes that all print as themselves take two quotes more
    let declared = (!is_plain || leaf.len() <= 18) && type_name.is_some_and(declares_16_bytes);
    if !declared && is_plain {
        return has_plain_length
            .then(|| plainly_quoted(leaf, quote, is_bytes))
            .flatten();
    }
    let shape = shape_of(quote, is_bytes);
    let mut bytes = literal::read(leaf, LONGEST_BUFFER)?;
    if declared && bytes.len() < 16 {
        // lldb drops the zeros at the end
        bytes.resize(16, 0);
    }
    if bytes.len() != 16 {
        // gdb shows the rest of a buffer of C
        let end = bytes.iter().rposition(|byte| *byte != 0);
        bytes.truncate(end.map_or(0, |end| end + 1));
    }
    match bytes.len() {
        TEXT_LEN => text(&bytes, shape),
        16 => bits(Ulid::from_bytes(bytes.try_into().ok()?), Shape::Bytes),
        LONGEST_TEXT => uuid(str::from_utf8(&bytes).ok()?, Some(quote)),
        _ => None,
    }
}

/// A text without escapes, of which each character stands for itself.
fn plainly_quoted(leaf: &str, quote: char, is_bytes: bool) -> Option<Leaf> {
    let inner = leaf.strip_prefix(quote)?.strip_suffix(quote)?;
    match inner.len() {
        _ if inner.contains(quote) => None,
        TEXT_LEN => text(inner.as_bytes(), shape_of(quote, is_bytes)),
        16 => bits(
            Ulid::from_bytes(inner.as_bytes().try_into().ok()?),
            Shape::Bytes,
        ),
        HEX_LEN if !is_bytes && !has_prefix(inner.as_bytes()) => hexadecimal_text(inner, quote),
        LONGEST_TEXT if !has_prefix(inner.as_bytes()) => uuid(inner, Some(quote)),
        _ if !is_bytes => prefixed(inner, quote),
        _ => None,
    }
}

/// The 32 digits of 128 bits, of one case.
fn hexadecimal_text(inner: &str, quote: char) -> Option<Leaf> {
    let leaf = hexadecimal(inner)?;
    let has_upper = inner.bytes().any(|byte| byte.is_ascii_uppercase());
    let has_lower = inner.bytes().any(|byte| byte.is_ascii_lowercase());
    (!(has_upper && has_lower)).then_some(Leaf {
        shape: Shape::Hex,
        case: if has_upper { Case::Upper } else { Case::Lower },
        quote: Some(quote),
        ..leaf
    })
}

/// True if a text may be an ID behind a prefix: if a `_` stands before its last 26 characters.
pub(super) fn has_prefix(text: &[u8]) -> bool {
    let before = text.len().checked_sub(TEXT_LEN + 1);
    before.is_some_and(|at| at > 0 && text.get(at) == Some(&b'_'))
}

/// The ID behind a prefix in small letters, as Stripe writes it and TypeID has it: `user_01ARZ…`.
fn prefixed(inner: &str, quote: char) -> Option<Leaf> {
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
    let leaf = text(id.as_bytes(), Shape::Prefixed)?;
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

/// The text of a ULID, of one case.
pub(super) fn text(bytes: &[u8], shape: Shape) -> Option<Leaf> {
    let text: &[u8; TEXT_LEN] = bytes.try_into().ok()?;
    // most are none, and nobody asks why
    if !codec::is_valid(text, Reading::Strict) {
        return None;
    }
    let id = codec::parse(text, Reading::Strict).ok()?;
    let upper = bytes.iter().any(u8::is_ascii_uppercase);
    let lower = bytes.iter().any(u8::is_ascii_lowercase);
    let content = match (upper, lower) {
        (true, false) => Content::Text,
        // no implementation mixes them
        (true, true) => return None,
        (false, _) => Content::DoubtfulText,
    };
    Some(Leaf {
        id,
        shape,
        case: Case::of(bytes),
        quote: quote_of(shape),
        content,
    })
}

fn bits(id: Ulid, shape: Shape) -> Option<Leaf> {
    Some(Leaf {
        id,
        shape,
        case: Case::Upper,
        quote: None,
        content: Content::Bits,
    })
}

fn uuid(text: &str, quote: Option<char>) -> Option<Leaf> {
    let Ok((Spelling::Uuid, id)) = Spelling::read(text, Reading::Strict) else {
        return None;
    };
    let has_upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let case = if has_upper { Case::Upper } else { Case::Lower };
    Some(Leaf {
        case,
        quote,
        ..bits(id, Shape::Uuid)?
    })
}

fn quote_of(shape: Shape) -> Option<char> {
    match shape {
        Shape::Text(quote) => Some(quote),
        _ => None,
    }
}

/// Characters without quotes or brackets.
fn plain(leaf: &str, type_name: Option<&str>) -> Option<Leaf> {
    if let Some(hex) = leaf.strip_prefix("0x") {
        return hexadecimal(hex);
    }
    let digits = leaf.strip_suffix('n').unwrap_or(leaf);
    if type_name == Some("bigint") && digits.len() == leaf.len() {
        // js-debug writes no prefix before hexadecimal digits, and an `n` after decimal ones
        return hexadecimal(leaf);
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return bits(Ulid::from_u128(digits.parse().ok()?), Shape::Integer);
    }
    match leaf.len() {
        TEXT_LEN => text(leaf.as_bytes(), Shape::Bare),
        LONGEST_TEXT => uuid(leaf, None),
        _ => None,
    }
}

fn hexadecimal(digits: &str) -> Option<Leaf> {
    if digits.len() > 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    bits(
        Ulid::from_u128(u128::from_str_radix(digits, 16).ok()?),
        Shape::Integer,
    )
}

/// Numbers in brackets at the end of a value, after whatever names the type: `[]uint8 len: 16, cap: 16, [1,86,…]`,
/// `Buffer(16) [1, 86, …, buffer: ArrayBuffer(8192), …]`.
fn list(leaf: &str, type_name: Option<&str>) -> Option<Leaf> {
    let inner = leaf.strip_suffix(']')?;
    let open = numbers_begin(inner)?;
    let mut bytes = Vec::with_capacity(TEXT_LEN);
    for item in inner.get(open..)?.split(',') {
        match number(item.trim()) {
            Some(byte) if bytes.len() < TEXT_LEN => bytes.push(byte),
            // what JavaScript has besides its elements
            None if item.contains(':') => break,
            _ => return None,
        }
    }
    match bytes.len() {
        TEXT_LEN => text(&bytes, Shape::List),
        16 => {
            let before = inner.get(..open).unwrap_or_default();
            let content = match Elements::of(type_name.unwrap_or_default(), before) {
                Elements::Bytes => Content::Bits,
                Elements::Unknown => Content::Numbers,
                Elements::Other => return None,
            };
            let id = Ulid::from_bytes(bytes.try_into().ok()?);
            Some(Leaf {
                content,
                ..bits(id, Shape::List)?
            })
        }
        _ => None,
    }
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

/// Where the numbers of the only list begin; nothing where there are several lists.
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
