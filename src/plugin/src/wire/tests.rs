//! Messages as Nushell's own reader takes them, beside those that its own serializer would have written.

use nu_plugin_protocol::StreamId;
use nu_protocol::{LabeledError, PipelineMetadata, Span, Value, record};

use super::{batch::batches, *};

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

/// Rows of a column of numbers, and one as wide as a batch may be.
fn rows(count: i64) -> Vec<Members<'static>> {
    let row = |n: i64| vec![("n".into(), Value::test_int(n))];
    let mut rows: Vec<Members> = (0..count).map(row).collect();
    rows.push(vec![(
        "wide".into(),
        Value::test_string("x".repeat(1 << 17)),
    )]);
    rows
}

#[test]
fn nushell_reads_each_row_of_a_batch_as_a_message_of_its_own() {
    let span = Span::new(3, 70_000);
    let items = batches(&mut rows(100).into_iter(), span);
    assert!(items.len() > 6 && items.len() < 100);
    let (wire, mut bytes) = (Wire::default(), Vec::new());
    for item in in_place(items.into_iter(), span) {
        let output = PluginOutput::Data(7, StreamData::List(item));
        bytes.extend(written(&wire, &output));
    }
    let mut rest = bytes.as_slice();
    for row in rows(100) {
        let read = Encoder::<PluginOutput>::decode(&MsgPackSerializer, &mut rest).unwrap();
        let Some(PluginOutput::Data(7, StreamData::List(read))) = read else {
            panic!("another message than {row:?}");
        };
        let row = row
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value));
        assert_eq!(whole(&read), whole(&Value::record(row.collect(), span)));
    }
    assert!(rest.is_empty());
}

/// A writer may have a hundred items under way: it has to hear of each batch once, when the last row of it is used.
#[test]
fn a_batch_is_acknowledged_once_by_its_last_row() {
    let wire = Wire::default();
    let (mut items, mut rows_written) = (0, 0);
    while items < 64 {
        let batches = batches(&mut rows(100).into_iter(), Span::unknown());
        for item in in_place(batches.into_iter(), Span::unknown()) {
            written(&wire, &PluginOutput::Data(7, StreamData::List(item)));
            items += 1;
        }
        rows_written += 101;
    }
    let acknowledgements = [PluginInput::Ack(7), PluginInput::Ack(8)];
    let mut bytes = Vec::new();
    let mut read = 0;
    for _ in 0..rows_written {
        MsgPackSerializer
            .encode(&acknowledgements[0], &mut bytes)
            .unwrap();
    }
    let mut rest = bytes.as_slice();
    while let Some(message) = Encoder::<PluginInput>::decode(&wire, &mut rest).unwrap() {
        assert!(matches!(message, PluginInput::Ack(7)));
        read += 1;
    }
    // those of the last burst wait for others
    assert!(read <= items && items - read < 32, "{read} of {items}");
    let mut bytes = Vec::new();
    for _ in 0..64 {
        MsgPackSerializer
            .encode(&acknowledgements[1], &mut bytes)
            .unwrap();
    }
    let mut rest = bytes.as_slice();
    let next = Encoder::<PluginInput>::decode(&wire, &mut rest).unwrap();
    assert!(matches!(next, Some(PluginInput::Ack(7))), "{next:?}");
}

#[test]
fn a_batch_that_nobody_wants_is_not_written_for_the_next_stream() {
    let wire = Wire::default();
    let mut items = in_place(
        batches(&mut rows(1).into_iter(), Span::unknown()).into_iter(),
        Span::unknown(),
    );
    assert!(items.next().is_some());
    drop(items);
    let output = PluginOutput::Data(1, StreamData::List(Value::test_int(5)));
    let PluginOutput::Data(1, StreamData::List(read)) = read(&written(&wire, &output)) else {
        panic!("another message");
    };
    assert_eq!(read, Value::test_int(5));
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
