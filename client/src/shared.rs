//! Tokens shared by the processes of one user, through files.
//!
//! A hundred processes that start at once need one token. With a [`SharedCache`] one of them asks, and
//! the others take what it writes down: [`SharingClient`] is a [`TokenSource`](crate::TokenSource)
//! above another. A VM's identity is the same for all of its processes, so nobody gets a token that it
//! could not have had by asking.
//!
//! **Tokens on disk are secrets.** Whoever can read the files is the VM's identity until the tokens
//! expire: the user himself, an administrator, a backup of the folder. The folder is for its owner
//! alone (mode 0700, files 0600); symbolic links, and what others own or can read, are refused. On
//! Windows the folder has the permissions of the user's profile, which are not checked. The folders
//! above it are trusted.
//!
//! How processes keep out of each other's way:
//! - A token is written to a file of its own and then renamed, so that it is there wholly or not at
//!   all. It is read without a lock.
//! - Who asks holds a *lease*: a line in a file that says until when, renewed while it asks. It is over
//!   [`LEASE`] after its holder was killed or stopped. The operating system's lock on the file beside
//!   it is held only while the lease is read and written, never while anything is awaited.
//! - Whoever finds that lock taken for longer than it can be (its holder was stopped) asks by itself.
//! - Who was refused (429) writes down until when, and nobody asks before.
//! - Who was refused for good (400 and the like) writes that down, and who wants the same token by the
//!   same policy within a second takes it for an answer.
//!
//! Processes share no clock but that of the wall. A token is no longer taken from the cache when it
//! has expired, nor when it seems to be from the future; leases and refusals that lie further ahead
//! than they can are void. So a clock that is set back can at most lengthen a token's life by the time
//! by which it was set back, and never beyond twice its life.

mod client;
mod decision;
mod failure;
mod folder;
mod gate;
mod hold;
mod leading;
mod lease;
mod lock;
mod machine;
mod place;
mod queue;
mod record;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use etcetera::BaseStrategy;
use uuid::Uuid;

pub use client::SharingClient;
use folder::Folder;
pub use folder::SharedCacheError;
pub(crate) use gate::SharedGate;
pub use lease::LEASE;
pub use queue::{Admission, CommandQueue};

use crate::endpoint::Endpoint;
use crate::wire::TokenRequest;

/// A folder of tokens from one endpoint.
#[derive(Clone)]
pub struct SharedCache {
    folder: Folder,
    /// What the folder's entries must agree on besides the request: machine and endpoint.
    scope: [String; 2],
    warning: Arc<dyn Fn(&SharedCacheError) + Send + Sync>,
}

impl SharedCache {
    /// Opens the folder, or makes it.
    ///
    /// The entries in it are for this machine since its last start and for this endpoint; those of
    /// others, as in a home folder that several machines share, are left alone.
    ///
    /// `warning` is told of every later problem, after which the process goes on as if there were no
    /// shared cache.
    ///
    /// # Errors
    /// If it cannot be made, or cannot be trusted.
    pub fn open(
        folder: PathBuf,
        endpoint: &Endpoint,
        warning: impl Fn(&SharedCacheError) + Send + Sync + 'static,
    ) -> Result<Self, SharedCacheError> {
        Ok(Self {
            folder: Folder::open(folder)?,
            scope: [machine::mark(), endpoint.to_string()],
            warning: Arc::new(warning),
        })
    }

    /// Where the user's caches are: `imds-client` in `$XDG_CACHE_HOME` or `~/.cache`, and on Windows
    /// in the local application data. (Not in `$XDG_RUNTIME_DIR`, which scheduled jobs do not have.)
    ///
    /// # Errors
    /// If the user has no home.
    pub fn default_folder() -> Result<PathBuf, SharedCacheError> {
        let places = etcetera::choose_base_strategy().map_err(|_| SharedCacheError::NoHome)?;
        Ok(places.cache_dir().join("imds-client"))
    }

    fn warn(&self, problem: &SharedCacheError) {
        (self.warning)(problem);
    }

    /// The key of a token: what it is for, in full.
    fn key(&self, request: &TokenRequest) -> String {
        let TokenRequest { identity, resource } = request;
        let [machine, endpoint] = &self.scope;
        format!("{machine} {endpoint} {identity:?} {resource:?}")
    }

    /// The key of what concerns all tokens of the endpoint.
    fn common_key(&self) -> String {
        self.scope.join(" ")
    }
}

impl fmt::Debug for SharedCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCache")
            .field("folder", &self.folder)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

/// The name of the files for a key, without their endings. Programs that know other forms of the files
/// have others, and so do not spoil these.
fn file_name(key: &str) -> String {
    let key = format!("{} {key}", record::SCHEMA);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, key.as_bytes()).to_string()
}

#[cfg(test)]
mod tests;
