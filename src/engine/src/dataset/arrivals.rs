//! Files and streams of a source on their way into it: each is recognised by its first bytes, then its bytes come when those
//! before it have.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Cursor, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    head::{Rest, first_bytes, head, skipped, wait_for},
    join::join,
};
use crate::{
    cell::CellType,
    format::{Format, Layout, OpenOptions, Reason, Wait, detect, detect::Sample},
    source::{
        BLOCK_LEN, Backing, Content, OpenError, Opened, Part, ReadError, Reopening, Source, Spill,
        temporary,
    },
};

/// The beginning of a source, and the stream of its rest.
pub(super) struct Arrivals {
    /// The files up to the first that is a stream, with what was looked at of it.
    pub(super) parts: Vec<Part>,
    /// The layout of all files.
    pub(super) layout: Layout,
    pub(super) feed: Feed,
}

/// A file that was recognised.
struct Recognised {
    path: PathBuf,
    bytes: Bytes,
    layout: Layout,
    /// Bytes above its first row.
    above: u64,
}

/// Bytes of a file that was recognised.
enum Bytes {
    There(Part),
    /// The bytes that were looked at, and the rest.
    Stream {
        head: Vec<u8>,
        rest: Rest,
    },
    /// To be read from the begin, for what was looked at is not kept.
    Again(Reopening),
    /// None: its place is that of a file which holds nothing.
    Empty(Option<Part>),
}

/// Recognises all files.
pub(super) fn of(
    name: &Path,
    opened: impl Iterator<Item = Result<Opened, OpenError>>,
    options: &OpenOptions,
) -> Result<Arrivals, OpenError> {
    let mut files: Vec<Recognised> = Vec::new();
    for opened in opened {
        let is_first_stream = !files.iter().any(Recognised::is_stream);
        files.push(recognised(opened?, options, is_first_stream)?);
    }
    let is_empty = |file: &Recognised| matches!(file.bytes, Bytes::Empty(_));
    if !options.may_be_empty && files.iter().all(is_empty) {
        let path = match files.as_slice() {
            [file] => file.path.clone(),
            _ => name.to_owned(),
        };
        let reason = Reason::Empty;
        return Err(OpenError { path, reason });
    }
    let layout = join_all(&mut files);
    let (mut parts, mut feed) = (Vec::new(), Feed::new(files.into()));
    while feed.spill.is_none() {
        match feed.next_part() {
            Some(Ok(part)) => parts.push(part),
            Some(Err(error)) => return Err(error),
            None => break,
        }
    }
    Ok(Arrivals {
        parts,
        layout,
        feed,
    })
}

/// Joins the layouts of the files. One that holds nothing has the layout of the file before it, or of the one behind it.
fn join_all(files: &mut [Recognised]) -> Layout {
    let holds = |file: &&mut Recognised| !matches!(file.bytes, Bytes::Empty(_));
    let mut layouts: Vec<Layout> = Vec::with_capacity(files.len());
    layouts.extend(
        files
            .iter_mut()
            .filter(holds)
            .map(|file| file.layout.clone()),
    );
    let mut joint = join(&mut layouts);
    let hinting = files.iter().find(|file| file.layout.hint.is_some());
    joint.hint = hinting.and_then(|file| match files {
        [_] => file.layout.hint.clone(),
        _ => Some(format!(
            "{}: {}",
            file.path.display(),
            file.layout.hint.as_ref()?
        )),
    });
    let mut last = layouts.first().cloned();
    let mut layouts = layouts.into_iter();
    for file in files {
        if !matches!(file.bytes, Bytes::Empty(_)) {
            last = layouts.next();
        }
        file.layout.clone_from(last.as_ref().unwrap_or(&joint));
    }
    joint
}

impl Recognised {
    fn is_stream(&self) -> bool {
        matches!(self.bytes, Bytes::Stream { .. } | Bytes::Again(_))
    }
}

