//! How far a run has come.

/// How many sessions have ended so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// Those whose every step succeeded.
    pub succeeded: u64,
    /// The others.
    pub failed: u64,
}
