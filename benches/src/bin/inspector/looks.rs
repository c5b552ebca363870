//! Requests of an editor after each stop.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use ulid_engine::codec;

use ulid_benches::session::Session;

use crate::ids::id;

/// How long the requests took that an editor sends after each stop.
#[derive(Default)]
pub(crate) struct Looks {
    pub(crate) stack_trace: Vec<Duration>,
    pub(crate) scopes: Vec<Duration>,
    pub(crate) variables: Vec<Duration>,
}

impl Looks {
    /// Looks at every scope of the row. Whether the whole file is gone over.
    pub(crate) fn take(&mut self, session: &mut Session, line: usize) -> Result<bool> {
        let (trace, took) = session.timed("stackTrace", json!({ "threadId": 1 }))?;
        self.stack_trace.push(took);
        let frame = &trace["stackFrames"][0];
        assert_eq!(frame["line"], json!(line));
        let (scopes, took) = session.timed("scopes", json!({ "frameId": frame["id"] }))?;
        self.scopes.push(took);
        let mut surveyed = false;
        for scope in scopes["scopes"].as_array().context("no scopes")? {
            let reference = json!({ "variablesReference": scope["variablesReference"] });
            let (variables, took) = session.timed("variables", reference)?;
            self.variables.push(took);
            let variables = variables["variables"].as_array().context("no variables")?;
            let value = |name: &str| variables.iter().find(|variable| variable["name"] == name);
            match scope["name"].as_str() {
                Some("ULID") => {
                    let id = codec::print(id(line)).to_string();
                    assert_eq!(value("id").context("no ID")?["value"], json!(id));
                }
                Some("Dataset") => surveyed = value("surveyed").is_none(),
                _ => assert!(!variables.is_empty()),
            }
        }
        Ok(surveyed)
    }
}
