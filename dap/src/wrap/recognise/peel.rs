//! Wrappings that debuggers put around a value: a pointer before it, a type name and brackets around it, a console's `$0 =`.

use ulid_engine::codec::TEXT_LEN;

use super::{Hint, halves, hint::hint_of_type, leaf::LONGEST_TEXT};

/// A value without its wrapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Peeled<'a> {
    pub(super) leaf: &'a str,
    /// True if the leaf was a named field: the value is a structure that holds it.
    pub(super) is_field: bool,
}

/// Wrappings within wrappings that are looked through.
const DEEPEST: usize = 4;

/// Takes off every wrapping that holds one single value; nothing where it holds several.
pub(super) fn peel(value: &str) -> Option<Peeled<'_>> {
    let mut peeled = Peeled {
        leaf: after_console_name(value),
        is_field: false,
    };
    for _ in 0..DEEPEST {
        let leaf = peeled.leaf.trim();
        peeled.leaf = leaf;
        if let Some(text) = after_object_id(leaf) {
            let Some((inner, is_field)) = in_java_text(text) else {
                peeled.leaf = text;
                continue;
            };
            peeled.leaf = inner;
            peeled.is_field |= is_field;
            return Some(peeled);
        }
        if let Some(value) = after_dynamic_type(leaf) {
            peeled.leaf = value;
            continue;
        }
        if let Some(value) = in_ruby_object(leaf) {
            peeled.leaf = value;
            peeled.is_field = true;
            continue;
        }
        match leaf.as_bytes() {
            // a symbol of Ruby
            [b':', b'"', ..] => peeled.leaf = leaf.get(1..)?,
            // Go's pointers, Rust's references
            [b'*' | b'&', ..] => peeled.leaf = leaf.trim_start_matches(['*', '&']),
            [b'0', b'x', ..] => match after_pointer(leaf) {
                Some(text) => peeled.leaf = text,
                None => return Some(peeled),
            },
            [b'<', .., b'>'] => peeled.leaf = leaf.get(1..leaf.len() - 1)?,
            [.., b')'] => {
                let (path, inner) = inside(leaf, '(')?;
                if halves::read(inner).is_some() {
                    peeled.leaf = inner;
                    return Some(peeled);
                }
                let inner = after_time(inner).unwrap_or(inner);
                peeled.leaf = single(inner, &mut peeled.is_field)?;
                peeled.is_field |= !is_value_itself(path);
            }
            [.., b'}'] => {
                let (path, inner) = inside(leaf, '{')?;
                if halves::read(inner).is_some() || halves::quarters(inner).is_some() {
                    peeled.leaf = inner;
                    return Some(peeled);
                }
                if path.is_empty() && is_container(inner.trim()) {
                    return None;
                }
                peeled.leaf = single(inner, &mut peeled.is_field)?;
            }
            _ => return Some(peeled),
        }
    }
    Some(peeled)
}

/// The value after lldb's `(std::string) $0 = `.
fn after_console_name(value: &str) -> &str {
    let after = || {
        let (_type, named) = value.strip_prefix('(')?.split_once(") $")?;
        let (number, value) = named.split_once(" = ")?;
        number
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then_some(value)
    };
    after().map_or(value, before_elements)
}

/// lldb's console lists the characters of a Rust string after it: `"01ARZ…" {⏎ [0] = '0'…`.
fn before_elements(value: &str) -> &str {
    match value.find("\" {\n") {
        Some(end) if value.starts_with('"') => value.get(..=end).unwrap_or(value),
        _ => value,
    }
}

/// The text after lldb's `0x000055555555a008 `.
fn after_pointer(leaf: &str) -> Option<&str> {
    let (pointer, text) = leaf.split_once(' ')?;
    let digits = pointer.strip_prefix("0x")?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(text)
}

/// The value after the dynamic type of an interface, as Delve writes it: `interface {}(string) "01ARZ…"`.
fn after_dynamic_type(leaf: &str) -> Option<&str> {
    let (types, value) = leaf.split_once(") ")?;
    let (interface, dynamic) = types.split_once('(')?;
    let is_type = |text: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_./{}[]* ".contains(&byte);
        !text.is_empty() && text.bytes().all(is_part)
    };
    (is_type(interface) && is_type(dynamic)).then_some(value)
}

/// The text of an object of Java after its number: `Ulid@23 "01ARZ…"`.
fn after_object_id(leaf: &str) -> Option<&str> {
    let (object, text) = leaf.split_once(' ')?;
    let (name, number) = object.split_once('@')?;
    let is_name = |text: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.$".contains(&byte);
        !text.is_empty() && text.bytes().all(is_part)
    };
    let is_quoted = text.starts_with('"') && end_of_quoted(text) == text.len();
    (is_name(name) && is_name(number) && is_quoted).then_some(text)
}

/// Content of the text of an object of Java, and if that is a field of it: the number of a `BigInteger`, the halves or the one text of a
/// record, the text of an `Optional`.
fn in_java_text(quoted: &str) -> Option<(&str, bool)> {
    let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() != TEXT_LEN {
        return Some((text, false));
    }
    let (name, inner) = text.strip_suffix(']')?.split_once('[')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_name && halves::read(inner).is_some() {
        return Some((inner, false));
    }
    let (field, value) = inner.split_once('=').unwrap_or(("", inner));
    let is_text = value.len() == TEXT_LEN && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_name && is_text).then_some((value, !field.is_empty()))
}

