//! Numbers that clients hold, where several files are open: each tells which file it is of.
//!
//! Of one file every number stays as it is.

use dap::types::Source;
use serde_json::{Map, Value, json};

/// Bits of an address that are the place in a file; above them is the number of the file.
const PLACE_BITS: u32 = 48;
/// A source that no file has.
const NOWHERE: i64 = i32::MAX as i64;

/// The target of a number of a client: the number of a file, and what that calls it.
pub(super) type Inner = (usize, i64);

/// Numbers of so many files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers {
    pub(super) files: usize,
}

impl Numbers {
    fn count(self) -> i64 {
        i64::try_from(self.files.max(1)).unwrap_or(i64::MAX)
    }

    /// The number by which a client knows one of a file; 0 and below mean none.
    fn outer(self, file: usize, number: i64) -> i64 {
        let file = i64::try_from(file).unwrap_or(0);
        if number <= 0 {
            return number;
        }
        number.saturating_mul(self.count()).saturating_add(file)
    }

    /// The file that a number is of, and its number there.
    pub(super) fn inner(self, number: i64) -> Inner {
        let file = usize::try_from(number.rem_euclid(self.count())).unwrap_or(0);
        (file, number.div_euclid(self.count()))
    }

    /// The file of a thread.
    pub(super) fn of_thread(self, thread: i64) -> Option<usize> {
        let file = usize::try_from(thread.checked_sub(1)?).ok()?;
        (file < self.files).then_some(file)
    }

    /// The file that an address is of, and the address there.
    pub(super) fn of_address(self, address: &str) -> Option<(usize, String)> {
        let digits = address.strip_prefix("0x")?;
        let number = u64::from_str_radix(digits, 16).ok()?;
        let file = usize::try_from(number >> PLACE_BITS).ok()?;
        let place = number & ((1 << PLACE_BITS) - 1);
        // places before the first row are counted down from the largest address
        let is_before = place >> (PLACE_BITS - 1) == 1;
        let place = if is_before {
            place | !((1 << PLACE_BITS) - 1)
        } else {
            place
        };
        (file < self.files).then(|| (file, format!("{place:#x}")))
    }

    fn outer_address(file: usize, address: &str) -> Option<String> {
        let digits = address.strip_prefix("0x")?;
        let place = u64::from_str_radix(digits, 16).ok()? & ((1 << PLACE_BITS) - 1);
        let file = u64::try_from(file).ok()?;
        Some(format!("{:#x}", file << PLACE_BITS | place))
    }

    /// Puts the numbers of a file's message as clients know them.
    pub(super) fn outward(self, file: usize, message: &mut Value) {
        match message {
            Value::Array(items) => items.iter_mut().for_each(|item| self.outward(file, item)),
            Value::Object(fields) => self.outward_fields(file, fields),
            _ => {}
        }
    }

    fn outward_fields(self, file: usize, fields: &mut Map<String, Value>) {
        for (name, value) in fields.iter_mut() {
            match name.as_str() {
                "variablesReference" | "sourceReference" | "valueLocationReference" => {
                    if let Some(number) = value.as_i64() {
                        *value = json!(self.outer(file, number));
                    }
                }
                "threadId" => *value = json!(file + 1),
                "progressId" => {
                    let number = value.as_str().and_then(|text| text.parse().ok());
                    if let Some(number) = number {
                        *value = json!(self.outer(file, number).to_string());
                    }
                }
                "memoryReference" | "instructionPointerReference" | "address" => {
                    let outer = value.as_str();
                    if let Some(outer) = outer.and_then(|text| Numbers::outer_address(file, text)) {
                        *value = json!(outer);
                    }
                }
                "threads" => each_id(value, |_| json!(file + 1)),
                "stackFrames" => {
                    each_id(value, |id| json!(self.outer(file, id)));
                    self.outward(file, value);
                }
                // they are counted from 0
                "targets" => each_id(value, |id| json!(id * self.count() + file_number(file))),
                // texts of the file itself
                "output" | "name" | "value" | "result" | "content" | "message" => {}
                _ => self.outward(file, value),
            }
        }
    }

    /// Puts the source of a request as a file knows it, which may be another one.
    pub(super) fn inward_source(self, file: usize, source: &mut Value) {
        let Some(reference) = source.get_mut("sourceReference") else {
            return;
        };
        let number = reference.as_i64().filter(|&number| number > 0);
        if let Some((of, inner)) = number.map(|number| self.inner(number)) {
            *reference = json!(if of == file { inner } else { NOWHERE });
        }
    }
}

fn file_number(file: usize) -> i64 {
    i64::try_from(file).unwrap_or(0)
}

/// Replaces the numbers of a list of things.
fn each_id(list: &mut Value, number: impl Fn(i64) -> Value) {
    for item in list.as_array_mut().into_iter().flatten() {
        if let Some(id) = item.get_mut("id")
            && let Some(own) = id.as_i64()
        {
            *id = number(own);
        }
    }
}

/// The source that a request speaks of.
pub(super) fn source_of(arguments: &Value) -> Option<Source> {
    let source = arguments.get("source")?;
    Some(Source {
        path: source
            .get("path")
            .and_then(Value::as_str)
            .map(str::to_owned),
        source_reference: source
            .get("sourceReference")
            .and_then(Value::as_i64)
            .and_then(|number| i32::try_from(number).ok()),
        ..Source::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_their_file() {
        let numbers = Numbers { files: 3 };
        for file in 0..3 {
            for number in [1, 2, 99, 1_000_000] {
                let mut message = json!({ "variablesReference": number });
                numbers.outward(file, &mut message);
                let outer = message["variablesReference"].as_i64().unwrap();
                assert_eq!(numbers.inner(outer), (file, number));
            }
            for address in ["0x0", "0x1b", "0xfffffffffffffffb"] {
                let mut message = json!({ "address": address });
                numbers.outward(file, &mut message);
                let outer = message["address"].as_str().unwrap();
                assert_eq!(numbers.of_address(outer), Some((file, address.to_owned())));
            }
        }
        assert_eq!(numbers.of_thread(0), None);
        assert_eq!(numbers.of_thread(3), Some(2));
        assert_eq!(numbers.of_thread(4), None);
        assert_eq!(numbers.of_address("x"), None);
    }

    #[test]
    fn of_one_file_all_stays_as_it_is() {
        let message = json!({
            "variablesReference": 7, "address": "0x1b", "stackFrames": [{ "id": 5 }], "targets": [{ "id": 0 }],
            "threads": [{ "id": 1 }], "progressId": "3", "source": { "sourceReference": 1 },
        });
        let mut outer = message.clone();
        Numbers { files: 1 }.outward(0, &mut outer);
        assert_eq!(outer, message);
    }
}
