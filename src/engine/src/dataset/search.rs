//! ULIDs and UUIDs of version 7 anywhere in the bytes of a file or a stream, in one pass and constant memory.

use std::{
    fs::File,
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
    sync::Arc,
};

use crate::{
    Timestamp, Ulid,
    find::{Finder, Found, Options},
    format::{Reason, within, within::UUID_LEN},
    progress::Progress,
    source::{OpenError, ReadError, ScanError, decompressed},
};

/// Bytes of a chunk.
const CHUNK: usize = 256 * 1024;

/// A ULID, or a UUID of version 7 as one, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The ULID.
    pub id: Ulid,
    /// Its first byte, counted from the begin of the (decompressed) bytes.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
}

/// Searches a file, decompressed if it is compressed (gzip, zstd). `on_hit` breaks off. A unit of `progress` is a byte.
///
/// # Errors
///
/// The outer one where the file cannot be opened, the inner one where the pass ends early.
pub fn search_file(
    path: &Path,
    options: Options,
    progress: &Progress,
    on_hit: impl FnMut(Hit) -> ControlFlow<()>,
) -> Result<Result<(), ScanError>, OpenError> {
    let fail = |reason: Reason| OpenError {
        path: path.to_owned(),
        reason,
    };
    let file = File::open(path).map_err(|error| fail(error.into()))?;
    let metadata = file.metadata().map_err(|error| fail(error.into()))?;
    if metadata.is_dir() {
        return Err(fail(Reason::Directory));
    }
    let bytes = decompressed(Box::new(file), None).map_err(|error| fail(error.into()))?;
    Ok(search_reader(path, bytes, options, progress, on_hit))
}

/// Searches a stream, decompressed if it is compressed, as a file is: the same bytes give the same IDs by name and by pipe.
/// `name` is for errors.
///
/// # Errors
///
/// As [`search_reader`].
pub fn search_stream(
    name: &Path,
    stream: Box<dyn Read + Send>,
    options: Options,
    progress: &Progress,
    on_hit: impl FnMut(Hit) -> ControlFlow<()>,
) -> Result<(), ScanError> {
    let bytes = decompressed(stream, None).map_err(|error| ReadError::Io {
        path: name.to_owned(),
        error: Arc::new(error),
    })?;
    search_reader(name, bytes, options, progress, on_hit)
}

/// Searches bytes that arrive one after another, as they are. `name` is for errors.
///
/// # Errors
///
/// [`ScanError`] for a cancelled pass, and where the bytes can no longer be read.
pub fn search_reader(
    name: &Path,
    mut bytes: impl Read,
    options: Options,
    progress: &Progress,
    mut on_hit: impl FnMut(Hit) -> ControlFlow<()>,
) -> Result<(), ScanError> {
    let mut finder = Finder::new(options);
    let mut uuids = Uuids { options, next: 0 };
    let mut lines = LineCount::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = match bytes.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                let (path, error) = (name.to_owned(), Arc::new(error));
                return Err(ReadError::Io { path, error }.into());
            }
        };
        lines.feed(&chunk[..count]);
        let mut hits = Vec::new();
        let mut keep = |found: Found| hits.push((found.offset, found.id));
        match count {
            0 => finder.finish(&mut keep),
            _ => finder.feed(&chunk[..count], &mut keep),
        }
        // neither kind can lie within the other, so that what is found by now comes before all that is found later
        let ulids = hits.len();
        uuids.find(&lines, count == 0, &mut hits);
        if hits.len() > ulids {
            hits.sort_unstable_by_key(|&(offset, _)| offset);
        }
        for (offset, id) in hits {
            let line = lines.line_of(offset);
            if on_hit(Hit { id, offset, line }).is_break() {
                return Ok(());
            }
        }
        if count == 0 {
            return Ok(());
        }
        progress.advance(count as u64)?;
    }
}

/// Finds UUIDs of version 7 in bytes that arrive one after another.
struct Uuids {
    options: Options,
    /// Offset from which on they were not told.
    next: u64,
}

impl Uuids {
    /// Adds those of which the byte behind them is known, or that end with all bytes.
    fn find(&mut self, lines: &LineCount, is_end: bool, hits: &mut Vec<(u64, Ulid)>) {
        let times = self.options.earliest..=self.options.latest;
        for (at, id) in within::uuids(&lines.bytes) {
            let offset = lines.start + at.start as u64;
            // by now the bytes on both sides are known, or there are none
            let is_alone = offset == 0 || at.start > 0;
            let is_decided = is_end || at.end < lines.bytes.len();
            if offset >= self.next && is_decided && is_alone {
                self.next = offset + 1;
                if times.contains(&Timestamp::of(id)) {
                    hits.push((offset, id));
                }
            }
        }
    }
}

