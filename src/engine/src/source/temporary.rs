//! The temporary file that a stream is written to while it arrives, so that its rows can be read again by position.

use std::{
    env,
    fs::File,
    io::{self, Read, Write},
    path::PathBuf,
};

use super::input::Stream;

/// Bytes that are written between two looks at the room that is left.
const LOOK_EVERY: u64 = 16 << 20;
/// Bytes of a disk that are left to others, at most, and its share, where that is less.
const RESERVE: u64 = 1 << 30;
const RESERVED_SHARE: u64 = 20;

/// A stream on its way into a temporary file.
pub(crate) struct Spill {
    stream: Stream,
    file: File,
    /// Bytes written since the room was last looked at.
    unlooked: u64,
}

/// A file without a name, which is gone with the process, in the folder for temporary files.
pub(crate) fn file() -> io::Result<File> {
    tempfile::tempfile().map_err(|error| in_folder(&error))
}

/// An error of the temporary file, which is none of the source: it names the folder and tells what to do.
fn in_folder(error: &io::Error) -> io::Error {
    let folder: PathBuf = env::temp_dir();
    let sentence = format!(
        "the folder for temporary files, {}, cannot be used: {error}; TMPDIR names another one",
        folder.display()
    );
    // of this kind nothing else is told of the source
    io::Error::new(io::ErrorKind::StorageFull, sentence)
}

impl Spill {
    /// A stream that is written to `file`.
    pub(crate) fn new(stream: Stream, file: File) -> Spill {
        Spill {
            stream,
            file,
            unlooked: LOOK_EVERY,
        }
    }

    /// Moves some bytes into the temporary file. They stay in `buffer`; none are left when the stream has ended.
    pub(crate) fn pump<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        let count = loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.leave_room(count as u64)?;
        let bytes = &buffer[..count];
        self.file
            .write_all(bytes)
            .map_err(|error| in_folder(&error))?;
        Ok(bytes)
    }

    /// Refuses to fill the disk: a small compressed file may hold more than there is room for.
    fn leave_room(&mut self, count: u64) -> io::Result<()> {
        self.unlooked += count;
        if self.unlooked < LOOK_EVERY {
            return Ok(());
        }
        self.unlooked = 0;
        let Some(room) = Room::of(&self.file) else {
            return Ok(());
        };
        if room.free >= room.reserve() {
            return Ok(());
        }
        let free = room.free >> 20;
        Err(in_folder(&io::Error::other(format!(
            "{free} MiB are left on its disk, which are kept for others"
        ))))
    }
}

/// Bytes of a disk.
#[derive(Debug, Clone, Copy)]
struct Room {
    free: u64,
    total: u64,
}

impl Room {
    #[cfg(unix)]
    fn of(file: &File) -> Option<Room> {
        let disk = rustix::fs::fstatvfs(file).ok()?;
        Some(Room {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            total: disk.f_blocks.saturating_mul(disk.f_frsize),
        })
    }

    /// Elsewhere the system's own refusal is told.
    #[cfg(not(unix))]
    fn of(_: &File) -> Option<Room> {
        None
    }

    /// Bytes that are left to others.
    fn reserve(self) -> u64 {
        RESERVE.min(self.total / RESERVED_SHARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_of_a_disk_is_left_and_no_more_than_a_gibibyte() {
        let reserve = |total| Room { free: 0, total }.reserve();
        assert_eq!(reserve(100 << 20), 5 << 20);
        assert_eq!(reserve(1 << 40), 1 << 30);
    }

    #[test]
    fn an_error_of_the_file_names_the_folder() {
        let error = in_folder(&io::Error::from(io::ErrorKind::NotFound)).to_string();
        let folder = env::temp_dir();
        assert!(error.contains(&*folder.to_string_lossy()), "{error}");
        assert!(error.contains("TMPDIR"), "{error}");
    }
}
