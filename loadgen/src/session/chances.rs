//! The streams of chance that a session draws from.

use rand::rngs::ChaCha8Rng;

/// The streams of chance of one session.
#[derive(Debug)]
pub(crate) struct Chances {
    /// Draws its pauses.
    pub pauses: ChaCha8Rng,
    /// Draws the jitter of its steps' retries.
    pub retries: ChaCha8Rng,
    /// Draws how long it has the profile's file open.
    pub holds: ChaCha8Rng,
    /// Draws how long its work keeps a core busy.
    pub work: ChaCha8Rng,
}
