#![cfg(unix)]

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

fn folder() -> (TempDir, Folder) {
    let temporary = TempDir::new().expect("a temporary folder");
    let folder = Folder::open(temporary.path().join("a/b")).expect("a folder");
    (temporary, folder)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").mode() & 0o777
}

fn untrusted(path: PathBuf) -> String {
    Folder::open(path)
        .expect_err("it is not trusted")
        .to_string()
}

#[test]
fn what_it_makes_is_its_owners_alone() {
    let (_temporary, folder) = folder();
    folder.write("token", b"secret").expect("it can be written");
    folder.lock_file("lock").expect("it can be made");
    assert_eq!(mode(&folder.path), 0o700);
    assert_eq!(mode(&folder.path("token")), 0o600);
    assert_eq!(mode(&folder.path("lock")), 0o600);
}

#[test]
fn what_was_written_is_read_and_what_is_missing_is_absent() {
    let (_temporary, folder) = folder();
    assert_eq!(folder.read("token").expect("no problem"), None);
    folder.write("token", b"one").expect("it can be written");
    folder.write("token", b"other").expect("it can be replaced");
    assert_eq!(
        folder.read("token").expect("no problem"),
        Some(b"other".to_vec().into())
    );
}

#[test]
fn a_folder_that_was_removed_is_made_again_for_its_owner_alone() {
    let (_temporary, folder) = folder();
    fs::remove_dir_all(&folder.path).expect("it is ours");
    assert_eq!(folder.read("token").expect("no problem"), None);
    folder.lock_file("lock").expect("it can be made");
    fs::remove_dir_all(&folder.path).expect("it is ours");
    folder.write("token", b"secret").expect("it can be written");
    assert_eq!(mode(&folder.path), 0o700);
    fs::remove_dir_all(&folder.path).expect("it is ours");
    symlink("/nowhere", &folder.path).expect("a link");
    let problem = folder
        .write("token", b"secret")
        .expect_err("it is not followed");
    assert!(
        problem.to_string().contains("is a symbolic link"),
        "{problem}"
    );
}

#[test]
fn a_folder_that_is_open_to_others_is_refused() {
    let temporary = TempDir::new().expect("a temporary folder");
    fs::set_permissions(temporary.path(), fs::Permissions::from_mode(0o750)).expect("it is ours");
    let problem = untrusted(temporary.path().to_owned());
    assert!(problem.contains("is open to other users"), "{problem}");
}

#[test]
fn a_link_to_a_folder_is_refused() {
    let (temporary, folder) = folder();
    let link = temporary.path().join("link");
    symlink(&folder.path, &link).expect("a link");
    assert!(untrusted(link).contains("is a symbolic link"));
}

#[test]
fn a_file_in_place_of_the_folder_is_refused() {
    let (temporary, _folder) = folder();
    let file = temporary.path().join("file");
    fs::write(&file, "").expect("a file");
    assert!(untrusted(file).contains("is no folder"));
}

#[test]
fn a_file_that_others_can_read_is_absent_and_is_replaced() {
    let (_temporary, folder) = folder();
    fs::write(folder.path("token"), "planted").expect("a file");
    fs::set_permissions(folder.path("token"), fs::Permissions::from_mode(0o644)).expect("ours");
    assert_eq!(folder.read("token").expect("no problem"), None);
    folder.write("token", b"ours").expect("it is replaced");
    assert_eq!(mode(&folder.path("token")), 0o600);
}

#[test]
fn a_link_is_not_followed_but_replaced() {
    let (temporary, folder) = folder();
    let victim = temporary.path().join("victim");
    fs::write(&victim, "untouched").expect("a file");
    symlink(&victim, folder.path("token")).expect("a link");
    symlink(&victim, folder.path("lock")).expect("a link");
    assert_eq!(folder.read("token").expect("no problem"), None);
    folder.write("token", b"ours").expect("it is replaced");
    folder.lock_file("lock").expect_err("it is not followed");
    assert_eq!(fs::read(&victim).expect("a file"), b"untouched");
}

#[test]
fn what_is_old_is_swept_away_and_what_is_not_stays() {
    let (_temporary, folder) = folder();
    let (token, torn) = (file("token"), format!("{TEMPORARY}x"));
    let written = [(&token, STALE), (&torn, ABANDONED)].map(|(name, kept)| {
        folder.write(name, b"a").expect("it can be written");
        let written = fs::metadata(folder.path(name)).and_then(|found| found.modified());
        (name, written.expect("a time") + kept)
    });
    for (name, end) in written.into_iter().rev() {
        folder.sweep(end);
        assert!(folder.path(name).exists(), "{name}");
        folder.sweep(end + Duration::from_secs(1));
        assert!(!folder.path(name).exists(), "{name}");
    }
}

#[test]
fn what_the_cache_has_not_made_is_never_swept_away() {
    let (_temporary, folder) = folder();
    let lock = file("lock");
    for name in ["id_rsa", "notes.token", &file("txt"), &lock] {
        folder.write(name, b"a").expect("it can be written");
        let written = fs::metadata(folder.path(name)).and_then(|found| found.modified());
        folder.sweep(written.expect("a time") + STALE * 2);
        assert!(folder.path(name).exists(), "{name}");
    }
}

/// A file name in the cache's form.
fn file(ending: &str) -> String {
    format!("{}.{ending}", super::super::record::file_name("key"))
}
