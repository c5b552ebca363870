//! The text that an editor shows for a file that it cannot open itself: compressed, piped or binary.

use std::time::Duration;

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
/// Time that the text of a file waits at most for the file to be read.
const READ_WITHIN: Duration = Duration::from_secs(2);
/// Rows of binary records that are written out at most.
const ROWS_MAX: usize = 500_000;

impl Session {
    pub(in crate::inspect) fn loaded_sources(&self) -> Reply {
        let sources = self.program.iter().map(|program| program.source.clone());
        Reply::Body(ResponseBody::LoadedSources(LoadedSourcesResponse {
            sources: sources.collect(),
        }))
    }

    pub(in crate::inspect) fn source(&mut self, arguments: &SourceArguments) -> Answer {
        let program = self.program()?;
        let of_source = arguments
            .source
            .as_ref()
            .and_then(|source| source.source_reference);
        let reference = of_source.map_or(arguments.source_reference, i64::from);
        if reference != i64::from(RENDERED) {
            return Err(Refusal::Source(reference));
        }
        let Text { content, is_whole } = text(program)?;
        if !is_whole {
            let lines = content.lines().count();
            self.say(&format!(
                "the text that is shown ends after {lines} lines; the rows behind it are stepped through all the same\n"
            ));
        }
        Ok(Reply::Body(ResponseBody::Source(SourceResponse {
            content,
            mime_type: Some("text/plain".to_owned()),
        })))
    }
}

/// An element of JSON, none of whose strings goes over a line end.
fn in_one_line(text: &str) -> String {
    text.lines().map(str::trim).collect()
}

/// The text that an editor is shown.
struct Text {
    content: String,
    /// True if nothing of what there is was left out.
    is_whole: bool,
}

/// The rows as lines, as far as an editor can take them. An editor asks once, so that a file which is still being read is
/// waited for.
fn text(program: &Program) -> Result<Text, Refusal> {
    let table = &program.table;
    let dataset = &table.dataset;
    let has_come = table.is_endless() || dataset.wait_for_end(READ_WITHIN);
    let extent = dataset.extent();
    let layout = dataset.layout();
    if !table.has_lines {
        let rows = table.rows(0, ROWS_MAX)?;
        let lines = rows.iter().map(|row| match layout.format {
            Format::Binary => row.id_text().into_owned(),
            _ => in_one_line(&row.text()),
        });
        return Ok(Text {
            content: lines.collect::<Vec<_>>().join("\n") + "\n",
            is_whole: has_come && rows.len() >= extent.rows,
        });
    }
    let bytes = dataset.bytes_at(0, TEXT_MAX)?;
    Ok(Text {
        content: String::from_utf8_lossy(&bytes).into_owned(),
        is_whole: has_come && bytes.len() as u64 >= extent.bytes,
    })
}
