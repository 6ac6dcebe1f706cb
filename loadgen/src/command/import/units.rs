//! The files beside a timer of systemd.

use std::cell::RefCell;
use std::ffi::OsString;
use std::path::Path;

use imds_client::user_file;

use crate::scenario::import::{Jobs, Place, Source, systemd};

/// Reads a timer with the service beside it. What drop-ins change is not read, so none may be there.
pub(super) fn read(path: &Path, file: &Source, text: &str) -> Jobs {
    let folder = path.parent().unwrap_or(Path::new(""));
    let changed = RefCell::new(vec![]);
    changed.borrow_mut().extend(drop_ins(path));
    let mut read = systemd::read(file, text, |name| {
        let service = folder.join(name);
        changed.borrow_mut().extend(drop_ins(&service));
        user_file::read(&service, user_file::LONGEST).ok()
    });
    let mistakes = changed.into_inner().into_iter();
    read.mistakes
        .extend(mistakes.map(|expected| Place::new(file, 1, 1).mistake(expected)));
    read
}

/// What was expected instead of a unit that files in a folder of its name change.
fn drop_ins(unit: &Path) -> Option<String> {
    let name = unit.file_name()?;
    let mut folder = OsString::from(name);
    folder.push(".d");
    let folder = unit.with_file_name(folder);
    let (folder, name) = (folder.is_dir().then_some(folder)?, name.to_string_lossy());
    Some(format!(
        "expected a unit without drop-ins, found {}: `systemctl cat {name}` prints the whole unit as one file",
        folder.display()
    ))
}
