//! How a flight ends, for the callers that wait for it.

use tokio::sync::watch;

use super::cached_token::CachedToken;
use super::no_token::NoToken;

/// What every caller that waits for a flight receives. It is empty until the flight has ended, and
/// closed if the flight is lost because its runtime has ended.
pub(super) type FlightReceiver = watch::Receiver<Option<FlightEnd>>;

/// How a flight ended.
#[derive(Debug)]
pub(super) enum FlightEnd {
    /// The source returned.
    Result(Result<CachedToken, NoToken>),
    /// The source panicked.
    Panicked,
}