/// Counts lines up to ascending offsets. A finder tells an ID at most its length and a byte late, so that much of the bytes
/// before a chunk is kept, and the byte before the ID.
#[derive(Default)]
struct LineCount {
    /// The kept bytes and the chunk.
    bytes: Vec<u8>,
    /// The begin of `bytes`.
    start: u64,
    /// Up to here line ends are counted.
    counted_to: u64,
    line_ends: u64,
}

impl LineCount {
    const KEPT: usize = UUID_LEN + 2;

    fn feed(&mut self, chunk: &[u8]) {
        let passed = self.bytes.len().saturating_sub(LineCount::KEPT);
        let kept_from = self.start + passed as u64;
        self.line_of(kept_from);
        self.bytes.drain(..passed);
        self.start = kept_from;
        self.bytes.extend_from_slice(chunk);
    }

    /// The line of an offset, from 1.
    fn line_of(&mut self, offset: u64) -> u64 {
        let within =
            |offset: u64| usize::try_from(offset.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let passed = self
            .bytes
            .get(within(self.counted_to)..within(offset))
            .unwrap_or_default();
        self.line_ends += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.counted_to = self.counted_to.max(offset);
        self.line_ends + 1
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn hits(reader: impl Read) -> Vec<(u64, u64)> {
        let mut hits = Vec::new();
        let searched = search_reader(
            Path::new("test"),
            reader,
            Options::default(),
            &Progress::new(),
            |hit| {
                assert_eq!(crate::codec::print(hit.id).as_str(), ID);
                hits.push((hit.line, hit.offset));
                ControlFlow::Continue(())
            },
        );
        searched.unwrap();
        hits
    }

    /// Gives a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn lines_and_offsets_do_not_depend_on_the_chunks() {
        let text = format!("\n{ID} {ID}\n\n\nid={ID},\n{}\n{ID}", "x\n".repeat(500));
        let naive: Vec<(u64, u64)> = text
            .match_indices(ID)
            .map(|(at, _)| (text[..at].matches('\n').count() as u64 + 1, at as u64))
            .collect();
        assert_eq!(naive.len(), 4);
        for step in [1, 2, 7, 25, 26, 27, 28, 29, 100, 4096] {
            assert_eq!(
                hits(Trickle(text.as_bytes(), step)),
                naive,
                "{step} bytes at a time"
            );
        }
    }

    #[test]
    fn uuids_of_version_7_are_found_between_ulids() {
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
        let of_4 = "550e8400-e29b-41d4-a716-446655440000";
        let text = format!(
            "{uuid}\n{ID} {of_4},{uuid}0\n\nx={uuid} {ID}{uuid}\n{uuid} a{uuid}\n{ID}\n{uuid}"
        );
        let is_apart = |at: &usize| {
            let beside = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at));
            let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
            let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + UUID_LEN)));
            !before.is_some_and(goes_on) && !after.is_some_and(goes_on)
        };
        let places = text.match_indices(uuid).map(|(at, _)| at);
        let mut expected: Vec<usize> = places.filter(is_apart).collect();
        let of_ulids = [text.find(ID).unwrap(), text.rfind(ID).unwrap()];
        expected.extend(of_ulids);
        expected.sort_unstable();
        assert_eq!(expected.len(), 6);
        for step in [1, 2, 7, 26, 35, 36, 37, 38, 39, 100, 4096] {
            let mut found = Vec::new();
            let reader = Trickle(text.as_bytes(), step);
            let options = Options::default();
            search_reader(
                Path::new("test"),
                reader,
                options,
                &Progress::new(),
                |hit| {
                    let line = text[..hit.offset as usize].matches('\n').count() as u64 + 1;
                    assert_eq!(hit.line, line);
                    found.push(hit.offset as usize);
                    ControlFlow::Continue(())
                },
            )
            .unwrap();
            assert_eq!(found, expected, "{step} bytes at a time");
        }
    }

    #[test]
    fn one_line_may_be_longer_than_any_buffer() {
        let text = format!("{}{ID}", " ".repeat(3 * CHUNK - 9));
        assert_eq!(hits(text.as_bytes()), [(1, 3 * CHUNK as u64 - 9)]);
    }

    #[test]
    fn files_are_decompressed_and_faults_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.gz");
        let mut gz = flate2::write::GzEncoder::new(
            File::create(&path).unwrap(),
            flate2::Compression::fast(),
        );
        gz.write_all(format!("a\nb {ID}\n").as_bytes()).unwrap();
        gz.finish().unwrap();
        let search = |path: &Path| {
            let mut hits = Vec::new();
            let progress = Progress::new();
            search_file(path, Options::default(), &progress, |hit| {
                hits.push((hit.line, hit.offset));
                ControlFlow::Break(())
            })
            .map(|searched| searched.map(|()| hits).unwrap())
        };
        assert_eq!(search(&path).unwrap(), [(2, 4)]);
        assert!(
            search(folder.path())
                .unwrap_err()
                .to_string()
                .contains("directory")
        );
        let missing = search(&folder.path().join("none")).unwrap_err().to_string();
        assert!(missing.contains("no such file"), "{missing}");
    }
}