/// Recognises a file by its first bytes. Of a stream that can be read once more these are kept if it is the first: nobody
/// knows how many follow.
fn recognised(
    opened: Opened,
    options: &OpenOptions,
    is_first_stream: bool,
) -> Result<Recognised, OpenError> {
    let Opened {
        path,
        content,
        types,
    } = opened;
    let fail = |reason| OpenError {
        path: path.clone(),
        reason,
    };
    let declared = of_declared(&types, options);
    let options = declared.as_ref().unwrap_or(options);
    let (layout, above, bytes) = match content {
        Content::There { backing, skip, len } => {
            let part = Part::new(path.clone(), backing, skip, len);
            of_part(part, options).map_err(fail)?
        }
        Content::Stream {
            stream,
            is_live,
            again,
        } => {
            let wait = if is_live {
                wait_for(options)
            } else {
                Wait::Sample
            };
            let (head, rest) = first_bytes(stream, wait, options);
            let rest = match rest {
                Rest::Ended(Some(error)) if head.is_empty() => return Err(fail(error.into())),
                rest => rest,
            };
            let is_whole = matches!(rest, Rest::Ended(_));
            let (layout, above) = of_head(&path, &head, is_whole, options).map_err(fail)?;
            let bytes = match again {
                _ if head.is_empty() => Bytes::Empty(None),
                Some(again) if !is_first_stream => Bytes::Again(again),
                _ => Bytes::Stream { head, rest },
            };
            (layout, above, bytes)
        }
    };
    let detected = layout.detected || declared.is_some();
    Ok(Recognised {
        path,
        bytes,
        layout: Layout {
            types,
            detected,
            ..layout
        },
        above,
    })
}

/// The options of a file that declares its columns: nothing of its being a table with a header has to be told by its rows, of
/// which there may be none. None where something else is asked for.
fn of_declared(types: &[CellType], options: &OpenOptions) -> Option<OpenOptions> {
    let is_free = options.format.is_none() && !options.every;
    (is_free && !types.is_empty()).then(|| OpenOptions {
        format: Some(Format::Csv),
        delimiter: options.delimiter.or(Some(b',')),
        header: options.header.or(Some(true)),
        ..options.clone()
    })
}

/// Recognises a file that is read by position.
fn of_part(part: Part, options: &OpenOptions) -> Result<(Layout, u64, Bytes), Reason> {
    let path = part.path.clone();
    let len = part.len();
    let is_followed = matches!(part.backing, Backing::File(_));
    let source = Source::new(vec![part]);
    let head = head(&source, options).map_err(|error| match error {
        ReadError::Io { error, .. } => Reason::Io(error.kind().into()),
        ReadError::Truncated { .. } | ReadError::Quote { .. } | ReadError::Unclosed { .. } => {
            Reason::Empty
        }
    })?;
    let (layout, above) = of_head(&path, &head, head.len() as u64 == len, options)?;
    let mut part = source.into_only_part().ok_or(Reason::Empty)?;
    part.is_followed = is_followed;
    let bytes = match head.is_empty() {
        true => Bytes::Empty(Some(part)),
        false => Bytes::There(part),
    };
    Ok((layout, above, bytes))
}

/// The layout that the first bytes of a file have, and how many of them stand above its first row.
pub(super) fn of_head(
    path: &Path,
    head: &[u8],
    whole: bool,
    options: &OpenOptions,
) -> Result<(Layout, u64), Reason> {
    if head.is_empty() {
        return Ok((Layout::unknown(), 0));
    }
    let skipped = skipped(head, options);
    let nothing_left = nothing_left(head.len(), skipped, whole);
    let head = head.get(skipped..).unwrap_or_default();
    let sample = Sample {
        bytes: head,
        whole,
        path,
    };
    let mut layout = detect::detect(&sample, options)?;
    layout.hint = nothing_left.or(layout.hint);
    let above = match layout.records_above() {
        0 => layout.start(head),
        above => bytes_above(&layout, above, head),
    };
    Ok((layout, skipped as u64 + above))
}

/// A sentence where the options pass over all lines that were looked at, or would pass over more.
fn nothing_left(head: usize, skipped: usize, whole: bool) -> Option<String> {
    match whole {
        _ if skipped < head => None,
        true => {
            Some("no line is left behind those that are passed over; pass over fewer".to_owned())
        }
        false => Some(format!(
            "only lines within the first {head} bytes are passed over, and more were asked for; cut the file"
        )),
    }
}

/// Bytes of so many records.
fn bytes_above(layout: &Layout, records: u64, head: &[u8]) -> u64 {
    let (mut divider, mut at) = (layout.divider(), 0);
    for _ in 0..records {
        let rest = &head[at..];
        at += divider.find_end(rest).unwrap_or(rest.len());
    }
    at as u64
}

