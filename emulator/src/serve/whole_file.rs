//! A file that others read: it is there whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Writes it under another name first. A link of that name is replaced, and what it leads to is not touched.
///
/// # Errors
/// When it cannot be written, or when what is there is no file, such as a device.
pub(crate) fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let there = fs::symlink_metadata(path);
    if there.is_ok_and(|there| !there.is_file() && !there.is_symlink()) {
        let kind = io::ErrorKind::InvalidInput;
        return Err(io::Error::new(kind, "what is there is no file"));
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut file = readable().tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Others may read it.
#[cfg(unix)]
fn readable() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mut builder = tempfile::Builder::new();
    builder.permissions(fs::Permissions::from_mode(0o600 | 0o044));
    builder
}

#[cfg(not(unix))]
fn readable() -> tempfile::Builder<'static, 'static> {
    tempfile::Builder::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_link_is_replaced_and_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (other, path) = (folder.path().join("other"), folder.path().join("root.pem"));
        fs::write(&other, "kept").unwrap();
        symlink(&other, &path).unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "kept");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        let written = fs::symlink_metadata(&path).unwrap();
        assert!(written.is_file());
        assert_eq!(written.permissions().mode() & 0o777, 0o600 | 0o044);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_folder_or_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let refused = write(&folder, b"new").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        let refused = write(Path::new("/dev/null"), b"new").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}
