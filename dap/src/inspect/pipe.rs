//! A pipe or a device as the file to open. Nothing can be told of how long it pauses, so that whoever reads from it looks up
//! now and then, and ends with the session.

use std::{
    fs::{self, File},
    io::{self, Read},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt as _},
    path::Path,
    sync::Arc,
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::OFlags,
};
use ulid_engine::progress::Progress;

use super::program::Lease;

/// Between two looks at whether anybody still wants what is read.
const PATIENCE: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};

/// The reading end of a pipe.
pub(super) struct Pipe {
    file: File,
    /// The work that opens it, which can be cancelled.
    opening: Arc<Progress>,
    lease: Lease,
    has_begun: bool,
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
        })
    }

    /// The reading end of a pipe that is open already.
    pub(super) fn over(pipe: OwnedFd, opening: Arc<Progress>, lease: Lease) -> Pipe {
        Pipe {
            file: pipe.into(),
            opening,
            lease,
            // whoever writes to it has it open
            has_begun: true,
        }
    }

    /// Waits until something is there or a moment has passed.
    fn wait(&self) -> io::Result<bool> {
        let mut places = [PollFd::new(&self.file, PollFlags::IN)];
        Ok(poll(&mut places, Some(&PATIENCE))? > 0)
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.opening.is_cancelled() || self.lease.is_over() {
                return Err(io::Error::other("nobody reads it any more"));
            }
            if !self.wait()? {
                continue;
            }
            match self.file.read(buffer) {
                // only Linux tells apart that nobody has written yet and that nobody writes any more
                Ok(0) if !self.has_begun && !cfg!(target_os = "linux") => {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => {
                    self.has_begun = true;
                    return result;
                }
            }
        }
    }
}
