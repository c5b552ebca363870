//! How messages are written to Nushell and read from it: MessagePack as [`MsgPackSerializer`] has it, in the forms that
//! Nushell's reader takes with the least work.
//!
//! A stream of a million rows is a million messages. Written as Nushell's own serializer does it, each value spells out the
//! names of its parts, each message wakes Nushell by a write of its own, and each is acknowledged by a message that wakes
//! this process. Measured on a million rows of nine columns, in processor time of Nushell, which does the same work for
//! whatever plugin: values without names of their parts save two fifths of it, variants by number another fifth; messages
//! that are written together, while there are more at once, and acknowledgements that are taken together save a fifth. Rows
//! that are written by the threads that read them, sixteen a batch, take this process 1.0 s in place of 3.1 s.
//!
//! The rest is of Nushell: with messages that were all written beforehand it takes 5.6 s for them, where one list takes
//! 3.2 s, holds all rows in memory, and gives the first one last. Not even that comes near to `open` of CSV, which takes
//! 1.4 s, for it makes its records without a message. Each name of a record is looked up among those before it
//! (`Record::insert`), so that wide rows cost the square of their columns: two thirds of the time at 2,000 of them.

mod acknowledged;
mod ahead;
mod batch;
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
use batch::Owed;
use compact::{Variant, output, portion};
use serde::Serialize;

pub(crate) use ahead::{has_more, in_batches};
pub(crate) use batch::{Item, Members, in_place, items};
pub(crate) use failed::fails_with;

/// MessagePack with the bytes of streams as bytes, and values without the names of their parts.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    acknowledged: Arc<Mutex<Acknowledged>>,
    owed: Arc<Owed>,
}

impl PluginEncoder for Wire {
    fn name(&self) -> &str {
        // asked for once, before the first message
        batch::are_written();
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
        let read = || loop {
            match MsgPackSerializer.decode(reader).map_err(Box::new)? {
                Some(PluginInput::Ack(of)) if !self.owed.is_last(of) => {}
                other => {
                    if let Some(PluginInput::Drop(of)) = other {
                        self.owed.forget(of);
                    }
                    return Ok(other);
                }
            }
        };
        held.next(read).map_err(|error: Box<ShellError>| *error)
    }
}

impl Encoder<PluginOutput> for Wire {
    fn encode(&self, output: &PluginOutput, writer: &mut impl Write) -> Result<(), ShellError> {
        let written = match (output, batch::take()) {
            (PluginOutput::Data(id, StreamData::List(_)), Some(batch)) => {
                self.owed.add(*id, batch.len());
                let encode = |bytes: &mut Vec<u8>| batch.write(*id, bytes).map_err(not_encoded);
                ahead::write(false, encode, writer)
            }
            (PluginOutput::Data(_, StreamData::List(_)), None) => {
                ahead::write(true, |bytes| encode(output, bytes), writer)
            }
            _ => ahead::write(false, |bytes| encode(output, bytes), writer),
        };
        written.map_err(|error| match error {
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
    encoded.map_err(not_encoded)
}

fn not_encoded(error: rmp_serde::encode::Error) -> Box<ShellError> {
    let msg = error.to_string();
    Box::new(ShellError::PluginFailedToEncode { msg })
}

fn write(bytes: &mut Vec<u8>, message: &impl Serialize) -> Result<(), rmp_serde::encode::Error> {
    rmp_serde::encode::write_named(bytes, message)
}

#[cfg(test)]
mod tests;
