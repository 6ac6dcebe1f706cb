//! Whose a folder is, where sudo runs the program with the home of the user who called it.

use std::path::Path;

/// Whether the folder, or what it would be made in, belongs to the user who called sudo, and this process to another.
#[cfg(unix)]
pub(super) fn is_of_sudo_s_caller(folder: &Path) -> bool {
    let caller = std::env::var("SUDO_UID");
    let caller = caller.ok().and_then(|uid| uid.parse().ok());
    let own = rustix::process::geteuid().as_raw();
    caller.is_some_and(|caller| caller != own && owner(folder) == Some(caller))
}

#[cfg(not(unix))]
pub(super) fn is_of_sudo_s_caller(_folder: &Path) -> bool {
    false
}

/// That of the nearest folder that is there.
#[cfg(unix)]
fn owner(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let mut there = folder.ancestors();
    there.find_map(|it| Some(it.metadata().ok()?.uid()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_would_be_its_parent_s_owner_s() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = rustix::process::geteuid().as_raw();
        assert_eq!(owner(&folder.path().join("a/b")), Some(own));
    }
}
