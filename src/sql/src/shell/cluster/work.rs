//! The folder for what passes between tasks. It is removed with its executor, and where that was killed, by the next one.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use ulid_engine::visible::visible;

/// The begin of the name of each such folder.
const PREFIX: &str = "ulid-sql-executor-";

/// The file in it that a living executor holds locked.
const LOCK: &str = "lock";

/// The folder of an executor that lives. Fields are dropped in their order: nobody finds the folder without its lock.
pub(super) struct Work {
    folder: TempDir,
    _lock: File,
}

impl Work {
    /// A new folder among others, of which those of dead executors are removed.
    pub(super) fn open_in(place: &Path) -> io::Result<Work> {
        for left in left_in(place)? {
            let shown = left.display().to_string();
            match fs::remove_dir_all(&left) {
                Ok(()) => eprintln!(
                    "ulid-sql executor: {} is removed, which an executor left that was killed",
                    visible(&shown)
                ),
                Err(error) => eprintln!(
                    "ulid-sql executor: {}, which an executor left that was killed, stays: {error}",
                    visible(&shown)
                ),
            }
        }
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        // It has its name once it is locked, so that no other executor that starts takes it for one left behind.
        let unlocked = folder.path().join("new");
        let lock = File::create_new(&unlocked)?;
        lock.try_lock()?;
        fs::rename(unlocked, folder.path().join(LOCK))?;
        Ok(Work {
            folder,
            _lock: lock,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Folders whose executors do not live any more. One that cannot be asked, such as that of another user, is left alone.
fn left_in(place: &Path) -> io::Result<Vec<PathBuf>> {
    let mut left = Vec::new();
    for entry in fs::read_dir(place)? {
        let entry = entry?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_one = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_folder && is_one && is_unlocked(&entry.path().join(LOCK)) {
            left.push(entry.path());
        }
    }
    Ok(left)
}

fn is_unlocked(lock: &Path) -> bool {
    let file = File::options().read(true).write(true).open(lock);
    file.is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_dead_alone_are_removed() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let (dead, half, other) = (
            at("ulid-sql-executor-dead"),
            at("ulid-sql-executor-half"),
            at("other"),
        );
        for folder in [&dead, &half, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("rows"), "rows").unwrap();
        }
        for folder in [&dead, &other] {
            fs::write(folder.join(LOCK), "").unwrap();
        }
        let living = Work::open_in(place.path()).unwrap();
        let second = Work::open_in(place.path()).unwrap();
        assert!(!dead.exists());
        // Half made by one that starts right now, and by somebody else.
        assert!(half.exists() && other.exists());
        assert!(living.path().exists() && second.path().exists());
        let ended = living.path().to_owned();
        drop(living);
        assert!(!ended.exists() && second.path().exists());
    }
}
