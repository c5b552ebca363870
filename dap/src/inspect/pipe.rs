//! A pipe or a device as the file to open. Nothing can be told of how long it pauses, so that whoever reads from it waits for
//! the end of the session, too.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt as _},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
    io::Errno,
};
use ulid_engine::progress::Progress;

use super::program::Lease;

/// Between two looks at whether somebody still wants it opened, of which no pipe tells.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// Time after the first bytes in which more is waited for.
const MOMENT: Duration = Duration::from_millis(250);

/// Bytes that are read in it at most.
const GATHERED: usize = 1 << 16;

/// The reading end of a pipe.
pub(super) struct Pipe {
    file: File,
    /// The work that opens it, which can be cancelled.
    opening: Arc<Progress>,
    lease: Lease,
    /// Something was read, and is given out first.
    has_begun: bool,
    ahead: Cursor<Vec<u8>>,
    /// Somebody has it open for writing, or had.
    has_writer: bool,
}

/// True if a path is that of a pipe or a device.
pub(super) fn is_pipe(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| !file.is_file() && !file.is_dir())
}

impl Pipe {
    /// Opens a pipe. It does not wait for whoever writes to it.
    pub(super) fn open(path: &Path, opening: Arc<Progress>, lease: Lease) -> io::Result<Pipe> {
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let file = File::options().read(true).custom_flags(flags).open(path)?;
        Ok(Pipe {
            file,
            opening,
            lease,
            has_begun: false,
            ahead: Cursor::default(),
            has_writer: false,
        })
    }

    /// The reading end of a pipe that is open already.
    pub(super) fn over(pipe: OwnedFd, opening: Arc<Progress>, lease: Lease) -> Pipe {
        Pipe {
            file: pipe.into(),
            opening,
            lease,
            has_begun: false,
            ahead: Cursor::default(),
            has_writer: true,
        }
    }

    /// Waits until something is there, the session is over, or a moment has passed where there is reason to look up.
    fn wait(&self, looks_up: bool) -> io::Result<bool> {
        let file = PollFd::new(&self.file, PollFlags::IN);
        let polled = match self.lease.end().map(|end| PollFd::new(end, PollFlags::IN)) {
            Some(end) if !looks_up => poll(&mut [file, end], None),
            _ => poll(&mut [file], Some(&PATIENCE)),
        };
        match polled {
            Err(Errno::INTR) => Ok(false),
            polled => Ok(polled? > 0),
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.has_begun {
            self.gather()?;
        }
        match self.ahead.read(buffer)? {
            0 => self.read_some(buffer),
            read => Ok(read),
        }
    }
}

impl Pipe {
    /// Reads ahead what comes within a moment after the first bytes: a header that comes alone would be taken for a row.
    fn gather(&mut self) -> io::Result<()> {
        let mut piece = vec![0; GATHERED];
        let mut read = self.read_some(&mut piece)?;
        self.has_begun = true;
        let end = Instant::now() + MOMENT;
        while read > 0 && Instant::now() < end && !self.is_over() {
            let rest = piece.get_mut(read..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            if !self.wait(true).unwrap_or(false) {
                continue;
            }
            match self.file.read(rest) {
                Ok(more) if more > 0 => read += more,
                // the end, or what is told by the next read
                _ => break,
            }
        }
        piece.truncate(read);
        self.ahead = Cursor::new(piece);
        Ok(())
    }

    /// True if nobody wants what is read any more.
    fn is_over(&self) -> bool {
        self.opening.is_cancelled() || self.lease.is_over()
    }

    fn read_some(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_over() {
                return Err(io::Error::other("nobody reads it any more"));
            }
            if !self.wait(!self.has_begun)? {
                continue;
            }
            match self.file.read(buffer) {
                // only Linux tells apart that nobody has written yet and that nobody writes any more
                Ok(0) if !self.has_writer && !cfg!(target_os = "linux") => {
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.has_writer = true;
                    return result;
                }
            }
        }
    }
}
