use nu_plugin_protocol::StreamId;
use nu_protocol::{LabeledError, PipelineMetadata, Span, Value, record};

use super::*;

fn written(encoder: &impl Encoder<PluginOutput>, output: &PluginOutput) -> Vec<u8> {
    let mut written = Vec::new();
    encoder.encode(output, &mut written).unwrap();
    written
}

/// The message as Nushell reads it.
fn read(bytes: &[u8]) -> PluginOutput {
    let mut bytes = bytes;
    let read = Encoder::<PluginOutput>::decode(&MsgPackSerializer, &mut bytes).unwrap();
    assert!(bytes.is_empty(), "all of it is one message");
    read.unwrap()
}

#[test]
fn nushell_reads_what_its_own_serializer_would_have_written() {
    for size in [0, 1, 31, 255, 256, 8192, 70_000] {
        let bytes: Vec<u8> = (0..size).map(|n: u32| n.to_le_bytes()[0]).collect();
        let output = PluginOutput::Data(7, StreamData::Raw(Ok(bytes.clone())));
        let (ours, theirs) = (
            written(&Wire::default(), &output),
            written(&MsgPackSerializer, &output),
        );
        assert!(size < 2 || ours.len() <= theirs.len());
        let read = read(&ours);
        assert!(
            matches!(read, PluginOutput::Data(7, StreamData::Raw(Ok(read))) if read == bytes),
            "{size} bytes"
        );
    }
}

/// Values of every type, and of each the corners.
fn values() -> Vec<Value> {
    let span = Span::new(3, 70_000);
    let error = LabeledError::new("broken").with_label("here", span);
    let simple = vec![
        Value::bool(true, span),
        Value::int(i64::MIN, span),
        Value::int(-1, Span::unknown()),
        Value::int(i64::MAX, span),
        Value::float(0.1, span),
        Value::float(f64::INFINITY, span),
        Value::string("", span),
        Value::string("Ä\0\u{1F600}".repeat(100), span),
        Value::glob("*.csv", true, span),
        Value::filesize(7, span),
        Value::duration(-5, span),
        crate::value::example_datetime(1_469_922_850_259),
        Value::binary(vec![], span),
        Value::binary((0..=255).collect::<Vec<u8>>(), span),
        Value::nothing(span),
        Value::list(vec![], span),
        Value::record(record! {}, span),
        Value::error(error.into(), span),
    ];
    let nested = Value::list(simple.clone(), span);
    let row = record! { "a b" => nested.clone(), "" => Value::nothing(span), "z" => nested };
    let mut values = simple;
    values.push(Value::list(vec![Value::record(row, span); 3], span));
    values
}

/// All that a value has, its places among it.
fn whole(value: &Value) -> String {
    format!("{value:-?}")
}

#[test]
fn nushell_reads_every_value_with_its_type_and_place() {
    for value in values() {
        let output = PluginOutput::Data(1, StreamData::List(value.clone()));
        let bytes = written(&Wire::default(), &output);
        let PluginOutput::Data(1, StreamData::List(read)) = read(&bytes) else {
            panic!("another message than {}", whole(&value));
        };
        assert_eq!(whole(&read), whole(&value));
        let theirs = written(&MsgPackSerializer, &output).len();
        assert!(bytes.len() <= theirs, "{}", whole(&value));
    }
}

#[test]
fn nushell_reads_every_answer_with_its_metadata() {
    let metadata = [
        None,
        Some(PipelineMetadata::default().with_content_type(Some("text/plain".to_owned()))),
    ];
    for (value, metadata) in values()
        .into_iter()
        .flat_map(|value| metadata.clone().map(|metadata| (value.clone(), metadata)))
    {
        let header = PipelineDataHeader::Value(value.clone(), metadata.clone());
        let output = PluginOutput::CallResponse(5, PluginCallResponse::PipelineData(header));
        let PluginOutput::CallResponse(
            5,
            PluginCallResponse::PipelineData(PipelineDataHeader::Value(read, told)),
        ) = read(&written(&Wire::default(), &output))
        else {
            panic!("another message than {}", whole(&value));
        };
        assert_eq!(whole(&read), whole(&value));
        assert_eq!(format!("{told:?}"), format!("{metadata:?}"));
    }
}

#[test]
fn every_other_message_is_as_nushell_writes_it() {
    let outputs = [
        PluginOutput::End(3),
        PluginOutput::Ack(3),
        PluginOutput::Data(1, StreamData::Raw(Err(LabeledError::new("broken")))),
        PluginOutput::CallResponse(
            1,
            PluginCallResponse::PipelineData(PipelineDataHeader::Empty),
        ),
    ];
    for output in outputs {
        assert_eq!(
            written(&Wire::default(), &output),
            written(&MsgPackSerializer, &output)
        );
    }
}

#[test]
fn a_drop_comes_before_acknowledgements_that_are_held() {
    let messages: Vec<PluginInput> = [1, 1, 1].map(PluginInput::Ack).into();
    let mut bytes = Vec::new();
    for message in messages.iter().chain([&PluginInput::Drop(1 as StreamId)]) {
        MsgPackSerializer.encode(message, &mut bytes).unwrap();
    }
    let wire = Wire::default();
    let read = Encoder::<PluginInput>::decode(&wire, &mut bytes.as_slice()).unwrap();
    assert!(matches!(read, Some(PluginInput::Drop(1))), "{read:?}");
}

#[test]
fn an_error_of_bytes_keeps_the_words_that_were_left_for_it() {
    let lost = || PluginOutput::Data(7, StreamData::Raw(Err(LabeledError::new("I/O error"))));
    let told = LabeledError::new("cut").with_code("ulid::file");
    assert_eq!(
        fails_with(told.clone()).kind(),
        std::io::ErrorKind::InvalidData
    );
    let error = |output| match read(&written(&Wire::default(), &output)) {
        PluginOutput::Data(7, StreamData::Raw(Err(error))) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(error(lost()), told);
    assert_eq!(error(lost()).msg, "I/O error");
}
