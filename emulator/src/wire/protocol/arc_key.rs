//! The key file of Arc's challenge.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use http::HeaderValue;
use tracing::warn;
use uuid::Builder;

use crate::config::ArcKeyFolder;

/// A file whose content whoever can read it has to show. It is written when it is first needed.
pub(crate) struct ArcKey {
    path: PathBuf,
    content: String,
    /// Whether the folder is this run's own.
    own_folder: bool,
    written: Mutex<bool>,
}

impl ArcKey {
    /// `entropy` gives the names and the content.
    pub(crate) fn new(folder: ArcKeyFolder, entropy: [[u8; 16]; 3]) -> ArcKey {
        let [run, name, content] =
            entropy.map(|bytes| Builder::from_random_bytes(bytes).into_uuid());
        let own_folder = folder == ArcKeyFolder::Run;
        let folder = match folder {
            ArcKeyFolder::Run => std::env::temp_dir().join(format!("imds-emulator-{run}")),
            ArcKeyFolder::Sdk => sdk_folder(),
        };
        ArcKey {
            path: folder.join(format!("{name}.key")),
            content: content.to_string(),
            own_folder,
            written: Mutex::new(false),
        }
    }

    /// Where the file is, or will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether that is the key: `Basic` and the file's content as it is, not encoded again.
    pub(crate) fn opens(&self, authorization: Option<&HeaderValue>) -> bool {
        let shown = authorization.and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|shown| shown.strip_prefix("Basic "));
        shown == Some(self.content.as_str())
    }

    /// Writes the file, unless that was done before.
    ///
    /// # Errors
    /// When it cannot be written: the place that libraries insist on is root's, as a rule.
    pub(crate) fn write(&self) -> io::Result<()> {
        let mut written = self.written.lock().expect("nobody panics who holds it");
        if !*written {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            // Half a key would be in the way of the next try.
            new_file(&self.path)?
                .write_all(self.content.as_bytes())
                .inspect_err(|_| drop(self.removed()))?;
            *written = true;
        }
        Ok(())
    }

    /// Removes the file if it was written, and its folder if that is this run's own.
    pub(crate) fn remove(&self) {
        let mut written = self.written.lock().expect("nobody panics who holds it");
        if std::mem::take(&mut *written)
            && let Err(error) = self.removed()
        {
            warn!(%error, path = %self.path.display(), "the key file is left behind");
        }
    }

    fn removed(&self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        match self.path.parent() {
            Some(folder) if self.own_folder => fs::remove_dir(folder),
            _ => Ok(()),
        }
    }
}

/// A file that was not there before, for this user alone where the system knows that.
fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where Azure's libraries insist on the file (read in their code).
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
    use super::*;

    #[test]
    fn is_written_once_and_removed_with_its_folder() {
        let process = u128::from(std::process::id()).to_le_bytes();
        let key = ArcKey::new(ArcKeyFolder::Run, [process, [2; 16], [3; 16]]);
        key.remove();
        key.write().unwrap();
        key.write().unwrap();
        let content = fs::read_to_string(key.path()).unwrap();
        let shown = HeaderValue::from_str(&format!("Basic {content}")).unwrap();
        assert!(key.opens(Some(&shown)));
        assert!(!key.opens(None));
        assert!(!key.opens(Some(&HeaderValue::from_static("Basic x"))));
        key.remove();
        assert!(!key.path().parent().unwrap().exists());
    }

    #[test]
    fn is_where_libraries_look_for_it_when_told_to() {
        let key = ArcKey::new(ArcKeyFolder::Sdk, [[1; 16]; 3]);
        assert_eq!(key.path().parent(), Some(sdk_folder().as_path()));
        assert_eq!(key.path().extension().unwrap(), "key");
    }
}
