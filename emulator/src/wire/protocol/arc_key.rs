//! The key of Arc's challenge. `serve` writes its file.

use std::path::{Path, PathBuf};

use http::HeaderValue;

/// A file whose content is the password: a client that can read the file may have tokens.
pub(crate) struct ArcKey {
    path: PathBuf,
    content: String,
}

impl ArcKey {
    pub(crate) fn new(path: PathBuf, content: String) -> ArcKey {
        ArcKey { path, content }
    }

    /// Where the file is, or will be.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in the file.
    pub(crate) fn content(&self) -> &str {
        &self.content
    }

    /// Whether that is the key: `Basic` and the file's content as it is, not encoded again.
    pub(crate) fn opens(&self, authorization: Option<&HeaderValue>) -> bool {
        let shown = authorization.and_then(|value| value.to_str().ok());
        let shown = shown.and_then(|shown| shown.strip_prefix("Basic "));
        shown == Some(self.content.as_str())
    }
}
