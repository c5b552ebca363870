//! The first bytes of a file or a stream, by which it is recognised.

use std::io::{self, Read as _};

use crate::{
    format::{
        Divider, Format, OpenOptions, RECORD_LEN, Wait,
        detect::{SAMPLE_RECORDS, is_binary},
        is_table_told,
        json::array::{Elements, first_element},
    },
    source::{BLOCK_LEN, ReadError, Source, Stream},
};

/// The part of a stream behind its first bytes.
pub(super) enum Rest {
    Goes(Stream),
    /// None does, for the reason if there is one.
    Ended(Option<io::Error>),
}

/// The wait that options ask for, if they leave something to be told. Lines tell by a sample how their IDs are spelled.
pub(super) fn wait_for(options: &OpenOptions) -> Wait {
    match options.format {
        _ if options.skip > 0 || options.comment.is_some() => Wait::Sample,
        Some(Format::Text | Format::Binary) => Wait::FirstRecord,
        Some(Format::Lines) if options.spelling.is_some() => Wait::FirstRecord,
        Some(Format::Csv | Format::Tsv) if is_table_told(options) => Wait::FirstRecord,
        _ => options.wait,
    }
}

/// Bytes of the first lines that the options pass over.
pub(super) fn skipped(head: &[u8], options: &OpenOptions) -> usize {
    let mut at = 0;
    if let Some(last) = options.skip.checked_sub(1) {
        at = memchr::memchr_iter(b'\n', head)
            .nth(last)
            .map_or(head.len(), |at| at + 1);
    }
    let comment = options.comment.as_deref().unwrap_or_default().as_bytes();
    while let Some(line) = head
        .get(at..)
        .filter(|rest| !comment.is_empty() && rest.starts_with(comment))
    {
        at += memchr::memchr(b'\n', line).map_or(line.len(), |end| end + 1);
    }
    at
}

/// Reads enough of a stream to see what it is. Damage keeps what came before it.
pub(super) fn first_bytes(
    mut stream: Stream,
    wait: Wait,
    options: &OpenOptions,
) -> (Vec<u8>, Rest) {
    let wanted = match wait {
        Wait::FirstRecord => Wanted::FIRST,
        Wait::Sample => Wanted::SAMPLE,
    };
    let mut buffer = vec![0; BLOCK_LEN];
    let mut head = Vec::new();
    let mut looked_at = 0;
    loop {
        // what has grown by a share is looked at again: a record of megabytes takes no more than a few times its length
        if head.len() >= looked_at + looked_at / 4 && !head.is_empty() {
            looked_at = head.len();
            if wanted.is_met(&head, options) {
                return (head, Rest::Goes(stream));
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return (head, Rest::Ended(None)),
            Ok(count) => head.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (head, Rest::Ended(Some(error))),
        }
    }
}

/// The first bytes of a source: as many as a sample has, or the sample of a stream.
pub(super) fn head(source: &Source, options: &OpenOptions) -> Result<Vec<u8>, ReadError> {
    // the first block is kept: its rows are asked for next
    let (_, block) = source.block(0)?;
    let mut head = block.to_vec();
    let mut is_all = head.len() < BLOCK_LEN;
    while !is_all && !Wanted::SAMPLE.is_met(&head, options) {
        head.resize(2 * head.len(), 0);
        let count = source.read_at(0, &mut head)?;
        is_all = count < head.len();
        head.truncate(count);
    }
    Ok(head)
}

/// How much makes a sample: so many records, or so many bytes if there is a record among them.
#[derive(Clone, Copy)]
struct Wanted {
    records: usize,
    bytes: usize,
}

impl Wanted {
    const FIRST: Wanted = Wanted {
        records: 1,
        bytes: 0,
    };
    const SAMPLE: Wanted = Wanted {
        records: SAMPLE_RECORDS,
        bytes: 1 << 20,
    };
    /// Bytes that are looked at in vain for the end of a record.
    const LIMIT: usize = 32 << 20;
    /// Bytes within which lines are passed over.
    const MOST_SKIPPED: usize = 1 << 30;
    /// Records of a sample that is large enough in bytes: a header and a row.
    const FEWEST: usize = 2;

    fn is_met(self, head: &[u8], options: &OpenOptions) -> bool {
        let skipped = skipped(head, options);
        if skipped > 0 && skipped == head.len() {
            return skipped >= Wanted::MOST_SKIPPED;
        }
        let head = head.get(skipped..).unwrap_or_default();
        let enough = match head.len() < self.bytes {
            true => self.records,
            false => self.records.min(Wanted::FEWEST),
        };
        has_records(head, enough, options.format) || head.len() >= Wanted::LIMIT
    }
}

/// True if the first bytes of a source hold so many lines, or, where they look like an array of objects, elements. Binary
/// records have no lines; zeros alone make none, for they also stand in text.
fn has_records(head: &[u8], records: usize, format: Option<Format>) -> bool {
    if format.map_or_else(|| is_binary(head), |format| format == Format::Binary) {
        return head.len() >= records * RECORD_LEN;
    }
    let elements = first_element(head).and_then(|start| head.get(start..));
    match elements.map(<[u8]>::trim_ascii_start) {
        Some([]) => false,
        Some(elements @ [b'{', ..]) => {
            let mut divider = Divider::Elements(Elements::default());
            divider.count(elements).count >= records as u64
        }
        _ => memchr::memchr_iter(b'\n', head).take(records).count() == records,
    }
}
