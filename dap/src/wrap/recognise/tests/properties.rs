//! Properties of every ID, however it is written.

use proptest::prelude::*;
use ulid_engine::{Ulid, row::Spelling};

use super::{
    super::{Glance, glance},
    *,
};
use crate::wrap::json;

/// Python's `repr` of bytes, written from its documentation.
fn python_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let escape = |&byte: &u8| match byte {
        b'\\' => "\\\\".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\'' if quote == '\'' => "\\'".to_owned(),
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    format!(
        "b{quote}{}{quote}",
        bytes.iter().map(escape).collect::<String>()
    )
}

/// C's octal escapes, as gdb prints them.
fn gdb_string(bytes: &[u8]) -> String {
    let escape = |&byte: &u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        0x20..=0x7e => char::from(byte).to_string(),
        _ => format!("\\{byte:03o}"),
    };
    format!("\"{}\"", bytes.iter().map(escape).collect::<String>())
}

fn in_window() -> impl Strategy<Value = Ulid> {
    let window = rules(Level::All).window;
    (window.start().ms()..=window.end().ms(), any::<u128>())
        .prop_map(|(ms, random)| Ulid::from_parts(ms, random & ((1 << 80) - 1)).unwrap())
}

proptest! {
    #[test]
    fn every_shape_gives_the_value_back(id in in_window()) {
        let bytes = id.to_bytes();
        let numbers = bytes.map(|byte| byte.to_string()).join(",");
        let text = codec::print(id);
        for value in [
            format!("'{text}'"),
            python_repr(&bytes),
            gdb_string(&bytes),
            format!("[16]uint8 [{numbers}]"),
            format!("({}) [{}]", 16, numbers.replace(',', ", ")),
            format!("0x{:x}", id.to_u128()),
            id.to_u128().to_string(),
            format!("{{__0:{}}}", id.to_u128()),
            format!("ulid.ULID('{}')", Spelling::Uuid.print(id)),
        ] {
            let rendering = Rendering { value: &value, type_name: Some("Ulid"), name: "x", hint: Hint::None };
            let found = recognise(&rendering, &rules(Level::Hinted)).and_then(|found| found.id.ulid());
            prop_assert_eq!(found, Some(id), "{}", value);
        }
    }

    #[test]
    fn a_glance_tells_what_a_look_does(
        inner in prop_oneof!["[ -~é]{0,40}", "[0-7][0-9A-HJKMNP-TV-Z]{25}", "[0-7][0-9a-hjkmnp-tv-z]{25}",
            "[a-z0-9-]{36}", "[0-9a-f]{24}", "[0-9A-Za-z]{27}", "[0-9]{15,20}", "[a-z]{3}_[0-9A-Za-z]{26,27}", "[ -;=-~]{16}", "(\\\\x01){4}[ -~]{0,12}"],
        quote in "['\"]?", level in prop_oneof![Just(Level::Text), Just(Level::All)],
    ) {
        let value = format!("{quote}{inner}{quote}");
        let escaped = json::quote(&value);
        let rendering = Rendering { value: &value, type_name: Some("unsigned char[16]"), name: "ulid", hint: Hint::Identifier };
        let looked = recognise(&rendering, &super::Rules { level, ..super::Rules::anything() });
        match glance(&escaped.as_bytes()[1..escaped.len() - 1]) {
            Glance::Nothing => prop_assert_eq!(looked, None, "{}", value),
            Glance::Ulid(found) => prop_assert_eq!(looked, Some(found), "{}", value),
            Glance::Perhaps => {}
        }
    }

    #[test]
    fn no_text_makes_it_fail(value in ".{0,80}", type_name in ".{0,12}") {
        let rendering = Rendering { value: &value, type_name: Some(&type_name), name: "id", hint: Hint::Identifier };
        let _ = recognise(&rendering, &rules(Level::All));
    }

    #[test]
    fn near_misses_do_not_make_it_fail(cut in 0_usize..60, case in 0_usize..6) {
        let values = [LLDB_BYTES, PYTHON_BYTES, "{_M_len:26, _M_str:\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}",
            "\"\\001\\200\", '\\000' <repeats 14 times>", "(ulid::Ulid) $2 = (__0 = 1777027686520646174104517696511196507)",
            "\"\\u{1}\\u{\", <incomplete sequence \\360\\237>"];
        let value: String = values[case].chars().take(cut).collect();
        for value in [value.clone(), format!("{value}\""), format!("{value})"), format!("{value}}}"), format!("{value}]")] {
            let rendering = Rendering { value: &value, type_name: Some("char[16]"), name: "id", hint: Hint::Identifier };
            let _ = recognise(&rendering, &rules(Level::All));
        }
    }
}
