//! Quoted text as debuggers print it, back to bytes.
//!
//! Between them the adapters use the escapes of C (`\x01`, `\265`, `\a`), of lldb (`\U00000001`), of Rust (`\u{1}`), of
//! Go and Python (`\ufe53`), and gdb's repeats: `'\000' <repeats 15 times>`. Runs of bytes that happen to be UTF-8 are
//! shown as the characters, which are encoded again here.

/// Reads a quoted text that is no longer than `limit` bytes; nothing where it is longer, cut off, or no quoted text.
pub(super) fn read(text: &str, limit: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(limit.min(64));
    let mut rest = text;
    loop {
        rest = segment(rest, limit, &mut bytes)?;
        if bytes.len() > limit {
            return None;
        }
        if rest.is_empty() {
            return Some(bytes);
        }
        rest = rest.strip_prefix(", ")?;
    }
}

/// One `"…"`, `'x' <repeats N times>` or `<incomplete sequence \360>`; returns what follows it.
fn segment<'a>(text: &'a str, limit: usize, bytes: &mut Vec<u8>) -> Option<&'a str> {
    if let Some(sequence) = text.strip_prefix("<incomplete sequence ") {
        let (sequence, rest) = sequence.split_once('>')?;
        let end = unescape(sequence, None, limit, bytes)?;
        return (end == sequence.len()).then_some(rest);
    }
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let content = text.get(1..)?;
    let before = bytes.len();
    let end = unescape(content, Some(quote), limit, bytes)?;
    let rest = content.get(end..)?.strip_prefix(quote)?;
    match rest.strip_prefix(" <repeats ") {
        None => Some(rest),
        Some(repeats) => {
            let (count, rest) = repeats.split_once(" times>")?;
            let count: usize = count.parse().ok().filter(|count| *count <= limit)?;
            let once = bytes.get(before..).filter(|once| once.len() == 1)?.to_vec();
            bytes.extend(once.iter().cycle().take(count.checked_sub(1)?));
            Some(rest)
        }
    }
}

/// Appends the bytes of a text up to an unescaped quote or its end, and returns where that is.
fn unescape(text: &str, quote: Option<char>, limit: usize, bytes: &mut Vec<u8>) -> Option<usize> {
    let mut at = 0;
    while let Some(next) = text.get(at..)?.chars().next() {
        if bytes.len() > limit {
            return None;
        }
        if Some(next) == quote {
            return Some(at);
        }
        at += next.len_utf8();
        if next == '\\' {
            at += escape(text.get(at..)?, bytes)?;
        } else {
            push_char(bytes, next);
        }
    }
    Some(at)
}

/// Appends what an escape stands for, and returns its length without the backslash.
fn escape(text: &str, bytes: &mut Vec<u8>) -> Option<usize> {
    let kind = text.chars().next()?;
    let short = match kind {
        'x' => return hex(text, 2).map(|value| push_byte(bytes, value, 3)),
        'u' if text.starts_with("u{") => {
            let digits = text.get(2..text.find('}')?)?;
            push_char(
                bytes,
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?,
            );
            return Some(digits.len() + 3);
        }
        'u' => return hex(text, 4).and_then(|value| push_code(bytes, value, 5)),
        'U' => return hex(text, 8).and_then(|value| push_code(bytes, value, 9)),
        '0'..='7' => return Some(octal(text, bytes)),
        'n' => b'\n',
        't' => b'\t',
        'r' => b'\r',
        'a' => 7,
        'b' => 8,
        'v' => 11,
        'f' => 12,
        'e' => 27,
        '\\' | '\'' | '"' | '`' => u8::try_from(kind).ok()?,
        _ => return None,
    };
    bytes.push(short);
    Some(1)
}

fn hex(text: &str, digits: usize) -> Option<u32> {
    let digits = text.get(1..=digits)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| plain)
}

/// One to three octal digits, as C has them.
fn octal(text: &str, bytes: &mut Vec<u8>) -> usize {
    let digits = text
        .bytes()
        .take(3)
        .take_while(|byte| (b'0'..=b'7').contains(byte));
    let (value, length) = digits.fold((0_u32, 0), |(value, length), digit| {
        (value * 8 + u32::from(digit - b'0'), length + 1)
    });
    push_byte(bytes, value, length)
}

fn push_byte(bytes: &mut Vec<u8>, value: u32, length: usize) -> usize {
    // three octal digits can say 0o777; the C compiler keeps the low byte as well
    bytes.push(value.to_le_bytes()[0]);
    length
}

fn push_code(bytes: &mut Vec<u8>, code: u32, length: usize) -> Option<usize> {
    push_char(bytes, char::from_u32(code)?);
    Some(length)
}

fn push_char(bytes: &mut Vec<u8>, character: char) {
    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
