//! The files of the workspace, or of a planted one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::source::Source;

/// Files by their paths in the workspace, which have forward slashes on every system.
#[derive(Default)]
pub(crate) struct Workspace {
    /// All files and folders.
    pub(crate) paths: BTreeSet<String>,
    /// The files that are text.
    pub(crate) texts: BTreeMap<String, String>,
    /// The files that are Rust.
    pub(crate) sources: BTreeMap<String, Source>,
}

/// Folders that are made, not written.
const MADE: [&str; 4] = [".git", "__pycache__", "node_modules", "target"];

impl Workspace {
    /// This workspace. It is the one above the folder that a test runs in, which is its package's: so the
    /// same program can judge a copy of the workspace, as `.ci/lint-bites` has it do.
    pub(crate) fn here() -> &'static Self {
        static HERE: LazyLock<Workspace> = LazyLock::new(|| {
            let mut workspace = Workspace::default();
            workspace.collect(Path::new(".."), "");
            workspace
        });
        &HERE
    }

    /// A workspace of some files, each with its path and text.
    ///
    /// # Panics
    /// If one that ends in `.rs` is not Rust.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let mut workspace = Self::default();
        for (path, text) in files {
            for (end, _) in path.match_indices('/') {
                workspace.paths.insert(path[..end].to_owned());
            }
            workspace.add((*path).to_owned(), Some((*text).to_owned()));
        }
        workspace
    }

    /// A workspace of the sources of the package `PLANTED`.
    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        let paths = files.iter().map(|(path, _)| format!("planted/src/{path}"));
        let paths: Vec<String> = paths.collect();
        let files = paths
            .iter()
            .zip(files)
            .map(|(path, (_, text))| (path.as_str(), *text));
        Self::of(&files.collect::<Vec<_>>())
    }

    fn collect(&mut self, folder: &Path, place: &str) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{place}: {error}"));
        for entry in entries.map(|entry| entry.expect("an entry that can be read")) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{place}{name}");
            if MADE.contains(&name.as_str()) {
                continue;
            }
            if entry.path().is_dir() {
                self.collect(&entry.path(), &format!("{path}/"));
                self.paths.insert(path);
            } else {
                self.add(path, fs::read_to_string(entry.path()).ok());
            }
        }
    }

    fn add(&mut self, path: String, text: Option<String>) {
        self.paths.insert(path.clone());
        let Some(text) = text else {
            return;
        };
        if extension(&path) == Some("rs") {
            let source = Source::read(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            self.sources.insert(path.clone(), source);
        }
        self.texts.insert(path, text);
    }

    /// The Rust files of some folders.
    pub(crate) fn sources(&self, folders: &[&str]) -> impl Iterator<Item = (&str, &Source)> {
        let sources = self
            .sources
            .iter()
            .map(|(path, source)| (path.as_str(), source));
        sources.filter(|(path, _)| folders.iter().any(|folder| is_in(path, folder)))
    }
}

/// What follows the last dot of a file's name.
pub(crate) fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Whether a path is that of a folder's file, or that file itself.
pub(crate) fn is_in(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
