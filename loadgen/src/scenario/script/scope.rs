//! Where a command keeps what it does.

use serde::Deserialize;

/// Where a command keeps what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Scope {
    /// In memory and in the context file, as commands do by default.
    #[default]
    CurrentUser,
    /// In memory only.
    Process,
}

impl Scope {
    /// The scope of a process that saves contexts, or does not.
    #[must_use]
    pub(crate) fn saving(saves: bool) -> Self {
        if saves {
            Self::CurrentUser
        } else {
            Self::Process
        }
    }
}
