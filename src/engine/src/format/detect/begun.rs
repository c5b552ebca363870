//! A sample that ends within its first record, a long object: closed where it ends, so that its fields are seen. How it is
//! read is told by the others.

/// Fields of an object that is a row; one of more is rather a table by its keys.
const MOST_FIELDS: usize = 64;

/// The object that a sample begins with, without what was cut: its last field has no value. `None` where the sample has a
/// whole line, or is no object.
pub(super) fn closed(sample: &[u8]) -> Option<Vec<u8>> {
    let object = sample.trim_ascii_start();
    if !object.starts_with(b"{") || memchr::memchr(b'\n', object).is_some() {
        return None;
    }
    let (mut depth, mut fields) = (0_usize, 0);
    // the last comma and the last colon between the fields
    let (mut comma, mut colon) = (None, None);
    let mut at = 0;
    while let Some(&byte) = object.get(at) {
        match byte {
            b'"' => at = end_of_text(object, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => comma = Some(at),
            b':' if depth == 1 => {
                colon = Some(at);
                fields += 1;
            }
            _ => {}
        }
        at += 1;
    }
    if depth == 0 || fields > MOST_FIELDS {
        return None;
    }
    let (kept, end): (_, &[u8]) = match (comma, colon?) {
        (Some(comma), colon) if comma > colon => (object.get(..comma)?, b"}"),
        (_, colon) => (object.get(..=colon)?, b"null}"),
    };
    Some([kept, end].concat())
}

/// The quote that ends a text, or the last byte where none does.
fn end_of_text(object: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while let Some(length) = object
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += length;
        if object.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    object.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_closed_where_it_was_cut() {
        for (cut, whole) in [
            (r#"{"id":"x","text":"abc"#, r#"{"id":"x","text":null}"#),
            (r#"{"id":"x","a":[1,{"b":2},"#, r#"{"id":"x","a":null}"#),
            (r#"{"id":"a,\"b:","n":1,"lo"#, r#"{"id":"a,\"b:","n":1}"#),
            (r#" {"only":"\"#, r#"{"only":null}"#),
        ] {
            let closed = closed(cut.as_bytes()).expect("it is an object");
            assert_eq!(String::from_utf8_lossy(&closed), whole, "{cut}");
            assert!(serde_json::from_slice::<serde_json::Value>(&closed).is_ok());
        }
        for other in [
            r#"{"id":1}"#,
            "[1,2",
            "{\"id\":1}\n{\"id\"",
            "text",
            r#"{"lo"#,
        ] {
            assert_eq!(closed(other.as_bytes()), None, "{other}");
        }
        let table: String = (0..100)
            .map(|key| format!("\"{key}\":{{\"n\":1}},"))
            .collect();
        assert_eq!(closed(format!("{{{table}").as_bytes()), None);
    }
}
