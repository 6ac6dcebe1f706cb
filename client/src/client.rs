//! The async client: asks IMDS in real time, as its policy says.

mod async_client;
mod observer;
mod operation;
mod replays;
mod watch;

pub use async_client::Client;
pub use observer::{Attempt, Observer, Shared};
pub use operation::DEFAULT_ATTEMPT_TIMEOUT;
pub use watch::EventWatch;

#[cfg(test)]
mod tests;
