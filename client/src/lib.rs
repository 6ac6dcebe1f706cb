//! Gets tokens from the Azure Instance Metadata Service (IMDS) under contention.
//!
//! IMDS serves a whole VM 20 token requests a second and 5 at a time (documented), and answers 429
//! beyond. What a client does then is its [`Policy`]: data, read from TOML. Presets model real clients;
//! the default, [`Policy::DEFAULT`], is our own and made for many clients that start at once.
//!
//! An attempt: an [`ImdsRequest`], such as a [`TokenRequest`], is written for the wire ([`wire`]), a
//! [`Transport`] sends it ([`transport`]), its [`Answer`] is read as an [`Outcome`], and the
//! [`Acquisition`] decides on the next [`Step`] ([`acquire`], [`policy`]). The [`Client`] drives that in
//! real time; a simulator can drive the same [`Acquisition`] in virtual time.
//!
//! Above it a [`CachingClient`] keeps tokens and shares each request among its callers ([`cache`]).
//! Below it a [`Paced`] transport keeps all attempts of the process within IMDS's limits ([`pace`]).
//! With the feature `shared-cache`, a `SharingClient` between them shares tokens with the other processes
//! of the user, and they share the pace (`shared`).
//!
//! ```no_run
//! use imds_client::{Client, HttpTransport, Identity, Policy, TokenRequest};
//! use rand::SeedableRng;
//!
//! # async fn ask() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = HttpTransport::new("http://127.0.0.1:16925".parse()?)?;
//! let policy = Policy::preset(Policy::DEFAULT).ok_or("no such preset")?;
//! let client = Client::new(transport, policy, rand::rngs::ChaCha8Rng::seed_from_u64(1));
//! let request = TokenRequest {
//!     identity: Identity::SystemAssigned,
//!     resource: "https://management.azure.com/".to_owned(),
//! };
//! let token = client.token(&request).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Any [`Transport`] can be used, such as one for tests. There is no global state, and an operation can
//! be dropped at any time:
//!
//! ```
//! use imds_client::{Answer, Client, Policy, Request, Transport, TransportFailure};
//! use rand::SeedableRng;
//!
//! /// An IMDS that is being updated.
//! struct Updating;
//!
//! impl Transport for Updating {
//!     async fn send(&self, request: &Request) -> Result<Answer, TransportFailure> {
//!         assert!(request.target.starts_with("/metadata/identity/info?"));
//!         Ok(Answer { status: 410, headers: vec![], body: vec![] })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let policy = Policy::preset("no-retry").expect("a preset");
//! let client = Client::new(Updating, policy, rand::rngs::ChaCha8Rng::seed_from_u64(1));
//! let error = client.tenant().await.expect_err("no tenant yet");
//! assert_eq!(error.attempts, 1);
//! assert!(error.is_transient());
//! # }
//! ```
//!
//! Without features its dependency tree on Linux has 95 packages, with `shared-cache` 101, and with
//! `cli`, which is the program's, 116 (`cargo tree -p imds-client -e normal --prefix none`, each line
//! once, less itself); reqwest, tokio and what they need are most of them. There is no TLS among them:
//! IMDS is plain HTTP.

pub mod acquire;
pub mod advice;
#[cfg(feature = "broker")]
pub mod broker;
pub mod cache;
pub mod client;
mod clock;
pub mod endpoint;
pub mod error;
mod outcome;
pub mod pace;
pub mod policy;
#[cfg(feature = "program")]
pub mod program;
#[cfg(feature = "program")]
pub mod room;
#[cfg(feature = "shared-cache")]
pub mod shared;
pub mod transport;
#[cfg(feature = "program")]
pub mod user_file;
pub mod wire;

pub use acquire::{Acquisition, GaveUp, Outcome, RetryAfter, Step, TransportFailure};
pub use advice::Advice;
#[cfg(feature = "broker")]
pub use broker::{Broker, BrokerSettings};
pub use cache::{CachedToken, CachingClient, NoToken, TokenSource};
pub use client::{Attempt, Client, EventWatch, Observer, SharedCacheEvent};
pub use endpoint::{Endpoint, EndpointError};
pub use error::OperationError;
pub use pace::{Pace, Paced, Pacer, Turn, TurnSearch};
pub use policy::{Policy, presets};
#[cfg(feature = "shared-cache")]
pub use shared::{CommandPermit, CommandQueue, SharedCache, SharedCacheError, SharingClient};
pub use transport::{HeaderError, HttpTransport, HttpTransportError, Pass, Transport};
#[cfg(feature = "single-connection")]
pub use transport::{SingleConnection, SingleConnections};
pub use wire::{
    Answer, AttestedDocument, EventDocument, Identity, ImdsRequest, Instance, InstanceFormat,
    InstancePath, InstanceRequest, Nonce, Request, ScheduledEvent, ServiceError, Token, TokenQuery,
    TokenRequest, Unreadable,
};
