//! Errors of a cluster in a sentence: they come as the insides of Rust's types.

use datafusion::error::DataFusionError;

/// An error that a plan ended with, with the role that it comes from.
pub(crate) fn in_words(error: &DataFusionError, cluster: &str) -> anyhow::Error {
    let raw = error.to_string();
    let said = plain(&raw);
    anyhow::Error::msg(
        if raw.contains("GrpcConnectionError") || raw.contains("FetchFailed") {
            format!("an executor with a part of the result is gone, ask again: {said}")
        } else if [
            "ConnectError",
            "h2 protocol error",
            "broken pipe",
            "transport error",
        ]
        .iter()
        .any(|sign| raw.contains(sign))
        {
            format!("the scheduler at {cluster} is not there: {said}")
        } else if raw.contains("failed to serialize logical plan") && raw.contains("custom table") {
            "a table in the memory of this process, such as that of ulid_generate or CREATE TABLE, is none for a cluster; write it to a file that executors find".to_owned()
        } else if raw.contains("PhysicalExtensionCodec is not provided") {
            // One that the scheduler has not yet known when it planned.
            format!(
                "an executor of the scheduler at {cluster} does not know the functions of ulid-sql {}; run one version in all roles",
                super::VERSION
            )
        } else if raw.contains("LogicalExtensionCodec is not provided") {
            format!(
                "the scheduler at {cluster} does not know the functions of ulid-sql {}; run one version in all roles",
                super::VERSION
            )
        } else {
            format!("the cluster of the scheduler at {cluster}: {said}")
        },
    )
}

/// The text in the middle of nested types, or all of it if there is none.
fn plain(raw: &str) -> String {
    let raw = raw.trim().trim_start_matches("Execution error: ");
    // A status of gRPC holds what is said as a text in quotes.
    let message = match raw.split_once("message: \"") {
        Some((_, rest)) => unquoted(rest),
        None => raw.to_owned(),
    };
    let inner = message.split_once("(\"");
    let inner = inner.and_then(|(_, rest)| Some(rest.rsplit_once("\")")?.0));
    inner.unwrap_or(&message).to_owned()
}

/// A text up to the quote that ends it, without the signs that keep quotes within it.
fn unquoted(text: &str) -> String {
    let mut unquoted = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => break,
            '\\' => unquoted.extend(letters.next()),
            _ => unquoted.push(letter),
        }
    }
    unquoted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors as Ballista 55 gives them.
    #[test]
    fn nested_types_become_a_sentence() {
        for (raw, expected) in [
            (
                r#"Status { code: Internal, message: "Failed to create SessionContext: DataFusionError(Plan(\"the client is of ulid-sql 9.9.9\"))", metadata: MetadataMap { headers: {"server": "ballista/55.0.0"} }, source: None }"#,
                "the cluster of the scheduler at df://a:1: the client is of ulid-sql 9.9.9",
            ),
            (
                r#"Job 038HTMTA6G000 failed: Job failed due to stage 1 failed: Task failed due to runtime execution error: DataFusionError(Shared(External(ArrowError(CastError("Cannot cast string 'order.placed' to value of Int32 type")))))"#,
                "the cluster of the scheduler at df://a:1: Cannot cast string 'order.placed' to value of Int32 type",
            ),
            (
                r#"tonic::transport::Error(Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })))"#,
                "the scheduler at df://a:1 is not there: Connection refused",
            ),
            (
                r#"code: 'Unknown error', message: "h2 protocol error: error reading a body from connection", source: hyper::Error(Body, Error { kind: Io(Custom { kind: BrokenPipe, error: "stream closed because of a broken pipe" }) })"#,
                "the scheduler at df://a:1 is not there: h2 protocol error: error reading a body from connection",
            ),
            (
                r#"Status { code: Unavailable, message: "tcp connect error", source: Some(tonic::transport::Error(Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })))) }"#,
                "the scheduler at df://a:1 is not there: tcp connect error",
            ),
            (
                "Job 1 failed: all executors were lost",
                "the cluster of the scheduler at df://a:1: Job 1 failed: all executors were lost",
            ),
        ] {
            let error = DataFusionError::Execution(raw.to_owned());
            assert_eq!(in_words(&error, "df://a:1").to_string(), expected);
        }
    }
}
