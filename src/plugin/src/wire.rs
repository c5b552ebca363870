//! How messages are written to Nushell: as [`MsgPackSerializer`] writes them, but the bytes of a stream in one piece.
//!
//! The portions of a byte stream are a `Vec<u8>` in Nushell's messages, which its own serializer writes number by number.
//! MessagePack has a form for bytes, and Nushell's reader takes either: text then costs a copy, not a call for each of
//! its bytes at both ends.

use std::io::{BufRead, Write};

use nu_plugin::{MsgPackSerializer, PluginEncoder};
use nu_plugin_core::Encoder;
use nu_plugin_protocol::{PluginInput, PluginOutput, StreamData};
use nu_protocol::ShellError;
use serde::{Serialize, Serializer};

/// MessagePack with the bytes of streams as bytes.
#[derive(Debug, Clone, Copy)]
pub struct Wire;

impl PluginEncoder for Wire {
    fn name(&self) -> &str {
        MsgPackSerializer.name()
    }
}

impl Encoder<PluginInput> for Wire {
    fn encode(&self, input: &PluginInput, writer: &mut impl Write) -> Result<(), ShellError> {
        MsgPackSerializer.encode(input, writer)
    }

    fn decode(&self, reader: &mut impl BufRead) -> Result<Option<PluginInput>, ShellError> {
        MsgPackSerializer.decode(reader)
    }
}

impl Encoder<PluginOutput> for Wire {
    fn encode(&self, output: &PluginOutput, writer: &mut impl Write) -> Result<(), ShellError> {
        let PluginOutput::Data(id, StreamData::Raw(Ok(bytes))) = output else {
            return MsgPackSerializer.encode(output, writer);
        };
        let message = Message::Data(*id, Portion::Raw(Ok(Bytes(bytes))));
        rmp_serde::encode::write_named(writer, &message).map_err(|error| {
            ShellError::PluginFailedToEncode {
                msg: error.to_string(),
            }
        })
    }

    fn decode(&self, reader: &mut impl BufRead) -> Result<Option<PluginOutput>, ShellError> {
        MsgPackSerializer.decode(reader)
    }
}

/// [`PluginOutput::Data`], named alike.
#[derive(Serialize)]
enum Message<'a> {
    Data(usize, Portion<'a>),
}

/// [`StreamData::Raw`], named alike.
#[derive(Serialize)]
enum Portion<'a> {
    Raw(Result<Bytes<'a>, ()>),
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(encoder: &impl Encoder<PluginOutput>, output: &PluginOutput) -> Vec<u8> {
        let mut written = Vec::new();
        encoder.encode(output, &mut written).unwrap();
        written
    }

    #[test]
    fn nushell_reads_what_its_own_serializer_would_have_written() {
        for size in [0, 1, 31, 255, 256, 8192, 70_000] {
            let bytes: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
            let output = PluginOutput::Data(7, StreamData::Raw(Ok(bytes.clone())));
            let (ours, theirs) = (
                written(&Wire, &output),
                written(&MsgPackSerializer, &output),
            );
            assert!(size < 2 || ours.len() <= theirs.len());
            let read = Encoder::<PluginOutput>::decode(&MsgPackSerializer, &mut ours.as_slice());
            assert!(
                matches!(read, Ok(Some(PluginOutput::Data(7, StreamData::Raw(Ok(read))))) if read == bytes),
                "{size} bytes"
            );
        }
    }

    #[test]
    fn every_other_message_is_as_nushell_writes_it() {
        let outputs = [
            PluginOutput::End(3),
            PluginOutput::Ack(3),
            PluginOutput::Data(1, StreamData::List(nu_protocol::Value::test_string("a"))),
            PluginOutput::Data(
                1,
                StreamData::Raw(Err(nu_protocol::LabeledError::new("broken"))),
            ),
        ];
        for output in outputs {
            assert_eq!(
                written(&Wire, &output),
                written(&MsgPackSerializer, &output)
            );
        }
    }
}
