//! What a client does after an attempt failed, as data that is read from TOML.
//!
//! The models of real clients ([`presets`]) have the format of a user's own `[policies.NAME]`:
//!
//! ```
//! let policy: imds_client::Policy = toml::from_str(r#"
//!     summary = "three retries, doubling from 1 s, spread over the whole wait"
//!     deadline = "1m"
//!     [[layers]]
//!     max_retries = 3
//!     [[layers.rules]]
//!     statuses = ["429", "500-599"]
//!     transport = ["any"]
//!     delay = { exponential = { base = "1s", factor = 2 } }
//!     jitter = "full"
//!     cap = "20s"
//!     retry_after = { effect = "floor", limit = "30s", above_limit = "clip" }
//! "#)?;
//! assert!(policy.problems().is_empty());
//! # Ok::<(), toml::de::Error>(())
//! ```

mod alias;
mod delay;
mod jitter;
mod layer;
mod library;
mod matcher;
mod presets;
mod probe;
mod problems;
mod product;
mod read;
mod replay;
mod resolve;
mod retry_after;
mod retry_policy;
mod rule;
mod toml_path;
mod version;

pub use alias::{Alias, aliases};
pub use delay::{Delay, Situation};
pub use jitter::Jitter;
pub use layer::Layer;
pub use library::{Generation, Library, libraries};
pub use matcher::{StatusRange, StatusRangeError};
pub use presets::presets;
pub use probe::Probe;
pub use product::{Client, Listed, Product};
pub use read::{PolicyErrors, PolicyProblem, from_toml, read};
pub use replay::Replay;
pub use resolve::{ModelledRelease, Release, ResolveError, Resolved, RestsOn, resolve};
pub use retry_after::{AboveLimit, RetryAfterEffect, RetryAfterForm, RetryAfterRule};
pub use retry_policy::{Evidence, Policy};
pub use rule::Rule;
pub use version::{Version, VersionError};
