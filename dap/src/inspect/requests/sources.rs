//! The text that an editor shows for a file that it cannot open itself: compressed, piped or binary.

use dap::{
    requests::SourceArguments,
    responses::{LoadedSourcesResponse, ResponseBody, SourceResponse},
};
use ulid_engine::dataset::Format;

use crate::inspect::{
    program::{Program, RENDERED},
    refusal::Refusal,
    session::{Answer, Reply, Session},
};

/// Text that is sent at most, in bytes; beyond it an editor is of no use.
const TEXT_MAX: usize = 16 << 20;
/// Rows of binary records that are written out at most.
const ROWS_MAX: usize = 500_000;

impl Session {
    pub(in crate::inspect) fn loaded_sources(&self) -> Reply {
        let sources = self.program.iter().map(|program| program.source.clone());
        Reply::Body(ResponseBody::LoadedSources(LoadedSourcesResponse {
            sources: sources.collect(),
        }))
    }

    pub(in crate::inspect) fn source(&self, arguments: &SourceArguments) -> Answer {
        let program = self.program()?;
        let of_source = arguments
            .source
            .as_ref()
            .and_then(|source| source.source_reference);
        let reference = of_source.map_or(arguments.source_reference, i64::from);
        if reference != i64::from(RENDERED) {
            return Err(Refusal::Source(reference));
        }
        Ok(Reply::Body(ResponseBody::Source(SourceResponse {
            content: text(program)?,
            mime_type: Some("text/plain".to_owned()),
        })))
    }
}

/// An element of JSON, none of whose strings goes over a line end.
fn in_one_line(text: &str) -> String {
    text.lines().map(str::trim).collect()
}

/// The rows as lines, as far as an editor can take them.
fn text(program: &Program) -> Result<String, Refusal> {
    let table = &program.table;
    let layout = table.dataset.layout();
    if !table.has_lines {
        let rows = table.rows(0, ROWS_MAX)?;
        let lines = rows.iter().map(|row| match layout.format {
            Format::Binary => row.id_text().into_owned(),
            _ => in_one_line(&row.text()),
        });
        return Ok(lines.collect::<Vec<_>>().join("\n") + "\n");
    }
    let bytes = table.dataset.bytes_at(0, TEXT_MAX)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
