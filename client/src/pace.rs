//! Pacing: to ask no faster than IMDS serves, so that nothing is refused.
//!
//! [`Paced`] is a transport that lets attempts through in turn, in the order in which they came. The
//! [`Pacer`] decides on it and is given the time.
//!
//! A paced client that has the VM for itself sends one attempt for each token. It does not count
//! what others on the VM ask for: then there are refusals, and the policy deals with them.

mod gate;
mod limits;
mod paced;
mod pacer;

#[cfg(feature = "shared-cache")]
pub(crate) use gate::Gate;
pub use limits::Pace;
pub use paced::Paced;
pub use pacer::{Pacer, Turn};
