//! Pacing: sends no faster than IMDS serves, so that nothing is refused.
//!
//! [`Paced`] is a transport that lets attempts through in the order in which they came. The [`Pacer`]
//! decides when, and is given the time.
//!
//! A paced client that is alone on the VM sends one attempt for each token. It does not count the
//! requests of other clients on the VM: they can cause refusals, which the policy retries.

mod gate;
mod limits;
mod paced;
mod pacer;
mod rate;
mod turn_search;

#[cfg(feature = "shared-cache")]
pub(crate) use gate::Gate;
pub use limits::Pace;
pub use paced::Paced;
pub use pacer::{Pacer, Turn};
pub use rate::interval_of;
pub use turn_search::TurnSearch;
