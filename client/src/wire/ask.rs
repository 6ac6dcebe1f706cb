//! What every kind of request has in common, so that one driver serves them all.

use std::time::Duration;

use rand::Rng;

use super::request::Request;
use super::unreadable::Unreadable;

/// Something that can be asked of IMDS: how it is written for the wire, and what a good answer to it
/// is. Retries, waits and limits in time are the policy's, the same for every kind.
pub trait Ask: Sync {
    /// What is received.
    type Reply;

    /// What is wanted, as an error names it: `no {WANTED} after 3 attempts`.
    const WANTED: &'static str;

    /// The least time that an attempt is given, should the policy's `attempt_timeout` be shorter;
    /// the policy's deadline holds all the same.
    const PATIENCE: Duration = Duration::ZERO;

    /// The request for the wire, with a request id of its own.
    fn to_wire(&self, rng: &mut dyn Rng) -> Request;

    /// Reads the body of a 200.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(&self, body: &[u8]) -> Result<Self::Reply, Unreadable>;

    /// Whether that status is the answer to this kind of request, so that no policy is to retry it.
    fn is_final(&self, status: u16) -> bool {
        let _ = status;
        false
    }
}
