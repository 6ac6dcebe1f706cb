//! What all kinds of request have in common, so that one driver serves them all.

use std::time::Duration;

use rand::Rng;

use super::request::Request;
use super::unreadable::Unreadable;

/// A kind of request to IMDS: how it is written, and how its answer is read. Retries, waits and time
/// limits are the policy's, the same for all kinds.
pub trait ImdsRequest: Sync {
    /// The content of a successful answer.
    type Reply;

    /// What is requested, for errors: `no {WANTED} after 3 attempts`.
    const WANTED: &'static str;

    /// The shortest timeout of an attempt, if the policy's `attempt_timeout` is shorter. The policy's
    /// deadline still holds.
    const MIN_ATTEMPT_TIMEOUT: Duration = Duration::ZERO;

    /// The request on the wire, with a request id of its own.
    fn to_wire(&self, rng: &mut dyn Rng) -> Request;

    /// Reads the body of a 200.
    ///
    /// # Errors
    /// What is wrong with it.
    fn read(&self, body: &[u8]) -> Result<Self::Reply, Unreadable>;

    /// Whether this status is the answer to this kind of request, so that no policy retries it.
    fn is_final(&self, status: u16) -> bool {
        let _ = status;
        false
    }
}
