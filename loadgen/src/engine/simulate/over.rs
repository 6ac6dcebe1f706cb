//! The end of a run.

use std::time::Duration;

/// How a run is over.
pub(super) enum Over {
    /// Nothing more is awaited.
    Done,
    /// It was ended then, before its sessions were.
    CutAt(Duration),
}

impl Over {
    /// When it was ended, if its sessions were not.
    pub(super) fn cut_at(self) -> Option<Duration> {
        match self {
            Self::Done => None,
            Self::CutAt(at) => Some(at),
        }
    }
}
