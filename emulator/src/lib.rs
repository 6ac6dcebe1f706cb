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
//! The modules lie in wings, in an order: a wing imports from itself and from the wings above it in this
//! list, never from those below.
//! - `document` reads TOML and reports every problem with its place;
//! - `model` decides: limits, identities, faults, events;
//! - `config` holds the settings and makes model values of them;
//! - `credentials` makes tokens, attested documents and certificates;
//! - `wire` reads requests and writes answers;
//! - `observe` keeps the journal and the metrics;
//! - `serve` has the sockets, the locks and the clock;
//! - `admin` is the administration port;
//! - `host` starts and stops all of it.
//!
//! The path of a request: `serve::http` receives it, `wire::head` says which protocol it is in, and
//! `serve::service` leads it through that protocol's reader, [`vm`] and that protocol's answers in turn.

mod admin;
pub mod config;
mod credentials;
pub mod document;
mod host;
mod model;
mod observe;
mod serve;
mod wire;

pub use config::Config;
pub use config::reload::{Reload, ReloadError};
pub use credentials::token::base_url;
pub use document::{Problems, Section};
pub use host::embedded::{EmulatedVm, Emulator, SessionPorts};
pub use host::isolation;
pub use host::server::{Listeners, StartError, serve};
pub use model::tally::Tally;
pub use model::vm::Vm;
pub use model::{
    audience, event, fault, identity, instance, latency, limit, load_balancer, resource_manager,
    tally, vm,
};
pub use observe::version::VERSION;
pub use observe::{journal, verify};
pub use wire::environment;
pub use wire::foreign::foreign;
