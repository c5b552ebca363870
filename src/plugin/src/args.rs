//! Flags and cell paths, declared and read in one place.

use nu_plugin::{EngineInterface, EvaluatedCall};
use nu_protocol::{
    Category, Completion, Flag, LabeledError, Signature, Span, SyntaxShape, Value,
    ast::{CellPath, PathMember},
};
use ulid_engine::{
    Reading, Ulid, codec,
    dataset::{self, Format},
    row::Spelling,
    sort::Direction,
    timestamp::TimeZone,
};

use crate::{
    choice::{OnError, zone},
    config::Config,
    label, value,
};

/// A signature in our category.
pub(crate) fn signature(name: &str) -> Signature {
    Signature::build(name).category(Category::Custom("ulid".to_owned()))
}

/// The signature of a filter that reads IDs: its cell paths and the shared flags.
pub(crate) fn filter_signature(name: &str) -> Signature {
    item_flags(signature(name)).rest(
        "paths",
        SyntaxShape::CellPath,
        "The cells that hold IDs, for records and tables.",
    )
}

/// Adds the flags of filters that read IDs: `--lenient` and `--on-error`.
pub(crate) fn item_flags(signature: Signature) -> Signature {
    on_error_flag(lenient_flag(signature))
}

/// Adds `--lenient` alone, for commands to which no item is bad.
pub(crate) fn lenient_flag(signature: Signature) -> Signature {
    signature.switch(
        "lenient",
        "Read I and L as 1, O as 0, and skip hyphens.",
        None,
    )
}

/// Adds `--on-error` alone, for commands whose input is no ID.
pub(crate) fn on_error_flag(signature: Signature) -> Signature {
    signature.param(
        Flag::new("on-error")
            // a bare null is no string to Nushell's parser
            .arg(SyntaxShape::OneOf(vec![
                SyntaxShape::String,
                SyntaxShape::Nothing,
            ]))
            .desc("What a bad item becomes: error (default), null, or drop to leave it out.")
            .completion(Completion::new_list(&OnError::NAMES)),
    )
}

/// Adds `--zone`, for commands that show times or read them from text.
pub(crate) fn zone_flag(signature: Signature) -> Signature {
    signature.named(
        "zone",
        SyntaxShape::String,
        "The time zone, as Europe/Berlin, local or +02:00; else that of the configuration.",
        None,
    )
}

/// The cell paths among the positional arguments, from `first` on.
pub(crate) fn paths(call: &EvaluatedCall, first: usize) -> Result<Vec<CellPath>, LabeledError> {
    (first..call.positional.len())
        .filter_map(|place| path(call, place).transpose())
        .collect()
}

/// The cell path at a place of the positional arguments, if it was given.
///
/// A path comes over without the places of its members, and Nushell takes a place of 0 for the begin of the environment,
/// whose variables it then shows in the picture of an error. So each member gets the place of the argument.
pub(crate) fn path(call: &EvaluatedCall, place: usize) -> Result<Option<CellPath>, LabeledError> {
    let path: Option<CellPath> = call.opt(place)?;
    let argument = call.positional.get(place).map_or(call.head, Value::span);
    Ok(path.map(|path| placed(path, argument)))
}

/// The cell path behind a flag, with the place of the flag.
pub(crate) fn path_of_flag(
    call: &EvaluatedCall,
    flag: &str,
) -> Result<Option<CellPath>, LabeledError> {
    let path: Option<CellPath> = call.get_flag(flag)?;
    let argument = call.get_flag_span(flag).unwrap_or(call.head);
    Ok(path.map(|path| placed(path, argument)))
}

/// A path each member of which has a place.
fn placed(mut path: CellPath, argument: Span) -> CellPath {
    for member in &mut path.members {
        let (PathMember::String { span, .. } | PathMember::Int { span, .. }) = member;
        *span = argument;
    }
    path
}

fn zone_of(name: &Value) -> Result<TimeZone, LabeledError> {
    zone(name.as_str()?, name.span())
}

/// How items are read and what becomes of bad ones: the flags of the call, else the configuration.
#[derive(Debug)]
pub(crate) struct Rules {
    lenient: Option<bool>,
    on_error: Option<OnError>,
    zone: Option<TimeZone>,
    config: Config,
}

impl Rules {
    pub(crate) fn of(
        engine: &EngineInterface,
        call: &EvaluatedCall,
    ) -> Result<Rules, LabeledError> {
        let on_error = call
            .get_flag_value("on-error")
            .map(|flag| match flag {
                Value::Nothing { .. } => Ok(OnError::Null),
                _ => OnError::read(flag.as_str()?, flag.span()),
            })
            .transpose()?;
        // a switch may be given as `--lenient=false`, against the configuration
        let lenient = match call.get_flag_span("lenient") {
            Some(_) => Some(call.has_flag("lenient")?),
            None => None,
        };
        let zone = call.get_flag_value("zone");
        let zone = zone.map(|name| zone_of(&name)).transpose()?;
        Ok(Rules {
            lenient,
            on_error,
            zone,
            config: Config::of(engine),
        })
    }

    /// The zone of times that are shown or read from text.
    pub(crate) fn zone(&self) -> Result<&TimeZone, LabeledError> {
        match &self.zone {
            Some(zone) => Ok(zone),
            None => Ok(&self.config.settings()?.zone),
        }
    }

    /// The ULID in a text or in 16 bytes.
    pub(crate) fn id(&self, value: &Value) -> Result<Ulid, LabeledError> {
        match value {
            Value::String { val, .. } => self.id_in_text(val, value.span()),
            Value::Binary { val, .. } => value::id_in_bytes(val, value.span()),
            Value::Error { error, .. } => Err(LabeledError::from(error.as_ref().clone())),
            _ => Err(label::wrong_type(value, "a ULID as text or 16 bytes")),
        }
    }