/// The one text in an object of Ruby: `#<struct User id="01ARZ…">`, `#<User:0x00007f @id="01ARZ…">`.
fn in_ruby_object(leaf: &str) -> Option<&str> {
    let inner = leaf.strip_prefix("#<")?.strip_suffix('>')?;
    let (head, text) = inner.split_once('=')?;
    let has_field = head.contains(' ') && !head.contains('"');
    let is_quoted = text.starts_with('"') && end_of_quoted(text) == text.len();
    (has_field && is_quoted).then_some(text)
}

/// The text after the time that the ULID of Ruby writes before it: `ULID(2016-07-30 23:54:10.259 UTC: 01ARZ…)`.
fn after_time(inner: &str) -> Option<&str> {
    let (_, text) = inner.split_once(" UTC: ")?;
    (text.len() == TEXT_LEN).then_some(text)
}

/// True if braces without a name hold an element and no field: a set of Python. .NET writes the bare text of a value in them.
fn is_container(inner: &str) -> bool {
    let is_bare = matches!(inner.len(), TEXT_LEN | LONGEST_TEXT)
        && inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    field(inner).is_none() && !is_bare
}

/// True if what is constructed is the value itself, and not an object that has it among others.
fn is_value_itself(path: &str) -> bool {
    const SAME: [&str; 7] = ["", "String", "Symbol", "bytearray", "Some", "Ok", "Box"];
    let name = path.trim().rsplit("::").next().unwrap_or_default();
    SAME.contains(&name) || hint_of_type(path) > Hint::Identifier
}

/// The name before the brackets of `path::Name(…)` or `Name {…}`, and what stands between them.
fn inside(leaf: &str, open: char) -> Option<(&str, &str)> {
    let (path, rest) = leaf.split_once(open)?;
    let is_path = path
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_:.<>$&*/ ".contains(&byte));
    let inner = rest.get(..rest.len().checked_sub(1)?)?;
    is_path.then_some((path.trim(), inner))
}

/// The one value of `x`, `field: x` or `field = x`, or the text that a pointer and a length describe.
fn single<'a>(inner: &'a str, is_field: &mut bool) -> Option<&'a str> {
    let inner = inner.trim();
    let Some((name, value)) = field(inner) else {
        return Some(inner);
    };
    match value.strip_prefix(|c| c == '"' || c == '\'') {
        // a comma after the value: more fields, unless they are the halves of a string view
        Some(_) if end_of_quoted(value) != value.len() => {
            let text = string_view(inner);
            text.or_else(|| begin_of_cut_view(name, value, is_field))
        }
        None if value.contains(", ") && !value.contains(['[', '{', '(']) => string_view(inner),
        _ => {
            *is_field = !is_tuple_field(name);
            Some(value)
        }
    }
}

/// `name: value`, `name:value` or `name = value` with a plain name.
fn field(inner: &str) -> Option<(&str, &str)> {
    let length = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let (name, rest) = inner.split_at_checked(length)?;
    let value = rest.strip_prefix(" = ").or_else(|| {
        rest.strip_prefix(':')
            .filter(|value| !value.starts_with(':'))
    })?;
    (!name.is_empty()).then_some((name, value.trim()))
}

/// The field of a type that wraps one value: `__0` and `0` of Rust, `_M_elems` of `std::array`, `_M_p` of `std::string`.
fn is_tuple_field(name: &str) -> bool {
    matches!(
        name,
        "__0" | "0" | "_M_elems" | "__elems_" | "_M_p" | "data_ptr" | "_M_str"
    )
}

/// The text of `{_M_len:26, _M_str:"…"}` and `{data_ptr:"…", length:26}`, cut to its length where that is a ULID's.
///
/// The pointer's text runs on to the next NUL, so it may be longer than the view.
fn string_view(inner: &str) -> Option<&str> {
    let (pointer, length) = match field(inner)? {
        ("data_ptr", value) => {
            let end = end_of_quoted(value);
            let length = value.get(end..)?.strip_prefix(", length:")?;
            (value.get(..end)?, length)
        }
        ("_M_len", value) => {
            let (length, pointer) = value.split_once(", _M_str:")?;
            (pointer, length)
        }
        _ => return None,
    };
    let length: usize = length.trim().parse().ok()?;
    let quoted = pointer.strip_prefix('"')?;
    // escapes would make bytes and characters differ; the text of a ULID has none
    let text = quoted.get(..length).filter(|text| !text.contains('\\'))?;
    let exact = quoted.as_bytes().get(length) == Some(&b'"');
    if exact {
        pointer.get(..length + 2)
    } else {
        Some(text)
    }
}

/// The begin of the text of `{data_ptr:"01ARZ…and what lies behind it in memory", ...}`: lldb cuts a row before the length where
/// the text is long. A structure is what shows it, since the view may be longer than a ULID.
fn begin_of_cut_view<'a>(name: &str, value: &'a str, is_field: &mut bool) -> Option<&'a str> {
    let rest = value.get(end_of_quoted(value)..)?;
    let is_cut = name == "data_ptr" && matches!(rest, ", ..." | "..." | "..., ...");
    let text = value.get(1..=TEXT_LEN).filter(|_| is_cut)?;
    *is_field = true;
    Some(text)
}

/// The end of a quoted text that starts the value; the value's length where it does not end.
fn end_of_quoted(value: &str) -> usize {
    let mut bytes = value.bytes().enumerate();
    let quote = bytes.next().map(|(_, quote)| quote);
    while let Some((at, byte)) = bytes.next() {
        if byte == b'\\' {
            bytes.next();
        } else if Some(byte) == quote {
            return at + 1;
        }
    }
    value.len()
}
