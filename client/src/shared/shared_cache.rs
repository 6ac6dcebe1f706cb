//! The folder that processes share, and the keys of its entries.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use etcetera::BaseStrategy;

use super::folder::{Folder, SharedCacheError};
use super::{machine, owner};
use crate::endpoint::Endpoint;
use crate::wire::TokenQuery;

/// A folder of tokens from one endpoint.
#[derive(Clone)]
pub struct SharedCache {
    pub(super) folder: Folder,
    /// What entries have in common besides the request: machine and endpoint.
    scope: [String; 2],
    warning: Arc<dyn Fn(&SharedCacheError) + Send + Sync>,
}

impl SharedCache {
    /// Opens the folder, or makes it.
    ///
    /// Its entries are for this machine since its last start and for this endpoint. Others, as in a
    /// home folder that several machines share, are not used.
    ///
    /// `warning` is called with every later problem. The process then continues as without a shared
    /// cache.
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

    /// A cache in an open folder, with a scope of its own, that reports no problems.
    pub(super) fn silent(folder: Folder, scope: [String; 2]) -> Self {
        let warning = Arc::new(|_: &SharedCacheError| {});
        Self {
            folder,
            scope,
            warning,
        }
    }

    /// Where the user's caches are: `imds-client` in `$XDG_CACHE_HOME` or `~/.cache`, and on Windows
    /// in the local application data. (Not in `$XDG_RUNTIME_DIR`, which scheduled jobs do not have.)
    ///
    /// # Errors
    /// If the user has no home, or it is that of the user who called sudo.
    pub fn default_folder() -> Result<PathBuf, SharedCacheError> {
        let places = etcetera::choose_base_strategy().map_err(|_| SharedCacheError::NoHome)?;
        let caches = places.cache_dir();
        if owner::is_of_sudo_s_caller(&caches) {
            return Err(SharedCacheError::OfAnother(caches));
        }
        Ok(caches.join("imds-client"))
    }

    pub(super) fn warn(&self, problem: &SharedCacheError) {
        (self.warning)(problem);
    }

    /// The key of a token: all that it is for.
    pub(super) fn key(&self, request: &impl TokenQuery) -> String {
        let [machine, endpoint] = &self.scope;
        format!("{machine} {endpoint} {}", request.key())
    }

    /// The key for all tokens of the endpoint.
    pub(super) fn common_key(&self) -> String {
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
