//! The key file of Arc's challenge, on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::warn;
use uuid::Builder;

use crate::config::ArcKeyFolder;
use crate::wire::protocol::ArcKey;

/// A key and its file, which is written when it is first needed.
pub(crate) struct KeyFile {
    key: ArcKey,
    /// Whether the folder is this run's own.
    own_folder: bool,
    written: Mutex<bool>,
}

impl KeyFile {
    /// `entropy` gives the names and the content.
    pub(crate) fn new(folder: ArcKeyFolder, entropy: [[u8; 16]; 3]) -> KeyFile {
        let [run, name, content] =
            entropy.map(|bytes| Builder::from_random_bytes(bytes).into_uuid());
        let own_folder = folder == ArcKeyFolder::Run;
        let folder = match folder {
            ArcKeyFolder::Run => std::env::temp_dir().join(format!("imds-emulator-{run}")),
            ArcKeyFolder::Sdk => sdk_folder(),
        };
        KeyFile {
            key: ArcKey::new(folder.join(format!("{name}.key")), content.to_string()),
            own_folder,
            written: Mutex::new(false),
        }
    }

    /// The key that a request has to present.
    pub(crate) fn key(&self) -> &ArcKey {
        &self.key
    }

    /// Writes the file, unless that was done before.
    ///
    /// # Errors
    /// When it cannot be written: the place that libraries insist on is root's, as a rule.
    pub(crate) fn write(&self) -> io::Result<()> {
        let mut written = self.written.lock().expect("no holder of the lock panics");
        if !*written {
            if let Some(folder) = self.key.path().parent() {
                fs::create_dir_all(folder)?;
            }
            // The next attempt would fail if a part of the file were there.
            new_file(self.key.path())?
                .write_all(self.key.content().as_bytes())
                .inspect_err(|_| drop(self.removed()))?;
            *written = true;
        }
        Ok(())
    }

    /// Removes the file if it was written, and its folder if that is this run's own.
    pub(crate) fn remove(&self) {
        let mut written = self.written.lock().expect("no holder of the lock panics");
        if std::mem::take(&mut *written)
            && let Err(error) = self.removed()
        {
            warn!(%error, path = %self.key.path().display(), "the key file is left behind");
        }
    }

    fn removed(&self) -> io::Result<()> {
        fs::remove_file(self.key.path())?;
        match self.key.path().parent() {
            Some(folder) if self.own_folder => fs::remove_dir(folder),
            _ => Ok(()),
        }
    }
}

/// A file that was not there before, readable by this user alone where the system supports that.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where Azure's libraries require the file (read in their code).
fn sdk_folder() -> PathBuf {
    if cfg!(windows) {
        let data = std::env::var_os("ProgramData").unwrap_or_else(|| r"C:\ProgramData".into());
        PathBuf::from(data).join(r"AzureConnectedMachineAgent\Tokens")
    } else {
        PathBuf::from("/var/opt/azcmagent/tokens")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn is_written_once_and_removed_with_its_folder() {
        let process = u128::from(std::process::id()).to_le_bytes();
        let file = KeyFile::new(ArcKeyFolder::Run, [process, [2; 16], [3; 16]]);
        file.remove();
        file.write().unwrap();
        file.write().unwrap();
        let content = fs::read_to_string(file.key().path()).unwrap();
        let shown = HeaderValue::from_str(&format!("Basic {content}")).unwrap();
        assert!(file.key().opens(Some(&shown)));
        assert!(!file.key().opens(None));
        assert!(!file.key().opens(Some(&HeaderValue::from_static("Basic x"))));
        file.remove();
        assert!(!file.key().path().parent().unwrap().exists());
    }

    #[test]
    fn is_where_libraries_look_for_it_if_set_so() {
        let file = KeyFile::new(ArcKeyFolder::Sdk, [[1; 16]; 3]);
        assert_eq!(file.key().path().parent(), Some(sdk_folder().as_path()));
        assert_eq!(file.key().path().extension().unwrap(), "key");
    }
}
