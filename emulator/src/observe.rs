//! What was observed of requests, and what is concluded from it: journal, metrics and the verification of
//! clients.
//!
//! All of a request's observations pass through `observer`, or `stub_observer` if it is for Resource Manager. The time comes from a function that `serve`
//! supplies.

pub mod journal;
pub(crate) mod metrics;
pub(crate) mod observer;
pub(crate) mod stub_metrics;
pub(crate) mod stub_observer;
pub mod verify;
pub(crate) mod version;
