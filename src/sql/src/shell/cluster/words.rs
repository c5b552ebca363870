//! Errors of a cluster in a sentence: they come as the insides of Rust's types.

use datafusion::error::DataFusionError;

use super::VERSION;

/// An executor that was lost in the middle of a query ended it; those that are left can answer.
#[derive(Debug)]
pub(crate) struct Lost(String);

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Lost {}

/// An error that a plan ended with, with the role that it comes from.
pub(crate) fn in_words(error: &DataFusionError, cluster: &str) -> anyhow::Error {
    let raw = error.to_string();
    let said = plain(&raw);
    let has = |signs: &[&str]| signs.iter().any(|sign| raw.contains(sign));
    if has(&[
        "GrpcConnectionError",
        "FetchFailed",
        "most recent failure reason",
    ]) {
        return Lost(format!(
            "an executor with a part of the result is gone, ask again: {said}"
        ))
        .into();
    }
    if raw.trim_end().ends_with(" failed: Cancelled") {
        return Lost(format!(
            "an executor of the scheduler at {cluster} was lost in the middle of the query, ask again"
        ))
        .into();
    }
    anyhow::Error::msg(if has(&["ConnectError"]) {
        format!("the scheduler at {cluster} is not there: {said}")
    } else if has(&["h2 protocol error", "broken pipe", "transport error"]) {
        format!("the scheduler at {cluster}, or an executor of it, broke off: {said}")
    } else if has(&["Error serializing custom table"]) {
        "a table in the memory of this process, such as that of ulid_generate or CREATE TABLE, is none for a cluster; write it to a file that executors find".to_owned()
    } else if has(&["PhysicalExtensionCodec is not provided"]) {
        // One that the scheduler has not yet known when it planned.
        without_functions(&format!("an executor of the scheduler at {cluster}"))
    } else if has(&["LogicalExtensionCodec is not provided"]) {
        without_functions(&format!("the scheduler at {cluster}"))
    } else {
        format!("the cluster of the scheduler at {cluster}: {said}")
    })
}

fn without_functions(role: &str) -> String {
    format!(
        "{role} does not know the functions of ulid-sql {VERSION}; run one version in all roles"
    )
}

/// The text in the middle of nested types, or all of it if there is none.
fn plain(raw: &str) -> String {
    let raw = raw.trim().trim_start_matches("Execution error: ");
    // A status of gRPC, and an error of the system, hold what is said as a text in quotes.
    let text_after = |sign| Some(unquoted(raw.split_once(sign)?.1));
    let message = text_after("message: \"");
    if let (Some(message), Some(path)) = (&message, text_after("path: \"")) {
        return format!("{path}: {message}");
    }
    let message = message.unwrap_or_else(|| raw.to_owned());
    match message.rsplit_once("(\"") {
        Some((_, rest)) => unquoted(rest),
        None => message,
    }
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
                "the scheduler at df://a:1, or an executor of it, broke off: h2 protocol error: error reading a body from connection",
            ),
            (
                r#"Status { code: Unavailable, message: "tcp connect error", source: Some(tonic::transport::Error(Transport, ConnectError(ConnectError("tcp connect error", 127.0.0.1:1, Os { code: 111, kind: ConnectionRefused, message: "Connection refused" })))) }"#,
                "the scheduler at df://a:1 is not there: tcp connect error",
            ),
            (
                r#"Job 1 failed: Task failed: Context("a_rule", Plan("no file at \"/a\" is there")), and more"#,
                "the cluster of the scheduler at df://a:1: no file at \"/a\" is there",
            ),
            (
                r#"Job 1 failed: NotFound { path: "/a.csv", source: Os { code: 2, message: "No such file" } }"#,
                "the cluster of the scheduler at df://a:1: /a.csv: No such file",
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
