//! How messages are written to Nushell and read from it: MessagePack as [`MsgPackSerializer`] has it, in the forms that
//! Nushell's reader takes with the least work.
//!
//! A stream of a million rows is a million messages. Written as Nushell's own serializer does it, each value spells out the
//! names of its parts, each message wakes Nushell by a write of its own, and each is acknowledged by a message that wakes
//! this process. Measured on rows of nine columns, in processor time of Nushell, which does the same work for whatever
//! plugin: values without names of their parts save two fifths of it; messages that are written together, while there are
//! more at once, and acknowledgements that are taken together save a fifth. One list in place of a stream saves nothing, and
//! holds all rows in memory.

mod acknowledged;
mod ahead;
mod compact;
mod failed;

use std::{
    io::{BufRead, Write},
    sync::{Arc, Mutex, PoisonError},
};

use nu_plugin::{MsgPackSerializer, PluginEncoder};
use nu_plugin_core::Encoder;
use nu_plugin_protocol::{
    PipelineDataHeader, PluginCallResponse, PluginInput, PluginOutput, StreamData,
};
use nu_protocol::{
    ShellError,
    shell_error::{self, io::IoError},
};

use acknowledged::Acknowledged;
use compact::{Variant, output, portion};
use serde::Serialize;

pub(crate) use ahead::{has_more, in_batches};
pub(crate) use failed::fails_with;

/// MessagePack with the bytes of streams as bytes, and values without the names of their parts.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    acknowledged: Arc<Mutex<Acknowledged>>,
}

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
        // only the thread that reads ever takes it
        let held = self.acknowledged.lock();
        let mut held = held.unwrap_or_else(PoisonError::into_inner);
        let read = || MsgPackSerializer.decode(reader).map_err(Box::new);
        held.next(read).map_err(|error| *error)
    }
}

impl Encoder<PluginOutput> for Wire {
    fn encode(&self, output: &PluginOutput, writer: &mut impl Write) -> Result<(), ShellError> {
        let encode = |bytes: &mut Vec<u8>| encode(output, bytes);
        let is_item = matches!(output, PluginOutput::Data(_, StreamData::List(_)));
        ahead::write(is_item, encode, writer).map_err(|error| match error {
            ahead::Failure::Encode(error) => *error,
            ahead::Failure::Write(error) => ShellError::Io(IoError::new_internal(
                shell_error::io::ErrorKind::from_std(error.kind()),
                "Could not write to Nushell",
            )),
        })
    }

    fn decode(&self, reader: &mut impl BufRead) -> Result<Option<PluginOutput>, ShellError> {
        MsgPackSerializer.decode(reader)
    }
}

fn encode(output: &PluginOutput, bytes: &mut Vec<u8>) -> Result<(), Box<ShellError>> {
    let encoded = match output {
        PluginOutput::Data(id, StreamData::Raw(Ok(data))) => {
            let data = Variant(portion::RAW, Ok::<_, ()>(compact::Bytes(data)));
            write(bytes, &Variant(output::DATA, (id, data)))
        }
        PluginOutput::Data(id, StreamData::List(value)) => {
            let value = Variant(portion::LIST, compact::Value(value));
            write(bytes, &Variant(output::DATA, (id, value)))
        }
        PluginOutput::CallResponse(
            id,
            PluginCallResponse::PipelineData(PipelineDataHeader::Value(value, metadata)),
        ) => {
            let value = Variant(compact::VALUE, (compact::Value(value), metadata));
            let response = Variant(compact::PIPELINE_DATA, value);
            write(bytes, &Variant(output::CALL_RESPONSE, (id, response)))
        }
        PluginOutput::Data(id, StreamData::Raw(Err(error))) => {
            let error = failed::take().unwrap_or_else(|| error.clone());
            let output = PluginOutput::Data(*id, StreamData::Raw(Err(error)));
            return MsgPackSerializer.encode(&output, bytes).map_err(Box::new);
        }
        other => return MsgPackSerializer.encode(other, bytes).map_err(Box::new),
    };
    encoded.map_err(|error| {
        Box::new(ShellError::PluginFailedToEncode {
            msg: error.to_string(),
        })
    })
}

fn write(bytes: &mut Vec<u8>, message: &impl Serialize) -> Result<(), rmp_serde::encode::Error> {
    rmp_serde::encode::write_named(bytes, message)
}

#[cfg(test)]
mod tests;