/// Brings the bytes of files that are streams, and the files that follow these.
pub(super) struct Feed {
    files: VecDeque<Recognised>,
    /// The stream that comes now.
    spill: Option<Spill>,
    path: PathBuf,
    /// The temporary file of all streams, with the bytes that are in it.
    temporary: Option<(File, u64)>,
    /// The error of the first stream that ended early.
    pub(super) damage: Option<ReadError>,
}

/// The next of what a feed brings.
pub(super) enum Arrived {
    /// So many bytes of the last part, in the buffer.
    Bytes(usize),
    Part(Box<Part>),
    Nothing,
}

impl Feed {
    fn new(files: VecDeque<Recognised>) -> Feed {
        Feed {
            files,
            spill: None,
            path: PathBuf::new(),
            temporary: None,
            damage: None,
        }
    }

    /// True if all that comes belongs to the file that is there.
    pub(super) fn brings_only_one(&self) -> bool {
        self.files.is_empty()
    }

    /// True if nothing more will come.
    pub(super) fn is_over(&self) -> bool {
        self.spill.is_none() && self.files.is_empty()
    }

    /// Brings some bytes of a stream, or the next file. A file that cannot be read on is passed over: its error is kept for
    /// the end.
    pub(super) fn next(&mut self, buffer: &mut [u8]) -> Arrived {
        loop {
            if let Some(spill) = &mut self.spill {
                match spill.pump(buffer) {
                    Ok([]) => self.spill = None,
                    Ok(bytes) => {
                        let count = bytes.len();
                        if let Some((_, len)) = &mut self.temporary {
                            *len += count as u64;
                        }
                        return Arrived::Bytes(count);
                    }
                    Err(error) => {
                        self.spill = None;
                        self.damaged(error);
                    }
                }
                continue;
            }
            match self.next_part() {
                Some(Ok(part)) => return Arrived::Part(Box::new(part)),
                Some(Err(error)) => self.damaged(error.into_io()),
                None => return Arrived::Nothing,
            }
        }
    }

    fn damaged(&mut self, error: io::Error) {
        let path = self.path.clone();
        let error = Arc::new(error);
        self.damage.get_or_insert(ReadError::Io { path, error });
    }

    /// The next file. What comes of a stream behind its first bytes is brought by the spill.
    fn next_part(&mut self) -> Option<Result<Part, OpenError>> {
        let file = self.files.pop_front()?;
        self.path.clone_from(&file.path);
        let (layout, above) = (Arc::new(file.layout), file.above);
        let part = match file.bytes {
            Bytes::There(part) | Bytes::Empty(Some(part)) => Ok(part),
            Bytes::Empty(None) => self.part_of(Vec::new(), Rest::Ended(None)),
            Bytes::Stream { head, rest } => self.part_of(head, rest),
            Bytes::Again(again) => self.part_again(&again, above),
        };
        let part = part.map(|mut part| {
            (part.layout, part.above) = (layout, above);
            part
        });
        Some(part.map_err(|error| OpenError {
            path: file.path,
            reason: error.into(),
        }))
    }

    /// A file that is read from its begin once more. What stands above its rows is there at once.
    fn part_again(&mut self, again: &Reopening, above: u64) -> io::Result<Part> {
        let mut stream = again.open()?;
        let mut head = Vec::new();
        (&mut stream).take(above).read_to_end(&mut head)?;
        self.part_of(head, Rest::Goes(stream))
    }

    /// A part whose bytes are written to the temporary file.
    fn part_of(&mut self, head: Vec<u8>, rest: Rest) -> io::Result<Part> {
        let (file, len) = match &mut self.temporary {
            Some(temporary) => temporary,
            None => self.temporary.insert((temporary::file()?, 0)),
        };
        let start = *len;
        let mut writer = Spill::new(Box::new(Cursor::new(head)), file.try_clone()?);
        let mut buffer = vec![0; BLOCK_LEN];
        while let bytes @ [_, ..] = writer.pump(&mut buffer)? {
            *len += bytes.len() as u64;
        }
        let backing = Backing::File(file.try_clone()?);
        let part = Part::new(self.path.clone(), backing, start, *len);
        match rest {
            Rest::Goes(stream) => self.spill = Some(Spill::new(stream, file.try_clone()?)),
            Rest::Ended(Some(error)) => self.damaged(error),
            Rest::Ended(None) => {}
        }
        Ok(part)
    }
}
