//! The async client: sends requests to IMDS in real time, with the retries of its policy.

mod async_client;
mod observer;
mod operation;
mod replays;
mod watch;

pub use async_client::Client;
pub use observer::{Attempt, Observer, SharedCacheEvent};
pub use operation::DEFAULT_ATTEMPT_TIMEOUT;
pub use watch::EventWatch;

#[cfg(test)]
mod tests;
