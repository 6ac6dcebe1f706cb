//! What the emulator decides, as pure values.
//!
//! A model value is given the time since the run's start and a generator of random numbers. It reads no
//! clock, does no I/O and depends on neither HTTP nor settings: the load generator uses the same values in
//! virtual time. What is decided here is written to the wire by `wire` and counted by `observe`.

pub(crate) mod api_version;
pub mod audience;
pub(crate) mod calendar;
pub(crate) mod custom_body;
pub(crate) mod epoch;
pub mod event;
pub mod fault;
pub mod identity;
pub mod instance;
pub mod latency;
pub mod limit;
pub mod load_balancer;
pub mod resource_manager;
pub(crate) mod streams;
pub mod tally;
pub mod vm;