    /// The ULID that a text is.
    pub(crate) fn id_in_text(&self, text: &str, span: Span) -> Result<Ulid, LabeledError> {
        let fault = match codec::parse(text, Reading::Strict) {
            Ok(id) => return Ok(id),
            Err(fault) => fault,
        };
        // Only now does it matter what the configuration says.
        match self.reading()? {
            Reading::Strict => Err(label::not_a_ulid(text, fault, span)),
            forgiving => {
                codec::parse(text, forgiving).map_err(|fault| label::not_a_ulid(text, fault, span))
            }
        }
    }

    /// How forgiving text is read.
    pub(crate) fn reading(&self) -> Result<Reading, LabeledError> {
        match self.lenient {
            Some(true) => Ok(Reading::Lenient),
            Some(false) => Ok(Reading::Strict),
            None => Ok(self.config.settings()?.reading),
        }
    }

    /// The ULID in a value, or nothing where it is none.
    pub(crate) fn id_if_any(&self, value: &Value) -> Result<Option<Ulid>, LabeledError> {
        match value {
            Value::String { val, .. } => match codec::parse(val, Reading::Strict) {
                Ok(id) => Ok(Some(id)),
                Err(_) => Ok(codec::parse(val, self.reading()?).ok()),
            },
            Value::Binary { val, .. } => Ok(value::id_in_bytes(val, value.span()).ok()),
            _ => Ok(None),
        }
    }

    /// The fate of a bad item.
    pub(crate) fn on_error(&self) -> Result<OnError, LabeledError> {
        match self.on_error {
            Some(on_error) => Ok(on_error),
            None => Ok(self.config.settings()?.on_error),
        }
    }

    /// Applies `--on-error`: the value, null, nothing where it is dropped, or the error.
    pub(crate) fn settle(
        &self,
        item: Result<Value, LabeledError>,
        span: Span,
    ) -> Result<Option<Value>, LabeledError> {
        match item {
            Ok(value) => Ok(Some(value)),
            Err(error) => match self.on_error()? {
                OnError::Error => Err(error),
                OnError::Null => Ok(Some(Value::nothing(span))),
                OnError::Drop => Ok(None),
            },
        }
    }
}

/// The values of `--format`.
pub(crate) const FORMATS: &str = "What the rows are, where the file does not tell: lines, csv, tsv, jsonl, json, text or binary.";

/// The format that `--format` names.
pub(crate) fn format(call: &EvaluatedCall) -> Result<Option<Format>, LabeledError> {
    let Some(value) = call.get_flag_value("format") else {
        return Ok(None);
    };
    let name = value.as_str()?;
    let format = name.parse().map_err(|_| {
        let names = Format::ALL.map(Format::name);
        label::not_one_of(name, &names, value.span())
    });
    format.map(Some)
}

/// The answer that `--header` gives.
pub(crate) fn header(call: &EvaluatedCall) -> Result<Option<bool>, LabeledError> {
    let Some(value) = call.get_flag_value("header") else {
        return Ok(None);
    };
    match value.as_str()? {
        "yes" => Ok(Some(true)),
        "no" => Ok(Some(false)),
        other => Err(label::not_one_of(other, &HEADERS, value.span())),
    }
}

/// A flag that takes one of some words, which Tab offers.
pub(crate) fn chosen(name: &str, help: &str, choices: &'static [&'static str]) -> Flag {
    Flag::new(name)
        .arg(SyntaxShape::String)
        .desc(help)
        .completion(Completion::new_list(choices))
}

/// The values of `--spelling`.
pub(crate) const SPELLINGS: [&str; Spelling::ALL.len()] = Spelling::NAMES;

/// The values of `--header`.
pub(crate) const HEADERS: [&str; 2] = ["yes", "no"];

/// The number of lines that `--skip` passes over.
pub(crate) fn skip(call: &EvaluatedCall) -> Result<usize, LabeledError> {
    let Some(value) = call.get_flag_value("skip") else {
        return Ok(0);
    };
    let lines = value.as_int()?;
    usize::try_from(lines)
        .map_err(|_| label::bad_number("a number of lines, 0 or more", "--skip 2", value.span()))
}

/// The spelling that `--spelling` names.
pub(crate) fn spelling(call: &EvaluatedCall) -> Result<Option<Spelling>, LabeledError> {
    let Some(value) = call.get_flag_value("spelling") else {
        return Ok(None);
    };
    let name = value.as_str()?;
    let found = Spelling::named(name);
    found
        .map(Some)
        .ok_or_else(|| label::not_one_of(name, &SPELLINGS, value.span()))
}

/// The byte that `--delimiter` names.
pub(crate) fn delimiter(call: &EvaluatedCall) -> Result<Option<u8>, LabeledError> {
    const NAMED: [&str; 6] = [",", ";", "|", "tab", "^", "~"];
    let Some(value) = call.get_flag_value("delimiter") else {
        return Ok(None);
    };
    let text = value.as_str()?;
    let refused = |_| label::not_one_of(text, &NAMED, value.span());
    dataset::delimiter(text).map(Some).map_err(refused)
}

/// The direction of the order that `--sort` and `--reverse` ask for, if they do.
pub(crate) fn direction(call: &EvaluatedCall) -> Result<Option<Direction>, LabeledError> {
    let reverse = call.has_flag("reverse")?;
    if call.has_flag("sort")? {
        return Ok(Some(match reverse {
            true => Direction::Descending,
            false => Direction::Ascending,
        }));
    }
    match call.get_flag_span("reverse") {
        Some(span) if reverse => Err(label::needs_flag(
            "reverse",
            "sort",
            "pipe the rows to `reverse`",
            span,
        )),
        _ => Ok(None),
    }
}
