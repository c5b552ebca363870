use std::fmt;

use crate::Ulid;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    Reading,
    codec::{self, Fault},
};

/// The digits of 128 bits in hexadecimal.
const HEX_LEN: usize = 32;

/// The spellings of the 128 bits of a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// 26 characters of Crockford's base 32, upper case.
    Ulid,
    /// Hyphenated groups of 8-4-4-4-12 hexadecimal digits, lower case.
    Uuid,
    /// `urn:uuid:` before the UUID (RFC 9562).
    Urn,
    /// 32 hexadecimal digits, lower case.
    Hex,
    /// The unsigned 128-bit integer in decimal; after a zero where its 26 or 32 digits would be read as another form.
    Integer,
    /// Base 64 of the 16 bytes, most significant first, padded (RFC 4648).
    Base64,
}

impl Form {
    /// Every form, the canonical one first.
    pub const ALL: [Form; 6] = [
        Form::Ulid,
        Form::Uuid,
        Form::Urn,
        Form::Hex,
        Form::Integer,
        Form::Base64,
    ];

    /// The lower-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Form::Ulid => "ulid",
            Form::Uuid => "uuid",
            Form::Urn => "urn",
            Form::Hex => "hex",
            Form::Integer => "integer",
            Form::Base64 => "base64",
        }
    }

    /// A ULID in this form, which [`Form::read`] reads back.
    #[must_use]
    pub fn print(self, id: Ulid) -> String {
        match self {
            Form::Ulid => codec::print(id).to_string(),
            Form::Uuid => uuid(id),
            Form::Urn => format!("urn:uuid:{}", uuid(id)),
            Form::Hex => format!("{:032x}", id.to_u128()),
            Form::Integer => integer(id),
            Form::Base64 => STANDARD.encode(id.to_bytes()),
        }
    }

    /// Reads text in whichever form it is written, and says which that was.
    ///
    /// Hexadecimal digits may carry `0x`. 26 characters are always read as a ULID, and 32 hexadecimal digits as
    /// [`Form::Hex`] even where all of them are decimal.
    ///
    /// # Errors
    ///
    /// [`FormError`] with the fault as a ULID where the text is in none of the forms.
    pub fn read(text: &str, reading: Reading) -> Result<(Form, Ulid), FormError> {
        let text = text.trim();
        let fault = match codec::parse(text, reading) {
            Ok(id) => return Ok((Form::Ulid, id)),
            Err(fault) => fault,
        };
        Some(text)
            .filter(|text| text.len() != codec::TEXT_LEN)
            .and_then(other_form)
            .ok_or(FormError { fault })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Text in none of the forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "neither a ULID nor a UUID, 32 hexadecimal digits, an integer or base 64 of 16 bytes; as a ULID: {fault}"
)]
pub struct FormError {
    /// What is wrong with it as a ULID.
    pub fault: Fault,
}

fn integer(id: Ulid) -> String {
    let digits = id.to_u128().to_string();
    match digits.len() {
        codec::TEXT_LEN | HEX_LEN => format!("0{digits}"),
        _ => digits,
    }
}

fn uuid(id: Ulid) -> String {
    let hex = format!("{:032x}", id.to_u128());
    let (a, b, c, d, e) = (
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    );
    format!("{a}-{b}-{c}-{d}-{e}")
}

fn other_form(text: &str) -> Option<(Form, Ulid)> {
    let uuid_text = strip_prefix_ignore_case(text, "urn:uuid:");
    if let Some(id) = read_uuid(uuid_text.unwrap_or(text)) {
        return Some((
            if uuid_text.is_some() {
                Form::Urn
            } else {
                Form::Uuid
            },
            id,
        ));
    }
    let prefixed = strip_prefix_ignore_case(text, "0x");
    let digits = prefixed.unwrap_or(text);
    if (prefixed.is_some() || digits.len() == HEX_LEN)
        && let Some(bits) = read_hex(digits)
    {
        return Some((Form::Hex, Ulid::from_u128(bits)));
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text
            .parse()
            .ok()
            .map(|bits| (Form::Integer, Ulid::from_u128(bits)));
    }
    let bytes: [u8; 16] = STANDARD.decode(text).ok()?.try_into().ok()?;
    Some((Form::Base64, Ulid::from_bytes(bytes)))
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

fn read_hex(digits: &str) -> Option<u128> {
    // from_str_radix also takes a sign
    let digits_only = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u128::from_str_radix(digits, 16)
        .ok()
        .filter(|_| digits_only)
}

fn read_uuid(text: &str) -> Option<Ulid> {
    let text = text
        .strip_prefix('{')
        .and_then(|inner| inner.strip_suffix('}'))
        .unwrap_or(text);
    let groups: Vec<&str> = text.split('-').collect();
    if groups.iter().map(|group| group.len()).ne([8, 4, 4, 4, 12]) {
        return None;
    }
    read_hex(&groups.concat()).map(Ulid::from_u128)
}
