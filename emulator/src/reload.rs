//! Where a running emulator's configuration comes from, so that it can be read again.

use std::fmt;

use crate::config::Config;
use crate::document::Problems;

/// Reads the configuration again as it was read at the start.
pub struct Reload(Box<dyn Fn() -> Result<Config, ReloadError> + Send + Sync>);

impl Reload {
    /// `read` is called at each `POST /config/reload`. It may block.
    pub fn new(read: impl Fn() -> Result<Config, ReloadError> + Send + Sync + 'static) -> Reload {
        Reload(Box::new(read))
    }

    pub(crate) fn read(&self) -> Result<Config, ReloadError> {
        (self.0)()
    }
}

impl fmt::Debug for Reload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reload")
    }
}

/// Why a configuration could not be read again.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// What is there is wrong.
    #[error("{0}")]
    Wrong(#[from] Problems),
    /// Nothing could be read there; the text says why.
    #[error("{0}")]
    Unreadable(String),
}

/// Why a running emulator did not take its configuration anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReloadFailure {
    /// It was started without anything that can be read again.
    #[error("started without a configuration file")]
    NoSource,
    /// It could not be read, or is wrong.
    #[error(transparent)]
    Read(#[from] ReloadError),
}

impl Config {
    /// What a running emulator takes over from a configuration that was read again: all but its
    /// addresses, its seed and its tenant, which only a new start can change.
    pub(crate) fn reloaded(&self, read: Config) -> Config {
        Config {
            listen: self.listen,
            admin_listen: self.admin_listen,
            seed: self.seed,
            tenant_id: self.tenant_id.clone(),
            ..read
        }
    }
}
