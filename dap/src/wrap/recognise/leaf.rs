//! One value without wrapping: a quoted text, an integer, a list of bytes, a UUID, or bare characters.

use ulid_engine::{
    Reading, Ulid,
    anatomy::Form,
    codec::{self, TEXT_LEN},
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
}

/// The longest decoded text that can be a ULID: a UUID.
pub(super) const LONGEST_TEXT: usize = 36;

pub(super) fn read(leaf: &str, type_name: Option<&str>) -> Option<Leaf> {
    let leaf = leaf.trim();
    match leaf.as_bytes() {
        [b'"' | b'\'' | b'`', ..] => quoted(leaf, false, type_name),
        [b'b' | b'u' | b'U' | b'L', b'"' | b'\'', ..] => {
            let is_bytes = leaf.starts_with('b');
            quoted(leaf.get(1..)?, is_bytes, type_name)
        }
        [.., b']'] => list(leaf),
        _ => plain(leaf, type_name),
    }
}

fn quoted(leaf: &str, is_bytes: bool, type_name: Option<&str>) -> Option<Leaf> {
    let quote = leaf.chars().next()?;
    // most strings are neither a ULID nor anything escaped, and end here
    let has_plain_length = matches!(leaf.len(), 18 | 28 | 38);
    let is_plain = memchr::memchr2(b'\\', b'<', leaf.as_bytes()).is_none() && leaf.is_ascii();
    // 16 bytes that all print as themselves take two quotes more
    let declared = (!is_plain || leaf.len() <= 18) && type_name.is_some_and(declares_16_bytes);
    if !declared && is_plain {
        return has_plain_length
            .then(|| plainly_quoted(leaf, quote, is_bytes))
            .flatten();
    }
    let shape = shape_of(quote, is_bytes);
    let mut bytes = literal::read(leaf, LONGEST_TEXT)?;
    if declared && bytes.len() < 16 {
        // lldb drops the zeros at the end
        bytes.resize(16, 0);
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
        LONGEST_TEXT => uuid(inner, Some(quote)),
        _ => None,
    }
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
    let Ok((Form::Uuid, id)) = Form::read(text, Reading::Strict) else {
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
        return bits(Ulid(digits.parse().ok()?), Shape::Integer);
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
    bits(Ulid(u128::from_str_radix(digits, 16).ok()?), Shape::Integer)
}

/// Numbers in brackets at the end of a value, after whatever names the type: `[]uint8 len: 16, cap: 16, [1,86,…]`,
/// `Buffer(16) [1, 86, …, buffer: ArrayBuffer(8192), …]`.
fn list(leaf: &str) -> Option<Leaf> {
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
        16 => bits(Ulid::from_bytes(bytes.try_into().ok()?), Shape::List),
        _ => None,
    }
}

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
