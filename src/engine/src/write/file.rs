//! A file that has its name only once all of it is written.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A file on the way: written beside the place where it is to be, under a name of its own that is gone if it never gets
/// there.
#[derive(Debug)]
pub struct NewFile {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
    replaces: bool,
}

impl NewFile {
    /// A file that is to get a name no other has, as readable as the umask of the user says.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] if there is one of that name; any other if its folder takes no file.
    pub fn new(path: &Path) -> io::Result<NewFile> {
        if path.symlink_metadata().is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        NewFile::beside(path.to_owned(), false)
    }

    /// A file that takes the place of another one of its name, if there is one, and its permissions. A link stays, and the
    /// file behind it is replaced.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if what has the name is no file, such as a folder or a device; any other if the
    /// folder takes no file.
    pub fn replacing(path: &Path) -> io::Result<NewFile> {
        let path = match path.symlink_metadata() {
            Ok(_) => path.canonicalize()?,
            Err(_) => path.to_owned(),
        };
        let before = path.metadata().ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            let error = "this is no file that could be replaced";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        let new = NewFile::beside(path, true)?;
        if let Some(before) = before {
            new.file
                .get_ref()
                .as_file()
                .set_permissions(before.permissions())?;
        }
        Ok(new)
    }

    fn beside(path: PathBuf, replaces: bool) -> io::Result<NewFile> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = new_file_in(folder).map_err(|error| refused(folder, &error))?;
        let file = BufWriter::new(file);
        Ok(NewFile {
            file,
            path,
            replaces,
        })
    }

    /// Gives the file its name, once the disk has it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`] if a file of that name came meanwhile; any other if the disk takes no more. Nothing
    /// is left behind then.
    pub fn finish(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        file.as_file().sync_all()?;
        let named = match self.replaces {
            true => file.persist(&self.path),
            false => file.persist_noclobber(&self.path),
        };
        named.map(drop).map_err(|error| error.error)
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A file that is to get its name later, with the permissions that the umask leaves to any new file.
fn new_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// The error of a folder that takes no file, without the name that the file has on the way.
fn refused(folder: &Path, error: &io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::NotFound => {
            let sentence = format!("there is no folder {}", folder.display());
            io::Error::new(io::ErrorKind::NotFound, sentence)
        }
        kind => kind.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path) -> Vec<String> {
        let read = fs::read_dir(folder).unwrap();
        let names = read.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[test]
    fn a_file_that_is_not_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut file = NewFile::new(&path).unwrap();
        file.write_all(b"id\n").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(files(folder.path()), [""; 0]);
    }

    #[test]
    fn nothing_is_overwritten_that_came_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let file = NewFile::new(&path).unwrap();
        fs::write(&path, "theirs").unwrap();
        let refused = file.finish().unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        let refused = NewFile::new(&path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(files(folder.path()), ["a.csv"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nosuch");
        let refused = NewFile::new(&missing.join("a.csv")).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::NotFound);
        let sentence = format!("there is no folder {}", missing.display());
        assert_eq!(refused.to_string(), sentence);
    }

    #[test]
    fn a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let refused = NewFile::replacing(folder.path()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_link_and_who_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.csv"), folder.path().join("link.csv"));
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut file = NewFile::replacing(&link).unwrap();
        file.write_all(b"after").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert!(link.symlink_metadata().unwrap().is_symlink());
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
