//! A mock of Azure's Instance Metadata Service (IMDS) that answers as IMDS does and refuses as IMDS
//! does.
//!
//! Three ways to use it:
//! - the `imds-emulator` program serves it to any client;
//! - [`Emulator`] embeds that server in a test;
//! - [`Vm`] is its heart, a pure value: a simulation asks it the same questions in virtual time.
//!
//! ```
//! # #[tokio::main]
//! # async fn main() -> Result<(), imds_emulator::StartError> {
//! use imds_emulator::{Config, Emulator};
//!
//! let emulator = Emulator::start(Config::default().with_free_ports()).await?;
//! println!("AZURE_POD_IDENTITY_AUTHORITY_HOST={}", emulator.imds_url());
//! // … the client under test asks …
//! assert_eq!(emulator.tally().identity.refused_rate, 0);
//! assert!(emulator.verify().clean);
//! emulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! The way of a request: `http` takes it off the wire, `head` reads it, `service` answers it by
//! asking `guard`, `route`, [`vm`] and `reply` in turn.

mod admin;
mod attested;
pub mod audience;
mod body;
mod calendar;
mod certificate;
pub mod config;
mod connection;
mod crowd;
mod damage;
pub mod document;
mod embedded;
pub mod environment;
pub mod event;
pub mod fault;
mod fleet;
mod guard;
mod head;
mod http;
pub mod identity;
pub mod instance;
pub mod journal;
pub mod latency;
pub mod limit;
mod link;
pub mod load_balancer;
mod metrics;
mod observe;
mod protocol;
mod reload;
mod reply;
pub mod resource_manager;
mod route;
mod server;
mod service;
pub mod tally;
mod target;
mod token;
pub mod verify;
pub mod vm;

pub use config::Config;
pub use document::{Problems, Section};
pub use embedded::{EmulatedVm, Emulator};
pub use reload::{Reload, ReloadError};
pub use server::{Listeners, StartError, serve};
pub use tally::Tally;
pub use vm::Vm;

/// The version of this crate.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
